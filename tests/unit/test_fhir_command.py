"""The command `convert fhir`: encounters on standard output, counts on standard error."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from infusion_asp.cli import main
from infusion_asp.ingest.fhir.store import Store
from tests.support.fhir import claim, given


def run(tmp_path: Path, *options: str, resources: tuple[Any, ...] = ()) -> Any:
    path = tmp_path / "in.ndjson"
    text = "".join(json.dumps(each) + "\n" for each in resources or (given(), claim()))
    path.write_text(text, encoding="utf-8")
    return CliRunner().invoke(main, ["convert", "fhir", str(path), *options])


def test_encounters_are_written_and_counted(tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    done = run(tmp_path, "--report", str(report), "--payer", "medicare")
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.exit_code == 0
    assert [each["payer"] for each in found] == ["medicare", "medicare"]
    counts = json.loads(report.read_text("utf-8"))
    assert (counts["read"], counts["used"], counts["adds_up"]) == (2, 2, True)
    assert "2 encounters with 1 administration and 1 billed line" in done.stderr


def test_the_setting_is_that_of_the_option_where_no_claim_says_it(tmp_path: Path) -> None:
    done = run(tmp_path, "--setting", "professional")
    settings = [json.loads(line)["setting"] for line in done.stdout.splitlines()]
    assert settings == ["professional", "facility"]


def test_a_strict_conversion_ends_at_the_first_fault_and_names_no_drug(tmp_path: Path) -> None:
    wrong = given("a2", "infliximab", status="swallowed")
    resources = (given("a1"), wrong, given("a3"))
    assert run(tmp_path, resources=resources).exit_code == 0
    done = run(tmp_path, "--strict", resources=resources)
    assert done.exit_code not in (0, None)
    assert "in.ndjson:2" in done.stderr
    assert "infliximab" not in done.output


def test_what_was_not_given_does_not_end_a_strict_conversion(tmp_path: Path) -> None:
    resources = (given("a1"), given("a2", status="not-done"))
    assert run(tmp_path, "--strict", resources=resources).exit_code == 0


def test_a_disk_without_room_is_an_error_and_no_traceback(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(Store, "keep", full)
    done = run(tmp_path)
    assert done.exit_code not in (0, None)
    assert "SQLITE_TMPDIR" in done.stderr


def test_a_timezone_that_is_none_is_refused(tmp_path: Path) -> None:
    done = run(tmp_path, "--timezone", "Mars/Olympus")
    assert done.exit_code not in (0, None)
    assert "'Mars/Olympus' is not a time zone of this machine" in done.stderr
