"""Owns the search for the nearest change along a time or an amount: many tracks, few solvings.

Each track is one value moved in one direction. All tracks are probed together in rounds: first at
growing distances, then where the moved time meets another one of the record, then by halving the
stretch between the last distance without a change and the first one with a change. What is
reported is therefore tried itself, and so is one step less.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from infusion_asp.coding.lines import LineSet

Change = Mapping[str, Any]
Probe = Callable[[Sequence[Change]], list[LineSet | None]]

_STRIDE = 4  # each distance of the first rounds is so many times the one before
_FIRST = 3  # distances tried in one round while nothing has changed
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

    def middle(self) -> list[int]:
        """The middle of the stretch that is open."""
        return [(self.same + self.differs) // 2] if self.open and self.differs else []

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


def search(tracks: Sequence[Track], base: LineSet, probe: Probe) -> None:
    """Find on every track the nearest distance that changes the lines, if there is one."""
    while _round(tracks, base, probe, Track.growing):
        pass
    _round(tracks, base, probe, Track.between)
    while _round(tracks, base, probe, Track.middle):
        pass


def _round(
    tracks: Sequence[Track],
    base: LineSet,
    probe: Probe,
    distances: Callable[[Track], list[int]],
) -> bool:
    """Probe all tracks once; False when none had anything to try."""
    wanted = [(track, distance) for track in tracks for distance in distances(track)]
    if not wanted:
        return False
    results = probe([track.at(distance) for track, distance in wanted])
    found: dict[int, list[tuple[int, LineSet | None]]] = {}
    for (track, distance), lines in zip(wanted, results, strict=True):
        found.setdefault(id(track), []).append((distance, lines))
    for track in tracks:
        track.learn(base, found.get(id(track), ()))
    return True
