"""What an analyst reads: the timeline, the codes, the minutes that earned them, the reasons."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.support.workspace import Workspace, until

Open = Callable[[str], Workspace]


def test_a_chemotherapy_day_is_coded_around_its_initial_service(open_example: Open) -> None:
    day = open_example("chemotherapy_day")
    day.shows(_96413=1, _96415=2, _96375=1, _96361=1)
    expect(day.line("96415").locator(".unit")).to_have_count(2)
    expect(day.bar("a3")).to_have_attribute("data-stop", "2025-03-03T12:35")


def test_a_push_is_a_mark_and_an_infusion_is_a_bar(open_example: Open) -> None:
    day = open_example("chemotherapy_day")
    expect(day.page.locator("#bar-a1.mark")).to_have_count(1)
    expect(day.page.locator("#bar-a3.bar")).to_have_count(1)


def test_hydration_counts_only_where_no_drug_runs(open_example: Open) -> None:
    day = open_example("hydration_beside_a_drug")
    fills = day.page.locator("#timeline .fill")
    assert {"fluid-idle"} <= {
        word for each in fills.all() for word in (each.get_attribute("class") or "").split()
    }
    expect(day.page.locator(".legend")).to_contain_text("hydration that did not count")


def test_the_limits_after_which_units_change_are_ticks(open_example: Open) -> None:
    quarter = open_example("zoledronic_acid_15_minutes")
    tick = quarter.bar("a1").locator(".tick").first
    expect(tick.locator("text")).to_have_text("15")
    expect(tick.locator("title")).to_contain_text("15")


@pytest.mark.parametrize("how", ["hover", "focus"])
def test_a_line_lights_the_minutes_that_earned_it(open_example: Open, how: str) -> None:
    day = open_example("chemotherapy_day")
    line = day.line("96415")
    name = line.get_attribute("data-line")
    assert day.lit() == []
    if how == "hover":
        line.locator("th").hover()
    else:
        line.locator("button.code").focus()
    until(lambda: day.lit() == [name, name], lambda: f"lit: {day.lit()}")
    if how == "hover":
        day.page.mouse.move(2, 2)
    else:
        day.page.locator("h1").first.click()
        day.line("96361").locator("button.code").blur()
    until(lambda: name not in day.lit(), lambda: f"still lit: {day.lit()}")


def test_one_unit_lights_its_own_minutes_alone(open_example: Open) -> None:
    day = open_example("chemotherapy_day")
    day.line("96415").locator(".unit").nth(1).focus()
    until(lambda: len(day.lit()) == 1, lambda: f"lit: {day.lit()}")


def test_a_reason_unfolds_to_the_full_proof_with_its_sources(open_example: Open) -> None:
    day = open_example("chemotherapy_day")
    line = day.line("96413")
    line.locator("summary").click()
    expect(line.locator(".reasons").first).to_contain_text("chemotherapy")
    line.get_by_role("button", name="full proof").click()
    proof = line.locator(".proof .reasons").first
    expect(proof).to_contain_text("175 minutes")
    expect(proof.locator(".rule").first).to_contain_text("S")
    expect(proof.locator('.rule a[href="/rules/infusion"]').first).to_be_visible()


def test_what_gets_no_code_is_listed_with_its_reason(open_example: Open) -> None:
    day = open_example("chemotherapy_day")
    silent = day.page.locator(".not-reported")
    expect(silent.locator("dt").first).to_contain_text("a2")
    expect(silent).to_contain_text("keep open")


def test_a_finding_says_what_would_cure_it(open_example: Open) -> None:
    day = open_example("chemotherapy_day")
    finding = day.page.locator(".findings li", has_text="hydration_without_reason")
    expect(finding.locator(".level")).to_have_text("warning")
    expect(finding.locator(".help")).to_contain_text("clinical reason of a4")


def test_curing_a_finding_takes_it_away(open_example: Open) -> None:
    day = open_example("chemotherapy_day")
    day.select("a4")
    day.open_part("particulars")
    day.type("given-order_reason", "dehydration")
    expect(
        day.page.locator(".findings li.cured", has_text="hydration_without_reason")
    ).to_have_count(1)
    expect(
        day.page.locator(".findings li:not(.cured)", has_text="hydration_without_reason")
    ).to_have_count(0)
