"""Claim against record: billed, supported and repaired side by side, by sign and word."""

from __future__ import annotations

from pathlib import Path

import pytest

from infusion_asp.web.encounter.answer import verified
from infusion_asp.web.encounter.asked import claim_against_record, open_points
from infusion_asp.web.encounter.claim import ClaimRow, claim_rows
from infusion_asp.web.encounter.state import State
from tests.support.encounter_view import CLAIMS, DRIP, Page, fixture, record


def rows_of(name: str) -> list[ClaimRow]:
    claim = verified(State(fixture(name)))
    assert claim is not None
    return list(claim_rows(claim))


@pytest.mark.parametrize(
    ("name", "signs"),
    [
        ("hour_exact", "=="),
        ("hour_too_many", "=−"),
        ("hour_too_few", "=≠"),
        ("injection_missed", "=+"),
    ],
)
def test_each_line_has_a_sign(name: str, signs: str) -> None:
    assert "".join(row.sign for row in rows_of(name)) == signs


def test_an_hour_too_many_is_billed_not_supported_and_removed() -> None:
    row = rows_of("hour_too_many")[1]
    assert (row.billed, row.supported, row.repaired) == ("96366 ×1", "nothing", "nothing")
    assert (row.word, row.amount) == ("remove", "-$46.14")


def test_a_supported_line_that_is_not_billed_is_added() -> None:
    row = rows_of("injection_missed")[-1]
    assert (row.index, row.billed, row.word) == (None, "", "add")
    assert row.supported == row.repaired != ""


@pytest.mark.parametrize("path", CLAIMS[::7], ids=lambda path: path.stem)
def test_every_billed_line_stands_in_its_row(path: Path) -> None:
    billed = fixture(path.stem)["billed"]
    rows = [row for row in rows_of(path.stem) if row.index is not None]
    assert [row.index for row in rows] == list(range(1, len(billed) + 1))
    for row, line in zip(rows, billed, strict=True):
        assert row.billed.startswith(f"{line['code']} ×{line.get('units', 1)}")
        assert (row.sign == "=") == (row.repaired == row.billed and row.status == "supported")


def test_the_page_of_a_claim_says_verdict_money_and_findings() -> None:
    page = Page(claim_against_record(State(fixture("hour_too_many")).text()))
    assert "1 of 2 billed lines is not supported as billed" in page.text
    assert "overpaid $46.14" in page.text
    assert "drop 1 unit of 96366" in page.text
    (title,) = page.having("data-said")
    assert title["data-said"].startswith("claim differs: ")


def test_where_nothing_is_billed_there_is_no_claim() -> None:
    state = record({**DRIP, "stop": "2025-03-03T11:31"})
    assert verified(state) is None
    assert claim_against_record(state.text()) == ""


def test_a_record_with_errors_or_unknown_choices_has_no_claim() -> None:
    claim = State(fixture("hour_too_many"))
    assert verified(claim.with_choices("nobody", {})) is None
    assert verified(claim.with_document({**claim.document, "setting": "moon"})) is None


def test_questions_to_the_clinician_come_when_asked_for() -> None:
    page = Page(open_points(State(fixture("stop_not_charted")).text()))
    assert "Questions to the clinician" in page.text
    assert "for the analyst only" in page.text
