"""Owns solving in a child process: untrusted overlay rules under a wall clock and a memory limit.

The parent writes one JSON line per request and reads one per answer; see worker.py.
"""

from __future__ import annotations

import json
import os
import re
import selectors
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import clingo

from infusion_asp.engine.answer import Answer, Atoms
from infusion_asp.engine.errors import (
    EngineError,
    MemoryLimit,
    NoAnswer,
    RuleMessages,
    TimeLimit,
    TwoAnswers,
)
from infusion_asp.facts import AnyAtom
from infusion_asp.rulebook import Problem, Rulebook

_PLACE = re.compile(r"^<string>:(\d+):(\d+)(?:-[\d:]+)?: ")
_STARTING_SECONDS = 30.0


def solve_in_child(
    rulebook: Rulebook,
    facts: Sequence[AnyAtom],
    shared: Sequence[clingo.Symbol] = (),
    *,
    seconds: float,
    megabytes: int,
    limit: int = 2,
) -> Answer:
    """Like solve(), in a process of its own; also raises TimeLimit and MemoryLimit.

    `seconds` of wall clock are for grounding and solving; `megabytes` are address space.
    """
    with ChildSolver(rulebook, seconds=seconds, megabytes=megabytes) as child:
        return child.solve(facts, shared, limit=limit)


class ChildSolver:
    """One child process for many encounters; it's started anew after it had to be stopped."""

    def __init__(self, rulebook: Rulebook, *, seconds: float, megabytes: int) -> None:
        self._rulebook = rulebook
        self._seconds = seconds
        self._megabytes = megabytes
        self._process: subprocess.Popen[bytes] | None = None
        self._buffer = b""
        self._program = "\n".join(str(s) for s in rulebook.statements)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def solve(
        self,
        facts: Sequence[AnyAtom],
        shared: Sequence[clingo.Symbol] = (),
        *,
        limit: int = 2,
    ) -> Answer:
        """The one answer for one encounter; see solve_in_child()."""
        request = {"facts": [str(fact) for fact in (*shared, *facts)], "limit": limit}
        if self._process is None:
            self._start()
        return self._answer(self._ask(request, self._seconds))

    def close(self) -> None:
        """Stop the child process."""
        process, self._process, self._buffer = self._process, None, b""
        if process is None:
            return
        process.kill()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                stream.close()
        process.wait()

    def _start(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "infusion_asp.engine.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=child_environment(),
        )
        violates = ("violates", 2) in self._rulebook.signatures
        first = {"program": self._program, "violates": violates, "megabytes": self._megabytes}
        said = self._ask(first, _STARTING_SECONDS)
        if not said.get("ready"):
            self.close()
            raise self._error(said)

    def _ask(self, request: dict[str, Any], seconds: float) -> dict[str, Any]:
        process = self._process
        assert process is not None and process.stdin is not None and process.stdout is not None
        try:
            process.stdin.write(json.dumps(request).encode() + b"\n")
            process.stdin.flush()
        except BrokenPipeError:
            raise self._ended() from None
        end = time.monotonic() + seconds
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ)
            while b"\n" not in self._buffer:
                left = end - time.monotonic()
                if left <= 0 or not selector.select(left):
                    self.close()
                    raise TimeLimit(self._seconds)
                piece = process.stdout.read1(1 << 20)  # type: ignore[attr-defined]
                if not piece:  # clingo aborts where it can't allocate
                    raise self._ended()
                self._buffer += piece
        line, _, self._buffer = self._buffer.partition(b"\n")
        said: dict[str, Any] = json.loads(line)
        return said

    def _ended(self) -> EngineError:
        """Why the child process is gone: killed by a signal, or by a failure of Python."""
        process = self._process
        try:
            code = process.wait(1) if process else 0
        except subprocess.TimeoutExpired:
            code = 0
        self.close()
        if code < 0:
            return MemoryLimit(self._megabytes)
        return EngineError(
            "the child process for the rules ended early",
            "raise the memory limit; if that doesn't help, the installation is broken",
        )

    def _answer(self, said: dict[str, Any]) -> Answer:
        if "atoms" in said:
            return Answer(Atoms(_symbols(said["atoms"])))
        raise self._error(said)

    def _error(self, said: dict[str, Any]) -> EngineError:
        if said.get("memory"):
            self.close()
            return MemoryLimit(self._megabytes)
        if "collisions" in said:
            return NoAnswer(_symbols(said["collisions"]))
        if "difference" in said:
            return TwoAnswers(_symbols(said["difference"]))
        return RuleMessages(self._problem(message) for message in said.get("messages", ()))

    def _problem(self, message: str) -> Problem:
        """A message about line n of the program text, at the place of the n-th statement."""
        found = _PLACE.match(message)
        statements = self._rulebook.statements
        if found and int(found[1]) <= len(statements):
            begin = statements[int(found[1]) - 1].location.begin
            place = f"{begin.filename}:{begin.line}:{begin.column}: "
            message = place + message[found.end() :]
        return self._rulebook.problem(message)


def _symbols(texts: Sequence[str]) -> list[clingo.Symbol]:
    return [clingo.parse_term(text) for text in texts]


def child_environment() -> dict[str, str]:
    """The environment in which the child finds this very package."""
    here = str(Path(__file__).resolve().parents[2])
    before = os.environ.get("PYTHONPATH")
    return {**os.environ, "PYTHONPATH": f"{here}{os.pathsep}{before}" if before else here}
