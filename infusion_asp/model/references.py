"""Checks across the parts of an encounter: references, order of times, zones."""

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from infusion_asp.model.errors import did_you_mean, nearest, shown

if TYPE_CHECKING:
    from infusion_asp.model.encounter import Administration, Encounter

LONGEST_SPAN = dt.timedelta(days=400)  # between the first and the last clock time

Place = tuple[str | int, ...]


@dataclass(frozen=True)
class Problem:
    """One thing that does not fit, at a place of the document."""

    place: Place
    kind: str
    message: str
    help: str = ""


def problems_of(encounter: "Encounter") -> tuple[Problem, ...]:
    """All contradictions between the parts of the encounter, zones first."""
    zones = tuple(_zones(encounter))
    if zones:  # times of two kinds cannot be compared
        return zones
    found: list[Problem] = []
    found += _duplicates("accesses", [access.id for access in encounter.accesses])
    found += _duplicates("visits", [visit.id for visit in encounter.visits])
    found += _duplicates("administrations", [a.id for a in encounter.administrations])
    found += _order(("departure",), "arrival", encounter.arrival, "departure", encounter.departure)
    for i, visit in enumerate(encounter.visits):
        place = ("visits", i, "departure")
        found += _order(place, "arrival", visit.arrival, "departure", visit.departure)
    found += _accesses(encounter)
    found += _references(encounter)
    for i, given in enumerate(encounter.administrations):
        found += _one_administration(("administrations", i), given)
    return tuple(found)


def _zones(encounter: "Encounter") -> Iterator[Problem]:
    times = list(encounter.times())
    if not times:
        return
    first_place, first = times[0]
    for place, time in times[1:]:
        if (time.tzinfo is None) != (first.tzinfo is None):
            has, other = ("no", "one") if time.tzinfo is None else ("an", "none")
            message = f"{_time(time)} has {has} offset, '{_dotted(first_place)}' has {other}"
            help = "write all times of an encounter with an offset, or none"
            yield Problem(place, "mixed_zones", message, help)
            return
    last_place, last = max(times, key=lambda item: item[1])
    begin = min(time for _, time in times)
    if last - begin > LONGEST_SPAN:
        message = f"{_time(last)} is {(last - begin).days} days after {_time(begin)}"
        help = f"the times of one encounter lie within {LONGEST_SPAN.days} days"
        yield Problem(last_place, "span_too_long", message, help)


def _duplicates(field: str, ids: Sequence[str]) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for i, name in enumerate(ids):
        if name in first:
            message = f"the id {shown(name)} is already that of {field}[{first[name]}]"
            yield Problem((field, i, "id"), "duplicate_id", message, "give each its own id")
        first.setdefault(name, i)


def _order(
    place: Place,
    before: str,
    begin: dt.datetime | None,
    after: str,
    end: dt.datetime | None,
) -> Iterator[Problem]:
    if begin is not None and end is not None and end < begin:
        message = f"{after} {_time(end)} is before {before} {_time(begin)}"
        help = "after midnight the date is the next day" if _within_a_day(begin, end) else ""
        yield Problem(place, f"{after}_before_{before}", message, help)


def _accesses(encounter: "Encounter") -> Iterator[Problem]:
    known = [access.id for access in encounter.accesses]
    after = {a.id: a.replaces for a in encounter.accesses if a.replaces is not None}
    for i, access in enumerate(encounter.accesses):
        if access.replaces is None:
            continue
        place = ("accesses", i, "replaces")
        if access.replaces not in known:
            yield _dangling(place, "access", access.replaces, known)
        elif _in_cycle(access.id, after):
            message = f"access {shown(access.id)} replaces {shown(access.replaces)} and so itself"
            help = "name the access that was there before"
            yield Problem(place, "circular_reference", message, help)


def _references(encounter: "Encounter") -> Iterator[Problem]:
    given = encounter.administrations
    ids = [a.id for a in given]
    accesses = [access.id for access in encounter.accesses]
    visits = [visit.id for visit in encounter.visits]
    if encounter.primary_reason is not None and encounter.primary_reason not in ids:
        yield _dangling(("primary_reason",), "administration", encounter.primary_reason, ids)
    yield from _unlisted_visits(encounter)
    bags = {a.id: a.same_bag_as for a in given if a.same_bag_as is not None}
    wholes = {a.id: a.integral_to for a in given if a.integral_to in ids}
    for i, a in enumerate(given):
        place = ("administrations", i)
        if a.access is not None and accesses and a.access not in accesses:
            yield _dangling((*place, "access"), "access", a.access, accesses)
        if a.visit is not None and visits and a.visit not in visits:
            yield _dangling((*place, "visit"), "visit", a.visit, visits)
        yield from _bag((*place, "same_bag_as"), a, ids, bags)
        yield from _whole((*place, "integral_to"), a, ids, wholes)


def _unlisted_visits(encounter: "Encounter") -> Iterator[Problem]:
    """Without `visits` there is one visit, so all administrations give it the same name."""
    named = [(i, a.visit) for i, a in enumerate(encounter.administrations) if a.visit is not None]
    if encounter.visits or not named:
        return
    for i, visit in named:
        if visit != named[0][1]:
            message = f"{shown(visit)} is a second visit beside {shown(named[0][1])}"
            help = "list both in visits, or give one name if the patient did not leave"
            yield Problem(("administrations", i, "visit"), "unknown_reference", message, help)


def _bag(
    place: Place, a: "Administration", ids: Sequence[str], bags: Mapping[str, str]
) -> Iterator[Problem]:
    if a.same_bag_as is None:
        return
    if a.same_bag_as not in ids:
        yield _dangling(place, "administration", a.same_bag_as, ids)
    elif _in_cycle(a.id, bags):
        message = f"{shown(a.id)} is in the same bag as {shown(a.same_bag_as)} and so as itself"
        help = "let the first of the bag stand without same_bag_as and name it in the others"
        yield Problem(place, "circular_reference", message, help)


def _whole(
    place: Place, a: "Administration", ids: Sequence[str], wholes: Mapping[str, str | None]
) -> Iterator[Problem]:
    if a.integral_to is None:
        return
    if a.integral_to in ids:
        if _in_cycle(a.id, wholes):
            message = f"{shown(a.id)} belongs to {shown(a.integral_to)} and so to itself"
            help = "name a procedure code or the administration it belongs to"
            yield Problem(place, "circular_reference", message, help)
    elif not re.fullmatch(r"[0-9A-Z]{5}|[0-9A-Z]{7}", a.integral_to):
        alike = [name for name in ids if _shape(name) == _shape(a.integral_to)]
        guess = nearest(a.integral_to, ids) or next(iter(alike), None)
        if guess:
            message = f"{shown(a.integral_to)} is neither a procedure code nor an administration"
            yield Problem(place, "unknown_reference", message, did_you_mean(guess))


def _one_administration(place: Place, a: "Administration") -> Iterator[Problem]:
    if a.drug is None and a.hcpcs is None and not a.mix:
        message = f"administration {shown(a.id)} names no drug"
        yield Problem((*place, "drug"), "missing_key", message, "give drug, mix or hcpcs")
    yield from _order((*place, "stop"), "start", a.start, "stop", a.stop)
    yield from _order((*place, "last_charted"), "start", a.start, "last_charted", a.last_charted)
    earlier, what = a.start, "the administration's start"
    for j, pause in enumerate(a.pauses):
        at = (*place, "pauses", j)
        yield from _order((*at, "stop"), "start", pause.start, "stop", pause.stop)
        if earlier is not None and pause.start < earlier:
            message = f"the pause from {_time(pause.start)} begins before {what} {_time(earlier)}"
            help = "pauses lie inside the administration, in order, and do not overlap"
            yield Problem((*at, "start"), "pause_outside", message, help)
        if a.stop is not None and pause.stop > a.stop:
            message = f"the pause to {_time(pause.stop)} ends after the stop {_time(a.stop)}"
            help = "an administration that did not go on stops where the pause begins"
            yield Problem((*at, "stop"), "pause_outside", message, help)
        earlier, what = pause.stop, "the end of the pause before it"


def _dangling(place: Place, what: str, value: str, known: Iterable[str]) -> Problem:
    names = list(dict.fromkeys(known))
    guess = nearest(value, names, 0.6)
    listed = f"known are {', '.join(names[:10])}" if names else f"there is no {what}"
    help = did_you_mean(guess) if guess else listed
    message = f"{shown(value)} is not the id of any {what} of the encounter"
    return Problem(place, "unknown_reference", message, help)


def _in_cycle(start: str, links: Mapping[str, str | None]) -> bool:
    seen: set[str] = set()
    at: str | None = links.get(start)
    while at is not None and at not in seen:
        if at == start:
            return True
        seen.add(at)
        at = links.get(at)
    return False


def _within_a_day(begin: dt.datetime, end: dt.datetime) -> bool:
    return begin - end < dt.timedelta(days=1)


def _shape(text: str) -> str:
    return re.sub(r"\d+", "0", text.strip().lower())


def _time(value: dt.datetime) -> str:
    return f"'{value.isoformat(timespec='minutes')}'"


def _dotted(place: Place) -> str:
    return "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in place).removeprefix(".")
