"""Owns the values of HL7 v2 fields in the words of the encounter: times, amounts, codes."""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal

from infusion_asp.ingest.hl7 import terms

_TIME = re.compile(
    r"(\d{4})(\d{2})(\d{2})(?:(\d{2})(?:(\d{2})(?:\d{2}(?:\.\d{1,6})?)?)?)?([+-]\d{4})?",
    re.ASCII,
)
_NUMBER = re.compile(r"\d{1,9}(\.\d{0,9})?|\.\d{1,9}", re.ASCII)
_CODE = re.compile(r"[0-9A-Z]{5}")
_MOST = 10**9  # the largest amount of the encounter format
_PLACES = 4  # decimals kept of a computed rate


def clock(text: str) -> str | None:
    """A time of HL7 as the encounter format writes it, None where it has no minutes.

    Raises ValueError where it is no time.
    """
    match = _TIME.fullmatch(text)
    if match is None:
        raise ValueError("not a time")
    year, month, day, hour, minute, offset = match.groups()
    found = datetime(int(year), int(month), int(day), int(hour or 0), int(minute or 0))
    if not 1900 <= found.year < 2300:
        raise ValueError("not a year")
    if minute is None:
        return None
    if offset and not (int(offset[1:3]) < 24 and int(offset[3:]) < 60):
        raise ValueError("not an offset")
    return found.isoformat(timespec="minutes") + (f"{offset[:3]}:{offset[3:]}" if offset else "")


def day(text: str) -> str:
    """The date of a time of HL7. Raises ValueError where it is none."""
    if not _TIME.fullmatch(text):
        raise ValueError("not a time")
    clock(text)
    return f"{text[:4]}-{text[4:6]}-{text[6:8]}"


def number(text: str) -> int | float | None:
    """An amount, None where the text is none."""
    return plain(Decimal(text)) if _NUMBER.fullmatch(text) else None


def plain(value: Decimal) -> int | float:
    """A number as JSON writes it."""
    return int(value) if value == value.to_integral_value() else float(value)


def hcpcs(components: list[str]) -> str:
    """The billing code among the codings of a CE or CWE, empty where there is none."""
    for at in (0, 3):
        code, system = part(components, at).upper(), part(components, at + 2).upper()
        if system in terms.HCPCS and _CODE.fullmatch(code):
            return code
    return ""


def named(components: list[str]) -> str:
    """The name of a CE or CWE: a text, else a code."""
    return next((each for at in (1, 4, 0, 3) if (each := part(components, at))), "")


def has_system(components: list[str], system: str) -> bool:
    """Whether one of the codings of a CE or CWE is of the code system."""
    return any(part(components, at).upper() == system for at in (2, 5))


def amount(value: str, unit: list[str], per: str) -> tuple[dict[str, object], list[str]]:
    """Dose, volume or rate of RXA-6, RXA-7 and RXA-12, and notes."""
    found = number(value)
    if found is None or value == terms.UNKNOWN_AMOUNT or not found:
        return {}, ["bad_amount"] if value not in ("", "0", terms.UNKNOWN_AMOUNT) else []
    texts = [each for each in (part(unit, 0), part(unit, 1)) if each]
    volume = next((terms.MILLILITRES[t.lower()] for t in texts if t.lower() in _VOLUMES), None)
    if per:
        times = terms.PER_HOUR.get(per.lower())
        if times is None or volume is None:
            return {}, ["rate_in_other_units_left_out"]
        return _bounded("rate_ml_per_hr", Decimal(str(found)) * volume * times)
    if volume is not None:
        return _bounded("volume_ml", Decimal(str(found)) * volume)
    if not texts:
        return {}, ["amount_without_unit"]
    known = next((terms.UNITS[t.lower()] for t in texts if t.lower() in terms.UNITS), texts[0])
    return {"dose": found, "dose_unit": known[:500]}, []


def _bounded(name: str, value: Decimal) -> tuple[dict[str, object], list[str]]:
    if value > _MOST:
        return {}, ["bad_amount"]
    return {name: plain(round(value, _PLACES))}, []


def part(components: list[str], index: int) -> str:
    """A component by its index from 0, empty where it is absent."""
    return components[index] if index < len(components) else ""


_VOLUMES = frozenset(terms.MILLILITRES)
