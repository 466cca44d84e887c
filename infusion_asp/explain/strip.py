"""Owns the strip: the lines of an encounter as a function of one time, minute by minute.

Every minute is solved. The lines of a minute say nothing about those of the next: a limit, another
administration or a pause may begin there, and a strip with a stretch too long is worse than none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from infusion_asp.coding import Coder
from infusion_asp.coding.lines import LineSet
from infusion_asp.explain.variations import difference, place_of, vary_lines
from infusion_asp.model import Encounter

MINUTE = timedelta(minutes=1)
EDGES = ("stop", "start")
BEYOND = timedelta(hours=2)
"""How far a strip goes past everything that is charted: at least one further hour fits in it."""


@dataclass(frozen=True)
class Stretch:
    """Minutes, the first and the last included, in which the lines are the same.

    `lines` None: the time can't be there, it would contradict the rest of the record.
    """

    first: datetime
    last: datetime
    lines: LineSet | None

    @property
    def minutes(self) -> int:
        """How many minutes there are in it."""
        return (self.last - self.first) // MINUTE + 1

    def __contains__(self, time: datetime) -> bool:
        return self.first <= time <= self.last


@dataclass(frozen=True)
class Range:
    """The minutes of a strip, both ends included; `charted` is what stands in the record.

    `times` are all times of the record: with offsets each minute has that of the last one before.
    """

    path: str
    first: datetime
    last: datetime
    charted: datetime | None
    times: tuple[datetime, ...] = ()

    @property
    def minutes(self) -> int:
        """How many minutes there are in it."""
        return (self.last - self.first) // MINUTE + 1

    def window(self, most: int, begin: datetime | None = None) -> Range:
        """At most so many minutes of it: from `begin` on, else around what is charted."""
        if self.minutes <= most:
            return self
        length = (most - 1) * MINUTE
        if begin is None:
            begin = (self.charted or self.first) - length / 2
        begin = self.first + max(0, (begin - self.first) // MINUTE) * MINUTE
        first = min(begin, self.last - length)
        return replace(self, first=first, last=first + length)

    def times_of(self, first: datetime, last: datetime) -> list[datetime]:
        """Every minute from the first to the last, as the clock on the wall shows it."""
        return [self.local(first + at * MINUTE) for at in range((last - first) // MINUTE + 1)]

    def local(self, time: datetime) -> datetime:
        """A time with the offset of the last time of the record that is not after it."""
        if time.tzinfo is None or not self.times:
            return time
        before = [each for each in self.times if each <= time]
        return time.astimezone((before[-1] if before else self.times[0]).tzinfo)


def range_of(encounter: Encounter, administration: str, edge: str) -> Range | None:
    """The minutes that a start or stop can be moved over; None where its partner is not charted.

    A stop moves from its start to two hours past the last time of the record; a start from two
    hours before the first time of the record to its stop, or without a stop to the last time.
    """
    path = f"{administration}.{edge}"
    place = place_of(encounter, path)
    given = encounter.administrations[place.index]
    times = tuple(sorted(time for _, time in encounter.times()))
    if given.start is None:
        return None
    if edge == "stop":
        return Range(path, given.start, times[-1] + BEYOND, given.stop, times)
    last = times[-1] if given.stop is None else given.stop
    return Range(path, times[0] - BEYOND, max(last, given.start), given.start, times)


def lines_by_minute(
    coder: Coder, encounter: Encounter, path: str, minutes: Sequence[datetime]
) -> list[LineSet | None]:
    """The lines with each of these times at the path; None where the record forbids it."""
    return vary_lines(coder, encounter, [{path: each} for each in minutes])


def stretches(minutes: Iterable[datetime], lines: Iterable[LineSet | None]) -> Iterator[Stretch]:
    """The minutes put together where the lines are the same; both in the order of time."""
    open_one: Stretch | None = None
    for minute, found in zip(minutes, lines, strict=True):
        if open_one is not None and open_one.lines == found:
            open_one = Stretch(open_one.first, minute, found)
            continue
        if open_one is not None:
            yield open_one
        open_one = Stretch(minute, minute, found)
    if open_one is not None:
        yield open_one


def joined(parts: Iterable[Stretch]) -> tuple[Stretch, ...]:
    """Stretches that follow each other, put together where the lines are the same."""
    found: list[Stretch] = []
    for part in parts:
        if found and found[-1].lines == part.lines:
            found[-1] = Stretch(found[-1].first, part.last, part.lines)
        else:
            found.append(part)
    return tuple(found)


def strip(coder: Coder, encounter: Encounter, span: Range) -> tuple[Stretch, ...]:
    """The stretches of a range, every minute of it solved."""
    minutes = span.times_of(span.first, span.last)
    return tuple(stretches(minutes, lines_by_minute(coder, encounter, span.path, minutes)))


def short_changes(before: LineSet, after: LineSet) -> tuple[str, ...]:
    """What changes from one stretch to the next: `+1 96366`, `-1 96375`, `96365 +59`."""
    found: list[str] = []
    for one in difference(before, after):
        old, new = one.before, one.after
        more = (new.units if new else 0) - (old.units if old else 0)
        code = "-".join((one.code, *one.line.modifiers)) if old is None or new is None else one.code
        if more:
            found.append(f"{'+' if more > 0 else '−'}{abs(more)} {code}")
        if old is None or new is None:
            continue
        found += [f"{code} +{each}" for each in new.modifiers if each not in old.modifiers]
        found += [f"{code} −{each}" for each in old.modifiers if each not in new.modifiers]
        if old.date != new.date:
            found.append(f"{code} on {new.date or 'no date'}")
    return tuple(sorted(found, key=lambda each: "−" in each.split()[0]))
