"""The commands that a rule author works with: lint, format, new, list, show."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jsonschema
import pytest
import yaml
from click.testing import CliRunner, Result

from infusion_asp.cli import main
from infusion_asp.rulebook import load_rulebook
from tests.unit.test_lint import FIRST, GOOD, book

SARIF = json.loads(
    (Path(__file__).parents[1] / "support" / "schemas" / "sarif-2.1.0-rtm.5.json").read_text(
        "utf-8"
    )
)
OVERLAYS = Path(__file__).resolve().parents[2] / "fixtures" / "overlays"
TASKS = Path(__file__).resolve().parents[2] / ".vscode" / "tasks.json"


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["rules", *map(str, arguments)])


@pytest.fixture
def wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A rulebook with one finding, below the working directory."""
    monkeypatch.chdir(tmp_path)
    book(tmp_path / "mine", GOOD.replace("Minutes > Most", "Minutes > Most, Most < 45"))
    return Path("mine")


def test_lint_of_a_careful_rulebook_ends_with_0(tmp_path: Path) -> None:
    done = run("lint", book(tmp_path), "--no-ground")
    assert (done.exit_code, done.stdout) == (0, "2 rules in 3 files: nothing found\n")


def test_a_finding_says_place_text_cure_and_page(wrong: Path) -> None:
    done = run("lint", wrong, "--no-ground")
    assert done.exit_code == 1
    line = FIRST + 3
    assert done.stdout.splitlines() == [
        f"mine/derive/some.lp:{line}:28: warning: the number 45 stands in a rule without a name"
        " [bare-number]",
        "    Minutes > Most, Most < 45.",
        "  help: give it one: threshold(some_name, 45). in thresholds.lp, and read that",
        "  see docs/lint.md#bare-number",
        "2 rules in 3 files: 1 warning",
    ]


def test_warnings_pass_where_only_errors_count(wrong: Path) -> None:
    assert run("lint", wrong, "--no-ground", "--fail-on", "error").exit_code == 0


def test_a_directory_that_is_not_there_ends_with_2(tmp_path: Path) -> None:
    assert run("lint", tmp_path / "nowhere").exit_code == 2
    assert run("lint", "--rules", tmp_path / "nowhere").exit_code == 2


def test_findings_as_json(wrong: Path) -> None:
    said = json.loads(run("lint", wrong, "--no-ground", "--format", "json").stdout)
    assert said["counts"] == {"info": 0, "warning": 1, "error": 0}
    (finding,) = said["findings"]
    assert (finding["id"], finding["about"]) == ("bare-number", "some_rule")


def test_findings_as_sarif(wrong: Path) -> None:
    log = json.loads(run("lint", wrong, "--no-ground", "--format", "sarif").stdout)
    jsonschema.validate(log, SARIF)
    (ran,) = log["runs"]
    (result,) = ran["results"]
    assert result["ruleId"] == "bare-number"
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "mine/derive/some.lp"
    assert place["region"]["startLine"] == FIRST + 3
    (rule,) = ran["tool"]["driver"]["rules"]
    assert rule["help"]["text"] == "See docs/lint.md#bare-number"


def test_the_editor_reads_the_first_line_of_a_finding(wrong: Path) -> None:
    tasks = {task["label"]: task for task in json.loads(TASKS.read_text("utf-8"))["tasks"]}
    pattern = tasks["rules lint"]["problemMatcher"]["pattern"]
    lines = run("lint", wrong, "--no-ground").stdout.splitlines()
    hits = [found for line in lines if (found := re.match(pattern["regexp"], line))]
    assert len(hits) == 1
    assert hits[0][pattern["file"]] == "mine/derive/some.lp"
    assert hits[0][pattern["line"]] == str(FIRST + 3)
    assert hits[0][pattern["severity"]] == "warning"
    assert hits[0][pattern["code"]] == "bare-number"


def test_the_editor_reads_a_file_of_another_layout(wrong: Path) -> None:
    (wrong / "derive" / "some.lp").write_text("% Owns one fact.\n\nlong( 1 ).\n")
    done = run("format", wrong, "--check")
    assert done.exit_code == 1
    tasks = {task["label"]: task for task in json.loads(TASKS.read_text("utf-8"))["tasks"]}
    pattern = tasks["rules format --check"]["problemMatcher"]["pattern"]["regexp"]
    assert re.match(pattern, done.stdout.splitlines()[0])


def test_a_new_rule_and_its_test_run_as_they_stand(tmp_path: Path) -> None:
    done = run("new", "my_rule", "--rules", tmp_path / "own", "--title", "What we look for")
    assert done.exit_code == 0, done.output
    rules = load_rulebook(None, [tmp_path / "own"])
    assert rules.rule("my_rule").title == "What we look for"
    cases = yaml.safe_load((tmp_path / "own" / "tests" / "my_rule.yaml").read_text("utf-8"))
    assert {"my_rule a1 16"} == set(cases[0]["findings"])
    assert run("lint", "--rules", tmp_path / "own", "--no-ground").stdout.count("my_rule") == 0


def test_a_rule_is_not_begun_twice(tmp_path: Path) -> None:
    run("new", "my_rule", "--rules", tmp_path / "own")
    again = run("new", "my_rule", "--rules", tmp_path / "own")
    assert again.exit_code == 2
    assert "is taken by own/my_rule.lp" in again.stderr


@pytest.mark.parametrize("name", ["My_rule", "2nd", "a-b"])
def test_an_id_that_is_none_is_refused(tmp_path: Path, name: str) -> None:
    done = run("new", name, "--rules", tmp_path / "own")
    assert done.exit_code == 2
    assert done.stderr.splitlines()[0] == f"error: '{name}' is no rule id"
    assert not (tmp_path / "own").exists()


def listed(*arguments: str) -> list[str]:
    done = run("list", "--format", "json", *arguments)
    assert done.exit_code == 0, done.output
    return [rule["id"] for rule in json.loads(done.stdout)]


def test_rules_are_listed_by_topic() -> None:
    assert {"bolus_of_infused_drug", "bolus_and_drip"} <= set(listed("--topic", "bolus"))
    by_number = listed("--topic", "D3")
    assert "bolus_and_drip" in by_number
    assert "bag_minutes" not in by_number


def test_rules_are_listed_by_setting_and_payer() -> None:
    assert "inpatient_claim" in listed("--setting", "facility", "--payer", "medicare")
    assert "inpatient_claim" not in listed("--setting", "professional")
    assert "inpatient_claim" not in listed("--payer", "cpt")


def test_rules_are_listed_by_day(tmp_path: Path) -> None:
    text = "% @rule old\n% title: Old\n% to: 2020-12-31\nold_limit(1).\nold :- old_limit(_).\n"
    (tmp_path / "vocabulary.lp").write_text("%! old\n%    output\n%    sentence: it is old\n")
    (tmp_path / "old.lp").write_text(text)
    given = ("--topic", "old.lp", "--rules", str(tmp_path))
    assert listed(*given, "--date", "2020-12-31") == ["old"]
    assert listed(*given, "--date", "2021-01-01") == []


def test_an_unknown_payer_gets_a_suggestion() -> None:
    done = run("list", "--payer", "medicar")
    assert done.exit_code == 2
    assert done.stderr.splitlines() == [
        "error: no payer 'medicar'",
        "help: did you mean 'medicare'?",
    ]


def test_a_rule_is_shown_with_sources_neighbours_and_tests() -> None:
    shown = run("show", "bolus_and_drip").stdout
    assert "RULES:6: repeats of one drug" in shown
    assert "gives: near_infusion/2, part_of/2" in shown
    assert "tests/rules/d1.yaml" in shown
    assert re.search(r"Coverage by them\n  2 of 2 statements fire in \d+ cases\n", shown)
    assert max(map(len, shown.partition("\nSources")[2].splitlines())) <= 80


@pytest.mark.parametrize("overlays", [(), (OVERLAYS / "contract",)], ids=["shipped", "contract"])
def test_the_rules_that_we_ship_have_no_findings(overlays: tuple[Path, ...]) -> None:
    given = [word for overlay in overlays for word in ("--rules", str(overlay))]
    done = run("lint", "--no-ground", *given)
    assert (done.exit_code, done.stdout.partition(": ")[2]) == (0, "nothing found\n")


@pytest.mark.parametrize(
    ("name", "place", "id"),
    [
        ("endless", "counting.lp:6:9", "endless-grounding"),
        ("forbidden", "shortcut.lp:5:13", "forbidden-construct"),
    ],
)
def test_overlays_that_must_not_pass_are_named_at_their_line(
    name: str, place: str, id: str
) -> None:
    done = run("lint", "--no-ground", "--rules", OVERLAYS / name)
    assert done.exit_code == 1
    assert [1 for line in done.stdout.splitlines() if place in line and f"[{id}]" in line]
