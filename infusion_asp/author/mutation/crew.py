"""Owns the processes that try mutants: one for each core, ended where a mutant has no end."""

from __future__ import annotations

import multiprocessing
import os
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import Connection, wait
from typing import Any

from infusion_asp.author.guard import limit
from infusion_asp.author.mutation.operators import Mutant

Try = Callable[[Sequence[Mutant]], list[tuple[str, int | None]]]
"""Tries some mutants: by name the encounter that tells each from the original, or None."""

ByName = Callable[[Sequence[str]], list[tuple[str, int | None]]]

NO_END = -1
PART = 120  # mutants tried together
SECONDS_EACH = 3.0  # wall clock for each mutant of a part, and at least:
SECONDS_LEAST = 30.0
MEGABYTES = 3072


class _Member:
    """One process with its task."""

    def __init__(self, attempt: ByName) -> None:
        context = multiprocessing.get_context("fork")
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=_serve, args=(attempt, theirs), daemon=True)
        self.process.start()
        theirs.close()
        self.part: Sequence[Mutant] = ()
        self.end = 0.0

    def give(self, part: Sequence[Mutant], patience: float) -> None:
        self.part = part
        self.end = time.monotonic() + max(SECONDS_LEAST, SECONDS_EACH * len(part)) * patience
        self.pipe.send([each.name for each in part])

    def stop(self) -> None:
        self.process.kill()
        self.process.join()
        self.pipe.close()


def try_together(
    mutants: Sequence[Mutant],
    alone: Callable[[Mutant], bool],
    attempt: Try,
    processes: int,
    patience: float = 1.0,
) -> Iterator[tuple[str, int | None]]:
    """Every mutant's name with what tells it: an encounter, NO_END, or None.

    Mutants that may have no end go `alone`. Parts that take too long are tried in halves.
    """
    todo = deque(_parts(mutants, alone))
    named = {each.name: each for each in mutants}  # syntax trees don't go through pipes

    def by_name(names: Sequence[str]) -> list[tuple[str, int | None]]:
        return attempt([named[name] for name in names])

    crew = [_Member(by_name) for _ in range(min(processes, max(len(todo), 1)))]
    try:
        while todo or any(member.part for member in crew):
            for member in crew:
                if not member.part and todo:
                    member.give(todo.popleft(), patience)
            busy = {member.pipe: member for member in crew if member.part}
            ready: list[Any] = wait(list(busy), timeout=0.5)
            for pipe in ready:
                member = busy[pipe]
                found = _received(pipe)
                part, member.part = member.part, ()
                if found is None:
                    crew[crew.index(member)] = _Member(by_name)
                    member.stop()
                    yield from _ended(part, todo)
                else:
                    yield from found
            now = time.monotonic()
            for member in [each for each in crew if each.part and each.end < now]:
                crew[crew.index(member)] = _Member(by_name)
                member.stop()
                yield from _ended(member.part, todo)
    finally:
        for member in crew:
            member.stop()


def _parts(mutants: Sequence[Mutant], alone: Callable[[Mutant], bool]) -> list[list[Mutant]]:
    order = sorted(mutants, key=lambda each: each.index)
    single = [[each] for each in order if alone(each)]
    rest = [each for each in order if not alone(each)]
    return [*(rest[at : at + PART] for at in range(0, len(rest), PART)), *single]


def _received(pipe: Connection) -> list[tuple[str, int | None]] | None:
    """The answer of a process; None where it is gone or ran out of memory."""
    try:
        found: list[tuple[str, int | None]] | None = pipe.recv()
    except (EOFError, OSError):
        return None
    return found


def _ended(part: Sequence[Mutant], todo: deque[list[Mutant]]) -> Iterator[tuple[str, int | None]]:
    if len(part) == 1:
        yield part[0].name, NO_END
    else:
        half = len(part) // 2
        todo.append(list(part[:half]))
        todo.append(list(part[half:]))


def _serve(attempt: ByName, pipe: Connection) -> None:
    limit(MEGABYTES)
    while True:
        names = pipe.recv()
        try:
            pipe.send(attempt(names))
        except MemoryError:
            pipe.send(None)


def forked(work: Callable[[int], Any], numbers: Sequence[int]) -> Iterator[Any]:
    """The work of each number by one process for each core, in any order.

    What the work reads is there by the fork; what it returns goes through a pipe.
    """
    global _WORK  # noqa: PLW0603 (a fork takes it along; syntax trees and symbols don't go by pipe)
    _WORK = work
    context = multiprocessing.get_context("fork")
    with context.Pool(len(os.sched_getaffinity(0))) as pool:
        yield from pool.imap_unordered(_forked, numbers)


_WORK: Callable[[int], Any] = repr


def _forked(number: int) -> Any:
    return _WORK(number)
