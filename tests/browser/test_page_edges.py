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
    expect(strip.locator('tr[data-to="2025-03-20T10:15"]')).to_contain_text("96374")
    expect(strip.locator('tr[data-from="2025-03-20T10:16"]')).to_contain_text("96365")
    expect(strip.locator('tr[data-to="2025-03-20T11:30"]')).to_contain_text("96365")
    expect(strip.locator('tr[data-from="2025-03-20T11:31"]')).to_contain_text("96366")


def test_a_border_of_the_strip_moves_the_stop_there(quarter: Workspace) -> None:
    quarter.page.locator('#strip .border[data-at="2025-03-20T10:16"]').click()
    quarter.shows(_96365=1)
    assert quarter.administration("a1")["stop"] == "2025-03-20T10:16"


def test_a_border_of_the_strip_is_reached_and_made_by_key(quarter: Workspace) -> None:
    border = quarter.page.locator('#strip .border[data-at="2025-03-20T10:16"]')
    quarter.page.locator("#strip .border[tabindex='0']").focus()
    for _ in range(10):
        if border.get_attribute("tabindex") == "0":
            break
        quarter.page.keyboard.press("ArrowRight")
    quarter.page.keyboard.press("Enter")
    quarter.shows(_96365=1)


def test_the_strip_says_which_change_is_nearest(quarter: Workspace) -> None:
    later = quarter.page.locator("#strip #strip-later")
    expect(later).to_contain_text("10:16")
    expect(quarter.page.locator("#strip .nearest")).to_contain_text("1 minute")
    later.click()
    quarter.shows(_96365=1)


def test_the_strip_follows_the_bar_that_is_selected(open_example: Open) -> None:
    day = open_example("chemotherapy_day")
    day.select("a3")
    edges = day.page.locator("#edges")
    expect(edges).to_contain_text("rituximab")
    day.select("a4")
    expect(edges).to_contain_text("normal saline")
    edges.locator("#strip-table summary").click()
    expect(edges.locator("#strip tr[data-from]").first).to_be_visible()


def test_why_not_names_what_is_against_a_code_and_the_change_that_earns_it(
    quarter: Workspace,
) -> None:
    quarter.page.locator("#why-not summary").first.click()
    quarter.choose("why-not-code", "96365")
    answer = quarter.page.locator("#why-not-answer")
    expect(answer.locator('a[href^="/rules/"]').first).to_be_visible()
    cure = answer.locator(".cures li", has_text="10:16").first
    cure.get_by_role("button").click()
    quarter.shows(_96365=1)


def test_policy_differences_say_who_says_what_and_are_switched(open_example: Open) -> None:
    both = open_example("concurrent_chemotherapy")
    both.page.locator("#policies summary").first.click()
    row = both.page.locator("#policies tbody tr[data-policy][data-value]").first
    expect(row.locator("td").nth(4)).not_to_be_empty()
    name, value = (str(row.get_attribute(f"data-{each}")) for each in ("policy", "value"))
    before = both.services()
    row.get_by_role("button").click()
    until(lambda: both.services() != before, lambda: f"still {before}")
    assert both.state()["policies"] == {name: value}
