"""Owns the search for the nearest change along a time or an amount: many tracks, few solvings.

Each track is one value moved in one direction. All tracks are probed together in rounds: first at
growing distances, then where the moved time meets another one of the record, then by halving the
stretch between the last distance without a change and the first one with a change. What is
reported is therefore tried itself, and so is one step less.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from infusion_asp.coding.lines import LineSet

Change = Mapping[str, Any]
Probe = Callable[[Sequence[Change]], list[LineSet | None]]
Rounds = Generator[Sequence[Change], list[LineSet | None], None]

_STRIDE = 4  # each distance of the first rounds is so many times the one before
_FIRST = 3  # distances tried in one round while nothing has changed
_BATCH = 32  # probes of one round below which more of them cost nothing
_PARTS = 7  # the most distances that part one stretch at once
_MEETINGS = 6  # meetings with other times that are tried on one track


@dataclass
class Track:
    """One value moved in one direction; `at(distance)` is the change, up to `limit` steps."""

    path: str
    sign: int
    limit: int
    at: Callable[[int], Change]
    meetings: tuple[int, ...] = ()
    same: int = 0
    differs: int | None = None
    lines: LineSet | None = None
    _blocked: bool = field(default=False, repr=False)

    @property
    def open(self) -> bool:
        """Whether a change has been found whose nearest distance is not known yet."""
        return self.differs is not None and self.differs - self.same > 1

    def growing(self) -> list[int]:
        """The next distances to try while nothing has changed."""
        if self.differs is not None or self._blocked:
            return []
        found: list[int] = []
        distance = max(1, self.same) * _STRIDE
        while len(found) < _FIRST and self.same < self.limit:
            found.append(min(distance, self.limit))
            if found[-1] == self.limit:
                break
            distance *= _STRIDE
        return found

    def between(self) -> list[int]:
        """Distances at which the moved time meets others, inside of the stretch that is open."""
        if not self.open or self.differs is None:
            return []
        near = (each + more for each in self.meetings for more in (0, 1))
        found = sorted({each for each in near if self.same < each < self.differs})
        return found[:_MEETINGS]

    def parting(self, points: int = 1) -> list[int]:
        """Distances that part the open stretch: its middle, or more points evenly apart."""
        if not self.open or self.differs is None:
            return []
        width = self.differs - self.same
        found = {self.same + width * at // (points + 1) for at in range(1, points + 1)}
        return sorted(found - {self.same, self.differs})

    def learn(self, base: LineSet, results: Iterable[tuple[int, LineSet | None]]) -> None:
        """Narrow the stretch: nearest first, the first change ends it."""
        for distance, lines in sorted(results, key=lambda each: each[0]):
            if lines is None:  # can't be coded: the way ends here
                self._blocked = True
                return
            if lines != base:
                self.differs, self.lines = distance, lines
                return
            self.same = max(self.same, distance)


def search(tracks: Sequence[Track], base: LineSet, probe: Probe, more: Rounds) -> None:
    """Find on every track the nearest distance that changes the lines, if there is one.

    `more` are further changes, a list for each round, that are tried beside those of the tracks;
    it gets their lines by `send`.
    """
    beside = _Beside(more)
    while _round(tracks, base, probe, Track.growing, beside):
        pass
    _round(tracks, base, probe, Track.between, beside)
    while any(track.open for track in tracks) or beside.wanted:
        points = max(1, _BATCH // max(1, sum(track.open for track in tracks)))
        _round(tracks, base, probe, partial(Track.parting, points=min(points, _PARTS)), beside)


class _Beside:
    """The changes of the further rounds, one round at a time."""

    def __init__(self, rounds: Rounds) -> None:
        self._rounds = rounds
        self.wanted: Sequence[Change] = next(rounds, ())

    def learn(self, lines: list[LineSet | None]) -> None:
        if self.wanted:
            try:
                self.wanted = self._rounds.send(lines)
            except StopIteration:
                self.wanted = ()


def _round(
    tracks: Sequence[Track],
    base: LineSet,
    probe: Probe,
    distances: Callable[[Track], list[int]],
    beside: _Beside,
) -> bool:
    """Probe all tracks once; False when none had anything to try."""
    wanted = [(track, distance) for track in tracks for distance in distances(track)]
    changes = [track.at(distance) for track, distance in wanted]
    if not changes and not beside.wanted:
        return False
    results = probe([*changes, *beside.wanted])
    beside.learn(results[len(changes) :])
    found: dict[int, list[tuple[int, LineSet | None]]] = {}
    for (track, distance), lines in zip(wanted, results, strict=False):
        found.setdefault(id(track), []).append((distance, lines))
    for track in tracks:
        track.learn(base, found.get(id(track), ()))
    return bool(wanted)
