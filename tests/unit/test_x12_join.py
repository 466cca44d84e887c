"""Claims joined to charted encounters by the number of the patient's account."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from infusion_asp.model.errors import InputError
from tests.support.x12_reading import CLAIM, LINE, bare, read
from tests.support.x12_text import interchange


def charted(id: str, day: str = "2025-03-03") -> dict[str, Any]:
    given = {"id": "a1", "drug": "infliximab", "route": "intravenous",
             "start": f"{day}T10:00", "stop": f"{day}T12:00"}  # fmt: skip
    return {"encounter_id": id, "administrations": [given]}


def joined(
    tmp_path: Path, text: str, *encounters: dict[str, Any], **options: str
) -> tuple[list[dict[str, Any]], dict[str, int]]:
    path = tmp_path / "mar.jsonl"
    path.write_text("\n".join(json.dumps(each) for each in encounters) + "\n")
    found, report = read(tmp_path, text, join=str(path), **options)
    return found, dict(report.notes)


def test_a_claim_takes_the_administrations_of_its_account(tmp_path: Path) -> None:
    found, notes = joined(tmp_path, interchange([CLAIM]), charted("B7"), charted("A1"))
    assert [each["encounter_id"] for each in found] == ["A1", "B7"]
    assert found[0]["administrations"] == charted("A1")["administrations"]
    assert bare(found[0]) == CLAIM["billed"] and found[0]["type_of_bill"] == "131"
    assert "billed" not in found[1] and notes == {"encounter_without_a_claim": 1}


def test_a_claim_without_administrations_stays_a_claim(tmp_path: Path) -> None:
    found, notes = joined(tmp_path, interchange([CLAIM]), charted("B7"))
    assert bare(found[0]) == CLAIM["billed"] and "administrations" not in found[0]
    assert notes["claim_without_administrations"] == 1


def test_a_series_claim_is_parted_by_the_days_of_its_encounters(tmp_path: Path) -> None:
    days = ["2025-03-03", "2025-03-10", "2025-03-17"]
    claim = {"encounter_id": "A1", "billed": [LINE | {"date": day} for day in days]}
    found, notes = joined(
        tmp_path, interchange([claim]), charted("A1-2025-03-03"), charted("A1-2025-03-10", days[1])
    )
    assert [each["billed"][0]["date"] for each in found] == days
    assert ["administrations" in each for each in found] == [True, True, False]
    assert notes == {"claim_without_administrations": 1}


def test_an_infusion_across_midnight_takes_the_lines_of_both_days(tmp_path: Path) -> None:
    one = charted("A1")
    one["administrations"][0]["stop"] = "2025-03-04T02:00"
    claim = {"encounter_id": "A1", "billed": [LINE, LINE | {"date": "2025-03-04"}]}
    [found], _ = joined(tmp_path, interchange([claim]), one)
    assert len(found["billed"]) == 2


def test_a_second_claim_for_an_encounter_gets_a_number(tmp_path: Path) -> None:
    physician = CLAIM | {"setting": "professional", "place_of_service": 22}
    found, _ = joined(tmp_path, interchange([CLAIM, physician]), charted("A1"))
    assert [each["encounter_id"] for each in found] == ["A1", "A1#2"]
    assert [each["setting"] for each in found] == ["facility", "professional"]


def test_joining_by_the_medical_record_number(tmp_path: Path) -> None:
    text = interchange([CLAIM]).replace("LX*1~", "REF*EA*M9~LX*1~")
    by = "medical_record_number"
    found, _ = joined(tmp_path, text, charted("M9"), join_by=by)
    assert found[0]["encounter_id"] == "M9" and bare(found[0]) == CLAIM["billed"]


def test_a_damaged_join_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "mar.jsonl"
    path.write_text('{"encounter_id": "A1"')
    with pytest.raises(InputError):
        read(tmp_path, interchange([CLAIM]), join=str(path))


def test_an_unknown_key_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="join_by"):
        read(tmp_path, interchange([CLAIM]), join_by="name")
