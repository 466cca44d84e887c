"""Owns stop times that are not charted: which ones could be added, and how late they may be."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from infusion_asp.explain.limits import thresholds
from infusion_asp.facts import Clock
from infusion_asp.model import Administration, Encounter
from infusion_asp.rulebook import Rulebook
from infusion_asp.verify.additions import Addition, with_given

MINUTE = timedelta(minutes=1)
STEP = 15  # minutes between the stops that are tried; each window found is then measured exactly
COARSE = range(45, 12 * 60, 60)  # about the middle of each hour that is reported
LONGEST = 12 * 60  # minutes; a pump that runs longer needs no stop (T7)


def missing_stops(encounter: Encounter, rulebook: Rulebook) -> Iterator[Addition]:
    """Every administration with a charted start and no stop, up to what the record allows."""
    limits = {
        number + more
        for name, number in thresholds(rulebook).items()
        if name.endswith("_minutes")
        for more in (0, 1)
    }
    for given in encounter.administrations:
        if given.start is None or given.stop is not None:
            continue
        low, high = bounds(encounter, given, given.start)
        if low > high:
            continue
        tried = {low, high, *range(STEP, high, STEP), *_meetings(encounter, given.start), *limits}
        coarse = {low, high, *COARSE}
        method = "administration" if given.method is None else given.method.replace("_", " ")
        yield Addition(
            kind="stop",
            administrations=(given.id,),
            question=f"When did the {method} of {_name(given)}, charted to start at "
            f"{given.start:%H:%M} on {given.start:%Y-%m-%d}, stop?",
            said=f"a stop of {given.id}",
            put=lambda record, minute, one=given: _stopped(record, one, minute),  # type: ignore[misc]
            values=tuple(sorted(each for each in tried if low <= each <= high)),
            coarse=tuple(sorted(each for each in coarse if low <= each <= high)),
        )


def bounds(encounter: Encounter, given: Administration, start: datetime) -> tuple[int, int]:
    """The earliest and latest stop that the record does not contradict, in minutes after start.

    Not before what was last charted as running or paused; not after the patient left, was
    admitted, or the bag had run through at the charted rate.
    """
    clock = Clock.of(encounter)
    first = clock.minute(start)
    before = [given.last_charted, *(each.stop for each in given.pauses)]
    low = max((clock.minute(each) - first for each in before if each is not None), default=0)
    visits = [each for each in encounter.visits if each.id == given.visit] or [
        *encounter.visits[:1]
    ]
    after = [encounter.departure, encounter.inpatient_order, *(each.departure for each in visits)]
    ends = [clock.minute(each) - first for each in after if each is not None]
    paused = sum(int((each.stop - each.start) / MINUTE) for each in given.pauses)
    if given.volume_ml is not None and given.rate_ml_per_hr:
        through = clock.run_out(start, given.volume_ml, given.rate_ml_per_hr)
        if through is not None:
            ends.append(through - first + paused)
    return max(low, 0), min([*ends, LONGEST])


def _name(given: Administration) -> str:
    return f"{given.name} ({given.id})" if given.name != given.id else given.id


def _meetings(encounter: Encounter, start: datetime) -> set[int]:
    """Minutes after the start at which something else of the record starts or stops."""
    clock = Clock.of(encounter)
    first = clock.minute(start)
    return {clock.minute(time) - first for _, time in encounter.times()}


def _stopped(encounter: Encounter, given: Administration, minute: int) -> Encounter:
    if given.start is None:
        return encounter
    return with_given(encounter, given.id, stop=given.start + minute * MINUTE)


def clock_time(encounter: Encounter, name: str, minute: int) -> str:
    """The clock time so many minutes after the start of an administration."""
    for given in encounter.administrations:
        if given.id == name and given.start is not None:
            time = given.start + minute * MINUTE
            return (
                f"{time:%H:%M}" if time.date() == given.start.date() else f"{time:%H:%M (next day)}"
            )
    return ""
