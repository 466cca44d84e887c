"""Owns one of the two rulebooks of a comparison: loaded and asked in a process of its own.

Rules that an author edits may loop, and two rulebooks load on two cores at once. One JSON line
per request, one per answer; see side_worker.py.
"""

from __future__ import annotations

import json
import selectors
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infusion_asp.engine import EngineError, MemoryLimit, TimeLimit
from infusion_asp.engine.child import child_environment

Record = dict[str, Any]
STARTING = 60.0


class BadRules(Exception):  # noqa: N818
    """A side that does not load; `message` has every problem with its place."""

    def __init__(self, side: str, message: str, help: str = "") -> None:
        super().__init__(message)
        self.message = f"{side}: {message}"
        self.help = help


@dataclass(frozen=True)
class Book:
    """What the other process says of its rulebook."""

    digest: str
    tables: str
    statements: tuple[tuple[str, str, str], ...]
    rules: Mapping[str, Mapping[str, Any]]
    signatures: tuple[tuple[str, int], ...]
    gated: frozenset[str]
    policies: Mapping[str, Sequence[str]]
    in_force: Mapping[str, Sequence[str]]

    @property
    def keyed(self) -> list[tuple[str, str]]:
        """Rule and canonical text of each statement."""
        return [(rule, text) for rule, text, _ in self.statements]


class Side:
    """One rulebook in its process. `seconds` are for one request, `megabytes` of address space."""

    def __init__(
        self,
        name: str,
        directory: Path,
        *,
        overlays: Sequence[Path] = (),
        seconds: float = 60.0,
        megabytes: int = 4096,
    ) -> None:
        self.name = name
        self.directory = directory
        self._seconds, self._megabytes = seconds, megabytes
        self._buffer = b""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "infusion_asp.author.comparing.side_worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=child_environment(),
        )
        self.ask(
            {
                "directory": str(directory),
                "overlays": [str(each) for each in overlays],
                "megabytes": megabytes,
            }
        )

    def book(self) -> Book:
        """The rulebook, once it has loaded. Raises BadRules."""
        said = self.answer(STARTING)
        if "error" in said:
            raise BadRules(self.name, said["error"], said.get("help", ""))
        return Book(
            said["digest"],
            said["tables"],
            tuple((rule, text, plain) for rule, text, plain in said["statements"]),
            said["rules"],
            tuple((name, arity) for name, arity in said["signatures"]),
            frozenset(said["gated"]),
            said["policies"],
            said["in_force"],
        )

    def ask(self, request: Mapping[str, Any]) -> None:
        """Send one request; its answer is read by `answer`."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(request).encode() + b"\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            raise self._ended() from None

    def answer(self, seconds: float | None = None) -> Any:
        """The next answer. Raises TimeLimit, MemoryLimit or EngineError."""
        limit = self._seconds if seconds is None else seconds
        end = time.monotonic() + limit
        stream = self._process.stdout
        assert stream is not None
        with selectors.DefaultSelector() as selector:
            selector.register(stream, selectors.EVENT_READ)
            while b"\n" not in self._buffer:
                left = end - time.monotonic()
                if left <= 0 or not selector.select(left):
                    self.close()
                    raise TimeLimit(limit)
                piece = stream.read1(1 << 20)  # type: ignore[attr-defined]
                if not piece:
                    raise self._ended()
                self._buffer += piece
        line, _, self._buffer = self._buffer.partition(b"\n")
        return json.loads(line)

    def close(self) -> None:
        """Stop the process."""
        self._process.kill()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()
        self._process.wait()

    def _ended(self) -> EngineError:
        code = self._process.wait()
        if code < 0:
            return MemoryLimit(self._megabytes)
        return EngineError(f"{self.name}: its process ended early", "check the installation")
