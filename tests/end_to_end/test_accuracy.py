"""The rulebook against published cases: the headline is right, every other answer is explained."""

from collections import Counter
from pathlib import Path

import pytest

from benchmarks.accuracy import ALLOWED, READINGS, read_readings, report
from benchmarks.policy_search import Answered, answer
from benchmarks.scoring import read_cases, shown

ROOT = Path(__file__).parents[2]
PLACES = (
    ROOT / "fixtures" / "published" / "published.yaml",
    ROOT.parent / "shared" / "cases" / "published.yaml",
)


@pytest.fixture(scope="module")
def answers() -> list[Answered]:
    path = next((place for place in PLACES if place.exists()), None)
    if path is None:
        pytest.skip("no published cases beside the checkout")
    return answer(read_cases(path), most=1)


def test_nothing_is_refused(answers: list[Answered]) -> None:
    assert [each.case.id for each in answers if each.ours is None] == []


def test_headline_is_right_or_listed(answers: list[Answered]) -> None:
    headline = [each for each in answers if each.case.headline]
    wrong = {
        each.case.id: (shown(each.case.expected), shown(each.ours))
        for each in headline
        if not each.right
    }
    assert set(wrong) <= set(read_readings(READINGS)), wrong
    assert len(wrong) * ALLOWED <= len(headline), wrong


def test_headline_cases_that_are_listed_are_a_matter_of_policy(answers: list[Answered]) -> None:
    listed = [each for each in answers if each.case.headline and not each.right]
    assert all(each.reproduced_by for each in listed)


def test_every_other_case_has_a_policy_or_a_reason(answers: list[Answered]) -> None:
    readings = read_readings(READINGS)
    open_ = [
        each.case.id
        for each in answers
        if not each.right and not each.reproduced_by and each.case.id not in readings
    ]
    assert open_ == []


def test_no_reading_of_a_case_that_is_right(answers: list[Answered]) -> None:
    wrong = {each.case.id for each in answers if not each.right}
    assert set(read_readings(READINGS)) - wrong == set()


def test_the_report_names_every_case_answered_otherwise(answers: list[Answered]) -> None:
    text = Counter("\n".join(report(answers, read_readings(READINGS))).split("**"))
    assert all(text[each.case.id] == 1 for each in answers if not each.right)
