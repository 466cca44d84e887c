"""Owns what a record leaves open: for each finding that says so, what it could have said.

Each possibility is the encounter as it would be, and the words for what decides. Times are those
of the record: a drug without a stop ends where another begins or ends. Nothing contradicts what is
charted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from infusion_asp.model import Access, Administration, Encounter, Finding, InputError
from infusion_asp.model import parse_encounter as parsed
from infusion_asp.model.terms import INDICATIONS

Possible = tuple[str, Encounter]

_VEIN = ("peripheral", "port", "picc", "central")
_REFILLED = ("intravenous", "intra_arterial", "intrathecal")


def possibilities(encounter: Encounter, finding: Finding) -> Iterator[Possible]:
    """What the record could have said where a finding says that it is open."""
    reading = _READINGS.get(finding.rule)
    if reading is None:
        return
    for words, changes in reading(encounter, finding):
        varied = _varied(encounter, changes)
        if varied is not None:
            yield words, varied


Changes = dict[str, dict[str, Any]]
_Said = Iterator[tuple[str, Changes]]


def _varied(encounter: Encounter, changes: Changes) -> Encounter | None:
    """The encounter with other values, by administration or access; None if it contradicts."""
    given = [_with(each, changes.get(each.id, {})) for each in encounter.administrations]
    accesses = [_with(each, changes.get(f"access {each.id}", {})) for each in _accesses(encounter)]
    data = {name: getattr(encounter, name) for name in encounter.model_fields_set}
    if encounter.accesses or any(name.startswith("access ") for name in changes):
        data["accesses"] = accesses
    try:
        return parsed({**data, "administrations": given})
    except InputError:
        return None


def _with(part: Administration | Access, values: dict[str, Any]) -> dict[str, Any]:
    return {**{name: getattr(part, name) for name in part.model_fields_set}, **values}


def _accesses(encounter: Encounter) -> list[Access]:
    """The accesses listed, else those that the administrations name."""
    if encounter.accesses:
        return list(encounter.accesses)
    named = dict.fromkeys(each.access for each in encounter.administrations if each.access)
    return [Access(id=name) for name in named]


def _given(encounter: Encounter, finding: Finding) -> list[Administration]:
    known = {each.id: each for each in encounter.administrations}
    return [known[name] for name in finding.administrations if name in known]


def _named(given: Administration) -> str:
    return f"{given.id} ({given.name})"


def _site(encounter: Encounter, finding: Finding) -> _Said:
    """The access of a drug: any vein of the record."""
    for given in _given(encounter, finding):
        for access in encounter.accesses:
            if access.kind in _VEIN:
                yield f"{_named(given)} went through {access.id}", {given.id: {"access": access.id}}


def _necessity(encounter: Encounter, finding: Finding) -> _Said:
    """Two accesses that the record does not call unnecessary were both needed."""
    used = {each.access for each in encounter.administrations}
    accesses = [each for each in _accesses(encounter) if each.id in used and each.kind in _VEIN]
    if len(accesses) > 1 and all(each.medically_necessary is not False for each in accesses):
        names = " and ".join(each.id for each in accesses)
        changes = {f"access {each.id}": {"medically_necessary": True} for each in accesses}
        yield f"the accesses {names} were each medically necessary", changes


def _together(encounter: Encounter, finding: Finding) -> _Said:
    """Two drugs charted at once: one mix, or one after the other."""
    pair = _given(encounter, finding)
    if len(pair) != 2:
        return
    first, second = sorted(pair, key=encounter.administrations.index)
    yield from _one_bag(first, second, "one mix")
    early, late = sorted(pair, key=lambda each: (each.start is None, str(each.start)))
    if early.start is not None and late.start is not None and early.start < late.start:
        words = f"{_named(early)} stopped when {_named(late)} began, at {late.start:%H:%M}"
        yield words, {early.id: {"stop": late.start, "pauses": ()}}


def _syringe(encounter: Encounter, finding: Finding) -> _Said:
    """Two pushes of one minute: one syringe."""
    pair = _given(encounter, finding)
    if len(pair) == 2:
        first, second = sorted(pair, key=encounter.administrations.index)
        yield from _one_bag(first, second, "one syringe")


def _one_bag(first: Administration, second: Administration, what: str) -> _Said:
    if second.same_bag_as is None and first.same_bag_as is None:
        words = f"{_named(first)} and {_named(second)} were {what}"
        yield words, {second.id: {"same_bag_as": first.id}}


def _stop(encounter: Encounter, finding: Finding) -> _Said:
    """A drug without a stop: until another of its access began, or beside it to its end."""
    for given in _given(encounter, finding):
        if given.start is None or given.stop is not None:
            continue
        for other in encounter.administrations:
            apart = (other.access, other.visit) != (given.access, given.visit)
            if other.id == given.id or apart or other.start is None or other.stop is None:
                continue
            if other.start > given.start:
                words = f"{_named(given)} stopped when {_named(other)} began"
                yield f"{words}, at {other.start:%H:%M}", {given.id: {"stop": other.start}}
            if other.stop > given.start:
                words = f"{_named(given)} ran beside {_named(other)} to its end"
                yield f"{words}, at {other.stop:%H:%M}", {given.id: {"stop": other.stop}}


def _attribute(
    field: str, values: tuple[str, ...], words: str
) -> Callable[[Encounter, Finding], _Said]:
    """An attribute with a few values."""

    def said(encounter: Encounter, finding: Finding) -> _Said:
        for given in _given(encounter, finding):
            for value in values:
                text = words.format(_named(given), value.replace("_", " "))
                yield text, {given.id: {field: value}}

    return said


def _lesions(encounter: Encounter, finding: Finding) -> _Said:
    """More lesions than the lower code holds, by the limit that the finding names."""
    limits = [int(each) for each in finding.arguments if each.isdigit()]
    for given in _given(encounter, finding):
        for most in limits:
            yield f"{_named(given)}: more than {most} lesions", {given.id: {"lesions": most + 1}}


_READINGS: dict[str, Callable[[Encounter, Finding], _Said]] = {
    "unclassed_bag": _attribute("category", ("therapeutic", "hydration"), "{0} is {1}"),
    "access_site_missing": _site,
    "access_not_documented": _necessity,
    "unexplained_overlap": _together,
    "drugs_not_separated": _together,
    "pushes_at_one_minute": _syringe,
    "stop_missing": _stop,
    "thrombolytic_indication": _attribute("indication", INDICATIONS, "{0} was given for {1}"),
    "pump_owner_missing": _attribute("pump_owner", ("site",), "the pump of {0} is the {1}'s"),
    "electrolyte_volume_missing": _attribute("purpose", ("hydration",), "{0} was for {1}"),
    "refill_route_missing": _attribute("route", _REFILLED, "the pump of {0} is {1}"),
    "lesions_not_charted": _lesions,
}
