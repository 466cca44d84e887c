"""Owns FHIR resources for tests: small builders, and the writing of an encounter as FHIR."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from infusion_asp.ingest.common import ConversionReport, Dropped, Tally, encounters_of
from infusion_asp.ingest.fhir import KIND

Resource = dict[str, Any]
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
NDC = "http://hl7.org/fhir/sid/ndc"
CVX = "http://hl7.org/fhir/sid/cvx"
HCPCS = "https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets"
CPT = "http://www.ama-assn.org/go/cpt"
SNOMED = "http://snomed.info/sct"
PLACES = "https://www.cms.gov/Medicare/Coding/place-of-service-codes/Place_of_Service_Code_Set"
UCUM = "http://unitsofmeasure.org"
ACT = "http://terminology.hl7.org/CodeSystem/v3-ActCode"

WRITTEN = {
    "id",
    "drug",
    "mix",
    "hcpcs",
    "route",
    "method",
    "access",
    "start",
    "stop",
    "purpose",
} | {"volume_ml", "rate_ml_per_hr", "dose", "dose_unit", "same_bag_as"}
"""The fields of an administration that MedicationAdministration has an element for."""


def concept(text: str = "", *coded: tuple[str, str, str]) -> Resource:
    """A CodeableConcept; `coded` are system, code and display."""
    found: Resource = {"text": text} if text else {}
    if coded:
        found["coding"] = [
            {k: v for k, v in zip(("system", "code", "display"), each, strict=True) if v}
            for each in coded
        ]
    return found


def given(id: str = "a1", drug: str = "ondansetron", **changes: Any) -> Resource:
    """A completed MedicationAdministration, ten to eleven, intravenous, of encounter e1."""
    resource: Resource = {
        "resourceType": "MedicationAdministration",
        "id": id,
        "status": "completed",
        "medicationCodeableConcept": concept(drug),
        "subject": {"reference": "Patient/p1"},
        "context": {"reference": "Encounter/e1"},
        "effectivePeriod": {"start": "2025-03-03T10:00:00", "end": "2025-03-03T11:00:00"},
        "dosage": {"route": concept("IV")},
    }
    resource |= changes
    return {name: value for name, value in resource.items() if value is not None}


def claim(id: str = "c1", **changes: Any) -> Resource:
    """An institutional Claim with one line, 96365, of patient p1."""
    return {
        "resourceType": "Claim",
        "id": id,
        "status": "active",
        "use": "claim",
        "type": {"coding": [{"code": "institutional"}]},
        "patient": {"reference": "Patient/p1"},
        "created": "2025-03-04",
        "provider": {"reference": "Organization/o1"},
        "priority": concept("normal"),
        "insurance": [{"sequence": 1, "focal": True, "coverage": {"reference": "Coverage/v1"}}],
        "item": [item("96365")],
    } | changes


def item(code: str, units: float | None = 1, system: str = CPT, **changes: Any) -> Resource:
    """One line of a claim on the day of `given`."""
    found: Resource = {
        "sequence": 1,
        "productOrService": concept("", (system, code, "")),
        "servicedDate": "2025-03-03",
    }
    if units is not None:
        found["quantity"] = {"value": units}
    return found | changes


def read(
    folder: Path, resources: Iterable[Any], **options: str
) -> tuple[list[Resource], ConversionReport]:
    """The encounters of resources written as NDJSON, and the report, which adds up."""
    path = folder / "in.ndjson"
    path.write_text("".join(json.dumps(each) + "\n" for each in resources), encoding="utf-8")
    return read_file(path, **options)


def read_file(path: Path, **options: str) -> tuple[list[Resource], ConversionReport]:
    """The encounters of a file, and the report, which adds up."""
    tally = Tally()
    found = list(encounters_of(KIND.read([path], options, tally), tally))
    report = tally.report(KIND.name, KIND.unit)
    assert report.adds_up
    return found, report


def noted(report: ConversionReport) -> dict[str, int]:
    """The notes but for the one that the Encounter itself was not given."""
    notes = dict(report.notes)
    notes.pop("encounter_not_in_the_input", None)
    return notes


def dropped_of(path: Path) -> list[Dropped]:
    """What the reader dropped of a file, in order."""
    return [item for item in KIND.read([path], {}, Tally()) if isinstance(item, Dropped)]


def one(folder: Path, *resources: Resource, **options: str) -> Resource:
    """The only administration of the only encounter of the resources."""
    (encounter,), _ = read(folder, resources, **options)
    (administration,) = encounter["administrations"]
    return dict(administration)


def plain(encounter: Resource) -> Resource:
    """An encounter reduced to what FHIR has elements for, written as the reader writes it."""
    kept = {
        name: encounter[name]
        for name in ("encounter_id", "arrival", "departure", "inpatient_order", "diagnoses")
        if encounter.get(name)
    }
    given_ = [_plain(each) for each in encounter["administrations"]]
    ids = {each["id"] for each in given_}
    used = {each.get("access") for each in given_}
    for each in given_:
        if each.get("same_bag_as") not in ids:
            each.pop("same_bag_as", None)
    accesses = [
        {"id": access["id"], "kind": access.get("kind", "peripheral")}
        for access in encounter.get("accesses", ())
        if access["id"] in used
    ]
    known = {access["id"] for access in accesses}
    for each in given_:
        if each.get("access") not in known:
            each.pop("access", None)
    kept |= {"setting": "facility", "administrations": given_}
    if encounter.get("billed"):
        kept |= {name: encounter[name] for name in ("setting", "billed")}
        if encounter.get("place_of_service"):
            kept["place_of_service"] = encounter["place_of_service"]
    return kept | ({"accesses": accesses} if accesses else {})


def _plain(administration: Resource) -> Resource:
    kept = {
        name: value
        for name, value in administration.items()
        if name in WRITTEN and value not in (None, [], "")
    }
    if kept.get("mix"):
        kept.pop("drug", None)
        if len(kept["mix"]) == 1:
            kept["drug"] = kept.pop("mix")[0]
    if "volume_ml" in kept or "dose_unit" not in kept or "dose" not in kept:
        kept.pop("dose", None)
        kept.pop("dose_unit", None)
    kept.setdefault("route", "other")
    if kept.get("method") == "oral" and kept["route"] != "oral":
        del kept["method"]
    return kept


def written(encounter: Resource) -> list[Resource]:
    """A plain encounter as FHIR resources."""
    name = encounter["encounter_id"]
    visit: Resource = {
        "resourceType": "Encounter",
        "id": name,
        "status": "finished",
        "class": {"system": ACT, "code": "AMB"},
        "period": _period(encounter.get("arrival"), encounter.get("departure")),
    }
    if encounter.get("inpatient_order"):
        admitted = {"class": {"code": "IMP"}, "period": {"start": encounter["inpatient_order"]}}
        visit["classHistory"] = [admitted]
    if encounter.get("diagnoses"):
        icd = "http://hl7.org/fhir/sid/icd-10-cm"
        visit["reasonCode"] = [concept("", (icd, code, "")) for code in encounter["diagnoses"]]
    devices = [
        {
            "resourceType": "Device",
            "id": access["id"],
            "type": concept(_LINE_WORDS[access["kind"]]),
        }
        for access in encounter.get("accesses", ())
    ]
    given_ = [_written(each, name) for each in encounter["administrations"]]
    return [*([_claimed(encounter)] if "billed" in encounter else []), visit, *devices, *given_]


def _claimed(encounter: Resource) -> Resource:
    """The billed lines of an encounter as a Claim."""
    sort = "institutional" if encounter["setting"] == "facility" else "professional"
    common: Resource = {"encounter": [{"reference": f"Encounter/{encounter['encounter_id']}"}]}
    if "place_of_service" in encounter:
        place = f"{encounter['place_of_service']:02}"
        common["locationCodeableConcept"] = concept("", (PLACES, place, ""))
    lines = [
        item(
            line["code"],
            line["units"],
            HCPCS if line["code"][0].isalpha() else CPT,
            servicedDate=line["date"],
            sequence=number,
            modifier=[concept("", (HCPCS, each, "")) for each in line["modifiers"]],
            **common,
        )
        for number, line in enumerate(encounter["billed"], 1)
    ]
    return claim(type={"coding": [{"code": sort}]}, item=lines)


_LINE_WORDS = {
    "peripheral": "Peripheral IV cannula",
    "port": "Implanted port",
    "picc": "PICC line",
    "central": "Central venous catheter",
    "subcutaneous": "Subcutaneous needle",
    "intra_arterial": "Hepatic artery catheter",
    "intraperitoneal_port": "Intraperitoneal port",
    "ommaya": "Ommaya reservoir",
    "implantable_pump": "Implantable pump",
}


def _written(administration: Resource, encounter: str) -> Resource:
    dosage: Resource = {"route": concept(administration["route"].replace("_", " "))}
    if "method" in administration:
        dosage["method"] = concept(administration["method"].replace("_", " "))
    if "volume_ml" in administration:
        dosage["dose"] = {"value": administration["volume_ml"], "system": UCUM, "code": "mL"}
    elif "dose" in administration:
        dosage["dose"] = {"value": administration["dose"], "unit": administration["dose_unit"]}
    if "rate_ml_per_hr" in administration:
        dosage["rateRatio"] = {
            "numerator": {"value": administration["rate_ml_per_hr"], "code": "mL"},
            "denominator": {"value": 1, "code": "h"},
        }
    coded = [(HCPCS, administration["hcpcs"], "")] if "hcpcs" in administration else []
    period = _period(administration.get("start"), administration.get("stop"))
    resource = given(
        administration["id"],
        context={"reference": f"Encounter/{encounter}"},
        dosage=dosage,
        effectivePeriod=period or None,
        medicationCodeableConcept=concept(administration.get("drug", ""), *coded),
    )
    if not period:
        resource["effectiveDateTime"] = "2025-03-03"
    if "mix" in administration:
        del resource["medicationCodeableConcept"]
        bag = [{"itemCodeableConcept": concept(name)} for name in administration["mix"]]
        code = {"code": concept("", *coded)} if coded else {}
        resource["contained"] = [
            {"resourceType": "Medication", "id": "bag", "ingredient": bag} | code
        ]
        resource["medicationReference"] = {"reference": "#bag"}
    if "access" in administration:
        resource["device"] = [{"reference": f"Device/{administration['access']}"}]
    if "same_bag_as" in administration:
        bag_of = f"MedicationAdministration/{administration['same_bag_as']}"
        resource["partOf"] = [{"reference": bag_of}]
    if "purpose" in administration:
        resource["reasonCode"] = [concept(administration["purpose"].replace("_", " "))]
    return resource


def _period(start: str | None, end: str | None) -> Resource:
    return {name: text for name, text in (("start", start), ("end", end)) if text}
