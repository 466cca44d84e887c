"""The command `explain`: text of 80 columns, JSON, and errors that name what was typed."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from infusion_asp.cli.main import main

DAY = "2025-03-03T"
RECORD: dict[str, Any] = {
    "encounter_id": "e-17",
    "administrations": [
        {
            "id": "a1",
            "drug": "vancomycin",
            "route": "intravenous",
            "method": "infusion",
            "start": f"{DAY}09:00",
            "stop": f"{DAY}10:34",
        },
        {
            "id": "a2",
            "drug": "ceftriaxone",
            "route": "intravenous",
            "method": "infusion",
            "start": f"{DAY}10:40",
            "stop": f"{DAY}10:52",
        },
    ],
}


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "encounter.json"
    path.write_text(json.dumps(RECORD), "utf-8")
    return str(path)


def explain(file: str, *options: str) -> Result:
    return CliRunner().invoke(main, ["explain", file, *options])


def answer(file: str, *options: str) -> Any:
    done = explain(file, *options, "--format", "json")
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_edges_as_text_fit_eighty_columns_and_name_the_rule(file: str) -> None:
    done = explain(file, "--edges")
    assert done.exit_code == 0
    assert max(map(len, done.stdout.splitlines())) <= 80
    assert "4 min earlier" in done.stdout
    assert "a1 stop 10:34 to 10:30" in done.stdout
    assert "one 96366 falls away" in done.stdout
    assert "[further_hour_units]" in done.stdout


def test_a_path_is_shown_as_words_whatever_the_id(tmp_path: Path) -> None:
    row = {**RECORD["administrations"][0], "id": "a.1_b"}
    row["pauses"] = [{"start": f"{DAY}09:10", "stop": f"{DAY}09:14"}]
    row["stop"] = f"{DAY}10:38"
    path = tmp_path / "dotted.json"
    path.write_text(json.dumps({"encounter_id": "e", "administrations": [row]}), "utf-8")
    done = explain(str(path), "--edges")
    assert "a.1_b stop 10:38 to 10:34" in " ".join(done.stdout.split())
    assert "a.1_b pause 1 stop" in done.stdout


def test_edges_as_json_have_path_value_distance_and_changes(file: str) -> None:
    found = answer(file, "--edges")["edges"]
    edge = next(each for each in found if each["path"] == "a1.stop" and each["distance"] == -4)
    assert edge["administration"] == "a1"
    assert (edge["charted"], edge["value"]) == (f"{DAY}10:34", f"{DAY}10:30")
    assert edge["changes"][0]["before"]["code"] == "96366"
    assert edge["rules"] == ["further_hour_units"]


def test_every_question_is_answered_beside_the_others(file: str) -> None:
    asked = ("--why", "96365", "--why-not", "96367", "--for", "a2", "--policies")
    found = answer(file, *asked, "--what-if", "a2.stop=10:56", "--what-if", "a1.stop=10:30")
    assert found["why"][0]["lines"][0]["because"]
    assert found["why_not"][0]["case"] == "reported_elsewhere"
    missing = found["why_not"][0]["near"][0]["missing"][0]["condition"]
    assert missing.startswith("minutes more than 15 (12 here, 4 short)")
    assert {change["sentence"] for change in found["what_if"]["changes"]} == {
        "one 96366 falls away",
        "one 96367 comes in",
        "one 96375 falls away",
    }
    assert found["edges"] is None


@pytest.mark.parametrize("form", ["text", "markdown", "jsonl"])
def test_every_format_says_what_happens(file: str, form: str) -> None:
    asked = ("--why", "96365", "--why-not", "96376", "--edges", "--policies")
    done = explain(file, *asked, "--what-if", "a2.stop=10:56", "--format", form)
    assert done.exit_code == 0, done.output
    for said in ("96366 falls away", "96367 comes in", "repeated_push"):
        assert said in " ".join(done.stdout.split())


@pytest.mark.parametrize(
    ("options", "said", "help"),
    [
        (("--why", "9636"), "'9636' is not a billing code", "5 characters"),
        (("--why", "96375", "--why", "96376"), "96376 is not reported", "--why-not 96376"),
        (("--why-not", "96376", "--for", "a9"), "'a9' is no administration", "known are a1, a2"),
        (("--what-if", "a1.stop=08:00"), "is before start", "after midnight"),
        (("--what-if", "a1.stop"), "'a1.stop' is not an assignment", "a1.stop=10:47"),
        (("--for", "a1"), "--for names the administration of --why-not", ""),
        (("--policy", "long_push=never"), "policy long_push has no value 'never'", ""),
    ],
)
def test_a_bad_question_ends_with_what_was_typed(
    file: str, options: tuple[str, ...], said: str, help: str
) -> None:
    done = explain(file, *options)
    assert done.exit_code == 2
    assert said in done.stderr
    assert help in done.stderr


def test_a_record_that_cannot_be_read_leaves_its_error(tmp_path: Path) -> None:
    path = tmp_path / "list.json"
    path.write_text(json.dumps([{"encounter_id": "bad"} | {"x": 1}, RECORD]), "utf-8")
    done = explain(str(path), "--why", "96365", "--format", "json")
    assert done.exit_code == 2
    bad, good = json.loads(done.stdout)
    assert "unknown key 'x'" in bad["error"]["message"]
    assert good["why"][0]["code"] == "96365"
    assert "1 of 2 records not explained" in done.stderr
