"""Owns assignments as a user types them: `a1.stop=10:47`, read by the type of the field."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, get_args

from infusion_asp.explain.variations import PARTS, Place, changed, place_of, value_at
from infusion_asp.model import Encounter, InputError
from infusion_asp.model.errors import shown
from infusion_asp.model.fields import clock_time

_CLOCK = re.compile(r"(\d{1,2}):(\d{2})")
_YES, _NO = ("true", "yes"), ("false", "no")
_NOTHING = ("", "none", "null")
_LIST = re.compile(r"\s*,\s*")


def applied(encounter: Encounter, typed: Iterable[str]) -> tuple[Encounter, Mapping[str, Any]]:
    """The encounter with all assignments made at once, and the values by path.

    Raises InputError with the assignment as typed, and what is wrong with it.
    """
    changes: dict[str, Any] = {}
    sources: dict[str, str] = {}
    for each in typed:
        path, sign, text = each.partition("=")
        path, text = path.strip(), text.strip()
        if not sign or not path:
            raise InputError(
                path, f"{shown(each)} is not an assignment", "write it like a1.stop=10:47"
            )
        if path in changes:
            raise InputError(path, f"{shown(path)} is assigned twice", "leave one of the two out")
        changes[path] = _value(encounter, each, path, text)
        sources[path] = each
    try:
        return changed(encounter, changes), changes
    except InputError as error:
        said = " and ".join(sources.values())
        raise InputError(
            said, f"{said} can't be: {error.message}", error.help, kind=error.kind
        ) from None


def _value(encounter: Encounter, typed: str, path: str, text: str) -> Any:
    place = place_of(encounter, path)
    if text.lower() in _NOTHING:
        return None
    kinds = _kinds(place)
    if datetime in kinds:
        return _time(encounter, place, typed, text)
    if bool in kinds:
        if text.lower() in _YES + _NO:
            return text.lower() in _YES
        raise InputError(path, f"{shown(typed)}: {shown(text)} is not true or false")
    if Decimal in kinds or int in kinds:
        try:
            number = Decimal(text)
        except InvalidOperation:
            message = f"{shown(typed)}: {shown(text)} is not a number"
            raise InputError(path, message, "write a plain number, like 500") from None
        return int(number) if int in kinds and number == int(number) else number
    return _LIST.split(text) if tuple in kinds else text


def _kinds(place: Place) -> set[Any]:
    """The plain types that a field takes."""
    if place.pause is not None:
        return {datetime}
    model = Encounter if place.part is None else PARTS[place.part]
    return set(_types(model.model_fields[place.field].annotation))


def _types(annotation: Any) -> Iterable[Any]:
    if getattr(annotation, "__origin__", None) is tuple:
        yield tuple
    elif isinstance(annotation, type):
        yield annotation
    else:
        for each in get_args(annotation):
            yield from _types(each)


def _time(encounter: Encounter, place: Place, typed: str, text: str) -> datetime:
    """A clock time on the day of what is charted there, or next to it; or a full time."""
    match = _CLOCK.fullmatch(text)
    if not match:
        try:
            return _full(text)
        except Exception:
            message = f"{shown(typed)}: {shown(text)} is not a time"
            help = "write a clock time like 10:47, or 2025-03-03T10:47 on another day"
            raise InputError(place.path, message, help, kind="bad_time") from None
    hours, minutes = map(int, match.groups())
    near = _near(encounter, place)
    if near is None:
        help = "write date and time, like 2025-03-03T10:47: the record has no time"
        raise InputError(place.path, f"{shown(typed)} has no date", help, kind="bad_time")
    try:
        return near.replace(hour=hours, minute=minutes)
    except ValueError:
        help = "the hours run from 00 to 23, the minutes from 00 to 59"
        message = f"{shown(typed)}: {shown(text)} is not a time that exists"
        raise InputError(place.path, message, help, kind="bad_time") from None


def _full(text: str) -> datetime:
    found = clock_time(text)
    if not isinstance(found, datetime):
        raise ValueError
    return found


def _near(encounter: Encounter, place: Place) -> datetime | None:
    """The time whose day is meant: the charted one, its partner, else the first of the record."""
    charted = value_at(encounter, place)
    if isinstance(charted, datetime):
        return charted
    if place.part == "administrations":
        given = encounter.administrations[place.index]
        for partner in (given.start, given.stop, given.last_charted):
            if partner is not None:
                return partner
    return min((time for _, time in encounter.times()), default=None)
