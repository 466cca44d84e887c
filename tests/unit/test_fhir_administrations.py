"""A MedicationAdministration becomes an administration: what is charted, and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from infusion_asp.model import InputError
from tests.support.fhir import CVX, HCPCS, NDC, RXNORM, SNOMED, concept, given, noted, one, read


def dosage(**elements: Any) -> dict[str, Any]:
    return {"route": concept("IV")} | elements


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        ("entered-in-error", "entered_in_error"),
        ("not-done", "not_done"),
        ("unknown", "status_unknown"),
    ],
)
def test_what_was_not_given_is_left_out_and_is_no_fault(
    tmp_path: Path, status: str, reason: str
) -> None:
    found, report = read(tmp_path, [given("a1"), given("a2", status=status)])
    assert [each["id"] for each in found[0]["administrations"]] == ["a1"]
    assert (report.dropped, report.faults) == ({reason: 1}, 0)


@pytest.mark.parametrize("status", [None, "given"])
def test_a_status_that_fhir_does_not_have_is_a_fault(tmp_path: Path, status: str | None) -> None:
    _, report = read(tmp_path, [given(status=status)])
    assert report.faults == 1


def test_what_is_on_hold_counts_only_where_it_ran(tmp_path: Path) -> None:
    moment = {"start": "2025-03-03T10:00:00", "end": "2025-03-03T10:00:00"}
    _, report = read(tmp_path, [given(status="on-hold", effectivePeriod=moment)])
    assert report.dropped == {"on_hold": 1}
    assert one(tmp_path, given(status="on-hold"))["stop"] == "2025-03-03T11:00"


def test_what_still_runs_has_no_stop(tmp_path: Path) -> None:
    running = given(status="in-progress", effectivePeriod={"start": "2025-03-03T10:00:00"})
    without_end, report = read(tmp_path, [running])
    assert "stop" not in without_end[0]["administrations"][0]
    assert noted(report) == {"stop_missing": 1}
    found, report = read(tmp_path, [given(status="in-progress")])
    assert "stop" not in found[0]["administrations"][0]
    assert report.notes["end_of_one_in_progress"] == 1


def test_a_moment_is_a_start_without_a_stop(tmp_path: Path) -> None:
    pushed = given(effectivePeriod=None, effectiveDateTime="2025-03-03T10:05:59Z")
    found = one(tmp_path, pushed)
    assert found["start"] == "2025-03-03T10:05+00:00"
    assert "stop" not in found


def test_a_date_alone_gives_no_clock_time(tmp_path: Path) -> None:
    found, report = read(tmp_path, [given(effectivePeriod=None, effectiveDateTime="2025-03-03")])
    assert "start" not in found[0]["administrations"][0]
    assert report.notes["no_clock_time"] == 1


def test_a_stop_before_the_start_is_no_stop(tmp_path: Path) -> None:
    period = {"start": "2025-03-03T10:00:00", "end": "2025-03-03T09:59:00"}
    found, report = read(tmp_path, [given(effectivePeriod=period)])
    assert "stop" not in found[0]["administrations"][0]
    assert report.notes["stop_before_start"] == 1


def test_a_stop_equal_to_the_start_is_zero_minutes_unless_said_otherwise(tmp_path: Path) -> None:
    period = {"start": "2025-03-03T10:00:00", "end": "2025-03-03T10:00:00"}
    resource = given(effectivePeriod=period)
    assert one(tmp_path, resource)["stop"] == "2025-03-03T10:00"
    assert "stop" not in one(tmp_path, resource, equal_end="missing")


def test_a_period_runs_across_midnight_of_the_zone(tmp_path: Path) -> None:
    period = {"start": "2025-03-04T03:30:00Z", "end": "2025-03-04T06:30:00Z"}
    found = one(tmp_path, given(effectivePeriod=period), timezone="America/New_York")
    assert (found["start"], found["stop"]) == ("2025-03-03T22:30-05:00", "2025-03-04T01:30-05:00")


def test_without_an_encounter_the_day_of_the_patient_is_one(tmp_path: Path) -> None:
    late = {"start": "2025-03-03T23:30:00", "end": "2025-03-04T00:30:00"}
    next_day = {"start": "2025-03-04T00:10:00", "end": "2025-03-04T00:30:00"}
    loose = [given(f"a{n}", context=None) for n in (1, 2)]
    loose.append(given("a3", context=None, effectivePeriod=late))
    loose.append(given("a4", context=None, effectivePeriod=next_day))
    found, _ = read(tmp_path, loose)
    assert [(each["encounter_id"], len(each["administrations"])) for each in found] == [
        ("p1-2025-03-03", 3),
        ("p1-2025-03-04", 1),
    ]


@pytest.mark.parametrize(
    ("rate", "expected"),
    [
        ({"rateQuantity": {"value": 100, "code": "mL/h"}}, 100),
        ({"rateQuantity": {"value": 2, "unit": "mL/min"}}, 120),
        (
            {
                "rateRatio": {
                    "numerator": {"value": 1, "code": "L"},
                    "denominator": {"value": 8, "code": "h"},
                }
            },
            125,
        ),
        ({"rateQuantity": {"value": 20, "code": "min"}}, None),
        ({"rateQuantity": {"value": 5, "code": "mg/h"}}, None),
        ({"rateQuantity": {"value": 5, "code": "mL/kg/h"}}, None),
        (
            {
                "rateRatio": {
                    "numerator": {"value": 1, "code": "L"},
                    "denominator": {"value": 0, "code": "h"},
                }
            },
            None,
        ),
    ],
)
def test_a_rate_is_millilitres_an_hour_or_none(
    tmp_path: Path, rate: dict[str, Any], expected: float | None
) -> None:
    found, report = read(tmp_path, [given(dosage=dosage(**rate))])
    assert found[0]["administrations"][0].get("rate_ml_per_hr") == expected
    assert bool(noted(report)) == (expected is None)


def test_a_rate_in_minutes_is_named_as_a_duration(tmp_path: Path) -> None:
    minutes = dosage(rateQuantity={"value": 20, "unit": "min"})
    _, report = read(tmp_path, [given(dosage=minutes)])
    assert noted(report) == {"rate_is_a_duration": 1}


@pytest.mark.parametrize(
    ("dose", "expected"),
    [
        ({"value": 8, "unit": "mg"}, {"dose": 8, "dose_unit": "mg"}),
        ({"value": 10, "code": "[iU]"}, {"dose": 10, "dose_unit": "units"}),
        ({"value": 0.5, "code": "L"}, {"volume_ml": 500}),
        ({"value": 1.8, "unit": "mg/kg"}, {}),
        ({"value": 8}, {}),
        ({"value": 8, "unit": "mg", "comparator": "<"}, {}),
        ({"value": -8, "unit": "mg"}, {}),
        ({"value": "8", "unit": "mg"}, {}),
        ({"value": 1e300, "unit": "mg"}, {}),
    ],
)
def test_a_dose_is_an_amount_or_is_noted(
    tmp_path: Path, dose: dict[str, Any], expected: dict[str, Any]
) -> None:
    found, report = read(tmp_path, [given(dosage=dosage(dose=dose))])
    administration = found[0]["administrations"][0]
    measured = {name: administration[name] for name in administration if name in expected}
    assert measured == expected
    assert {"dose", "volume_ml"}.isdisjoint(administration) == (not expected)
    assert bool(noted(report)) == (not expected)


@pytest.mark.parametrize(
    ("elements", "route", "method"),
    [
        ({"route": concept("", (SNOMED, "47625008", ""))}, "intravenous", None),
        ({"route": concept("", (SNOMED, "1", "Subcutaneous route"))}, "subcutaneous", None),
        ({"route": concept("IV push")}, "intravenous", "push"),
        ({"route": concept("IM"), "method": concept("Inject")}, "intramuscular", "injection"),
        ({"method": concept("IVPB")}, "intravenous", "infusion"),
        ({"method": concept("", (SNOMED, "420620005", ""))}, "other", "push"),
        ({"route": concept("by moonlight")}, "other", None),
        ({}, "other", None),
    ],
)
def test_route_and_method_are_the_charted_ones(
    tmp_path: Path, elements: dict[str, Any], route: str, method: str | None
) -> None:
    found = one(tmp_path, given(dosage=elements))
    assert (found["route"], found.get("method")) == (route, method)


def test_a_method_that_names_a_line_is_the_access(tmp_path: Path) -> None:
    (found,), _ = read(tmp_path, [given(dosage=dosage(method=concept("PICC line")))])
    assert found["accesses"] == [{"id": "picc", "kind": "picc"}]
    assert found["administrations"][0]["access"] == "picc"
    assert "method" not in found["administrations"][0]


def test_a_device_is_the_access_and_a_pump_the_delivery(tmp_path: Path) -> None:
    port = {"resourceType": "Device", "id": "d1", "type": concept("Implantable port")}
    pump = {"resourceType": "Device", "id": "d2", "deviceName": [{"name": "Infusion pump 3"}]}
    devices = [{"reference": "Device/d2"}, {"reference": "Device/d1"}]
    (found,), report = read(tmp_path, [given(device=devices), port, pump])
    assert found["accesses"] == [{"id": "d1", "kind": "port"}]
    assert found["administrations"][0]["delivery"] == "pump"
    assert report.used == 3


def test_two_sites_are_two_peripheral_accesses_but_an_injection_site_is_none(
    tmp_path: Path,
) -> None:
    left, right = dosage(site=concept("Left forearm")), dosage(site=concept("Right hand"))
    muscle = {"route": concept("IM"), "site": concept("Left arm")}
    all_given = [given("a1", dosage=left), given("a2", dosage=right), given("a3", dosage=muscle)]
    (found,), _ = read(tmp_path, all_given)
    assert found["accesses"] == [
        {"id": "left-forearm", "kind": "peripheral"},
        {"id": "right-hand", "kind": "peripheral"},
    ]
    assert "access" not in found["administrations"][2]


def test_the_name_that_the_drug_tables_know_is_the_drug(tmp_path: Path) -> None:
    coded = concept("ZZ 12 house mix", (NDC, "1-2-3", "Remicade 100 mg vial"), (RXNORM, "310", ""))
    found = one(tmp_path, given(medicationCodeableConcept=coded))
    assert found["drug"] == "Remicade 100 mg vial"
    assert found["origin"] == "in.ndjson:MedicationAdministration/a1,rxnorm 310,ndc 1-2-3"


def test_names_of_two_drugs_are_noted(tmp_path: Path) -> None:
    coded = concept("ondansetron", (RXNORM, "1", "infliximab"))
    found, report = read(tmp_path, [given(medicationCodeableConcept=coded)])
    assert found[0]["administrations"][0]["drug"] == "ondansetron"
    assert noted(report) == {"names_disagree": 1}


@pytest.mark.parametrize(
    ("system", "code", "drug"),
    [
        (RXNORM, "1594660", "rxnorm 1594660"),
        ("http://example.org/fhir/formulary", "Vancomycin", "Vancomycin"),
        ("http://example.org/fhir/formulary", "ZZ17", "formulary ZZ17"),
    ],
)
def test_a_code_without_any_name_stands_for_itself(
    tmp_path: Path, system: str, code: str, drug: str
) -> None:
    coded = concept("", (system, code, ""))
    found, report = read(tmp_path, [given(medicationCodeableConcept=coded)])
    assert found[0]["administrations"][0]["drug"] == drug
    assert noted(report) == {"code_without_a_name": 1}


def test_a_hcpcs_coding_is_the_code_of_the_drug(tmp_path: Path) -> None:
    found = one(tmp_path, given(medicationCodeableConcept=concept("", (HCPCS, "J1745", ""))))
    assert found["hcpcs"] == "J1745"
    assert "drug" not in found


@pytest.mark.parametrize(
    ("code", "name", "category"),
    [
        ("140", "Influenza, seasonal", "vaccine"),
        ("999", "", "vaccine"),
        ("14", "immune globulin", None),
        ("307", "RSV, mAb", None),
    ],
)
def test_a_cvx_code_is_a_vaccine_unless_it_is_an_antibody(
    tmp_path: Path, code: str, name: str, category: str | None
) -> None:
    shot = {
        "resourceType": "Immunization",
        "id": "i1",
        "status": "completed",
        "vaccineCode": concept("", (CVX, code, name)),
        "patient": {"reference": "Patient/p1"},
        "encounter": {"reference": "Encounter/e1"},
        "occurrenceDateTime": "2025-03-03T10:00:00",
        "route": concept("IM"),
        "doseQuantity": {"value": 0.5, "code": "mL"},
    }
    found = one(tmp_path, shot)
    assert (found.get("category"), found["volume_ml"]) == (category, 0.5)


def test_ingredients_are_the_mix_and_one_ingredient_is_the_drug(tmp_path: Path) -> None:
    def bag(*names: str, **elements: Any) -> dict[str, Any]:
        parts = [{"itemCodeableConcept": concept(name)} for name in names]
        held = {"resourceType": "Medication", "id": "m", "ingredient": parts} | elements
        reference = {"reference": "Medication/m"}
        resource = given(medicationCodeableConcept=None, medicationReference=reference)
        return one(tmp_path, resource, held)

    assert bag("ondansetron", "dexamethasone")["mix"] == ["ondansetron", "dexamethasone"]
    assert bag("ondansetron")["drug"] == "ondansetron"
    assert bag("infliximab", code=concept("Remicade"))["drug"] == "Remicade"


def test_a_medication_that_is_nowhere_drops_the_administration(tmp_path: Path) -> None:
    lost = given(medicationCodeableConcept=None, medicationReference={"reference": "Medication/x"})
    _, report = read(tmp_path, [lost])
    assert report.dropped == {"medication_not_found": 1}
    lost["medicationReference"]["display"] = "ondansetron"
    assert one(tmp_path, lost)["drug"] == "ondansetron"


def test_part_of_another_is_the_same_bag_and_of_a_procedure_is_integral(tmp_path: Path) -> None:
    first = given("a1", partOf=[{"reference": "Procedure/62323"}])
    second = given("a2", partOf=[{"reference": "MedicationAdministration/a1"}])
    (found,), report = read(tmp_path, [first, second])
    assert found["administrations"][0]["integral_to"] == "Procedure/62323"
    assert found["administrations"][1]["same_bag_as"] == "a1"
    assert report.notes["part_of_a_procedure"] == 1


def test_parts_of_each_other_are_no_bag_twice(tmp_path: Path) -> None:
    first = given("a1", partOf=[{"reference": "MedicationAdministration/a2"}])
    second = given("a2", partOf=[{"reference": "MedicationAdministration/a1"}])
    (found,), _ = read(tmp_path, [first, second])
    assert ["same_bag_as" in each for each in found["administrations"]] == [True, False]


def test_a_modifier_extension_is_never_read_over(tmp_path: Path) -> None:
    changed = given(modifierExtension=[{"url": "http://example.org/not", "valueBoolean": True}])
    _, report = read(tmp_path, [changed])
    assert (report.dropped, report.faults) == ({"modifier_extension": 1}, 1)


@pytest.mark.parametrize(
    ("name", "value"),
    [("timezone", "Mars/Olympus"), ("equal_end", "maybe"), ("zone", "UTC"), ("join", "")],
)
def test_an_unknown_option_is_refused(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(InputError):
        read(tmp_path, [given()], **{name: value})
