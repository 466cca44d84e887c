"""Owns sharing the variations of one encounter between two processes, where there are two cores."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager

from infusion_asp.coding import Coder
from infusion_asp.coding.lines import LineSet
from infusion_asp.explain.search import Change, Probe
from infusion_asp.explain.variations import vary_lines
from infusion_asp.model import Encounter

_FEWEST = 24  # variations below which a second process costs more than it saves
_ASKED: list[tuple[Coder, Encounter]] = []  # what a forked process inherits


@contextmanager
def probing(coder: Coder, encounter: Encounter) -> Iterator[Probe]:
    """A function from changes to lines, in the same order."""

    def alone(wanted: Sequence[Change]) -> list[LineSet | None]:
        return vary_lines(coder, encounter, wanted)

    if not _can_fork() or coder.rulebook.overlaid:
        yield alone
        return
    alone([{}])  # what both processes need is made once, before the fork
    _ASKED.append((coder, encounter))
    fork = multiprocessing.get_context("fork")
    pool = ProcessPoolExecutor(max_workers=1, mp_context=fork)

    def shared(wanted: Sequence[Change]) -> list[LineSet | None]:
        if len(wanted) < _FEWEST:
            return alone(wanted)
        half = len(wanted) // 2
        try:
            other = pool.submit(_lines, list(wanted[half:]))
            return alone(wanted[:half]) + other.result()
        except BrokenProcessPool:
            return alone(wanted)

    try:
        yield shared
    finally:
        _ASKED.pop()
        pool.shutdown(cancel_futures=True)


def _lines(wanted: Sequence[Change]) -> list[LineSet | None]:
    """The lines of changes of the encounter that was asked about when this process began."""
    coder, encounter = _ASKED[-1]
    return vary_lines(coder, encounter, wanted)


def _can_fork() -> bool:
    """Whether a process can be copied: two cores, one thread, and a system that can."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1
    able = "fork" in multiprocessing.get_all_start_methods()
    return able and cores > 1 and threading.active_count() == 1
