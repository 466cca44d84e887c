"""Owns doubling an encounter: everything given once more, under new ids, after its end."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from infusion_asp.model import Encounter, parse_encounter

_OF_ADMINISTRATION = ("start", "stop", "last_charted")
_BETWEEN = timedelta(minutes=10)


def doubled(encounter: Encounter) -> Encounter:
    """The encounter with a copy of each administration that begins after the last one ended.

    Accesses, visits and everything else on the claim stay; departures move with the copies, and
    billed lines are copied to the day of their services.
    """
    found: dict[str, Any] = encounter.model_dump(mode="json", exclude_unset=True)
    given: list[dict[str, Any]] = list(found.get("administrations", ()))
    shift = _shift(encounter)
    names = _new_names([each["id"] for each in given])
    found["administrations"] = given + [_copy(each, names, shift) for each in given]
    for stay in (found, *found.get("visits", ())):
        if stay.get("departure"):
            stay["departure"] = _later(stay["departure"], shift)
    billed = found.get("billed", [])
    found["billed"] = billed + [_billed_copy(each, shift) for each in billed]
    return parse_encounter(found)


def _shift(encounter: Encounter) -> timedelta:
    """From the first charted time of anything given to ten minutes after the last one."""
    times = [
        time
        for each in encounter.administrations
        for time in (each.start, each.stop, each.last_charted)
        if time is not None
    ]
    return max(times) - min(times) + _BETWEEN if times else timedelta()


def _new_names(ids: list[str]) -> dict[str, str]:
    taken = set(ids)
    names = {}
    for name in ids:
        number = 2
        while f"{name}_{number}" in taken:
            number += 1
        names[name] = f"{name}_{number}"
        taken.add(names[name])
    return names


def _copy(given: dict[str, Any], names: dict[str, str], shift: timedelta) -> dict[str, Any]:
    copy = {**given, "id": names[given["id"]]}
    for field in ("same_bag_as", "integral_to"):
        if field in copy:
            copy[field] = names.get(copy[field], copy[field])
    for field in _OF_ADMINISTRATION:
        if copy.get(field):
            copy[field] = _later(copy[field], shift)
    if copy.get("pauses"):
        copy["pauses"] = [
            {name: _later(time, shift) for name, time in pause.items()} for pause in copy["pauses"]
        ]
    return copy


def _billed_copy(line: dict[str, Any], shift: timedelta) -> dict[str, Any]:
    if not line.get("date"):
        return dict(line)
    day = datetime.fromisoformat(line["date"]) + timedelta(days=shift.days)
    return {**line, "date": day.date().isoformat()}


def _later(time: str, shift: timedelta) -> str:
    return (datetime.fromisoformat(time) + shift).isoformat()
