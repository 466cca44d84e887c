"""Tests what a compliance analyst reads: the reasons of lines, roles, exclusions and findings."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from infusion_asp import code
from infusion_asp.justify.sentences import is_bound
from infusion_asp.justify.terms import global_variables
from infusion_asp.model import Line, Reason, Result
from infusion_asp.rulebook import load_rulebook
from tests.support.random_encounters import random_encounter

FIXTURES = sorted((Path(__file__).parents[2] / "fixtures" / "encounters").glob("*.json"))
FAULTS = re.compile(r"  |[{}]|:\s*$|\(\)|scope unnamed|one access, |^\s|\s$| [,:;]|\bNone\b|^$")


def given(name: str, drug: str, start: str, stop: str | None = None, **more: Any) -> dict[str, Any]:
    """One intravenous administration of 2025-03-03, an infusion where it has a stop."""
    day = "2025-03-03T"
    ends = {} if stop is None else {"stop": day + stop}
    method = "push" if stop is None else "infusion"
    return {
        "id": name, "drug": drug, "route": "intravenous", "method": method, "start": day + start,
        **ends, **more,
    }  # fmt: skip


def coded(*administrations: dict[str, Any], full: bool = False, **more: Any) -> Result:
    return code({"encounter_id": "e1", "administrations": list(administrations), **more}, full=full)


def line_of(result: Result, wanted: str) -> Line:
    return next(line for line in result.lines if line.code == wanted)


def walk(reasons: Sequence[Reason]) -> Iterator[Reason]:
    for reason in reasons:
        yield reason
        yield from walk(reason.children)


def said(reasons: Sequence[Reason]) -> list[str]:
    return [reason.sentence for reason in walk(reasons)]


DAY = (
    given("a1", "paclitaxel", "09:30", "12:32"),
    given("a2", "dexamethasone", "09:00", "09:20"),
    given("a3", "cyclophosphamide", "12:40", "13:40"),
    given("a4", "normal saline", "13:45", "14:50", category="hydration"),
    given("a5", "ondansetron", "09:22"),
)


def test_the_winner_says_what_it_outranks_and_why() -> None:
    line = line_of(coded(*DAY), "96413")
    (reason,) = line.because
    assert reason.sentence == (
        "a1 (paclitaxel) is the initial chemotherapy infusion, 09:30 to 12:32: 96413"
    )
    assert reason.children[0].sentence == (
        "initial: chemotherapy before a2's therapeutic drug (dexamethasone); "
        "a3 (cyclophosphamide) is the same rank and began 190 minutes later"
    )
    assert "a1 (paclitaxel) ran 182 minutes, more than 15: an infusion" in said(line.because)
    assert any("antineoplastic: chemotherapy class" in text for text in said(line.because))


def test_the_others_say_why_they_are_not_initial() -> None:
    reason = line_of(coded(*DAY), "96367").because[0]
    assert reason.sentence == (
        "a2 (dexamethasone) is a subsequent therapeutic infusion, 09:00 to 09:20: 96367"
    )
    first = reason.children[0]
    assert first.sentence == "not initial, because a1 (paclitaxel) outranks it"
    assert [child.sentence for child in first.children] == [
        "chemotherapy before a2's therapeutic drug (dexamethasone)"
    ]


@pytest.mark.parametrize(
    ("administrations", "wanted"),
    [
        (
            (given("a1", "ceftriaxone", "10:00", "10:30"), given("a2", "ondansetron", "09:50")),
            "infusion before a2's push (ondansetron)",
        ),
        (
            (given("a1", "ceftriaxone", "10:00", "10:30"),
             given("a2", "vancomycin", "10:40", "11:40")),
            "a2 (vancomycin) is the same rank and began 40 minutes later",
        ),
        (
            (given("a1", "vancomycin", "10:00", "11:00", access="one"),
             given("a2", "ceftriaxone", "10:00", "10:30", access="one")),
            "a2 (ceftriaxone) is the same rank but ran beside a longer infusion of that rank "
            "for most of its time",
        ),
        (
            (given("a1", "ondansetron", "10:00"), given("a2", "famotidine", "10:00")),
            "a2 (famotidine) is the same rank, start and length and stands later in the record",
        ),
        (
            (given("a1", "ondansetron", "10:00"),
             given("a2", "normal saline", "10:10", "11:00", category="hydration")),
            "therapeutic before hydration a2 (normal saline)",
        ),
    ],
)  # fmt: skip
def test_the_first_criterion_that_decided(
    administrations: tuple[dict[str, Any], ...], wanted: str
) -> None:
    result = coded(*administrations)
    sentences = [text for line in result.lines for text in said(line.because)]
    assert f"initial: {wanted}" in sentences


def test_the_longest_first_policy_names_the_length() -> None:
    one = given("a1", "ceftriaxone", "10:00", "10:30")
    two = given("a2", "vancomycin", "10:40", "11:40")
    day = {"encounter_id": "e1", "administrations": [one, two]}
    result = code(day, policies={"initial_tie_break": "longest"})
    sentences = said(line_of(result, "96365").because)
    assert "initial: a1 (ceftriaxone) is the same rank and ran 30 minutes less" in sentences


def test_the_main_reason_of_a_professional_visit_is_its_reason() -> None:
    result = coded(
        given("a1", "ceftriaxone", "10:00", "10:30"),
        given("a2", "vancomycin", "10:40", "11:40"),
        setting="professional",
        primary_reason="a2",
    )
    assert "initial: it is the main reason for the visit" in said(line_of(result, "96365").because)
    assert "not initial, because a2 (vancomycin) is the main reason for the visit" in said(
        line_of(result, "96367").because
    )


def test_further_hours_name_minutes_and_threshold() -> None:
    line = line_of(coded(*DAY), "96415")
    assert line.sentences == ("a1 (paclitaxel) earns 2 further hours by 182 minutes: 96415",)
    assert (
        "182 minutes make 2 further hours: each needs more than 30 minutes past a full hour"
        in said(line.because)
    )


def test_hydration_is_named_by_its_bag() -> None:
    line = line_of(coded(*DAY), "96361")
    assert line.sentences == (
        "hydration a4 (normal saline) is a subsequent service, 13:45 to 14:50: 96361",
    )
    assert "65 minutes count as hydration: no drug infused on the access in them" in said(
        line.because
    )


def test_a_push_says_that_it_is_charted_as_one() -> None:
    sentences = said(line_of(coded(*DAY), "96375").because)
    assert "a5 (ondansetron) is charted as a push" in sentences


def test_a_repeated_push_names_the_one_before() -> None:
    result = coded(
        given("a1", "ondansetron", "10:00"),
        given("a2", "ondansetron", "10:31"),
        given("a3", "ondansetron", "10:40"),
        setting="facility",
    )
    line = line_of(result, "96376")
    assert line.sentences == ("a2 (ondansetron) is a repeated push, 10:31: 96376",)
    assert "a2 (ondansetron) was pushed 31 minutes after a1 (ondansetron), more than 30" in said(
        line.because
    )
    (left,) = result.not_reported
    assert (left.administration, left.kind) == ("a3", "excluded")
    assert "not more than 30: part of it" in " ".join(said(left.because))


def test_concurrent_chemotherapy_has_its_reason() -> None:
    result = coded(
        given("a1", "irinotecan", "10:00", "12:00", access="one"),
        given("a2", "leucovorin", "10:00", "12:00", access="one"),
        given("a3", "gemcitabine", "10:30", "11:30", access="one"),
    )
    (sentence,) = line_of(result, "96549").sentences
    assert sentence.startswith("a3 (gemcitabine) ran 60 minutes beside another chemotherapy")
    assert line_of(result, "96368").sentences == (
        "a2 (leucovorin) is the concurrent infusion, 10:00 to 12:00, the first to begin of its "
        "visit and date: 96368",
    )


def test_excluded_and_no_rule_are_different_answers() -> None:
    result = coded(
        given("a1", "ceftriaxone", "10:00", "10:30"),
        given("a2", "normal saline", "10:35", method="flush"),
        given("a3", "ceftriaxone", "11:00", method="sprinkled"),
    )
    excluded, unknown = result.not_reported
    assert (excluded.kind, excluded.rule) == ("excluded", "flush_method")
    assert excluded.sentence == "a2 (normal saline) is a flush: included in the service it follows"
    assert (unknown.kind, unknown.rule) == ("no_rule", None)
    assert unknown.sentence == "a3 (ceftriaxone) as charted fits no code: intravenous, sprinkled"
    assert unknown.because, "what is known on the way to a code"


def test_rows_of_one_bag_are_part_of_the_line() -> None:
    result = coded(
        given("a1", "ondansetron", "10:00", "10:30"),
        given("a2", "dexamethasone", "10:00", "10:30", same_bag_as="a1"),
    )
    assert line_of(result, "96365").administrations == ("a1", "a2")
    assert not result.not_reported


TOLD = {"finding", "unreported", "excluded"}
"""Predicates whose every statement has a sentence; `excluded_reason` passes on another's."""
UNITS = {"outside", "neighbour", "drug_line"}
"""Predicates whose statements have a sentence of their own, or none."""


def test_what_is_told_binds_the_words_of_its_header() -> None:
    silent = [
        f"{rule.file}: {rule.id}: {statement.head}"
        for rule in load_rulebook().rules
        for statement in rule.statements
        if rule.id != "excluded_reason"
        if str(statement.head).partition("(")[0] in (TOLD | UNITS if rule.sentence else TOLD)
        if not is_bound(rule.sentence, global_variables(statement.head, statement.body))
    ]
    assert silent == []


def _texts(result: Result) -> Iterator[tuple[str, str]]:
    for line in result.lines:
        yield from (("line " + line.code, text) for text in line.sentences or [""])
        yield from (("line " + line.code, text) for text in said(line.because))
    for left in result.not_reported:
        yield "not reported " + left.administration, left.sentence
        yield from (("not reported " + left.administration, text) for text in said(left.because))
    for finding in result.findings:
        yield "finding " + finding.rule, finding.sentence
        yield "finding " + finding.rule, finding.help


def faults(result: Result) -> list[tuple[str, str]]:
    return [(place, text) for place, text in _texts(result) if FAULTS.search(text)]


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.stem)
def test_every_sentence_of_the_fixtures_is_whole(path: Path) -> None:
    result = code(json.loads(path.read_text()))
    assert faults(result) == []
    found = [(each.rule, each.sentence) for each in result.findings]
    assert len(found) == len(set(found)), "a finding is said twice"


@pytest.mark.parametrize("seed", range(15))
def test_every_sentence_of_random_encounters_is_whole(seed: int) -> None:
    encounter = random_encounter(random.Random(seed))
    assert faults(code(encounter)) == []


@pytest.mark.parametrize("seed", range(3))
def test_every_sentence_of_full_proofs_is_whole(seed: int) -> None:
    result = code(random_encounter(random.Random(100 + seed), 3), full=True)
    assert faults(result) == []


def test_the_full_proof_goes_down_to_the_record() -> None:
    result = coded(*DAY, full=True)
    sentences = said(line_of(result, "96413").because)
    assert "a1 (paclitaxel) is charted from 09:30" in sentences
    assert "a1 (paclitaxel) is charted to 12:32" in sentences
    short = said(line_of(coded(*DAY), "96413").because)
    assert len(short) < len(sentences)
