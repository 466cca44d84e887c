"""HL7 v2 corrections, credits and what is counted without being an administration."""

from __future__ import annotations

from pathlib import Path

import pytest

from infusion_asp.ingest.hl7 import store
from tests.support.hl7_reading import DFT, RAS, read
from tests.support.hl7_text import charge, given, message, order, route, segment


def test_a_deletion_takes_the_administration_back(tmp_path: Path) -> None:
    first = message(RAS, order(), given(), route())
    found, report = read(tmp_path, first + message(RAS, order(), given(action="D")))
    assert not found and not report.faults
    assert report.dropped == {"deleted_by_a_correction": 1, "deletion": 1}


def test_an_update_replaces_in_place(tmp_path: Path) -> None:
    text = message(RAS, order(), given(), given("DEX^Dexamethasone", counter="2"), route())
    text += message(RAS, order(), given(stop="202503031045", action="U"), route())
    [found], report = read(tmp_path, text)
    assert [(each["drug"], each["stop"][11:]) for each in found["administrations"]] == [
        ("Ondansetron", "10:45"), ("Dexamethasone", "10:30")]  # fmt: skip
    assert report.dropped == {"replaced_by_a_correction": 1}


def test_an_update_finds_a_moved_start_by_its_counter(tmp_path: Path) -> None:
    text = message(RAS, order(), given(counter="3"), route())
    text += message(RAS, order(), given(start="202503030955", counter="3", action="U"), route())
    [found], _ = read(tmp_path, text)
    assert [each["start"][11:] for each in found["administrations"]] == ["09:55"]


def test_an_update_to_not_given_takes_the_administration_back(tmp_path: Path) -> None:
    text = message(RAS, order(), given(), route())
    found, _ = read(tmp_path, text + message(RAS, order(), given(action="U", status="NA")))
    assert not found


@pytest.mark.parametrize(
    ("number", "correction"),
    [
        ("F2", given(action="D")),
        ("", given(action="D")),
        ("", given(action="U")),
        ("F1", given("DEX^Dexamethasone", counter="2", action="U")),
    ],
)
def test_a_correction_of_nothing_is_a_fault(tmp_path: Path, number: str, correction: str) -> None:
    text = message(RAS, order(), given(), route())
    text += message(RAS, order(number), correction, route())
    [found], report = read(tmp_path, text)
    assert len(found["administrations"]) == 1
    assert report.dropped == {"correction_of_nothing": 1} and report.faults == 1


def test_an_update_that_is_all_that_is_known_of_its_order_is_kept_and_noted(
    tmp_path: Path,
) -> None:
    text = message(RAS, order(), given(), route())
    text += message(RAS, order("F2"), given(action="U", stop="202503031045"), route())
    [found], report = read(tmp_path, text)
    assert len(found["administrations"]) == 2
    assert report.notes == {"update_without_the_original": 1} and not report.faults


def test_a_message_that_is_sent_twice_counts_once(tmp_path: Path) -> None:
    text = message(RAS, order(), given(), route())
    [found], report = read(tmp_path, text * 2)
    assert len(found["administrations"]) == 1 and report.dropped == {"repeated_message": 1}


def test_charges_become_billed_lines(tmp_path: Path) -> None:
    text = message(DFT, charge("96365", modifiers=["59", "XU"]), charge("J1745", units="50"))
    [found], _ = read(tmp_path, text)
    assert found["billed"] == [
        {"code": "96365", "units": 1, "modifiers": ["59", "XU"], "date": "2025-03-03",
         "origin": "m.hl7:3"},
        {"code": "J1745", "units": 50, "date": "2025-03-03", "origin": "m.hl7:4"},
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("credit", "left", "dropped"),
    [
        (charge(units="3", kind="CD"), [], {"credit": 1, "credited": 1}),
        (charge(units="-1"), [2], {"credit": 1}),
        (charge(units="4", kind="CD"), [3], {"credit_of_nothing": 1}),
        (charge(units="3", kind="CD", date="20250304"), [3], {"credit_of_nothing": 1}),
        (charge(kind="PY"), [3], {"not_a_charge": 1}),
        (charge(units="0"), [3], {"bad_quantity": 1}),
        (charge(units="1.5"), [3], {"bad_quantity": 1}),
        (charge("ROOM"), [3], {"no_procedure_code": 1}),
    ],
)
def test_credits_take_charges_back(
    tmp_path: Path, credit: str, left: list[int], dropped: dict[str, int]
) -> None:
    found, report = read(tmp_path, message(DFT, charge(units="3")) + message(DFT, credit))
    assert [line["units"] for each in found for line in each["billed"]] == left
    assert report.dropped == dropped


def test_what_is_no_administration_is_counted(tmp_path: Path) -> None:
    inpatient = segment("PV1", {2: "I", 19: "V1"})
    nobody = segment("PV1", {2: "O"})
    text = message("ADT^A01", order()) + message(RAS, inpatient, given(), route())
    text += message(RAS, nobody, given(), given(), route()) + message(RAS, order())
    found, report = read(tmp_path, "EVN|x\r" + text + "MSHA\r")
    assert not found
    assert report.dropped == {"bad_separators": 1, "inpatient": 1, "message_of_another_type": 1,
        "message_without_content": 1, "no_visit_number": 2,
        "segment_outside_message": 1}  # fmt: skip


def test_a_visit_with_too_many_pieces_is_counted_and_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "MOST", 2)
    two = message(DFT, charge(), charge("96366"))
    assert len(read(tmp_path, two)[0]) == 1
    found, report = read(tmp_path, two + message(DFT, charge("96375")))
    assert not found and report.dropped == {"visit_too_large": 3}


def test_a_credit_takes_the_latest_charges_first(tmp_path: Path) -> None:
    text = message(DFT, charge(units="2"), charge(units="3"))
    [found], report = read(tmp_path, text + message(DFT, charge(units="4", kind="CD")))
    assert [(line["units"], line["origin"]) for line in found["billed"]] == [(1, "m.hl7:3")]
    assert report.dropped == {"credit": 1, "credited": 1}


def test_the_account_can_make_the_encounter(tmp_path: Path) -> None:
    pid = segment("PID", {18: "ACC^^^H"})
    text = message(RAS, order(), given(), route()).replace("PV1", pid + "\rPV1")
    assert read(tmp_path, text)[0][0]["encounter_id"] == "V1"
    assert read(tmp_path, text, encounter="account")[0][0]["encounter_id"] == "ACC"
