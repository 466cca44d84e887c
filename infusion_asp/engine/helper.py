"""Owns one question to a module run in a child process: JSON in, JSON out, under limits."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

from infusion_asp.engine.child import child_environment
from infusion_asp.engine.errors import EngineError, MemoryLimit, TimeLimit


def asked(
    module: str, request: Mapping[str, Any], *, what: str, seconds: float, megabytes: int
) -> dict[str, Any]:
    """What the module of the engine answers; `what` names its work where it ends early.

    The module sets the limit of its memory itself. Raises TimeLimit, MemoryLimit or EngineError.
    """
    try:
        done = subprocess.run(
            [sys.executable, "-m", f"infusion_asp.engine.{module}"],
            input=json.dumps({**request, "megabytes": megabytes}).encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=child_environment(),
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise TimeLimit(seconds) from None
    if done.returncode < 0:  # clingo aborts where it can't allocate
        raise MemoryLimit(megabytes)
    if done.returncode:
        raise EngineError(f"the child process of the {what} ended early", "check the installation")
    said: dict[str, Any] = json.loads(done.stdout)
    if said.get("memory"):
        raise MemoryLimit(megabytes)
    return said
