"""Owns the way from a claim to a claim-only encounter, with every line used or dropped."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from infusion_asp.ingest.common import Converted, Dropped, Item, origin_of
from infusion_asp.ingest.x12 import terms
from infusion_asp.ingest.x12.claims import Claim
from infusion_asp.ingest.x12.lines import billed_line, place_of

_PLACE = re.compile(r"[0-9]{2}")
_ICD_10 = re.compile(r"[A-Z][0-9][0-9A-Z]{1,5}")


@dataclass(frozen=True, slots=True)
class Choices:
    """What a user may set: the payer profile of all claims, and whether inpatient bills stay."""

    payer: str = ""
    keep_inpatient: bool = False


def items_of(claim: Claim, file: str, choices: Choices) -> Iterator[Item]:
    """The encounter of a claim and the lines that are not in it; they count together as many
    pieces as `pieces_of` says."""
    place = place_text(file, claim.number, claim.position)
    whole = _refused(claim, choices)
    if whole is not None:
        reason, fault = whole
        yield Dropped(reason, place, pieces_of(claim), fault)
        return
    billed: list[dict[str, Any]] = []
    notes: list[str] = []
    places: set[str] = set()
    for line in claim.lines:
        found = billed_line(claim, line)
        if isinstance(found, str):
            yield Dropped(
                found, place_text(file, line.number, line.position), fault=found not in _SILENT
            )
            continue
        one, seen = found
        one["origin"] = origin_of(file, range(line.number, line.last + 1))
        billed.append(one)
        notes += seen
        places.add(place_of(claim, line) or claim.facility)
    if billed:
        encounter = _header(claim, choices, places, notes)
        encounter["billed"] = billed
        yield Converted(encounter, len(billed), place, tuple(notes))


def pieces_of(claim: Claim) -> int:
    """How many pieces a claim counts as: its service lines, one where it has none."""
    return max(1, len(claim.lines) + claim.further)


def place_text(file: str, number: int, position: int) -> str:
    """How a place in a file is named in reports and errors."""
    return f"{file}: segment {number}, byte {position}"


_SILENT = frozenset({"no_procedure_code", "not_a_hcpcs_code"})
"""Reasons that are no fault: lines with a revenue code alone, or with another kind of code."""


def _refused(claim: Claim, choices: Choices) -> tuple[str, bool] | None:
    """Why a claim is left out as a whole, and whether that is a fault."""
    if claim.cut_off:
        return "claim_cut_off", True
    if not claim.control or len(claim.control) > 200 or not claim.control.isprintable():
        return "bad_patient_control_number", True
    if claim.further:
        return "too_many_lines", True
    if claim.frequency == terms.VOID:
        return "void_claim", False
    inpatient = not claim.professional and claim.facility in terms.INPATIENT
    if inpatient and not choices.keep_inpatient:
        return "inpatient_bill", False
    return None if claim.lines else ("claim_without_lines", True)


def _header(claim: Claim, choices: Choices, places: set[str], notes: list[str]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "encounter_id": claim.control,
        "setting": "professional" if claim.professional else "facility",
    }
    payer = choices.payer or ("medicare" if claim.filing in terms.MEDICARE else "")
    if payer:
        found["payer"] = payer
    if claim.professional:
        place = places.pop() if len(places) == 1 else ""
        if places:
            notes.append("several_places_of_service")
        elif _PLACE.fullmatch(place) and place != "00":
            found["place_of_service"] = int(place)
        else:
            notes.append("no_place_of_service")
    else:
        found["type_of_bill"] = claim.facility + claim.frequency
    if not claim.announced:
        notes.append("component_separator_is_not_that_of_the_isa")
    if claim.frequency == terms.REPLACEMENT:
        notes.append("replacement_claim")
    if claim.old_diagnoses:
        notes.append("icd_9_diagnoses_left_out")
    diagnoses = [_dotted(code) for code in claim.diagnoses]
    known = [code for code in diagnoses if code]
    if len(known) < len(claim.diagnoses):
        notes.append("bad_diagnosis_left_out")
    if known:
        found["diagnoses"] = known
    return found


def _dotted(code: str) -> str:
    """An ICD-10 code with its point, which X12 leaves out; empty where it is none."""
    plain = code.replace(".", "").upper()
    if not _ICD_10.fullmatch(plain):
        return ""
    return f"{plain[:3]}.{plain[3:]}" if len(plain) > 3 else plain
