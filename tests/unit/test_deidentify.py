"""A deidentified encounter keeps its minutes, and nothing that names anybody."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any, get_args

import pytest
from click.testing import CliRunner
from pydantic import BaseModel

from infusion_asp.cli import main
from infusion_asp.ingest.deidentify import FIELDS, PARTS, deidentified
from infusion_asp.model import Encounter, parse_encounter

KEY = b"a key of some length"
DATA: dict[str, Any] = {
    "encounter_id": "MRN 0042",
    "arrival": "2025-03-03T23:00",
    "primary_reason": "order-7",
    "accesses": [{"id": "port of Jane", "kind": "port", "reason": "Jane asked"}],
    "visits": [{"id": "visit-1"}],
    "administrations": [
        {
            "id": "order-7", "drug": "Ceftriaxone", "route": "intravenous", "visit": "visit-1",
            "access": "port of Jane", "start": "2025-03-03T23:30", "stop": "2025-03-04T00:30",
            "pauses": [{"start": "2025-03-03T23:40", "stop": "2025-03-03T23:50"}],
            "notes": "Jane slept", "origin": "jane.csv:2", "integral_to": "my own words",
        },
        {"id": "order-8", "drug": "Water", "route": "oral", "same_bag_as": "order-7"},
    ],
    "billed": [{"code": "J0696", "date": "2025-03-03", "origin": "jane.edi:9"}],
}  # fmt: skip


def hidden(key: bytes = KEY, **changes: Any) -> dict[str, Any]:
    return deidentified(parse_encounter(DATA | changes), key)


def test_nothing_that_names_anybody_is_left() -> None:
    text = json.dumps(hidden()).lower()
    assert not [word for word in ("jane", "mrn", "order", "visit-1", "own words") if word in text]


def test_minutes_midnights_and_links_stay() -> None:
    found = hidden()
    given, other = found["administrations"]
    before = DATA["administrations"][0]
    shift = datetime.fromisoformat(given["start"]) - datetime.fromisoformat(before["start"])
    assert shift.seconds == 0
    assert shift.days != 0
    for name in ("start", "stop"):
        moved = datetime.fromisoformat(given[name]) - datetime.fromisoformat(before[name])
        assert moved == shift
    assert given["pauses"][0]["start"][10:] == "T23:40"
    assert found["billed"][0]["date"] == given["start"][:10]
    assert given["access"] == found["accesses"][0]["id"]
    assert other["same_bag_as"] == given["id"] == found["primary_reason"]
    parse_encounter(found)


def test_one_key_gives_the_same_and_another_key_something_else() -> None:
    assert hidden() == hidden()
    other = hidden(b"another key of some length")
    assert other["encounter_id"] != hidden()["encounter_id"]
    assert hidden(encounter_id="2")["administrations"] != hidden()["administrations"]


def test_every_field_of_the_format_is_decided() -> None:
    """A field that the format gains is dropped until somebody decides what becomes of it."""

    def check(name: str, model: type[BaseModel]) -> None:
        assert set(FIELDS[name]) == set(model.model_fields)
        for field, what in FIELDS[name].items():
            if what == PARTS:
                (part,) = [
                    each
                    for each in get_args(model.model_fields[field].annotation)
                    if isinstance(each, type)
                ]
                check(field, part)

    check("encounter", Encounter)


def test_a_short_key_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="short"):
        hidden(b"short")
    key, record = tmp_path / "key", tmp_path / "e.json"
    key.write_bytes(b"short")
    record.write_text(json.dumps(DATA), "utf-8")
    done = CliRunner().invoke(main, ["deidentify", "--key-file", str(key), str(record)])
    assert done.exit_code == 2
    key.write_bytes(KEY)
    done = CliRunner().invoke(main, ["deidentify", "--key-file", str(key), str(record)])
    assert done.exit_code == 0
    assert json.loads(done.stdout) == hidden()


def test_a_record_that_cannot_be_read_is_left_out_and_not_repeated(tmp_path: Path) -> None:
    record = tmp_path / "e.jsonl"
    record.write_text('{"encounter_id": "Jane", "bad": 1}\n' + json.dumps(DATA), "utf-8")
    done = CliRunner().invoke(main, ["deidentify", str(record)])
    assert done.exit_code == 2
    assert len(done.stdout.splitlines()) == 1
    assert "Jane" not in done.stderr
