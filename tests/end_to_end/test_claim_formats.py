"""Real claims in every format: valid, with their places, and the same bytes in every run."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
import xmlschema
from click.testing import CliRunner

from infusion_asp.cli import main
from infusion_asp.model import json_schema, read_many
from infusion_asp.render import FORMATS, Source, render
from infusion_asp.rulebook import load_rulebook
from infusion_asp.verify import verify_many

ROOT = Path(__file__).parents[2]
SCHEMAS = ROOT / "tests" / "support" / "schemas"
CLAIMS = ROOT / "fixtures" / "claims"
SOME = [
    CLAIMS / name
    for name in ("concurrent_twice.json", "hour_too_few.json", "only_lines_orphan_add_ons.json")
]


def _run(command: str, form: str, files: list[Path] = SOME) -> str:
    done = CliRunner().invoke(main, [command, "--format", form, *map(str, files)])
    assert done.exit_code in (0, 1), done.output
    return done.stdout


@pytest.fixture(scope="module")
def written() -> dict[str, str]:
    """All claims, verified once, in the formats that other tools read."""
    records = list(read_many(sorted(CLAIMS.glob("*.json"))))
    book = load_rulebook()
    found = verify_many([each.encounter() for each in records], rulebook=book)
    sources = [Source.of(each) for each in records]
    return {
        form: render(found, form, sources=sources, rulebook=book)
        for form in ("sarif", "junit", "csv", "jsonl")
    }


def test_sarif_of_every_claim_holds_to_its_schema(written: dict[str, str]) -> None:
    log = json.loads(written["sarif"])
    schema = json.loads((SCHEMAS / "sarif-2.1.0-rtm.5.json").read_text())
    jsonschema.Draft4Validator(schema).validate(log)
    run = log["runs"][0]
    assert all(each["help"]["text"] for each in run["tool"]["driver"]["rules"])
    for each in run["results"]:
        place = each["locations"][0]
        file = Path(place["physicalLocation"]["artifactLocation"]["uri"].removeprefix("file://"))
        at = place["physicalLocation"]["region"]["startLine"] - 1
        if "billed[" in place["logicalLocations"][0]["fullyQualifiedName"]:
            line = "\n".join(file.read_text().splitlines()[at:]).partition("}")[0]
            assert each["properties"]["codes"][0].partition("-")[0] in line


def test_junit_of_every_claim_holds_to_its_schema(written: dict[str, str]) -> None:
    xmlschema.XMLSchema(str(SCHEMAS / "junit-10.xsd")).validate(written["junit"])


def test_every_claim_holds_to_the_schema_of_a_verification(written: dict[str, str]) -> None:
    validator = jsonschema.Draft202012Validator(json_schema("verification"))
    for each in written["jsonl"].splitlines():
        validator.validate(json.loads(each))


def test_the_formats_tell_the_same_findings(written: dict[str, str]) -> None:
    claims = [json.loads(each) for each in written["jsonl"].splitlines()]
    told = sorted(finding["message"] for claim in claims for finding in claim["findings"])
    results = json.loads(written["sarif"])["runs"][0]["results"]
    in_sarif = {each["message"]["text"].partition("\nhelp: ")[0] for each in results}
    rows = list(csv.DictReader(io.StringIO(written["csv"])))
    assert set(told) <= in_sarif
    assert set(told) <= {each["finding"] for each in rows}
    for message in told:
        assert message.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace(
            '"', "&quot;"
        ) in written["junit"].replace("&#10;", "\n")


def test_the_money_of_the_worksheet_is_that_of_the_claims(written: dict[str, str]) -> None:
    rows = list(csv.DictReader(io.StringIO(written["csv"])))
    for each in written["jsonl"].splitlines():
        claim = json.loads(each)
        for side in ("over", "under"):
            cents = sum(
                round(float(row["amount"]) * 100)
                for row in rows
                if row["account"] == claim["encounter_id"]
                and row["over/under"] == side
                and row["amount"]
            )
            assert cents == round(claim[side] * 100), (claim["encounter_id"], side)


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("command", ["code", "verify"])
def test_every_format_is_the_same_bytes_in_every_run(command: str, form: str) -> None:
    assert _run(command, form, SOME[:1]) == _run(command, form, SOME[:1])


def test_the_seed_of_the_hash_changes_no_byte() -> None:
    def written(seed: str) -> bytes:
        words = [sys.executable, "-m", "infusion_asp", "verify", "--format", "sarif", "--full"]
        done = subprocess.run(
            [*words, str(SOME[0])],
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=ROOT,
            capture_output=True,
            check=False,
        )
        assert done.returncode == 1, done.stderr
        return done.stdout

    assert written("1") == written("2")


def test_text_fits_a_terminal_and_begins_with_the_verdict() -> None:
    text = _run("verify", "text")
    assert max(map(len, text.splitlines())) <= 80
    assert re.match(r"DIFFERS  concurrent-twice\n", text)
    assert "\x1b" not in text
