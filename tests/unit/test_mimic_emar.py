"""Events of emar with their details, over small tables written here and over the demo if there."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

from infusion_asp.ingest import mimic, mimic_emar
from infusion_asp.ingest.common import ConversionReport, Tally, encounters_of

SHARED = Path(__file__).resolve().parents[3] / "shared" / "realdata" / "mimic-iv-demo-2.2"
DOCS = Path(__file__).resolve().parents[2] / "docs" / "convert-mar.md"
EMAR = ["subject_id", "hadm_id", "emar_id", "poe_id", "pharmacy_id", "charttime", "medication"]
EMAR += ["event_txt"]
DETAIL = ["emar_id", "parent_field_ordinal", "administration_type", "dose_given"]
DETAIL += ["dose_given_unit", "new_iv_bag_hung", "infusion_rate", "infusion_rate_unit"]
DETAIL += ["product_amount_given", "product_unit", "product_description"]


def table(path: Path, header: list[str], rows: list[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, header, restval="")
        writer.writeheader()
        writer.writerows(rows)


def event(number: int, clock: str, text: str, **cells: str) -> dict[str, str]:
    return {
        "subject_id": "7", "hadm_id": "70", "emar_id": f"7-{number}", "poe_id": "o1",
        "charttime": f"2150-03-04 {clock}:00", "medication": "Vancomycin", "event_txt": text,
    } | cells  # fmt: skip


def converted(
    directory: Path, events: list[dict[str, str]], details: list[dict[str, str]]
) -> tuple[list[dict[str, Any]], ConversionReport]:
    table(directory / "emar.csv", EMAR, events)
    table(directory / "emar_detail.csv", DETAIL, details)
    pharmacy = [{"pharmacy_id": "p1", "route": "SC"}]
    table(directory / "pharmacy.csv", ["pharmacy_id", "route"], pharmacy)
    tally = Tally()
    found = list(encounters_of(mimic_emar.read(directory, tally), tally))
    return found, tally.report("mimic-emar", "rows")


def test_an_infusion_takes_route_rate_and_new_bag_from_its_details(tmp_path: Path) -> None:
    kind = {"administration_type": "IV Infusion"}
    rate = {"infusion_rate": "100", "infusion_rate_unit": "mL/hr"}
    details = [
        {"emar_id": "7-1", **kind, **rate},
        {"emar_id": "7-1", "parent_field_ordinal": "1.1"},
        {"emar_id": "7-2", **kind, "new_iv_bag_hung": "Y"},
    ]
    events = [
        event(1, "10:00", "Started"),
        event(2, "11:00", "Confirmed"),
        event(3, "12:00", "Stopped"),
    ]
    (found,), report = converted(tmp_path, events, details)
    assert found["encounter_id"] == "70-2150-03-04"
    assert found["administrations"] == [
        {
            "id": "a1", "drug": "Vancomycin", "route": "intravenous", "method": "infusion",
            "start": "2150-03-04T10:00", "stop": "2150-03-04T12:00", "rate_ml_per_hr": 100,
            "origin": "emar.csv:2-4",
        }
    ]  # fmt: skip
    assert report.notes == {"new_bag_continued": 1}
    assert report.adds_up


def test_doses_of_the_packages_of_an_event_add_up(tmp_path: Path) -> None:
    package = {"emar_id": "7-1", "dose_given": "5", "dose_given_unit": "mg"}
    (found,), _ = converted(
        tmp_path, [event(1, "10:00", "Administered", pharmacy_id="p1")], [package, package]
    )
    (given,) = found["administrations"]
    assert (given["dose"], given["dose_unit"], given["route"]) == (10, "mg", "subcutaneous")


def test_what_was_not_given_is_dropped_and_what_has_no_verb_is_a_fault(tmp_path: Path) -> None:
    events = [event(1, "10:00", "Not Given"), event(2, "10:00", " in Other Location")]
    found, report = converted(tmp_path, events, [])
    assert found == []
    assert report.dropped == {"not_given": 1, "unknown_action": 1}
    assert report.faults == 1


def test_a_patient_without_a_stay_is_an_encounter_of_the_day(tmp_path: Path) -> None:
    (found,), _ = converted(tmp_path, [event(1, "10:00", "Administered", hadm_id="")], [])
    assert found["encounter_id"] == "subject-7-2150-03-04"


@pytest.mark.skipif(not SHARED.is_dir(), reason="the MIMIC demo is not there")
def test_both_forms_of_the_demo_yield_what_the_page_says() -> None:
    lines = ["| form | read | used | dropped | encounters | administrations |"]
    lines.append("|---|---|---|---|---|---|")
    reasons = []
    for name, read in (("inputevents", mimic.read), ("emar", mimic_emar.read)):
        tally = Tally()
        for _ in encounters_of(read(SHARED, tally), tally):
            pass
        report = tally.report(name, "rows")
        assert report.adds_up
        gone = sum(report.dropped.values())
        cells = (name, report.read, report.used, gone, report.encounters, report.administrations)
        lines.append(f"| {' | '.join(map(str, cells))} |")
        told = (*report.dropped.items(), *report.notes.items())
        listed = ", ".join(f"{reason.replace('_', ' ')} {count}" for reason, count in told)
        reasons.append(f"{name}: {listed or 'nothing dropped or noted'}.")
    expected = "\n".join([*lines, "", *reasons])
    page = DOCS.read_text("utf-8")
    begin, end = "<!-- mimic -->\n", "\n<!-- end -->"
    assert page.partition(begin)[2].partition(end)[0] == expected
