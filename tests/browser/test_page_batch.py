"""A batch of 100,000 records: browsed, filtered, sorted, paged, and each row opened."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.support.batch_directory import made
from tests.support.served import Served, serving
from tests.support.watching import Watch
from tests.support.workspace import Workspace, until

RECORDS = 100_000


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The page with one batch of 100,000 records."""
    place = tmp_path_factory.mktemp("batch")
    batch = made(place / "batch", RECORDS, rows=False).out
    with serving(place / "log", str(batch)) as page:
        yield page


@pytest.fixture
def batch(page: Page) -> Page:
    """The list of encounters, once the tables are read."""
    page.goto("/batches/1")
    expect(rows(page).first).to_be_visible(timeout=60_000)
    return page


def rows(page: Page) -> Locator:
    return page.locator("#rows tbody tr")


def records(page: Page) -> list[int]:
    """The numbers of the records that are shown, in their order."""
    links = page.locator('#rows a[href*="open=batch-1-"]')
    found: list[str] = links.evaluate_all("all => all.map(one => one.getAttribute('href'))")
    return list(dict.fromkeys(int(each.rpartition("-")[2]) for each in found))


def amounts(page: Page) -> list[Decimal]:
    """The amounts over of the rows that are shown."""
    texts = page.locator("#rows tbody td:nth-last-child(2)").all_inner_texts()
    return [Decimal(each.strip("$ ").replace(",", "") or 0) for each in texts]


def asked_for(page: Page, **fields: str) -> None:
    """Sets filters and asks for the list."""
    for name, value in fields.items():
        control = page.locator(f'#filters [name="{name}"]')
        if control.evaluate("one => one.tagName") == "SELECT":
            control.select_option(value)
        else:
            control.fill(value)
    page.locator("#filters").get_by_role("button", name="Show").click()
    page.wait_for_load_state()


def test_a_page_shows_few_of_the_rows_and_how_many_there_are(batch: Page) -> None:
    assert 10 <= rows(batch).count() <= 200
    expect(batch.locator("main")).to_contain_text("97,500")
    assert records(batch)[:3] == [0, 1, 2]


def test_pages_follow_one_another_without_a_gap(batch: Page) -> None:
    first = records(batch)
    batch.get_by_role("link", name="Next").first.click()
    until(lambda: records(batch)[:1] != first[:1], lambda: "the same page")
    second = records(batch)
    assert min(second) > max(first)
    batch.get_by_role("link", name="Previous").first.click()
    until(lambda: records(batch) == first, lambda: f"{records(batch)[:5]}")
    batch.get_by_role("link", name="Last").first.click()
    until(lambda: RECORDS - 2 in records(batch), lambda: f"{records(batch)[-5:]}")


def test_a_rule_s_findings_are_filtered(batch: Page) -> None:
    asked_for(batch, rule="claim_units_over_minutes", level="error")
    expect(batch).to_have_url("/batches/1?rule=claim_units_over_minutes&level=error")
    for row in rows(batch).all()[:5]:
        expect(row).to_contain_text("claim_units_over_minutes")


def test_an_amount_and_a_code_are_asked_for_together(batch: Page) -> None:
    asked_for(batch, over="400", code="J0001")
    found = amounts(batch)
    assert found
    assert min(found) >= 400
    expect(rows(batch).first).to_contain_text("J0001")


def test_the_most_money_comes_first_and_then_the_least(batch: Page) -> None:
    batch.locator("#rows thead").get_by_role("link", name="Over").click()
    expect(batch.locator("#rows th[aria-sort=descending]")).to_contain_text("Over")
    found = amounts(batch)
    assert found == sorted(found, reverse=True)
    assert found[0] > 499
    batch.locator("#rows thead").get_by_role("link", name="Over").click()
    expect(batch.locator("#rows th[aria-sort=ascending]")).to_contain_text("Over")
    found = amounts(batch)
    assert found == sorted(found)


def test_minutes_just_past_a_limit_are_asked_for(batch: Page) -> None:
    """Of ninety, ninety-one and ninety-two minutes ninety is not past ninety."""
    asked_for(batch, limit="drugs-90", within="2")
    ran = batch.locator("#rows tbody td .one:has(b)").all_inner_texts()
    assert {each.split(maxsplit=1)[1] for each in ran} == {"91 min +1", "92 min +2"}


def test_an_encounter_is_found_by_a_part_of_its_name_that_no_address_holds(batch: Page) -> None:
    batch.locator('[name="id"]').fill("-4711")
    batch.locator('[name="id"]').press("Enter")
    until(lambda: 4711 in records(batch), lambda: f"{records(batch)[:5]}")
    assert "4711" not in batch.url


def test_a_row_opens_its_encounter(batch: Page) -> None:
    batch.locator('#rows a[href*="open=batch-1-"]').nth(4).click()
    opened = Workspace(batch)
    expect(opened.area).to_have_attribute("data-coded", "yes")
    expect(opened.bar("a1")).to_have_attribute("data-start", "2025-03-03T09:00")
    name = opened.state()["encounter"]["encounter_id"]
    assert name.endswith("-4")
    expect(batch.locator("h1").first).to_contain_text(name)


def test_a_row_is_opened_by_key(batch: Page) -> None:
    batch.locator("body").press("ArrowDown")
    batch.keyboard.press("ArrowDown")
    batch.keyboard.press("Enter")
    expect(Workspace(batch).area).to_have_attribute("data-coded", "yes")


def test_records_without_a_result_and_silent_administrations_are_listed(batch: Page) -> None:
    batch.goto("/batches/1/errors")
    expect(batch.locator("main")).to_contain_text("2,500")
    batch.goto("/batches/1/not-reported")
    expect(batch.locator("main table tbody tr").first).to_contain_text("a1")


def test_a_filter_that_is_none_is_refused_in_words(batch: Page, watch: Watch) -> None:
    with watch.refused("400"):
        batch.goto("/batches/1?over=much")
    expect(batch.locator("[role=alert]", has_text="much")).to_be_visible()


def test_names_from_the_record_are_text_and_nothing_else(batch: Page) -> None:
    batch.locator('[name="id"]').fill("DROP TABLE")
    batch.locator('[name="id"]').press("Enter")
    expect(rows(batch).first).to_contain_text("x'); DROP TABLE lines;--")
