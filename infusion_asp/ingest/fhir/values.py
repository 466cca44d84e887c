"""Owns reading single values of a resource: text, codings, references, times and amounts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from functools import lru_cache
from math import isfinite
from typing import Any
from zoneinfo import ZoneInfo

from infusion_asp.ingest.fhir import terms
from infusion_asp.model.fields import MOST_AMOUNT
from infusion_asp.tables import Tables

_UNFIT = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]+")
_TIME = re.compile(
    r"(\d{4})(-\d\d(-\d\d(?:T(\d\d:\d\d)(?::\d\d(?:\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?)?)?"
)
_FIRST_YEAR, _LAST_YEAR = 1900, 2300  # the years that the encounter format accepts
_LONGEST = 500  # characters of a text of the encounter format
_LONGEST_SAID = 2000
_DECIMALS = 9


def part(value: Any, name: str) -> Any:
    """The element of an object, or None."""
    return value.get(name) if isinstance(value, dict) else None


def parts(value: Any, name: str) -> Iterator[dict[str, Any]]:
    """The objects of a list element."""
    found = part(value, name)
    if isinstance(found, list):
        yield from (each for each in found if isinstance(each, dict))


def clean(value: Any) -> str:
    """A text on one line without control characters, cut to the longest the format takes."""
    if not isinstance(value, str):
        return ""
    if len(value) <= _LONGEST and "  " not in value and value.isprintable():
        return value.strip()
    return " ".join(_UNFIT.sub(" ", value).split())[:_LONGEST].strip()


def word(value: Any, name: str) -> str:
    """The text of an element, cleaned; empty where it is missing."""
    return clean(part(value, name))


@dataclass(frozen=True, slots=True)
class Coding:
    """One coding: the short name of its system (else the URI), code and display."""

    system: str
    code: str
    display: str


def codings(concept: Any) -> list[Coding]:
    """The codings of a CodeableConcept, in order."""
    listed = concept.get("coding") if isinstance(concept, dict) else None
    if not isinstance(listed, list):
        return []
    return [
        Coding(
            _system(clean(each.get("system"))), clean(each.get("code")), clean(each.get("display"))
        )
        for each in listed
        if isinstance(each, dict)
    ]


@lru_cache(maxsize=256)
def _system(uri: str) -> str:
    return terms.SYSTEMS.get(uri.lower().rstrip("/"), uri)


def spoken(concept: Any) -> str:
    """All text of a CodeableConcept in lower case, for finding words in it."""
    said = [word(concept, "text"), *(coding.display for coding in codings(concept))]
    return " | ".join(text for text in said if text).lower()[:_LONGEST_SAID]


def reference(value: Any) -> str:
    """The normal form of a reference: `Type/id`, `urn:...` or `#id`; empty without one."""
    return named(word(value, "reference"))


@lru_cache(maxsize=64)
def named(text: str) -> str:
    """The normal form of a reference text: the last two segments of a URL, no version."""
    if not text or text.startswith(("urn:", "#")) or "?" in text:
        return "" if "?" in text else text
    segments = text.split("/_history/", maxsplit=1)[0].rstrip("/").split("/")
    return "/".join(segments[-2:])


def pointed(value: Any) -> str:
    """What a reference points at: its normal form, else `system|value` of its identifier."""
    if found := reference(value):
        return found
    identifier = part(value, "identifier")
    number = word(identifier, "value")
    return f"{word(identifier, 'system')}|{number}" if number else ""


@dataclass(frozen=True, slots=True)
class Moment:
    """A date, and its clock time where one was charted; `note` says what was wrong."""

    time: datetime | None = None
    day: str = ""
    note: str = ""


@lru_cache(maxsize=1024)
def moment(text: str, zone: ZoneInfo | None) -> Moment:
    """The moment of a FHIR dateTime, in whole minutes; in a zone, where one is given."""
    if not text:
        return Moment()
    match = _TIME.fullmatch(text)
    if not match:
        return Moment(note="time_not_read")
    if match[4] is None:
        return Moment(day=_day(text) if match[3] else "", note="no_clock_time")
    offset = "+00:00" if match[5] == "Z" else match[5] or ""
    try:
        time = datetime.fromisoformat(f"{text[:10]}T{match[4]}{offset}")
        if zone is not None:
            time = time.replace(tzinfo=zone) if time.tzinfo is None else time.astimezone(zone)
            time = time.replace(tzinfo=_fixed(time))
    except (ValueError, OverflowError):
        return Moment(note="time_not_read")
    if not _FIRST_YEAR <= time.year < _LAST_YEAR:
        return Moment(note="time_not_read")
    return Moment(time, time.date().isoformat())


def _day(text: str) -> str:
    """A date, or nothing where the calendar has no such day."""
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return ""


def _fixed(time: datetime) -> timezone:
    """The offset of a time in its zone, in whole minutes as the format writes it."""
    offset = time.utcoffset() or timedelta()
    return timezone(timedelta(minutes=offset // timedelta(minutes=1)))


def clock(time: datetime) -> str:
    """A time as the encounter format writes it."""
    return time.isoformat(timespec="minutes")


@dataclass(frozen=True, slots=True)
class Amount:
    """A quantity: its value and the texts of its unit, the UCUM code first."""

    value: float
    units: tuple[str, ...]


def amount(quantity: Any) -> Amount | None:
    """The amount of a Quantity, or None: missing, inexact (`<`), negative or out of range."""
    value = part(quantity, "value")
    if (
        isinstance(value, bool)
        or not isinstance(value, int | float)
        or word(quantity, "comparator")
    ):
        return None
    if not isfinite(value) or not 0 <= value <= MOST_AMOUNT:
        return None
    units = (word(quantity, "code"), word(quantity, "unit"))
    return Amount(value, tuple(dict.fromkeys(unit for unit in units if unit)))


def number(value: float) -> int | float:
    """A value as it is written: whole numbers without a point."""
    rounded = round(value, _DECIMALS)
    return int(rounded) if rounded == int(rounded) else rounded


def millilitres(given: Amount, tables: Tables) -> float | None:
    """The amount in millilitres, where its unit is one of volume."""
    for text in given.units:
        unit = tables.units.find(text)
        if unit is not None and unit.dimension == "volume":
            return float(given.value * unit.factor)
    return None


def minutes(given: Amount) -> float | None:
    """The amount in minutes, where its unit is one of time."""
    for text in given.units:
        if text.lower() in terms.MINUTES:
            return given.value * terms.MINUTES[text.lower()]
    return None
