"""Claim and ExplanationOfBenefit become billed lines of the encounter that they name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support.fhir import CPT, HCPCS, NDC, claim, concept, given, item, noted, read

VISIT = {
    "resourceType": "Encounter",
    "id": "e1",
    "status": "finished",
    "class": {"code": "AMB"},
    "subject": {"reference": "Patient/p1"},
    "period": {"start": "2025-03-03T09:00:00", "end": "2025-03-03T17:00:00"},
}
OF_E1 = [{"reference": "Encounter/e1"}]


def lines(folder: Path, *items: dict[str, Any]) -> list[dict[str, Any]]:
    found, _ = read(folder, [claim(item=list(items))])
    return [
        {name: value for name, value in line.items() if name != "origin"}
        for line in found[0]["billed"]
    ]


def test_a_line_has_code_units_modifiers_and_date(tmp_path: Path) -> None:
    billed = item("J1745", 40.0, HCPCS, modifier=[concept("", (HCPCS, "JZ", ""))])
    assert lines(tmp_path, billed) == [
        {"code": "J1745", "units": 40, "modifiers": ["JZ"], "date": "2025-03-03"}
    ]


def test_modifiers_in_one_concept_are_all_read_each_once(tmp_path: Path) -> None:
    crowded = concept("", (CPT, "59", ""), (CPT, "59", ""), (CPT, "JA", ""), (CPT, "rooh", ""))
    found, report = read(tmp_path, [claim(item=[item("96365", modifier=[crowded])])])
    assert found[0]["billed"][0]["modifiers"] == ["59", "JA"]
    assert report.notes == {"modifier_not_read": 1}


@pytest.mark.parametrize("units", [0, 1.5, -1, 1e9])
def test_a_line_without_whole_units_is_left_out(tmp_path: Path, units: float) -> None:
    found, report = read(tmp_path, [claim(item=[item("96365"), item("96366", units)])])
    assert [line["code"] for line in found[0]["billed"]] == ["96365"]
    assert report.notes == {"line_without_whole_units": 1}


def test_units_that_are_not_given_are_noted(tmp_path: Path) -> None:
    found, report = read(tmp_path, [claim(item=[item("96365", None)])])
    assert "units" not in found[0]["billed"][0]
    assert report.notes == {"line_without_units": 1}


@pytest.mark.parametrize(
    ("end", "day", "notes"),
    [("2025-03-03", "2025-03-03", {}), ("2025-03-04", None, {"line_over_several_days": 1})],
)
def test_a_line_over_several_days_has_no_date(
    tmp_path: Path, end: str, day: str | None, notes: dict[str, int]
) -> None:
    line = item("96365", servicedPeriod={"start": "2025-03-03", "end": end})
    del line["servicedDate"]
    found, report = read(tmp_path, [claim(item=[line])])
    assert found[0]["billed"][0].get("date") == day
    assert report.notes == notes


def test_a_line_without_a_date_has_that_of_a_claim_of_one_day(tmp_path: Path) -> None:
    line = item("96365")
    del line["servicedDate"]
    period = {"start": "2025-03-03", "end": "2025-03-03"}
    found, _ = read(tmp_path, [claim(item=[line], billablePeriod=period)])
    assert found[0]["billed"][0]["date"] == "2025-03-03"
    period["end"] = "2025-03-04"
    found, _ = read(tmp_path, [claim(item=[line], billablePeriod=period)])
    assert "date" not in found[0]["billed"][0]


def test_lines_of_several_places_give_no_place(tmp_path: Path) -> None:
    def at(*places: str) -> tuple[Any, dict[str, int]]:
        system = "http://terminology.hl7.org/CodeSystem/ex-serviceplace"
        items = [
            item("96365", locationCodeableConcept=concept("", (system, place, "")))
            for place in places
        ]
        found, report = read(tmp_path, [claim(item=items)])
        return found[0].get("place_of_service"), dict(report.notes)

    assert at("11", "11") == (11, {})
    assert at("11", "22") == (None, {"several_places_of_service": 1})


@pytest.mark.parametrize("system", ["http://example.org/codes", NDC, ""])
def test_a_code_of_another_system_is_no_service(tmp_path: Path, system: str) -> None:
    found, report = read(tmp_path, [claim(item=[item("96365", 1, system)])])
    assert not found
    assert report.dropped == {"claim_without_a_service": 1}


def test_a_group_bills_its_details(tmp_path: Path) -> None:
    group = item("GROUP", 1, "http://example.org", detail=[item("96365"), item("96366", 2)])
    assert [line["code"] for line in lines(tmp_path, group)] == ["96365", "96366"]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("0002-1433-80", "00002143380"),
        ("50242-051-21", "50242005121"),
        ("60575-4112-1", "60575411201"),
        ("00409189001", "00409189001"),
        ("0409189001", None),
    ],
)
def test_the_ndc_below_a_line_has_eleven_digits(
    tmp_path: Path, code: str, expected: str | None
) -> None:
    detail = item(code, 1, NDC, quantity={"value": 2, "code": "mL"})
    (line,) = lines(tmp_path, item("J2270", 3, HCPCS, detail=[detail]))
    assert line.get("ndc") == expected
    assert line.get("ndc_unit") == ("ML" if expected else None)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"use": "preauthorization"}, "not_a_claim"),
        ({"status": "cancelled"}, "claim_cancelled"),
        ({"type": {"coding": [{"code": "pharmacy"}]}}, "claim_of_another_type"),
        ({"subType": {"coding": [{"code": "inpatient"}]}}, "inpatient_bill"),
        (
            {"subType": concept("", ("https://www.nubc.org/CodeSystem/TypeOfBill", "0111", ""))},
            "inpatient_bill",
        ),
        (
            {"subType": concept("", ("https://www.nubc.org/CodeSystem/TypeOfBill", "0138", ""))},
            "claim_void",
        ),
    ],
)
def test_what_is_no_outpatient_claim_is_left_out(
    tmp_path: Path, changes: dict[str, Any], reason: str
) -> None:
    _, report = read(tmp_path, [claim(**changes)])
    assert (report.dropped, report.faults) == ({reason: 1}, 0)
    kept, _ = read(tmp_path, [claim(**changes)], inpatient="yes")
    assert bool(kept) == (reason == "inpatient_bill")


def test_a_claim_stands_in_the_encounter_that_its_lines_name(tmp_path: Path) -> None:
    named = claim(item=[item("96365", encounter=OF_E1), item("96366")])
    (found,), report = read(tmp_path, [named, given(), VISIT])
    assert (found["encounter_id"], found["setting"]) == ("e1", "facility")
    assert len(found["billed"]) == 2
    assert len(found["administrations"]) == 1
    assert report.used == 3


def test_both_settings_of_one_encounter_are_two_records(tmp_path: Path) -> None:
    office = concept("", ("x/place-of-service", "22", ""))
    doctor = item("96365", encounter=OF_E1, locationCodeableConcept=office)
    professional = claim("c2", type={"coding": [{"code": "professional"}]}, item=[doctor])
    hospital = claim("c1", item=[item("96365", encounter=OF_E1)])
    found, report = read(tmp_path, [VISIT, given(), hospital, professional])
    assert [(each["encounter_id"], each["setting"]) for each in found] == [
        ("e1", "facility"),
        ("e1-professional", "professional"),
    ]
    assert [each.get("place_of_service") for each in found] == [None, 22]
    assert report.used == 4


def test_a_claim_without_an_encounter_joins_by_patient_and_day_only_when_asked(
    tmp_path: Path,
) -> None:
    resources = [VISIT, given(), claim()]
    apart, _ = read(tmp_path, resources)
    joined, _ = read(tmp_path, resources, join="patient-day")
    assert [each["encounter_id"] for each in apart] == ["e1", "Claim-c1"]
    assert [each["encounter_id"] for each in joined] == ["e1"]


@pytest.mark.parametrize(
    ("day", "others"), [("2025-03-02", []), ("2025-03-03", [VISIT | {"id": "e2"}])]
)
def test_a_claim_of_another_day_or_with_two_encounters_to_choose_from_is_not_joined(
    tmp_path: Path, day: str, others: list[dict[str, Any]]
) -> None:
    billed = claim(item=[item("96365", servicedDate=day)])
    found, _ = read(tmp_path, [VISIT, given(), *others, billed], join="patient-day")
    assert "billed" not in found[0]


def test_an_explanation_of_a_claim_in_the_input_bills_nothing_twice(tmp_path: Path) -> None:
    explanation = claim("b1", resourceType="ExplanationOfBenefit")
    explanation["claim"] = {"reference": "http://example.org/fhir/Claim/c1/_history/2"}
    found, report = read(tmp_path, [explanation, claim()])
    assert len(found) == 1
    assert report.dropped == {"claim_in_the_input": 1}


def test_times_and_class_of_the_encounter_are_carried(tmp_path: Path) -> None:
    history = [
        {"class": {"code": "EMER"}, "period": {"start": "2025-03-03T09:00:00"}},
        {"class": {"code": "IMP"}, "period": {"start": "2025-03-03T13:00:00"}},
    ]
    visit = VISIT | {"classHistory": history, "class": {"code": "IMP"}}
    (found,), _ = read(tmp_path, [visit, given()])
    assert found["arrival"] == "2025-03-03T09:00"
    assert found["inpatient_order"] == "2025-03-03T13:00"
    assert found["departure"] == "2025-03-03T17:00"


def test_an_encounter_of_an_inpatient_class_alone_is_inpatient_from_its_arrival(
    tmp_path: Path,
) -> None:
    (found,), _ = read(tmp_path, [VISIT | {"class": {"code": "IMP"}}, given()])
    assert found["inpatient_order"] == found["arrival"]


def test_a_home_visit_is_place_of_service_12(tmp_path: Path) -> None:
    (found,), _ = read(tmp_path, [VISIT | {"class": {"code": "HH"}}, given()])
    assert found["place_of_service"] == 12


def test_an_administration_to_another_patient_is_noted(tmp_path: Path) -> None:
    other = given(subject={"reference": "Patient/p2"})
    _, report = read(tmp_path, [VISIT, other])
    assert noted(report) == {"patient_differs": 1}
