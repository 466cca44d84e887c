"""Owns running what grounds an author's rules in a child process, under a clock and a limit.

Rules that somebody is writing may loop. The child is a copy of this process, so that it has the
rules already; what it returns is pickled.
"""

from __future__ import annotations

import multiprocessing
import resource
import signal
from collections.abc import Callable, Iterable
from multiprocessing.connection import Connection
from typing import Any, TypeVar

from infusion_asp.author.recursion import recursive
from infusion_asp.engine.errors import EngineError, MemoryLimit, TimeLimit
from infusion_asp.rulebook import Rulebook

T = TypeVar("T")
SECONDS = 120.0
EACH = 0.1  # seconds more for each of many cases that are run together
MEGABYTES = 4096


class NoEnd(EngineError):  # noqa: N818
    """The rules took longer, or needed more memory, than they may; names those that may grow."""

    def __init__(self, error: EngineError, book: Rulebook) -> None:
        named = list(growing(book))
        said = f"; these may grow without end: {', '.join(named[:5])}" if named else ""
        super().__init__(error.message + said, error.help)


class Failed(EngineError):  # noqa: N818
    """What went wrong in the child, in words for the user."""


def guarded(
    book: Rulebook,
    function: Callable[[], T],
    *,
    seconds: float = SECONDS,
    megabytes: int = MEGABYTES,
) -> T:
    """The value of the function, computed in a child process. Raises NoEnd or Failed."""
    try:
        return forked(function, seconds=seconds, megabytes=megabytes)
    except (TimeLimit, MemoryLimit) as error:
        raise NoEnd(error, book) from None


def time_for(cases: int) -> float:
    """Seconds that a run of so many cases may take where nobody says how long."""
    return SECONDS + EACH * cases


def forked(function: Callable[[], T], *, seconds: float, megabytes: int) -> T:
    """The same where no rules are to blame. Raises TimeLimit, MemoryLimit or Failed."""
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_serve, args=(function, theirs, megabytes), daemon=True)
    process.start()
    theirs.close()
    try:
        if not ours.poll(seconds):
            raise TimeLimit(seconds)
        try:
            kind, value = ours.recv()
        except EOFError:  # clingo aborts where it can't allocate
            raise MemoryLimit(megabytes) from None
    finally:
        process.kill()
        process.join()
        ours.close()
    if kind == "memory":
        raise MemoryLimit(megabytes)
    if kind == "failed":
        raise Failed(*value)
    found: T = value
    return found


def limit(megabytes: int) -> None:
    """Limit this process to so much more memory than it has; no core files, no interruptions."""
    with open("/proc/self/statm", encoding="ascii") as file:
        pages = int(file.read().split()[0])
    size = pages * resource.getpagesize() + megabytes * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (size, size))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _serve(function: Callable[[], Any], pipe: Connection, megabytes: int) -> None:
    try:
        limit(megabytes)
        answer: tuple[str, Any] = ("value", function())
    except MemoryError:
        answer = ("memory", None)
    except Exception as error:
        message = getattr(error, "message", None) or f"{type(error).__name__}: {error}"
        memory = "bad_alloc" in message or "bad alloc" in message
        answer = ("memory", None) if memory else ("failed", (message, getattr(error, "help", "")))
    pipe.send(answer)
    pipe.close()


def growing(book: Rulebook) -> Iterable[str]:
    """Places of the statements whose head rests on itself and counts on; an author's own first."""
    found = []
    for at in sorted(recursive(book.statements)):
        head = str(book.statements[at])
        if "+" in head or "*" in head:
            place = book.statements[at].location.begin
            source = book.sources.get(place.filename)
            shown = source.name if source else place.filename
            own = not any(rule.file == shown for rule in book.rules[: len(book.rules) // 2])
            found.append((not (book.overlaid and own), f"{shown}:{place.line}"))
    return [place for _, place in sorted(dict.fromkeys(found))]
