"""Owns what one service line says: a billed line of the encounter format, or why it is none."""

from __future__ import annotations

import re
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from infusion_asp.ingest.x12 import terms
from infusion_asp.ingest.x12.claims import Claim, ServiceLine

MOST_UNITS = 1_000_000
_CODE = re.compile(r"[0-9A-Z]{5}")
_MODIFIER = re.compile(r"[0-9A-Z]{2}")
_NUMBER = re.compile(r"([0-9]{1,9})(\.[0-9]{0,9})?")
_NDC = re.compile(r"[0-9]{11}")


def billed_line(claim: Claim, line: ServiceLine) -> tuple[dict[str, Any], list[str]] | str:
    """The billed line without its origin, and notes; or the reason that it is none."""
    segment = line.service
    if segment is None:
        return "no_service"
    elements = segment.elements
    professional = elements[0] == "SV1"
    if professional != claim.professional:
        return "service_of_the_other_claim_form"
    first = 1 if professional else 2
    procedure = _at(elements, first).split(claim.component)
    if not procedure[0]:
        return "no_procedure_code"
    if procedure[0] not in terms.PROCEDURES:
        return "bad_procedure"
    if procedure[0] != terms.PROCEDURE:
        return "not_a_hcpcs_code"
    code = _at(procedure, 1).strip().upper()
    if not _CODE.fullmatch(code):
        return "bad_procedure_code"
    units = _units(_at(elements, first + 2), _at(elements, first + 3).strip())
    if isinstance(units, str):
        return units
    found: dict[str, Any] = {"code": code, "units": units}
    notes: list[str] = []
    modifiers = [each.strip().upper() for each in procedure[2:6] if each.strip()]
    if modifiers:
        if not all(_MODIFIER.fullmatch(each) for each in modifiers):
            return "bad_modifier"
        found["modifiers"] = modifiers
    when = line.dates or claim.statement
    if when is None:
        notes.append("no_service_date")
    else:
        day = _day(*when)
        if day == "":
            return "bad_service_date"
        if day is None:
            notes.append("service_over_several_days")
        else:
            found["date"] = day
    if line.drug is not None:
        _drug(line, found, notes)
    return found, notes


def place_of(claim: Claim, line: ServiceLine) -> str:
    """The place of service of a professional line, empty where it is that of the claim."""
    segment = line.service
    if segment is None or not claim.professional:
        return ""
    return _at(segment.elements, 5).strip()


def _units(basis: str, text: str) -> int | str:
    if basis == terms.MINUTES:
        return "units_are_minutes"
    if basis not in (terms.UNITS, terms.DAYS):
        return "unknown_unit_basis" if basis else "no_units"
    if not text:
        return "no_units"
    match = _NUMBER.fullmatch(text)
    if match is None:
        return "bad_units"
    whole, rest = match.groups()
    if rest and rest.strip(".0"):
        return "units_are_not_whole"
    units = int(whole)
    return units if 1 <= units <= MOST_UNITS else "bad_units"


@lru_cache(maxsize=4096)
def _day(qualifier: str, text: str) -> str | None:
    """The one day of a date or range, None for a range of several, empty for no date."""
    if qualifier == "RD8":
        first, _, last = text.partition("-")
        start, stop = _date(first), _date(last)
        if not start or not stop or stop < start:
            return ""
        return start if start == stop else None
    if qualifier == "D8":
        return _date(text)
    return _date(text[:8]) if qualifier == "DT" else ""


def _date(text: str) -> str:
    if len(text) != 8 or not text.isdecimal() or not text.isascii():
        return ""
    try:
        found: date = datetime.strptime(text, "%Y%m%d").date()
    except ValueError:
        return ""
    return found.isoformat() if found.year >= 1900 else ""


def _drug(line: ServiceLine, found: dict[str, Any], notes: list[str]) -> None:
    """LIN and CTP: the NDC, and how much of it in its own unit."""
    qualifier, number = line.drug or ("", "")
    digits = number.replace("-", "")
    if qualifier != terms.DRUG_CODE or not _NDC.fullmatch(digits):
        notes.append("drug_code_is_not_an_ndc")
        return
    found["ndc"] = digits
    if line.amount is None:
        return
    amount, unit = line.amount
    match = _NUMBER.fullmatch(amount)
    if match is None or unit not in terms.DRUG_UNITS:
        notes.append("bad_ndc_quantity")
        return
    value = float(amount)
    found["ndc_quantity"] = int(value) if value.is_integer() else value
    found["ndc_unit"] = unit


def _at(elements: list[str], index: int) -> str:
    return elements[index] if index < len(elements) else ""
