"""A hospital's own rules beside the shipped ones: the example of logic/README.md, and bad ones."""

import json
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
OVERLAYS = ROOT / "fixtures" / "overlays"
RECORD = {
    "encounter_id": "o1",
    "administrations": [
        {
            "id": "a1",
            "drug": "ceftriaxone",
            "route": "intravenous",
            "start": "2025-03-03T10:00",
            "stop": "2025-03-03T10:25",
        },
        {
            "id": "a2",
            "drug": "vancomycin",
            "route": "intravenous",
            "start": "2025-03-03T10:30",
            "stop": "2025-03-03T11:10",
        },
    ],
}


@pytest.fixture
def record(tmp_path: Path) -> Path:
    path = tmp_path / "record.json"
    path.write_text(json.dumps(RECORD), encoding="utf-8")
    return path


def run(command: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    call = "from infusion_asp.cli import main; main()"
    return subprocess.run(
        [sys.executable, "-c", call, command, *map(str, arguments)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def codes(finished: subprocess.CompletedProcess[str]) -> Any:
    assert finished.returncode == 0, finished.stderr
    result = json.loads(finished.stdout)
    return [(line["code"], *line["administrations"]) for line in result["lines"]]


def test_the_shipped_rules(record: Path) -> None:
    assert codes(run("code", record, "--format", "json")) == [("96365", "a1"), ("96367", "a2")]


def test_an_overlay_replaces_a_rule_and_adds_a_finding(record: Path) -> None:
    finished = run("code", record, "--format", "json", "--rules", OVERLAYS / "contract")
    assert codes(finished) == [("96365", "a2"), ("96375", "a1")]
    (finding,) = json.loads(finished.stdout)["findings"]
    assert finding["rule"] == "contract_pump_note"
    assert finding["administrations"] == ["a2"]
    assert finding["sentence"] == (
        "a2 (vancomycin) ran 40 minutes: the contract asks for a charted reason under 45"
    )


def test_an_overlay_changes_the_digest(record: Path) -> None:
    plain = json.loads(run("code", record, "--format", "json").stdout)
    changed = json.loads(
        run("code", record, "--format", "json", "--rules", OVERLAYS / "contract").stdout
    )
    assert plain["rulebook"]["digest"] != changed["rulebook"]["digest"]


def test_without_reasons_an_overlay_gives_the_same_lines(record: Path) -> None:
    rules = ("--rules", OVERLAYS / "contract")
    finished = run("code", record, "--format", "json", "--no-reasons", *rules)
    assert codes(finished) == [("96365", "a2"), ("96375", "a1")]


def test_rules_show_reads_an_overlay() -> None:
    finished = run("rules", "show", "contract_pump_note", "--rules", OVERLAYS / "contract")
    assert finished.returncode == 0, finished.stderr
    assert "contract_limit(45)." in finished.stdout


def test_an_overlay_brings_profiles(record: Path) -> None:
    rules = ("--rules", OVERLAYS / "contract")
    result = json.loads(run("code", record, "--format=json", "--profile=contract", *rules).stdout)
    assert result["profile"] == "contract"
    assert result["policies"]["complex_biologic"] == "therapeutic"


def test_a_forbidden_statement_is_refused_with_its_place(record: Path) -> None:
    finished = run("code", record, "--rules", OVERLAYS / "forbidden")
    assert finished.returncode == 2
    assert finished.stdout == ""
    assert "shortcut.lp:5:" in finished.stderr
    assert "#minimize or a weak constraint is not allowed in a rulebook" in finished.stderr
    assert "Traceback" not in finished.stderr


@pytest.mark.parametrize("more", [[], ["--no-reasons"]])
def test_rules_without_an_end_are_stopped(record: Path, more: list[str]) -> None:
    began = time.monotonic()
    finished = run(
        "code", record, "--format", "json", "--rules", OVERLAYS / "endless", "--seconds", "2", *more
    )
    assert finished.returncode == 2
    assert time.monotonic() - began < 120
    error = json.loads(finished.stdout)["error"]
    assert error["message"] == "the rules took longer than 2 seconds"
    assert "recursion that grows without end" in error["help"]


def test_rules_that_leave_no_answer_say_so(record: Path, tmp_path: Path) -> None:
    overlay = tmp_path / "overlay"
    overlay.mkdir()
    (overlay / "never.lp").write_text(
        "% Owns an overlay that nothing satisfies.\n\n"
        "% @rule never\n% title: No service is initial\n"
        "violates(never, Service) :- plays(Service, initial).\n",
        encoding="utf-8",
    )
    finished = run("code", record, "--format", "json", "--rules", overlay)
    assert finished.returncode == 2
    assert json.loads(finished.stdout)["error"]["message"]
    assert "Traceback" not in finished.stderr


def test_the_example_stands_in_the_guide_as_it_is_tested() -> None:
    guide = (ROOT / "logic" / "README.md").read_text(encoding="utf-8")
    shown = re.findall(r"^```prolog\n(.*?)^```$", guide, re.M | re.S)
    example = (OVERLAYS / "contract" / "contract.lp").read_text(encoding="utf-8")
    assert example in shown
