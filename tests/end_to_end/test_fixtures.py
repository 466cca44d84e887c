"""The encounters of `fixtures/`: each gives the lines worked out by hand from the rules."""

from __future__ import annotations

import csv
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from infusion_asp import Encounter, code
from infusion_asp.coding import code_many
from infusion_asp.model import ErrorRecord, Line, Result
from infusion_asp.rulebook import Rulebook, load_rulebook, shipped_logic

FIXTURES = Path(__file__).parents[2] / "fixtures"
STEMS = sorted(path.stem for path in (FIXTURES / "encounters").glob("*.json"))
FEWEST = 40

# Families that a result only names, of which no rule makes a line.
POINTED_OUT = {"anesthesia", "home_infusion_per_diem", "neighbour_scalp_cooling"}
MEDICARE_HOME = {"G0068", "G0069", "G0070", "G0088", "G0089", "G0090"}
DEMANDED = [
    "infliximab_induction",
    "inflectra_commercial",
    "vedolizumab_medicare",
    "ustekinumab_intravenous",
    "ustekinumab_subcutaneous",
    "ivig_rate_steps",
    "scig_pump_two_sites",
    "milrinone_and_dobutamine",
    "vancomycin_then_ceftriaxone",
    "amphotericin_with_hydration",
    "methylprednisolone_pulse",
    "insulin_drip_ketoacidosis",
    "ketamine_for_pain",
    "lidocaine_for_pain",
    "zoledronic_acid_15_minutes",
    "factor_eight_push",
    "chemotherapy_day",
    "cisplatin_hydration",
    "folfox_home_pump",
    "hormonal_injections",
    "vaccines_adult",
    "epidural_steroid",
    "hydration_with_pushes",
    "three_drugs_in_one_bag",
    "gravity_drip_beside_pump",
    "emergency_to_observation",
    "ambulance_line",
    "same_day_return",
    "two_necessary_sites",
    "infiltrated_line_replaced",
    "stop_missing_computed",
    "stop_missing_not_computed",
    "same_record_facility",
    "same_record_professional",
]

Shown = tuple[str, int, tuple[str, ...], str]


@pytest.fixture(scope="module")
def rulebook() -> Rulebook:
    return load_rulebook()


def encounter(stem: str) -> dict[str, Any]:
    read = json.loads((FIXTURES / "encounters" / f"{stem}.json").read_text(encoding="utf-8"))
    assert isinstance(read, dict)
    return read


def expected(stem: str) -> dict[str, Any]:
    read = yaml.safe_load((FIXTURES / "expected" / f"{stem}.yaml").read_text(encoding="utf-8"))
    assert isinstance(read, dict)
    return read


def wanted(stem: str) -> Counter[Shown]:
    """The expected lines; a date only where the file gives one."""
    return Counter(
        (each["code"], each["units"], tuple(each.get("modifiers", ())), str(each.get("date", "")))
        for each in expected(stem)["lines"]
    )


def given(lines: tuple[Line, ...], dated: bool) -> Counter[Shown]:
    return Counter(
        (each.code, each.units, tuple(each.modifiers), str(each.date) if dated else "")
        for each in lines
    )


def compare(stem: str, result: Result) -> None:
    lines = wanted(stem)
    assert given(result.lines, any(each[3] for each in lines)) == lines
    answer = expected(stem)
    reasons = {each.administration: each.rule for each in result.not_reported}
    assert set(reasons) == set(answer["not_reported"])
    named = {name: rule for name, rule in answer["not_reported"].items() if rule is not None}
    assert {name: reasons[name] for name in named} == named
    assert set(answer["findings"]) <= {each.rule for each in result.findings}


@pytest.mark.parametrize("stem", STEMS)
def test_fixture(stem: str, rulebook: Rulebook) -> None:
    answer = expected(stem)
    result = code(
        encounter(stem),
        profile=answer.get("profile"),
        policies=answer.get("policies", {}),
        rulebook=rulebook,
    )
    compare(stem, result)
    for line in result.lines:
        assert line.sentences and line.citations and line.administrations, line.code
    assert all(each.sentence for each in result.not_reported)
    assert all(each.sentence and each.help for each in result.findings)
    # The README's main job runs over all of them and ends with 0.
    assert {each.level for each in result.findings} <= {"info", "warning"}


def test_solved_together_they_give_the_same(rulebook: Rulebook) -> None:
    stems = [stem for stem in STEMS if not expected(stem).keys() & {"profile", "policies"}]
    results = code_many([Encounter(**encounter(stem)) for stem in stems], rulebook=rulebook)
    for stem, result in zip(stems, results, strict=True):
        assert not isinstance(result, ErrorRecord), (stem, result)
        compare(stem, result)


def test_every_encounter_has_its_answer_and_its_sentence() -> None:
    answers = sorted(path.stem for path in (FIXTURES / "expected").glob("*.yaml"))
    assert answers == STEMS
    assert len(STEMS) >= FEWEST
    names = [encounter(stem)["encounter_id"] for stem in STEMS]
    assert names == [stem.replace("_", "-") for stem in STEMS]
    sentences = [expected(stem)["sentence"] for stem in STEMS]
    assert len(set(sentences)) == len(sentences)
    assert all(each.endswith(".") for each in sentences)


def test_what_was_asked_for_is_there() -> None:
    assert set(DEMANDED) <= set(STEMS)


def test_every_code_that_a_rule_can_give_is_in_some_answer() -> None:
    known = set()
    for name in ("codes.csv", "more_codes.csv"):
        with (shipped_logic() / "tables" / name).open(encoding="utf-8", newline="") as stream:
            for row in csv.DictReader(stream):
                if row["section"] != "outside" and row["family"] not in POINTED_OUT:
                    known.add(row["code"])
    earned = {each["code"] for stem in STEMS for each in expected(stem)["lines"]}
    assert known - MEDICARE_HOME - earned == set()
