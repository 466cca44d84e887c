"""The real command over real files: every input form, bad records in place, exit codes, options."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from infusion_asp.cli import main

ROOT = Path(__file__).parents[2]
ENCOUNTERS = ROOT / "fixtures" / "encounters"
BROKEN = ROOT / "fixtures" / "broken"
CHEMOTHERAPY = ENCOUNTERS / "chemotherapy_day.json"
MISSING_STOP = ENCOUNTERS / "stop_missing_computed.json"

# What each bad record of records.jsonl is told: where, and a word that must be in it.
REFUSED = {
    2: ("unknown-key", "$.administrations[0].dosage", "'dosage'"),
    3: ("misspelt-route", "$.administrations[0].route", "'intravenus'"),
    4: ("no-such-time", "$.administrations[0].start", "'2025-02-30T10:00'"),
    5: ("stop-before-start", "$.administrations[0].stop", "'2025-03-03T09:00'"),
    7: ("two-of-one-id", "$.administrations[1].id", "'a1'"),
    8: ("no-such-access", "$.administrations[0].access", "'iv2'"),
    9: ("mixed-clocks", "$.administrations[0].stop", "'2025-03-03T10:31-05:00'"),
    10: ("negative-dose", "$.administrations[0].dose", "'-1'"),
    11: (None, "$", "column"),
    12: (None, "$", "list"),
    13: (None, "$.encounter_id", "'encounter_id'"),
    14: ("wrong-setting", "$.setting", "'facilty'"),
    15: (None, "$.setting", "twice"),
    16: ("not-a-number", "$.administrations[0].volume_ml", "'NaN'"),
}
GOOD = {1: "good-1", 6: "good-2", 17: "good-3"}


def run(*words: str | Path, input: str | bytes | None = None) -> Result:
    """The command in this process."""
    return CliRunner().invoke(main, ["code", *map(str, words)], input=input)


def spawn(*words: str | Path, input: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """The command as a process of its own, as a user starts it."""
    start = "import sys; from infusion_asp.cli import main; sys.exit(main())"
    return subprocess.run(
        [sys.executable, "-c", start, "code", *map(str, words)],
        input=input,
        capture_output=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1"},
        timeout=120,
        check=False,
    )


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(each) for each in text.splitlines()]


def codes(result: Mapping[str, Any]) -> list[str]:
    return [each["code"] for each in result["lines"]]


def chemotherapy() -> dict[str, Any]:
    read = json.loads(CHEMOTHERAPY.read_text(encoding="utf-8"))
    assert isinstance(read, dict)
    return read


CODES = ["96361", "96375", "96413", "96415"]


def test_the_main_job_of_the_readme_ends_well() -> None:
    done = spawn(*sorted(ENCOUNTERS.glob("*.json")))
    assert done.returncode == 0, done.stderr.decode()
    assert done.stderr == b""
    text = done.stdout.decode()
    for path in ENCOUNTERS.glob("*.json"):
        assert path.stem.replace("_", "-") in text


def test_one_json_object() -> None:
    done = run("--format", "json", CHEMOTHERAPY)
    assert done.exit_code == 0, done.output
    assert codes(json.loads(done.stdout)) == CODES


def test_a_json_list(tmp_path: Path) -> None:
    path = tmp_path / "list.json"
    path.write_text(json.dumps([chemotherapy(), {**chemotherapy(), "encounter_id": "two"}]))
    done = run("--format", "json", path)
    assert [each["encounter_id"] for each in json.loads(done.stdout)] == ["chemotherapy-day", "two"]


def test_yaml_and_json_give_the_same(tmp_path: Path) -> None:
    path = tmp_path / "day.yaml"
    text = yaml.safe_dump(chemotherapy(), sort_keys=False)
    stamped = re.sub(r"T(\d\d:\d\d)$", r"T\1:00", text, flags=re.MULTILINE)
    assert stamped != text
    assert isinstance(yaml.safe_load(stamped)["administrations"][0]["start"], datetime)
    path.write_text(stamped)
    assert run("--format", "json", path).stdout == run("--format", "json", CHEMOTHERAPY).stdout


def test_lines_give_lines_by_themselves(tmp_path: Path) -> None:
    names = [f"e{number}" for number in range(5)]
    path = tmp_path / "many.jsonl"
    path.write_text(
        "".join(json.dumps({**chemotherapy(), "encounter_id": n}) + "\n" for n in names)
    )
    done = run(path)
    assert done.exit_code == 0, done.output
    assert [each["encounter_id"] for each in lines(done.stdout)] == names
    assert all(codes(each) == CODES for each in lines(done.stdout))


@pytest.mark.parametrize("form", ["json", "list", "jsonl", "yaml"])
def test_standard_input(form: str) -> None:
    record = chemotherapy()
    text = {
        "json": json.dumps(record, indent=1),
        "list": json.dumps([record]),
        "jsonl": json.dumps(record) + "\n",
        "yaml": yaml.safe_dump(record),
    }[form]
    done = spawn("-", "--format", "jsonl", input=text.encode())
    assert done.returncode == 0, done.stderr.decode()
    assert codes(json.loads(done.stdout)) == CODES


@pytest.mark.parametrize("options", [(), ("--no-reasons",)])
def test_bad_records_stand_in_their_places(options: tuple[str, ...]) -> None:
    done = run(BROKEN / "records.jsonl", *options)
    assert done.exit_code == 2
    found = lines(done.stdout)
    assert len(found) == len(REFUSED) + len(GOOD)
    for number, record in enumerate(found, 1):
        if number in GOOD:
            assert record["encounter_id"] == GOOD[number]
            assert codes(record) == ["96365"]
            continue
        name, path, word = REFUSED[number]
        assert set(record) == {"encounter_id", "error"}
        assert record["encounter_id"] == name
        assert set(record["error"]) == {"path", "message", "help"}
        assert record["error"]["path"] == path
        assert word in record["error"]["message"]
        assert record["error"]["help"]
    assert f"{len(REFUSED)} of {len(found)} records not coded" in done.stderr
    assert "records.jsonl:2: $.administrations[0].dosage" in done.stderr


def test_near_misses_are_suggested() -> None:
    found = lines(run(BROKEN / "records.jsonl").stdout)
    helps = {each["encounter_id"]: each["error"]["help"] for each in found if "error" in each}
    assert "'dose'" in helps["unknown-key"]
    assert "'intravenous'" in helps["misspelt-route"]
    assert "'iv1'" in helps["no-such-access"]
    assert "'facility'" in helps["wrong-setting"]


def test_a_bad_record_of_a_list() -> None:
    done = run("--format", "json", BROKEN / "list.json")
    assert done.exit_code == 2
    first, bad, last = json.loads(done.stdout)
    assert codes(first) == codes(last) == ["96365"]
    assert bad["error"]["path"] == "$.administrations[0].visit"


@pytest.mark.parametrize("name", ["cut_off.json", "empty.json", "latin.json", "tabs.yaml", "none"])
def test_a_file_that_cannot_be_read_leaves_the_others(name: str) -> None:
    done = run("--format", "jsonl", CHEMOTHERAPY, BROKEN / name, MISSING_STOP)
    assert done.exit_code == 2
    first, bad, last = lines(done.stdout)
    assert codes(first) == CODES
    assert bad["encounter_id"] is None
    assert bad["error"]["path"] == "$"
    assert bad["error"]["message"]
    assert codes(last) == ["96361", "96365"]


@pytest.mark.parametrize("form", ["text", "markdown", "html"])
def test_an_error_is_shown_in_every_form(form: str) -> None:
    done = run("--format", form, BROKEN / "list.json")
    assert done.exit_code == 2
    assert "unknown-visit" in done.stdout
    assert "v9" in done.stdout


@pytest.mark.parametrize(
    ("level", "code"), [("never", 0), ("error", 0), ("warning", 1), ("info", 1)]
)
def test_fail_on(level: str, code: int) -> None:
    assert run("--fail-on", level, MISSING_STOP).exit_code == code


def test_fail_on_a_clean_record_and_a_bad_one() -> None:
    clean = ENCOUNTERS / "zoledronic_acid_16_minutes.json"
    assert run("--fail-on", "info", clean).exit_code == 0
    assert run("--fail-on", "info", MISSING_STOP, BROKEN / "list.json").exit_code == 2


def test_a_policy_changes_the_codes() -> None:
    chosen = (
        "--policy",
        "missing_stop_therapeutic=none",
        "--policy",
        "missing_stop_hydration=none",
    )
    assert codes(json.loads(run("--format", "json", *chosen, MISSING_STOP).stdout)) == []


def test_a_profile_changes_the_codes() -> None:
    path = ENCOUNTERS / "folfox_home_pump.json"
    plain = codes(json.loads(run("--format", "json", path).stdout))
    other = json.loads(run("--format", "json", "--profile", "medicare-facility", path).stdout)
    assert other["profile"] == "medicare-facility"
    assert "96416" in plain and "G0498" not in plain
    assert "G0498" in codes(other) and "96416" not in codes(other)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--policy", "long_pusch=push"), ("'long_pusch'", "long_push", "initial_tie_break")),
        (("--policy", "long_push=pusch"), ("'pusch'", "push", "infusion")),
        (("--profile", "medicare-facilty"), ("'medicare-facilty'", "medicare-facility", "cpt")),
    ],
)
def test_an_unknown_policy_value_or_profile_names_the_valid_ones(
    options: tuple[str, ...], words: tuple[str, ...], tmp_path: Path
) -> None:
    target = tmp_path / "out.json"
    done = run(*options, "--output", target, CHEMOTHERAPY)
    assert done.exit_code == 2
    assert done.stdout == ""
    for word in words:
        assert word in done.stderr
    assert "Traceback" not in done.stderr
    assert not target.exists()


@pytest.mark.parametrize(
    "options",
    [("--format", "pdf"), ("--fail-on", "sometimes"), ("--policy", "long_push"), ("--frmat", "x")],
)
def test_wrong_options_are_usage_errors(options: tuple[str, ...]) -> None:
    done = run(*options, CHEMOTHERAPY)
    assert done.exit_code == 2
    assert done.stdout == ""
    assert "Usage" in done.stderr


def test_text() -> None:
    text = run("--format", "text", CHEMOTHERAPY).stdout
    for word in ("chemotherapy-day", "96413", "96415", "rituximab", "support_fluid", "09:40"):
        assert word in text
    assert text == run(CHEMOTHERAPY).stdout


def test_markdown() -> None:
    text = run("--format", "markdown", CHEMOTHERAPY).stdout
    assert "| 96413" in text.replace("`", "")
    assert text.startswith("#")


def test_html_is_one_page_without_anything_from_elsewhere() -> None:
    text = run("--format", "html", CHEMOTHERAPY, MISSING_STOP).stdout
    assert text.lower().startswith("<!doctype html>")
    assert "<svg" in text and "96413" in text and "stop-missing-computed" in text
    for word in ("<script", "http://", "https://", "@import"):
        assert word not in text.replace("http://www.w3.org/2000/svg", "")
    body = text[text.index("<svg") : text.index("</svg>") + len("</svg>")]
    ElementTree.fromstring(body)


def test_jsonl_is_one_line_a_result() -> None:
    done = run("--format", "jsonl", CHEMOTHERAPY, MISSING_STOP)
    assert [each["encounter_id"] for each in lines(done.stdout)] == [
        "chemotherapy-day",
        "stop-missing-computed",
    ]


@pytest.mark.parametrize("form", ["text", "markdown", "json", "jsonl", "html"])
def test_output_is_what_would_be_printed(form: str, tmp_path: Path) -> None:
    target = tmp_path / "result"
    done = run("--format", form, "--output", target, CHEMOTHERAPY)
    assert done.exit_code == 0
    assert done.stdout == ""
    assert target.read_text(encoding="utf-8") == run("--format", form, CHEMOTHERAPY).stdout


def test_a_run_repeats_itself() -> None:
    first = spawn("--format", "json", "--full", CHEMOTHERAPY, MISSING_STOP)
    again = spawn("--format", "json", "--full", CHEMOTHERAPY, MISSING_STOP)
    assert first.returncode == 0
    assert first.stdout == again.stdout
