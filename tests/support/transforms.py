"""Changes of an encounter that must not change its lines: names, times, order."""

import copy
import random
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

from infusion_asp.model import Result

Encounter = dict[str, Any]
TIMES = ("arrival", "departure", "inpatient_order", "start", "stop", "last_charted")
LinesOf = list[tuple[Any, ...]]


def lines_of(result: Result, names: dict[str, str] | None = None, days: int = 0) -> LinesOf:
    """Everything a claim shows of a result's lines, and who earned them, in a fixed order."""
    known = names or {}
    found = [
        (
            line.section,
            line.code,
            line.units,
            tuple(line.modifiers),
            line.date and line.date - timedelta(days=days),
            tuple(sorted(known.get(each, each) for each in line.administrations)),
            tuple(
                sorted(
                    (known.get(u.administration, u.administration), u.minutes or 0)
                    for u in line.units_by
                )
            ),
        )
        for line in result.lines
    ]
    return sorted(found, key=repr)


def renamed(encounter: Encounter, rng: random.Random) -> tuple[Encounter, dict[str, str]]:
    """New ids everywhere, in another alphabetical order; and the way back for administrations."""
    changed = copy.deepcopy(encounter)
    fresh = {kind: _names(changed, kind, rng) for kind in ("administrations", "accesses", "visits")}
    given = fresh["administrations"]
    for row in changed["administrations"]:
        row["id"] = given[row["id"]]
        for field, names in (
            ("access", fresh["accesses"]),
            ("visit", fresh["visits"]),
            ("same_bag_as", given),
            ("integral_to", given),
        ):
            if field in row:
                row[field] = names.get(row[field], row[field])
    for access in changed.get("accesses", ()):
        access["id"] = fresh["accesses"][access["id"]]
        if "replaces" in access:
            access["replaces"] = fresh["accesses"][access["replaces"]]
    for visit in changed.get("visits", ()):
        visit["id"] = fresh["visits"][visit["id"]]
    if "primary_reason" in changed:
        changed["primary_reason"] = given[changed["primary_reason"]]
    return changed, {new: old for old, new in given.items()}


def _names(encounter: Encounter, kind: str, rng: random.Random) -> dict[str, str]:
    field = {"administrations": "id", "accesses": "access", "visits": "visit"}[kind]
    old = [each["id"] for each in encounter.get(kind, ())]
    old += [row[field] for row in encounter["administrations"] if row.get(field)]
    unique = list(dict.fromkeys(old))
    numbers = rng.sample(range(100, 1000), len(unique))
    return {name: f"n{number}" for name, number in zip(unique, numbers, strict=True)}


def shifted(encounter: Encounter, minutes: int) -> Encounter:
    """All times moved."""

    def move(value: str) -> str:
        moved = datetime.fromisoformat(value) + timedelta(minutes=minutes)
        return moved.isoformat(timespec="minutes")

    changed = copy.deepcopy(encounter)
    for thing in (changed, *changed.get("visits", ()), *changed["administrations"]):
        _each_time(thing, move)
    return changed


def _each_time(thing: dict[str, Any], change: Callable[[str], str]) -> None:
    for name in TIMES:
        if thing.get(name) is not None:
            thing[name] = change(thing[name])
    for pause in thing.get("pauses", ()):
        for name in ("start", "stop"):
            pause[name] = change(pause[name])


def times_of(encounter: Encounter) -> Iterator[datetime]:
    """All charted times, and the computed ends of bags with volume and rate."""
    found: list[str] = []

    def see(value: str) -> str:
        found.append(value)
        return value

    for thing in (encounter, *encounter.get("visits", ()), *encounter["administrations"]):
        _each_time(thing, see)
    yield from map(datetime.fromisoformat, found)
    for row in encounter["administrations"]:
        rate = row.get("rate_ml_per_hr")
        if row.get("start") and rate and row.get("volume_ml") is not None:
            hours = Fraction(str(row["volume_ml"])) / Fraction(str(rate))
            yield datetime.fromisoformat(row["start"]) + timedelta(hours=float(hours))


def reordered(encounter: Encounter, rng: random.Random) -> Encounter:
    """The administrations in another order."""
    changed = copy.deepcopy(encounter)
    rng.shuffle(changed["administrations"])
    return changed
