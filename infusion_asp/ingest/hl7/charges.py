"""Owns DFT^P03: the charges of its FT1 as billed lines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from infusion_asp.ingest.hl7 import terms, values
from infusion_asp.ingest.hl7.message import Segment
from infusion_asp.ingest.hl7.pieces import BILLED, Piece, Refused, Visit

MOST_UNITS = 1_000_000
_QUANTITY = re.compile(r"(-?)(\d{1,9}(?:\.\d{0,9})?)", re.ASCII)
_MODIFIER = re.compile(r"[0-9A-Z]{2}")
_PROCEDURE = re.compile(r"[0-9A-Z]{5}")
_NDC = re.compile(r"[0-9]{11}")


def charges(segments: Iterable[Segment], visit: Visit) -> Iterator[Piece | Refused]:
    """The charges of one message in order."""
    for segment in segments:
        if segment.name == "FT1":
            yield _charge(segment, visit)


def _charge(segment: Segment, visit: Visit) -> Piece | Refused:
    notes: list[str] = []
    action = segment.text(6).upper() or terms.CHARGE
    if action not in (terms.CHARGE, terms.CREDIT):
        return _refused(segment, "not_a_charge", fault=False)
    code = _code(segment)
    if not code:
        return _refused(segment, "no_procedure_code", fault=False)
    units = _units(segment.text(10), notes)
    if units is None:
        return _refused(segment, "bad_quantity")
    if units < 0:
        action = terms.CHARGE if action == terms.CREDIT else terms.CREDIT
    data: dict[str, Any] = {"code": code, "units": abs(units)}
    modifiers = [each[0].upper() for each in segment.repeats(26) if each and each[0]]
    if not all(_MODIFIER.fullmatch(each) for each in modifiers) or len(modifiers) > 10:
        return _refused(segment, "bad_modifier")
    if modifiers:
        data["modifiers"] = modifiers
    if segment.field(4):
        try:
            first = values.day(segment.text(4))
            last = values.day(segment.text(4, 2)) if segment.text(4, 2) else first
        except ValueError:
            return _refused(segment, "bad_date")
        if first == last:
            data["date"] = first
        else:
            notes.append("service_over_several_days")
    else:
        notes.append("no_service_date")
    drug = segment.text(43).replace("-", "")
    if _NDC.fullmatch(drug):
        data["ndc"] = drug
    diagnoses = [values.part(each, 0) for each in segment.repeats(19)]
    data["diagnoses"] = [each[:500] for each in diagnoses if each]
    what = "|".join((code, *sorted(modifiers), data.get("date", "")))
    place = segment.number, segment.position
    return Piece(visit, BILLED, action, "", "", what, *place, data, tuple(notes))


def _code(segment: Segment) -> str:
    """FT1-25, else FT1-7 where its coding system says that it is a billing code."""
    procedure = segment.components(25)
    found = values.part(procedure, 0).upper()
    system = values.part(procedure, 2).upper()
    if _PROCEDURE.fullmatch(found) and (not system or system in terms.HCPCS):
        return found
    return values.hcpcs(procedure) or values.hcpcs(segment.components(7))


def _units(text: str, notes: list[str]) -> int | None:
    """Whole units, below zero for a charge taken back; None where they are none."""
    if not text:
        notes.append("no_quantity_taken_as_one")
        return 1
    match = _QUANTITY.fullmatch(text)
    if match is None:
        return None
    value = Decimal(match[2])
    if value != value.to_integral_value() or not 1 <= value <= MOST_UNITS:
        return None
    return -int(value) if match[1] else int(value)


def _refused(segment: Segment, reason: str, *, fault: bool = True) -> Refused:
    return Refused(reason, segment.number, segment.position, fault)
