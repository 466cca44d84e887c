"""Owns a Claim or ExplanationOfBenefit as billed lines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from infusion_asp.ingest.common import origin_of
from infusion_asp.ingest.fhir import terms
from infusion_asp.ingest.fhir.store import Kept
from infusion_asp.ingest.fhir.values import (
    amount,
    codings,
    moment,
    number,
    part,
    parts,
    pointed,
    word,
)
from infusion_asp.ingest.x12.terms import INPATIENT, VOID

_SERVICE = re.compile(r"[0-9A-Z]{5}")
_MODIFIER = re.compile(r"[0-9A-Z]{2}")
_PLACE = re.compile(r"[0-9]{2}")
_BILL = re.compile(r"0?([1-9][0-9]{1,2}[0-9A-Z]?)")
_MOST_MODIFIERS = 10
_READ = ("id", "meta", "type", "subType", "patient", "claim", "billablePeriod", "diagnosis")
_READ_OF_A_LINE = (
    *("sequence", "encounter", "productOrService", "modifier", "quantity", "detail"),
    *("servicedDate", "servicedPeriod", "locationCodeableConcept"),
)
_MOST_UNITS = 1_000_000


@dataclass(frozen=True, slots=True)
class Billed:
    """What one claim bills: its lines and what it says of the whole encounter."""

    setting: str
    lines: tuple[dict[str, Any], ...] = field(repr=False)
    diagnoses: tuple[str, ...] = field(repr=False)
    place: int | None
    bill: str
    notes: tuple[str, ...]


def refused(resource: Any, *, inpatient: bool) -> tuple[str, bool]:
    """Why a claim is not converted (empty: it is), and whether that is a fault.

    Bills of inpatient stays are, where `inpatient` says so.
    """
    status, use, kind = word(resource, "status"), word(resource, "use"), setting_of(resource)
    if status in terms.NO_CLAIM:
        return f"claim_{terms.NO_CLAIM[status]}", False
    if use != "claim":
        return ("not_a_claim", False) if use else ("claim_without_use", True)
    if not kind:
        other = any(code.code in terms.OTHER_CLAIMS for code in codings(part(resource, "type")))
        return ("claim_of_another_type", False) if other else ("claim_type_not_known", True)
    if kind == "facility" and _bill(resource)[2:] == VOID:
        return "claim_void", False
    if kind == "facility" and not inpatient and _is_inpatient(resource):
        return "inpatient_bill", False
    return "", False


def reduced(resource: dict[str, Any]) -> dict[str, Any]:
    """A claim without what is never read: most of an explanation is adjudication."""
    kept = {name: resource[name] for name in _READ if name in resource}
    kept["supportingInfo"] = [each for each in parts(resource, "supportingInfo") if _tells(each)]
    kept["item"] = [
        {name: item[name] for name in _READ_OF_A_LINE if name in item}
        for item in parts(resource, "item")
    ]
    return kept


def setting_of(resource: Any) -> str:
    """facility or professional, by the type of the claim; else empty."""
    found = (terms.CLAIM_SETTINGS.get(each.code) for each in codings(part(resource, "type")))
    return next((setting for setting in found if setting), "")


def encounters_of(resource: Any) -> list[str]:
    """The encounters that the lines of a claim name, each once."""
    named = (pointed(each) for item in parts(resource, "item") for each in parts(item, "encounter"))
    return list(dict.fromkeys(name for name in named if name))


def days_of(resource: Any) -> tuple[str, str]:
    """First and last day of the lines, else of the billable period; empty without one."""
    days: list[str] = []
    for item in parts(resource, "item"):
        days.append(_date(word(item, "servicedDate")))
        days += _ends(part(item, "servicedPeriod"))
    known = [day for day in days if day] or _ends(part(resource, "billablePeriod"))
    return (min(known), max(known)) if known else ("", "")


def _ends(period: Any) -> list[str]:
    return [day for name in ("start", "end") if (day := _date(word(period, name)))]


def billed(kept: Kept) -> Billed:
    """The billed lines of a claim; a line that bills no service is noted and left out."""
    resource, notes = kept.resource, list[str]()
    only_day = _only_day(part(resource, "billablePeriod"))
    lines, places = [], []
    for item in parts(resource, "item"):
        place = next((c.code for c in _place(item) if _PLACE.fullmatch(c.code)), "")
        if place.strip("0"):
            places.append(int(place))
        for service in _services(item):
            line = _line(service, item, notes)
            if line is not None:
                if only_day and not _is_dated(service) and not _is_dated(item):
                    line["date"] = only_day
                number_in = part(item, "sequence")
                at = f"item {number_in}" if isinstance(number_in, int) else "item"
                line["origin"] = origin_of(kept.file, [*kept.named, at])
                lines.append(line)
    if len(set(places)) > 1:
        notes.append("several_places_of_service")
    place_of_all = places[0] if len(set(places)) == 1 else None
    setting, bill = setting_of(resource), _bill(resource)
    return Billed(
        setting, tuple(lines), tuple(_diagnoses(resource)), place_of_all, bill, tuple(notes)
    )


def _services(item: Any) -> Iterator[dict[str, Any]]:
    """The item, or the details of a group that has no service code itself."""
    details = list(parts(item, "detail"))
    if _code(item) or not any(_code(each) for each in details):
        yield item
    else:
        yield from details


def _code(item: Any) -> str:
    found = codings(part(item, "productOrService"))
    codes = (each.code for each in found if each.system in terms.SERVICE_SYSTEMS)
    return next((code for code in codes if _SERVICE.fullmatch(code)), "")


def _line(service: Any, item: Any, notes: list[str]) -> dict[str, Any] | None:
    code = _code(service)
    if not code:
        notes.append("line_without_a_service_code")
        return None
    line: dict[str, Any] = {"code": code}
    if part(service, "quantity") is None:
        notes.append("line_without_units")
    else:
        units = amount(part(service, "quantity"))
        if units is None or not 1 <= units.value <= _MOST_UNITS or units.value % 1:
            notes.append("line_without_whole_units")
            return None
        line["units"] = int(units.value)
    modifiers = _modifiers(service, notes)
    if modifiers:
        line["modifiers"] = modifiers
    dated = service if _is_dated(service) else item
    if part(dated, "servicedPeriod") is None:
        day = _date(word(dated, "servicedDate"))
    else:
        day = _only_day(part(dated, "servicedPeriod"))
        notes += [] if day else ["line_over_several_days"]
    if day:
        line["date"] = day
    return line | _ndc(service)


def _modifiers(service: Any, notes: list[str]) -> list[str]:
    """The modifiers in order, each once; some senders put all into one concept."""
    found = []
    for concept in parts(service, "modifier"):
        for coding in codings(concept):
            if _MODIFIER.fullmatch(coding.code):
                found.append(coding.code)
            else:
                notes.append("modifier_not_read")
    return list(dict.fromkeys(found))[:_MOST_MODIFIERS]


def _ndc(service: Any) -> dict[str, Any]:
    """The drug code of a line and its quantity, from the code itself or a detail below it."""
    for each in (service, *parts(service, "detail")):
        for coding in codings(part(each, "productOrService")):
            if coding.system == "ndc" and (code := _eleven(coding.code)):
                found: dict[str, Any] = {"ndc": code}
                given = amount(part(each, "quantity")) if each is not service else None
                names = given.units if given else ()
                units = (terms.NDC_UNITS.get(name, name.upper()) for name in names)
                unit = next((name for name in units if name in terms.CLAIM_NDC_UNITS), "")
                if given and unit:
                    found |= {"ndc_quantity": number(given.value), "ndc_unit": unit}
                return found
    return {}


def _eleven(code: str) -> str:
    """An NDC as eleven digits: each segment filled up to five, four and two."""
    segments = code.split("-")
    if len(segments) == 3:
        filled = zip(segments, (5, 4, 2), strict=True)
        code = "".join(segment.zfill(size) for segment, size in filled)
    return code if re.fullmatch(r"[0-9]{11}", code) else ""


def _place(item: Any) -> Iterator[Any]:
    for coding in codings(part(item, "locationCodeableConcept")):
        system = coding.system.lower().replace("_", "-")
        if "place-of-service" in system or "serviceplace" in system:
            yield coding


def _is_dated(item: Any) -> bool:
    names = ("servicedDate", "servicedPeriod")
    return any(part(item, name) is not None for name in names)


def _only_day(period: Any) -> str:
    """The day of a period that begins and ends on it; else nothing."""
    start, end = (_date(word(period, name)) for name in ("start", "end"))
    return start if start == end else ""


def _date(text: str) -> str:
    return moment(text, None).day


def _diagnoses(resource: Any) -> Iterator[str]:
    seen = set()
    for each in parts(resource, "diagnosis"):
        for coding in codings(part(each, "diagnosisCodeableConcept")):
            if coding.system == "icd10" and coding.code and coding.code not in seen:
                seen.add(coding.code)
                yield coding.code


def _bill(resource: Any) -> str:
    """The type of bill without its zero; empty where none is given."""
    concepts = [part(resource, "subType")]
    concepts += [part(info, "code") for info in parts(resource, "supportingInfo") if _tells(info)]
    for concept in concepts:
        for coding in codings(concept):
            system = coding.system.lower()
            if "typeofbill" in system or "billtype" in system:
                match = _BILL.fullmatch(coding.code)
                if match:
                    return match[1]
    return ""


def _tells(info: Any) -> bool:
    """Whether supporting information is the type of bill."""
    return any(each.get("code") == "typeofbill" for each in parts(part(info, "category"), "coding"))


def _is_inpatient(resource: Any) -> bool:
    coded = codings(part(resource, "subType"))
    named = any(each.code.startswith("inpatient") for each in coded)
    return named or _bill(resource)[:2] in INPATIENT
