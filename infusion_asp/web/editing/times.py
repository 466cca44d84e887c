"""Owns clock times as typed: HH:MM on the right day, with the offset that the record has."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from typing import Any, Literal

from infusion_asp.model import InputError
from infusion_asp.model.errors import shown
from infusion_asp.model.fields import clock_text

_CLOCK = re.compile(r"(\d{1,2})(?::|\.|h)?(\d{2})")
_DAY = dt.timedelta(days=1)
_HELP = "write hours and minutes, like 09:30, or the date too, like 2025-03-03 09:30"

Object = Mapping[str, Any]
Side = Literal["before", "after", "end"]


def read(value: Any) -> dt.datetime | None:
    """A time as the document holds it; None for anything else."""
    if not isinstance(value, str):
        return None
    try:
        return dt.datetime.fromisoformat(value.strip().replace("Z", "+00:00"))
    except ValueError:
        return None


def times_of(document: Object) -> Iterator[dt.datetime]:
    """The times of a document that can be read, those of administrations first."""
    for name, keys in (("administrations", ("start", "stop")), ("visits", ("arrival",))):
        parts = document.get(name)
        for part in parts if isinstance(parts, list) else ():
            for key in keys if isinstance(part, Mapping) else ():
                if (found := read(part.get(key))) is not None:
                    yield found
    for key in ("arrival", "departure", "inpatient_order"):
        if (found := read(document.get(key))) is not None:
            yield found


def placed(
    typed: str,
    path: tuple[str, ...],
    document: Object,
    holder: Object,
    owner: Object | None = None,
    today: dt.date | None = None,
) -> str:
    """What `typed` means for the time at `path`, as the document writes times.

    `holder` is the object that has the field, `owner` the administration of a pause. HH:MM goes
    to a day by these rules: an end (stop, last_charted, a pause, departure after an arrival) is
    the first such time at or after its beginning, but what lasted a day or more keeps the day of
    its end; any other time goes nearest to where it was; a new one next to what it belongs to. The
    offset is that of the old value, else of the time it is measured from. Raises InputError for
    what is no time, and where there is no day to put it on.
    """
    match = _CLOCK.fullmatch(typed.strip())
    if match is None:
        return _whole(typed, document, holder, path[-1])
    old = read(holder.get(path[-1]))
    base, side = _base(path[-1], holder, owner, document)
    around = old or base or next(times_of(document), None)
    if around is None and today is not None:
        around = dt.datetime.combine(today, dt.time())
    if around is None:
        message = f"{shown(typed)} has no day: nothing in the encounter has a time yet"
        raise InputError("$", message, "write the date too, like 2025-03-03 09:30", kind="no_day")
    try:
        clock = dt.time(int(match[1]), int(match[2]))
    except ValueError:
        message = f"{shown(typed)} is not a clock time"
        raise InputError("$", message, "the hours run from 00 to 23", kind="bad_time") from None
    found = dt.datetime.combine(around.date(), clock, around.tzinfo)
    if base is not None and not _alike(found, base):
        base = None
    if side == "end" and base is not None:
        lasted = old is not None and _alike(old, base) and old - base >= _DAY
        if not (lasted and found >= base):
            found = _first_after(found, base)
    elif old is not None:
        found = min((found - _DAY, found, found + _DAY), key=lambda each: abs(each - old))
    elif base is not None and side != "before":
        found = _first_after(found, base)
    elif base is not None and found > base:
        found -= _DAY
    return clock_text(found)


def _whole(typed: str, document: Object, holder: Object, name: str) -> str:
    """A time with its date; it gets the offset of the record where it has none."""
    found = read(typed)
    if found is None or not re.match(r"\s*\d{4}-\d\d-\d\d[T ]", typed):
        raise InputError("$", f"{shown(typed)} is not a time", _HELP, kind="bad_time")
    like = read(holder.get(name)) or next(times_of(document), None)
    if found.tzinfo is None and like is not None and like.tzinfo is not None:
        return clock_text(found.replace(tzinfo=like.tzinfo))
    return typed.strip()


def _base(
    name: str, holder: Object, owner: Object | None, document: Object
) -> tuple[dt.datetime | None, Side]:
    """The time that a field is measured from, and on which side of it the field lies.

    An `end` belongs to its beginning whatever it was before.
    """
    if name in ("stop", "last_charted"):
        return read(holder.get("start")), "end"
    if owner is not None:
        return read(owner.get("start")), "end"
    if name == "start":
        return read(holder.get("stop")), "before"
    times = _comparable(document)
    if name == "departure":
        arrival = read(holder.get("arrival"))
        return (arrival, "end") if arrival else (max(times, default=None), "after")
    if name == "inpatient_order":
        return read(document.get("arrival")) or min(times, default=None), "after"
    first = min(times, default=None) if holder is document else None
    return read(holder.get("departure")) or first, "before"


def _comparable(document: Object) -> list[dt.datetime]:
    found = list(times_of(document))
    return [each for each in found if _alike(each, found[0])]


def _alike(one: dt.datetime | None, other: dt.datetime | None) -> bool:
    return one is not None and other is not None and (one.tzinfo is None) == (other.tzinfo is None)


def _first_after(found: dt.datetime, base: dt.datetime) -> dt.datetime:
    """The time of day of `found` on the first day on which it is at or after `base`."""
    days = (base - found) // _DAY
    found += days * _DAY
    while found < base:
        found += _DAY
    return found


def shifted(value: Any, minutes: int) -> Any:
    """A time of the document moved by whole minutes, in its own offset; others as they are."""
    found = read(value)
    if found is None:
        return value
    moved = found + dt.timedelta(minutes=minutes)
    seconds = re.search(r"[T ]\d\d:\d\d:\d\d", value) is not None
    text = moved.isoformat(timespec="seconds") if seconds else clock_text(moved)
    return text.replace("+00:00", "Z") if value.rstrip().endswith("Z") else text
