"""Rule tests without pytest: the notation, the differences, coverage, what a change touches."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from functools import cache
from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest
from click.testing import CliRunner

from infusion_asp.author.guard import EACH, SECONDS, NoEnd, guarded, time_for
from infusion_asp.author.testing import BadCase, Case, cases_of
from infusion_asp.author.testing.bench import Bench
from infusion_asp.author.testing.changes import touched_by
from infusion_asp.author.testing.coverage import FIRED, NOT_FIRED, ONE_BRANCH, below, coverage
from infusion_asp.author.testing.junit import junit
from infusion_asp.author.testing.running import run_cases
from infusion_asp.author.testing.sides import shown
from infusion_asp.author.testing.watch import watch
from infusion_asp.cli import main
from infusion_asp.rulebook import Rulebook, load_rulebook, shipped_logic

PUSH = """
- name: <minutes> minutes of a drug
  given: {a1: "ceftriaxone 09:00+<minutes>m"}
  for: minutes
  values: {"15": [96374], "16": [96365]}
"""


@cache
def bench() -> Bench:
    return Bench(load_rulebook())


def one(text: str) -> Case:
    (case,) = cases_of(text, "some.yaml")
    return case


def edited(root: Path, file: str, old: str, new: str) -> Rulebook:
    """The shipped rules with one text replaced."""
    shutil.copytree(shipped_logic(), root / "logic")
    path = root / "logic" / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    return load_rulebook(root / "logic")


def test_values_spread_a_case_over_a_boundary() -> None:
    cases = list(cases_of(PUSH))
    assert [case.name for case in cases] == ["15 minutes of a drug", "16 minutes of a drug"]
    assert [case.lines for case in cases] == [("96374",), ("96365",)]
    assert all(outcome.passed for outcome in run_cases(bench(), cases))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- name: x\n  givn: {}\n", "some.yaml:1: unknown key 'givn'"),
        ("- given: {}\n", "some.yaml:1: a case without a name"),
        ("- name: x\n  given: {a1: [}\n", "some.yaml:2: "),
        ("- name: x\n  given: {a1: x pause=9-10}\n", "some.yaml:1: no time: '9'"),
        ("- name: x\n  billed: [96365 times 2]\n", "some.yaml:1: no line of a claim"),
        ("name: x\n", "some.yaml:1: not a list of cases"),
    ],
)
def test_a_case_that_is_none_names_file_and_line(text: str, said: str) -> None:
    with pytest.raises(BadCase) as raised:
        list(cases_of(text, "some.yaml"))
    assert raised.value.message.startswith(said)
    assert raised.value.help


def test_billed_lines_have_units_modifiers_and_days() -> None:
    case = one('- name: x\n  given: {}\n  billed: ["96365 x2 [59,25] @1"]\n')
    assert case.judged
    assert case.encounter["billed"] == [
        {"code": "96365", "units": 2, "modifiers": ["59", "25"], "date": "2025-03-04"}
    ]


def test_a_failed_case_shows_both_sides_and_the_rules_behind() -> None:
    cases = [
        one("- name: wrong\n  given: {a1: ceftriaxone 09:00-09:15}\n  lines: [96365, 96372]\n"),
        one("- name: right\n  given: {a1: ketorolac IM 09:00}\n  lines: [96372]\n"),
    ]
    wrong, right = run_cases(bench(), cases)
    assert right.passed
    text = shown(wrong)
    assert text.startswith("FAIL some.yaml:1: wrong\n  lines\n    expected")
    assert "  - 96365                               |\n" in text
    assert "  +                                     | 96374\n" in text
    assert "96374: " in text and "(report/units.lp:" in text
    assert "96372 elsewhere (some.yaml:1: right)" in text
    assert max(map(len, text.splitlines())) <= 80


@pytest.mark.parametrize(
    ("expected", "kind"),
    [
        ('by: {"96374": [a2]}', "by"),
        ("unreported: {a1: not_ordered}", "unreported"),
        ("findings: [stop_missing]", "findings"),
        ("no_findings: [push_without_presence]", ""),
        ("holds: ['technique(\"a1\",infusion)']", "holds"),
        ("absent: ['technique(\"a1\",push)']", "absent"),
        ('reasons: {"96374": [nonsense]}', "reasons of 96374"),
        ('reasons: {"96374": [bag_minutes, ran 15 minutes]}', ""),
    ],
)
def test_every_kind_of_expectation_is_judged(expected: str, kind: str) -> None:
    case = one(f"- name: x\n  given: {{a1: ceftriaxone 09:00-09:15}}\n  {expected}\n")
    (outcome,) = run_cases(bench(), [case])
    assert [fell.kind for fell in outcome.failures] == ([kind] if kind else [])


def test_the_findings_of_a_claim_are_all_of_them() -> None:
    text = "- name: x\n  given: {a1: ceftriaxone 09:00-09:15}\n  billed: [96365]\n  claim: [%s]\n"
    right = one(text % "claim_push_as_infusion 96365 > 96374 x1")
    none, other = one(text % ""), one(text % "claim_push_as_infusion 96365 > 96374 x2")
    outcomes = run_cases(bench(), [right, none, other])
    assert [outcome.passed for outcome in outcomes] == [True, False, False]


def test_junit_has_a_case_for_each_test() -> None:
    cases = [*cases_of(PUSH, "a.yaml"), one("- name: x\n  given: {}\n  lines: [96365]\n")]
    root = Xml.fromstring(junit(run_cases(bench(), cases)).encode())
    assert (root.get("tests"), root.get("failures")) == ("3", "1")
    assert [suite.get("name") for suite in root] == ["a.yaml", "some.yaml"]
    failure = root.find("testsuite/testcase/failure")
    assert failure is not None and failure.text is not None and "expected" in failure.text


def test_a_shifted_threshold_touches_the_cases_at_the_boundary(tmp_path: Path) -> None:
    cases = [
        *cases_of(PUSH),
        one("- name: far\n  given: {a1: ceftriaxone 09:00-10:00}\n"),
        one("- name: none\n  given: {a1: ketorolac IM 09:00}\n"),
    ]
    models = bench().models([bench().prepared(case) for case in cases])
    assert touched_by(models, bench().book) == frozenset()
    book = edited(tmp_path, "thresholds.lp", "(push_max_minutes, 15)", "(push_max_minutes, 16)")
    touched = touched_by(models, book)
    assert 1 in touched and not {0, 3} & touched
    assert [each.passed for each in run_cases(Bench(book), cases)] == [True, False, True, True]


def test_watching_runs_what_a_change_touches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    logic, tests = tmp_path / "logic", tmp_path / "tests"
    shutil.copytree(shipped_logic(), logic)
    tests.mkdir()
    (tests / "push.yaml").write_text(PUSH)
    (tests / "far.yaml").write_text("- name: f\n  given: {a1: ketorolac IM 09:00}\n  lines: []\n")
    monkeypatch.setattr("infusion_asp.author.testing.watch.shipped_logic", lambda: logic)
    said: list[str] = []

    def say(text: str) -> None:
        """After each turn the next change."""
        said.append(text)
        if "rule test" not in text and not text.startswith("error"):
            return
        if len(said) == 2:  # the failure and the summary of the first turn
            (tests / "far.yaml").write_text(
                "- name: f\n  given: {a1: ketorolac IM 09:00}\n  lines: [96372]\n"
            )
        elif len(said) == 3:
            path = logic / "thresholds.lp"
            path.write_text(
                path.read_text().replace("push_max_minutes, 15", "push_max_minutes, 16")
            )

    watch([tests], [], say, 60, turns=3)
    assert said[0].startswith("FAIL")
    assert said[1].startswith("3 rule tests, 1 failed")
    assert said[2].startswith("1 rule test, 0 failed")
    assert "16 minutes of a drug" in said[3]
    assert "(of 3)" in said[-1]


def test_coverage_names_what_never_fired_and_the_silent_branches() -> None:
    texts = (
        "- name: x\n  given: {a1: ceftriaxone push 09:00, a2: ceftriaxone push 10:00}\n",
        "- name: y\n  given: {a1: ceftriaxone 09:00-10:00, a2: vancomycin 11:00-12:00}\n",
    )
    prepared = [bench().prepared(one(text)) for text in texts]
    found = {each.rule.id: each for each in coverage(bench().models(prepared))}
    assert found["time_thresholds"].status == FIRED
    assert found["claim_wrong_initial"].status == NOT_FIRED
    assert found["hierarchy"].status == FIRED  # it excludes another choice of roles
    start = found["outranks_by_start"]
    assert start.status == ONE_BRANCH
    assert "initial_tie_break is longest" in start.branches
    assert start in below(found.values(), 100) and start not in below(found.values(), 10)


def test_rules_without_an_end_are_ended_and_named(tmp_path: Path) -> None:
    shutil.copytree(shipped_logic(), tmp_path / "logic")
    endless = (
        "% @rule endless\n% title: Counts on\ncounted(Admin, 1) :- admin(Admin, _).\n"
        "counted(Admin, N + 1) :- counted(Admin, N).\n"
    )
    (tmp_path / "logic" / "report" / "endless.lp").write_text(endless)
    book = load_rulebook(tmp_path / "logic")
    case = one("- name: x\n  given: {a1: ceftriaxone 09:00-10:00}\n")
    with pytest.raises(NoEnd) as raised:
        guarded(book, lambda: run_cases(Bench(book), [case]), seconds=5, megabytes=1024)
    assert "report/endless.lp:4" in raised.value.message


def test_the_command_ends_with_one_where_a_test_fails(tmp_path: Path) -> None:
    path = tmp_path / "some.yaml"
    path.write_text("- name: x\n  given: {a1: ceftriaxone 09:00-09:15}\n  lines: [96374]\n")
    report = tmp_path / "junit.xml"
    done = CliRunner().invoke(main, ["rules", "test", str(path), "--junit", str(report)])
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith("1 rule test, 0 failed")
    assert Xml.parse(report).getroot().get("failures") == "0"
    path.write_text("- name: x\n  given: {a1: ceftriaxone 09:00-09:15}\n  lines: [96365]\n")
    done = CliRunner().invoke(main, ["rules", "test", str(path), "--format", "json"])
    assert done.exit_code == 1
    (outcome,) = json.loads(done.stdout)
    assert outcome["failures"] == [{"kind": "lines", "expected": ["96365"], "got": ["96374"]}]
    path.write_text("- name: x\n  nothing: here\n")
    done = CliRunner().invoke(main, ["rules", "test", str(path)])
    assert done.exit_code == 2
    assert "some.yaml:1: unknown key 'nothing'" in done.stderr


def test_the_command_coverage_names_rules_below_the_threshold(tmp_path: Path) -> None:
    path = tmp_path / "some.yaml"
    path.write_text("- name: x\n  given: {a1: ceftriaxone 09:00-09:15}\n")
    done = CliRunner().invoke(main, ["rules", "coverage", str(path), "--threshold", "100"])
    assert done.exit_code == 1
    assert "not fired   claim_wrong_initial" in done.stdout
    assert "below the threshold:" in done.stdout
    record = tmp_path / "record.json"
    record.write_text(json.dumps(one(path.read_text()).encounter))
    done = CliRunner().invoke(
        main, ["rules", "coverage", "--encounters", str(record), "--format", "json"]
    )
    assert done.exit_code == 0, done.output
    found = {each["rule"]: each["status"] for each in json.loads(done.stdout)}
    assert found["time_thresholds"] == FIRED


def test_a_case_keeps_its_outcome_wherever_it_stands() -> None:
    case = one("- name: x\n  given: {}\n")
    assert replace(case, line=9).place != case.place


def test_many_cases_may_take_longer_than_one() -> None:
    assert time_for(0) == SECONDS
    assert time_for(2000) - time_for(1000) == pytest.approx(1000 * EACH)
