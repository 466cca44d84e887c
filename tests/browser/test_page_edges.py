"""Edges of the selected bar: the strip over its stop time, why-not, who says what."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.support.workspace import Workspace, until

Open = Callable[[str], Workspace]


@pytest.fixture
def quarter(open_example: Open) -> Workspace:
    """Fifteen minutes of zoledronic acid, selected."""
    workspace = open_example("zoledronic_acid_15_minutes")
    workspace.select("a1")
    return workspace


def test_the_strip_changes_where_the_units_change(quarter: Workspace) -> None:
    """Up to the fifteenth minute a push, from the sixteenth an infusion, past 90 a further hour."""
    strip = quarter.page.locator("#strip")
    expect(strip).to_contain_text("96374")
    expect(strip).to_contain_text("96365")
    expect(strip).to_contain_text("96366")
    expect(strip.locator('[data-from="2025-03-20T10:16"]')).to_contain_text("96365")
    expect(strip.locator('[data-from="2025-03-20T11:31"]')).to_contain_text("96366")


def test_the_strip_follows_the_bar_that_is_selected(open_example: Open) -> None:
    day = open_example("chemotherapy_day")
    day.select("a3")
    strip = day.page.locator("#strip")
    expect(strip).to_contain_text("rituximab")
    day.select("a4")
    expect(strip).to_contain_text("normal saline")


def test_why_not_names_the_rule_that_is_against_a_code(quarter: Workspace) -> None:
    ask = quarter.page.locator("#why-not")
    ask.locator("input[name=code], select[name=code]").first.fill("96365")
    ask.get_by_role("button").first.click()
    expect(ask).to_contain_text("15")
    expect(ask.locator(".rule a").first).to_be_visible()


def test_policy_differences_say_who_says_what(open_example: Open) -> None:
    both = open_example("concurrent_chemotherapy")
    both.page.locator("#policies summary").first.click()
    table = both.page.locator("#policies table")
    expect(table).to_be_visible()
    until(lambda: table.locator("tbody tr").count() > 0, lambda: "no policy differs")
