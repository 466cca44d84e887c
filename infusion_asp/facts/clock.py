"""Owns time: charted clock times as minutes from 00:00 of the encounter's first local date."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from functools import cached_property

from infusion_asp.model import Encounter

_MINUTE = timedelta(minutes=1)
_HOUR = 60  # minutes; a unit of the clock, not a limit of a rule


@dataclass(frozen=True)
class Clock:
    """The clock of one encounter. Naive times count as they stand, others by their offset."""

    times: tuple[datetime, ...]

    @classmethod
    def of(cls, encounter: Encounter) -> Clock:
        """The clock of an encounter; it may hold no time at all."""
        found = (time for _, time in encounter.times())
        return cls(tuple(sorted(found, key=_absolute)))

    @cached_property
    def zero(self) -> datetime | None:
        """00:00 of the first local date, or None without any time."""
        if not self.times:
            return None
        return self.times[0].replace(hour=0, minute=0, second=0, microsecond=0)

    def minute(self, time: datetime) -> int:
        """Minutes from 00:00 of the first local date; seconds are cut."""
        if self.zero is None:
            raise ValueError("a clock without times")
        cut = time.replace(second=0, microsecond=0)
        return int((_absolute(cut) - _absolute(self.zero)) / _MINUTE)

    def run_out(self, start: datetime, volume: object, rate: object) -> int | None:
        """The minute at which a charted volume is through at a charted rate, rounded down."""
        if not rate:
            return None
        hours = Fraction(str(volume)) / Fraction(str(rate))
        minutes = int(hours * _HOUR)
        return self.minute(start) + minutes if minutes < 10**6 else None

    def days(self, last: int) -> tuple[tuple[int, int, int], ...]:
        """Each date up to minute `last`: its number (0 the first), its first minute, the next's.

        With offsets a midnight lies where the last time charted before it puts it.
        """
        if self.zero is None:
            return ()
        found: list[tuple[int, int, int]] = []
        first = 0
        day = self.zero.date()
        number = 0
        while first <= last:
            following = day + timedelta(days=1)
            known = [time for time in self.times if time.date() <= day]
            offset = known[-1].tzinfo if known else self.zero.tzinfo
            midnight = datetime(following.year, following.month, following.day, tzinfo=offset)
            following_minute = self.minute(midnight)
            found.append((number, first, following_minute))
            first, day, number = following_minute, following, number + 1
        return tuple(found)

    def date(self, number: int) -> date | None:
        """The date with a number, or None without any time."""
        return None if self.zero is None else self.zero.date() + timedelta(days=number)

    def day(self, time: datetime) -> int:
        """The number of the local date of a time."""
        if self.zero is None:
            raise ValueError("a clock without times")
        return (time.date() - self.zero.date()).days

    @cached_property
    def labels(self) -> dict[int, str]:
        """Clock labels of charted minutes that plain counting from 00:00 would get wrong."""
        wrong = {}
        for time in self.times:
            minute = self.minute(time)
            plain = divmod(minute % (24 * _HOUR), _HOUR)
            if plain != (time.hour, time.minute):
                wrong[minute] = f"{time:%H:%M}"
        return wrong

    def label(self, minute: int) -> str:
        """ISO local time of a minute, as the first time's offset shows it."""
        if self.zero is None:
            return ""
        return (self.zero + minute * _MINUTE).isoformat(timespec="minutes")


def _absolute(time: datetime) -> datetime:
    """A time that subtracts rightly: naive as it stands, otherwise in UTC."""
    return time if time.tzinfo is None else time.astimezone(UTC).replace(tzinfo=None)


def instants(clock: Clock, computed: Iterable[int]) -> list[int]:
    """All minutes at which something may change, in order: charted, computed, midnights."""
    found = {clock.minute(time) for time in clock.times}
    found.update(computed)
    if found:
        low, high = min(found), max(found)
        found.update(first for _, first, _ in clock.days(high) if low < first < high)
    return sorted(found)
