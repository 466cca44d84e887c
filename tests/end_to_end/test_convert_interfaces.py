"""The commands `convert x12` and `convert hl7` over the fixtures, as their docs show them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from infusion_asp.cli.main import main

ROOT = Path(__file__).resolve().parents[2]
HL7 = ROOT / "fixtures" / "hl7" / "day.hl7"
X12 = ROOT / "fixtures" / "x12" / "claims.837"


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(each) for each in arguments])


def records(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_the_example_of_the_hl7_docs(tmp_path: Path) -> None:
    shown = (ROOT / "docs" / "convert-hl7.md").read_text("utf-8")
    result = run("convert", "hl7", HL7, "-o", tmp_path / "day.jsonl")
    assert result.exit_code == 0
    assert result.stderr in shown


def test_messages_to_a_verdict(tmp_path: Path) -> None:
    path = tmp_path / "day.jsonl"
    run("convert", "hl7", HL7, "-o", path)
    verdict = json.loads(run("verify", path, "--format", "jsonl").stdout)
    assert verdict["verdict"] == "supported"
    assert {line["code"]: line["units"] for line in verdict["supported"]}.items() >= {
        ("96413", 1), ("96415", 1), ("96375", 1)}  # fmt: skip


def test_claims_join_messages(tmp_path: Path) -> None:
    path = tmp_path / "day.jsonl"
    run("convert", "hl7", HL7, "-o", path)
    report = tmp_path / "report.json"
    joined, alone = records(run("convert", "x12", X12, "--join", path, "--report", report))
    verdicts = records(run("verify", "--from", f"x12:join={path}", X12, "--format", "jsonl"))
    assert [each["verdict"] for each in verdicts] == ["supported", "not_evaluable"]
    assert [each["id"] for each in joined["administrations"]] == ["a1", "a2", "a3"]
    assert [line["origin"] for line in joined["billed"]][:2] == ["claims.837:12-14",
                                                                  "claims.837:15-17"]  # fmt: skip
    assert (alone["encounter_id"], alone["place_of_service"]) == ("B4", 11)
    counts = json.loads(report.read_text())
    assert counts["adds_up"] and (counts["kind"], counts["used"]) == ("x12", 6)


@pytest.mark.parametrize("options", [[], ["--strict"]])
def test_one_bad_line_ends_only_a_strict_conversion(tmp_path: Path, options: list[str]) -> None:
    path = tmp_path / "c.837"
    path.write_text(X12.read_text().replace("HC:96415", "HC:SECRET"))
    result = run("convert", "x12", path, *options)
    assert "bad procedure code" in result.stderr and "SECRET" not in result.stderr
    if options:
        assert result.exit_code == 2 and "segment 15, byte " in result.stderr
    else:
        assert result.exit_code == 0 and len(records(result)) == 2


def test_options_reach_the_readers() -> None:
    [found] = records(run("convert", "hl7", HL7, "--equal-end", "zero", "--setting", "professional",
                          "--payer", "medicare"))  # fmt: skip
    assert found["administrations"][1]["stop"] == found["administrations"][1]["start"]
    assert (found["setting"], found["payer"]) == ("professional", "medicare")
    first, _ = records(run("convert", "x12", X12, "--payer", "commercial-example"))
    assert first["payer"] == "commercial-example"


def test_a_file_of_another_kind_is_refused_in_one_sentence(tmp_path: Path) -> None:
    result = run("convert", "x12", HL7)
    assert result.exit_code == 2 and "does not begin with ISA at byte 0" in result.stderr
