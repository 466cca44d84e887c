"""The rulebook on the page: each rule with its sources, and the encounters in which it fired."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.support.batch_directory import made
from tests.support.served import Served, serving
from tests.support.watching import Watch
from tests.support.workspace import Workspace

Open = Callable[[str], Workspace]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The page with a batch of 300 records."""
    place = tmp_path_factory.mktemp("book")
    batch = made(place / "batch", 300, rows=False).out
    with serving(place / "log", str(batch)) as page:
        yield page


def test_every_rule_is_on_the_list_and_found_by_a_word(page: Page) -> None:
    page.goto("/rules")
    every = page.locator('main a[href^="/rules/"]:visible')
    whole = every.count()
    assert whole > 100
    page.get_by_role("searchbox").first.fill("hydration minutes")
    expect(page.locator('main a[href="/rules/hydration_minutes"]:visible').first).to_be_visible()
    expect(page.locator('main a[href="/rules/time_thresholds"]:visible')).to_have_count(0)


def test_a_rule_shows_its_text_its_sources_and_where_it_fired(page: Page) -> None:
    page.goto("/rules/infusion")
    expect(page.locator("h1").first).to_contain_text("infusion")
    expect(page.locator("main")).to_contain_text("S25")
    fired = page.locator('#fired a[href*="open=batch-1-"]')
    expect(fired.first).to_be_visible()
    fired.first.click()
    expect(Workspace(page).area).to_have_attribute("data-coded", "yes")


def test_a_rule_leads_to_the_filtered_list_of_its_batch(page: Page) -> None:
    page.goto("/rules/infusion")
    page.locator('#fired a[href*="/batches/1?fired=infusion"]').first.click()
    expect(page.locator("#rows tbody tr").first).to_be_visible()


def test_a_reason_leads_to_the_page_of_its_rule(open_example: Open) -> None:
    day = open_example("chemotherapy_day")
    line = day.line("96413")
    line.locator("summary").click()
    link = line.locator(".reasons .rule a").first
    name = link.inner_text()
    link.click()
    expect(day.page).to_have_url(f"/rules/{name}")
    expect(day.page.locator("main")).to_contain_text(name)


def test_a_rule_that_is_none_is_said_so_with_the_nearest(page: Page, watch: Watch) -> None:
    with watch.refused("404"):
        page.goto("/rules/infusoin")
    expect(page.locator("main")).to_contain_text("infusoin")
