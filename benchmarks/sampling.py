"""Owns sampling where CPU time goes: by function of ours, library calls counted to their caller."""

from __future__ import annotations

import signal
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from types import FrameType, TracebackType
from typing import Self

EVERY = 0.002  # CPU seconds between two samples

Place = tuple[str, str]  # file below the package, function


class Sampler:
    """Counts the CPU seconds of this thread by the innermost function of one package.

    A sample weighs the CPU time since the one before: a long call into C delays the signal, and
    all of it is counted to the function that made the call. The overhead is under one percent.
    """

    def __init__(self, package: str = "infusion_asp") -> None:
        self.inside = f"/{package}/"
        self.seconds: defaultdict[Place, float] = defaultdict(float)
        self._last = 0.0

    def __enter__(self) -> Self:
        self._last = time.process_time()
        self._before = signal.signal(signal.SIGPROF, self._sample)
        signal.setitimer(signal.ITIMER_PROF, EVERY, EVERY)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, self._before)

    def _sample(self, _signal: int, frame: FrameType | None) -> None:
        now = time.process_time()
        spent, self._last = now - self._last, now
        while frame is not None:
            before, found, after = frame.f_code.co_filename.rpartition(self.inside)
            if found and before:
                self.seconds[after, frame.f_code.co_name] += spent
                return
            frame = frame.f_back
        self.seconds["", "the rest"] += spent

    @property
    def total(self) -> float:
        """All CPU seconds sampled."""
        return sum(self.seconds.values())

    def by(self, stages: Iterable[tuple[str, tuple[str, ...]]]) -> dict[str, float]:
        """Seconds by stage: the first whose prefix a 'file:function' begins with; else the file."""
        known = list(stages)
        found: defaultdict[str, float] = defaultdict(float)
        for (file, function), seconds in self.seconds.items():
            place = f"{file}:{function}"
            name = next((stage for stage, starts in known if place.startswith(starts)), place)
            found[name] += seconds
        return found

    def rows(self, count: int, least: float = 0.01) -> Iterator[tuple[str, float, float]]:
        """Functions with at least this share: place, milliseconds each of `count`, share."""
        for (file, function), seconds in sorted(self.seconds.items(), key=lambda each: -each[1]):
            share = seconds / self.total
            if share >= least:
                yield f"{file}:{function}", seconds * 1000 / count, share
