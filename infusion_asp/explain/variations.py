"""Owns variations: one attribute or time of an encounter changed by its path, coded, compared.

A path is `a1.stop` (administration, access or visit by its id, then the field), `departure` (a
field of the encounter), or `a1.pauses.0.stop` (pauses count from 0).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from infusion_asp.coding import Coder
from infusion_asp.coding.lines import LineKey, LineSet, line_set
from infusion_asp.model import Encounter, ErrorRecord, InputError, Result, parse_encounter
from infusion_asp.model.encounter import Access, Administration, Visit
from infusion_asp.model.errors import did_you_mean, nearest_key, shown

PARTS: dict[str, type[Access] | type[Administration] | type[Visit]] = {
    "administrations": Administration,
    "accesses": Access,
    "visits": Visit,
}
PAUSES = "pauses"
_WHOLE = ("administrations", "accesses", "visits", "other_services", "billed", "encounter_id")


@dataclass(frozen=True)
class Place:
    """Where a path leads: a list of the encounter and an index in it, or the encounter itself."""

    path: str
    field: str
    part: str | None = None
    index: int = 0
    pause: int | None = None


@dataclass(frozen=True)
class Variation:
    """One variation that is a valid encounter, with its result or the error in its place."""

    changes: Mapping[str, Any]
    encounter: Encounter
    result: Result | ErrorRecord

    @property
    def lines(self) -> LineSet | None:
        """The lines; None where it could not be coded."""
        return None if isinstance(self.result, ErrorRecord) else line_set(self.result)


def place_of(encounter: Encounter, path: str) -> Place:
    """Where a path leads; raises InputError that names the path and what it could have been."""
    subject, dot, field = path.rpartition(".")
    if not dot:
        known = [name for name in Encounter.model_fields if name not in _WHOLE]
        if path not in known:
            raise _unknown(path, path, known, encounter)
        return Place(path, path)
    owner, _, number = subject.rpartition(".")
    if number.isdigit() and owner.endswith(f".{PAUSES}"):
        found = _part_of(encounter, path, owner.removesuffix(f".{PAUSES}"))
        pauses = encounter.administrations[found[1]].pauses
        if found[0] != "administrations" or int(number) >= len(pauses):
            raise InputError(path, f"{shown(subject)} is no pause of the record", kind="bad_path")
        if field not in ("start", "stop"):
            raise _unknown(path, field, ("start", "stop"), encounter)
        return Place(path, field, *found, int(number))
    part, index = _part_of(encounter, path, subject)
    fields = [name for name in PARTS[part].model_fields if name not in ("id", PAUSES)]
    if field not in fields:
        raise _unknown(path, field, fields, encounter)
    return Place(path, field, part, index)


def _part_of(encounter: Encounter, path: str, subject: str) -> tuple[str, int]:
    known = []
    for part in PARTS:
        for index, each in enumerate(getattr(encounter, part)):
            if each.id == subject:
                return part, index
            known.append(each.id)
    guess = nearest_key(subject, known)
    listed = f"known are {', '.join(known[:20])}" if known else "the record lists none"
    message = f"{shown(subject)} is no administration, access or visit of the encounter"
    raise InputError(path, message, did_you_mean(guess) or listed, kind="unknown_reference")


def _unknown(path: str, field: str, known: Iterable[str], encounter: Encounter) -> InputError:
    names = list(known)
    guess = did_you_mean(nearest_key(field, names))
    ids = [given.id for given in encounter.administrations]
    if not guess and field == path and field in ids:
        guess = f"write {field}.stop, {field}.access or another field of it"
    help = guess or f"known are {', '.join(names)}"
    return InputError(path, f"unknown field {shown(field)}", help, kind="unknown_key")


def value_at(encounter: Encounter, place: Place) -> Any:
    """The value that stands there; None where nothing is charted."""
    if place.part is None:
        return getattr(encounter, place.field)
    found = getattr(encounter, place.part)[place.index]
    if place.pause is not None:
        found = found.pauses[place.pause]
    return getattr(found, place.field)


def changed(encounter: Encounter, changes: Mapping[str, Any]) -> Encounter:
    """The encounter with other values at these paths; None takes a value away.

    Raises InputError where a path leads nowhere or the changed encounter contradicts itself.
    """
    places = [(place_of(encounter, path), value) for path, value in changes.items()]
    data = {name: getattr(encounter, name) for name in encounter.model_fields_set}
    for place, value in places:
        if place.part is None:
            data[place.field] = value
            continue
        parts = list(data[place.part])
        target = parts[place.index]
        if not isinstance(target, dict):
            target = {name: getattr(target, name) for name in target.model_fields_set}
        if place.pause is None:
            target[place.field] = value
        else:
            pauses = list(target[PAUSES])
            pause = {"start": pauses[place.pause].start, "stop": pauses[place.pause].stop}
            pauses[place.pause] = type(pauses[place.pause])(**{**pause, place.field: value})
            target[PAUSES] = pauses
        parts[place.index] = target
        data[place.part] = parts
    return parse_encounter(data)


def vary(
    coder: Coder, encounter: Encounter, many: Iterable[Mapping[str, Any]]
) -> list[Variation | None]:
    """One coded variation for each mapping of changes, solved together (lifted).

    None stands where the change would contradict the rest of the record (a stop before its start).
    """
    wanted = [dict(changes) for changes in many]
    made: list[Encounter | None] = []
    for changes in wanted:
        try:
            made.append(changed(encounter, changes))
        except InputError:
            made.append(None)
    results = iter(coder.code_many([each for each in made if each is not None]))
    return [
        None if each is None else Variation(changes, each, next(results))
        for changes, each in zip(wanted, made, strict=True)
    ]


def vary_lines(
    coder: Coder, encounter: Encounter, many: Iterable[Mapping[str, Any]]
) -> list[LineSet | None]:
    """The same, faster, for the lines alone; None also where a variation can't be coded."""
    made: list[Encounter | None] = []
    for changes in many:
        try:
            made.append(changed(encounter, changes))
        except InputError:
            made.append(None)
    found = iter(coder.lines_many([each for each in made if each is not None]))
    lines = [None if each is None else next(found) for each in made]
    return [None if isinstance(each, ErrorRecord) else each for each in lines]


def difference(before: LineSet, after: LineSet) -> tuple[Difference, ...]:
    """How the lines differ, code by code: what falls away, what comes, other units."""
    gone, come = sorted(before - after), sorted(after - before)
    found: list[Difference] = []
    for exact in (True, False):
        for key in list(gone):
            match = next((each for each in come if _alike(key, each, exact)), None)
            if match is not None:
                gone.remove(key)
                come.remove(match)
                found.append(Difference(key, match))
    found += [Difference(key, None) for key in gone]
    found += [Difference(None, key) for key in come]
    return tuple(sorted(found, key=lambda each: (each.section, each.code, each.before is None)))


def _alike(one: LineKey, other: LineKey, exact: bool) -> bool:
    """The same code; `exact`: with the same modifiers and date too, so only units differ."""
    same = one.code == other.code and one.section == other.section
    return same and (not exact or (one.modifiers, one.date) == (other.modifiers, other.date))


@dataclass(frozen=True)
class Difference:
    """One line before and after; None where it is not there."""

    before: LineKey | None
    after: LineKey | None

    @property
    def section(self) -> str:
        """Section of the line."""
        return self.line.section

    @property
    def code(self) -> str:
        """Code of the line."""
        return self.line.code

    @property
    def line(self) -> LineKey:
        """The line, as it was where it was."""
        one = self.before or self.after
        if one is None:
            raise ValueError("a change of nothing")
        return one
