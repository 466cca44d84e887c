"""How the page looks: light, dark, on paper, to a screen reader, without a scroll to the side."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.support.batch_directory import made
from tests.support.looking import background, overflow, violations
from tests.support.served import ROOT, Served, serving

VIEWS = {
    "start": "/",
    "encounter": "/encounter?open=example-chemotherapy_day",
    "over midnight": "/encounter?open=example-emergency_to_observation",
    "claim": "/encounter?open=file-1-1",
    "batches": "/batches",
    "batch": "/batches/1",
    "not reported": "/batches/1/not-reported",
    "errors": "/batches/1/errors",
    "rulebook": "/rules",
    "rule": "/rules/infusion",
    "policies": "/book/policies",
}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The page with a claim and a batch."""
    place = tmp_path_factory.mktemp("looks")
    batch = made(place / "batch", 200, rows=False).out
    claim = ROOT / "fixtures" / "claims" / "hour_too_many.json"
    with serving(place / "log", str(claim), str(batch)) as page:
        yield page


def seen(page: Page, view: str) -> None:
    """Opens a view and waits until it is whole, its later parts with it."""
    page.goto(VIEWS[view])
    expect(page.locator("h1").first).to_be_visible()
    page.wait_for_load_state("networkidle")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("view", VIEWS)
def test_a_view_has_no_serious_barrier(page: Page, view: str, scheme: str) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    seen(page, view)
    assert violations(page) == []


def test_an_encounter_with_everything_unfolded_has_no_serious_barrier(page: Page) -> None:
    seen(page, "claim")
    page.locator("#bar-a1 text.name").click()
    expect(page.locator("#controls")).to_have_attribute("data-administration", "a1")
    page.wait_for_load_state("networkidle")
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
    page.wait_for_load_state("networkidle")
    assert violations(page) == []


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_fits_a_screen_of_1280_by_800(page: Page, view: str) -> None:
    seen(page, view)
    assert overflow(page) <= 0


@pytest.mark.parametrize("view", ["start", "encounter", "batch", "rule"])
def test_dark_is_dark_and_light_is_light(page: Page, view: str) -> None:
    page.emulate_media(color_scheme="dark")
    seen(page, view)
    assert max(background(page)) < 60
    page.emulate_media(color_scheme="light")
    assert min(background(page)) > 220


def test_paper_has_the_timeline_and_the_codes_and_no_controls(page: Page, tmp_path: Path) -> None:
    seen(page, "encounter")
    page.emulate_media(media="print", color_scheme="dark")
    assert min(background(page)) > 220
    expect(page.locator("#timeline")).to_be_visible()
    expect(page.locator("#lines")).to_be_visible()
    expect(page.locator("#controls")).to_be_hidden()
    expect(page.locator("#undo")).to_be_hidden()
    expect(page.locator("header.top nav")).to_be_hidden()
    paper = tmp_path / "page.pdf"
    page.pdf(path=paper, format="Letter")
    assert paper.read_bytes().startswith(b"%PDF")


def test_every_bar_says_in_words_what_it_draws(page: Page) -> None:
    seen(page, "encounter")
    label = page.locator("#bar-a3").get_attribute("aria-label") or ""
    assert "rituximab" in label
    assert "175 minutes" in label
    assert "96415" in label


def test_fills_differ_by_pattern_and_not_by_colour_alone(page: Page) -> None:
    """One fill may be plain; every other one has a drawing of its own."""
    seen(page, "encounter")
    drawn = page.locator("#timeline rect.fill").evaluate_all(
        """all => Object.entries(Object.fromEntries(all.map(each => {
            const next = each.nextElementSibling;
            const texture = next?.matches(".texture") ? getComputedStyle(next) : null;
            return [each.getAttribute("class"), texture
                ? [texture.strokeDasharray, texture.strokeWidth].join(" ") : ""];
        })))"""
    )
    assert len(drawn) > 2
    assert len({shapes for _, shapes in drawn}) == len(drawn)
