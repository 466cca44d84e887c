"""Owns the values of cells: times, amounts with their units, and text that a record may hold."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

_AMOUNT = re.compile(r"(\d{1,3}(?:,\d{3})+|\d{1,15})?(\.\d{1,15})?\s*([^\d\s.,-][^\d]*)?")
_UNFIT = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]+")
_FIRST_YEAR, _LAST_YEAR = 1900, 2299  # as the encounter format has them
_MOST = 1_000_000_000.0  # as the encounter format has it

_UNITS: dict[str, str] = {
    "milligram": "mg",
    "milligrams": "mg",
    "gm": "g",
    "gram": "g",
    "grams": "g",
    "microgram": "mcg",
    "micrograms": "mcg",
    "ug": "mcg",
    "unit": "units",
    "international units": "units",
    "iu": "units",
    "milliliter": "ml",
    "milliliters": "ml",
    "cc": "ml",
    "millimole": "mmol",
    "milliequivalent": "meq",
    "milliequivalents": "meq",
}
_PER_HOUR = {"ml/hr": 1.0, "ml/h": 1.0, "ml/hour": 1.0, "cc/hr": 1.0, "ml/min": 60.0}
_PER_HOUR["l/hr"] = 1000.0
_LITRE = 1000.0  # ml


class UnreadableError(ValueError):
    """A cell that says something else than it should; it never holds the cell's text."""


def text_of(cell: Any, most: int) -> str:
    """A cell as text of at most `most` characters, without control characters."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return _UNFIT.sub(" ", str(cell)).strip()[:most].strip()


def time_of(cell: Any, formats: Sequence[str]) -> datetime | None:
    """A date with clock time, whole minutes; None for an empty cell.

    The formats are tried first, then ISO 8601. Raises UnreadableError.
    """
    if isinstance(cell, datetime):
        found: datetime | None = cell
    else:
        text = text_of(cell, 60)
        if not text:
            return None
        found = _parsed(text, formats)
    if found is None or not _FIRST_YEAR <= found.year <= _LAST_YEAR:
        raise UnreadableError("bad_time")
    return found.replace(second=0, microsecond=0)


def joined_time(day: Any, clock: Any, formats: Sequence[str]) -> datetime | None:
    """The time of a date cell and a clock cell; None if either is empty. Raises UnreadableError."""
    if isinstance(day, datetime):
        day = day.date()
    day_text = day.isoformat() if isinstance(day, date) else text_of(day, 30)
    clock_text = (
        clock.isoformat("minutes") if isinstance(clock, time | datetime) else text_of(clock, 30)
    )
    if not day_text or not clock_text:
        return None
    if isinstance(clock, datetime):
        clock_text = clock.time().isoformat("minutes")
    return time_of(f"{day_text.partition(' ')[0]} {clock_text}", formats)


def _parsed(text: str, formats: Sequence[str]) -> datetime | None:
    for form in formats:
        try:
            return datetime.strptime(text, form)
        except ValueError:
            continue
    if ":" not in text:
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def amount_of(cell: Any) -> tuple[float, str] | None:
    """A number that is not negative and the unit behind it; None for an empty cell.

    Raises UnreadableError for anything else, a comma that may be a decimal one among it.
    """
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        number, unit = float(cell), ""
    else:
        text = text_of(cell, 60)
        if not text:
            return None
        match = _AMOUNT.fullmatch(text)
        if match is None or not (match[1] or match[2]):
            raise UnreadableError("bad_amount")
        number = float((match[1] or "0").replace(",", "") + (match[2] or ""))
        unit = (match[3] or "").strip()
    if not 0 <= number <= _MOST:
        raise UnreadableError("bad_amount")
    return number, unit


def unit_of(text: str) -> str:
    """A unit in the words of the encounter format where it is a known one."""
    plain = text.strip()
    return _UNITS.get(plain.lower(), plain.lower() if plain.isalpha() else plain)


def per_hour(number: float, unit: str) -> float | None:
    """A rate in ml an hour; None where the unit is another one."""
    factor = _PER_HOUR.get(unit.replace(" ", "").lower())
    return None if factor is None else number * factor


def millilitres(number: float, unit: str) -> float | None:
    """A volume in ml, the unit being left out or one of volume; None for another one."""
    plain = unit_of(unit)
    if plain in ("", "ml"):
        return number
    return number * _LITRE if plain == "l" else None
