"""Edges of the selected bar: the strip over its stop time, why-not, who says what."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.support.workspace import Workspace

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
    expect(strip.locator('tr[data-to="2025-03-20T10:15"]')).to_contain_text("96374")
    expect(strip.locator('tr[data-from="2025-03-20T10:16"]')).to_contain_text("96365")
    expect(strip.locator('tr[data-to="2025-03-20T11:30"]')).to_contain_text("96365")
    expect(strip.locator('tr[data-from="2025-03-20T11:31"]')).to_contain_text("96366")


def test_a_border_of_the_strip_moves_the_stop_there(quarter: Workspace) -> None:
    quarter.page.locator('#strip tr[data-from="2025-03-20T10:16"] [data-edit]').first.click()
    quarter.shows(_96365=1)
    assert quarter.administration("a1")["stop"] == "2025-03-20T10:16"


def test_the_strip_follows_the_bar_that_is_selected(open_example: Open) -> None:
    day = open_example("chemotherapy_day")
    day.select("a3")
    edges = day.page.locator("#edges")
    expect(edges).to_contain_text("rituximab")
    day.select("a4")
    expect(edges).to_contain_text("normal saline")
    expect(edges.locator("#strip tr[data-from]").first).to_be_visible()


def test_why_not_names_what_is_against_a_code(quarter: Workspace) -> None:
    quarter.page.locator("#why-not summary").first.click()
    quarter.choose("why-not-code", "96365")
    answer = quarter.page.locator("#why-not-answer")
    expect(answer).to_contain_text("15 minutes")
    expect(answer.locator('a[href^="/rules/"]').first).to_be_visible()


def test_policy_differences_say_who_says_what(open_example: Open) -> None:
    both = open_example("concurrent_chemotherapy")
    both.page.locator("#policies summary").first.click()
    row = both.page.locator("#policies tbody tr[data-policy][data-value]").first
    expect(row).to_be_visible()
    expect(row.locator("td").last).not_to_be_empty()
