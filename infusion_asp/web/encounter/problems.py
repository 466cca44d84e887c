"""Owns what is wrong with a record: where it stands, and what of the record can be read anyway."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from infusion_asp.model import Encounter, InputError, parse_encounter

_PART = re.compile(r"\.(\w+)|\[(\d+)\]|\['([^']*)'\]")
_ROUNDS = 25  # errors that are left out, one after the other, before nothing is drawn


@dataclass(frozen=True)
class Placed:
    """An error with the administration that it is about; both empty for the encounter itself."""

    administration: str
    field: str
    path: str
    message: str
    help: str


def placed(document: Mapping[str, Any], problems: Iterable[InputError]) -> tuple[Placed, ...]:
    """The errors in document order, each with its administration and the field."""
    found = []
    for each in problems:
        parts = parts_of(each.path)
        name = ""
        if len(parts) > 1 and parts[0] == "administrations":
            given = _at(document, parts[:2])
            text = given.get("id") if isinstance(given, Mapping) else None
            name = text if isinstance(text, str) else f"number {int(parts[1]) + 1}"
        field = next((part for part in reversed(parts) if isinstance(part, str)), "")
        found.append(Placed(name, field.replace("_", " "), each.path, each.message, each.help))
    return tuple(found)


def parts_of(path: str) -> tuple[str | int, ...]:
    """The keys and positions of a JSON path."""
    return tuple(
        int(index) if index else name or quoted for name, index, quoted in _PART.findall(path)
    )


def readable(document: Mapping[str, Any]) -> tuple[Encounter | None, tuple[Placed, ...]]:
    """The encounter without what is wrong in it, and everything that was left out for that.

    Times are compared only once every field can be read, so more is found wrong than by parsing
    once. The encounter is None where too little is left.
    """
    left = {**copy.deepcopy(dict(document)), "encounter_id": "record"}
    found: dict[tuple[str, str, str], Placed] = {}
    for _ in range(_ROUNDS):
        try:
            return parse_encounter(left), tuple(found.values())
        except InputError as error:
            for each in placed(left, error.all()):
                found.setdefault((each.administration, each.field, each.message), each)
            paths = [parts_of(each.path) for each in reversed(error.all())]
            if not sum(_dropped(left, parts) for parts in paths):
                break
    return None, tuple(found.values())


def _dropped(document: dict[str, Any], parts: tuple[str | int, ...]) -> bool:
    """Whether the value at a place could be left out; a needed key takes its part with it."""
    while parts:
        holder = _at(document, parts[:-1])
        last = parts[-1]
        if isinstance(holder, dict) and last in holder:
            del holder[last]
            return True
        if isinstance(holder, list) and isinstance(last, int) and last < len(holder):
            del holder[last]
            return True
        parts = parts[:-1]
    return False


def _at(document: Any, parts: Iterable[str | int]) -> Any:
    value = document
    for part in parts:
        if isinstance(value, Mapping):
            value = value.get(part)
        elif isinstance(value, list) and isinstance(part, int) and part < len(value):
            value = value[part]
        else:
            return None
    return value
