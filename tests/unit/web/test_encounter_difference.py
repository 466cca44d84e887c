"""The difference to the state before: signs, words and one sentence."""

from __future__ import annotations

from decimal import Decimal

import pytest

from infusion_asp.web.encounter.answer import answered
from infusion_asp.web.encounter.difference import difference
from infusion_asp.web.encounter.shown import Shown, ShownLine
from tests.support.encounter_view import DRIP, record


def line(code: str, units: int = 1, amount: str | None = None, *mods: str) -> ShownLine:
    worth = None if amount is None else Decimal(amount)
    return ShownLine("administration", code, mods, "2025-03-03", "a line", units, worth)


def shown(*lines: ShownLine, findings: tuple[tuple[str, str], ...] = ()) -> Shown:
    return Shown(lines, findings, answered=True)


FIRST = line("96365", 1, "100.00")


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        (shown(FIRST), shown(FIRST), "no line changed"),
        (
            shown(FIRST),
            shown(FIRST, line("96366", 2, "20.00")),
            "96366 is new, 2 units; total $100.00 to $120.00",
        ),
        (
            shown(line("96366", 1, "20.00")),
            shown(line("96366", 2, "40.00")),
            "96366 units 1 to 2; total $20.00 to $40.00",
        ),
        (
            shown(FIRST, line("96366", 1, "20.00")),
            shown(FIRST),
            "96366 is gone; total $120.00 to $100.00",
        ),
        (
            shown(FIRST),
            shown(line("96365", 1, None)),
            "96365 amount $100.00 to no amount; total $100.00 to $0.00",
        ),
        (
            shown(FIRST),
            shown(line("96365", 1, "100.00", "59")),
            "96365-59 is new, 1 unit; 96365 is gone",
        ),
        (
            shown(FIRST, findings=(("a", "one"), ("b", "two"))),
            shown(FIRST, findings=(("c", "three"),)),
            "1 new finding; 2 findings no longer",
        ),
        (Shown(), shown(FIRST), "1 line, $100.00 in all"),
        (shown(FIRST), shown(), "96365 is gone; total $100.00 to $0.00"),
    ],
)
def test_one_sentence_says_what_a_change_did(before: Shown, after: Shown, sentence: str) -> None:
    assert difference(before, after).sentence == sentence


def test_many_changes_are_counted_after_the_first_four() -> None:
    after = shown(*(line(f"9636{n}") for n in range(7)))
    sentence = difference(shown(), after).sentence
    assert sentence.count("is new") == 4
    assert sentence.endswith("3 further lines changed")


def test_each_change_has_a_sign_and_words() -> None:
    before = shown(FIRST, line("96366", 1), line("96375", 1, "1.00"))
    after = shown(line("96366", 2), line("96375", 1, "2.00"), line("96374"))
    found = difference(before, after)
    assert [(found.of(each).sign, found.of(each).words) for each in after.lines] == [
        ("≠", "units 1 → 2"),
        ("≠", "amount $1.00 → $2.00"),
        ("+", "new"),
    ]
    assert found.gone == (FIRST,)


def test_what_was_shown_comes_back_from_the_browser_as_it_was() -> None:
    answer = answered(record({**DRIP, "stop": "2025-03-03T11:40"}))
    kept = Shown.of(answer)
    assert kept.lines
    assert Shown.parse(kept.text()) == kept


FORGED = (
    "",
    "{",
    "[]",
    "null",
    "[" * 5000,
    '{"lines": []}',
    '{"lines": [1], "findings": []}',
    '{"lines": [{"amount": "NaN"}], "findings": []}',
)


@pytest.mark.parametrize("text", FORGED)
def test_a_forged_state_before_counts_as_none(text: str) -> None:
    assert not Shown.parse(text).answered
