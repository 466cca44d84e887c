"""The record typed and chosen: every control changes the codes, and each step can be taken back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.support.workspace import Workspace, until

Open = Callable[[str], Workspace]


@pytest.mark.parametrize(
    ("typed", "code"), [("10:16", "96365"), ("10:15", "96374")], ids=["past", "up to"]
)
def test_a_stop_is_typed_as_a_time_of_day(open_example: Open, typed: str, code: str) -> None:
    quarter = open_example("zoledronic_acid_15_minutes")
    quarter.select("a1")
    quarter.type("given-stop", "10:40")
    quarter.shows(_96365=1)
    quarter.type("given-stop", typed)
    quarter.shows(**{f"_{code}": 1})


def test_a_time_that_is_none_is_refused_at_its_control(open_example: Open) -> None:
    quarter = open_example("zoledronic_acid_15_minutes")
    quarter.select("a1")
    quarter.type("given-stop", "25:99")
    expect(quarter.page.locator("#refusal")).to_contain_text("25:99")
    expect(quarter.page.locator("#given-stop")).to_have_attribute("aria-invalid", "true")
    quarter.shows(_96374=1)


def test_a_start_past_the_stop_is_refused_and_the_record_stays(open_example: Open) -> None:
    day = open_example("chemotherapy_day")
    day.select("a3")
    day.type("given-start", "12:50")
    expect(day.page.locator("#refusal")).to_contain_text("Not changed")
    expect(day.page.locator("#given-start")).to_have_attribute("aria-invalid", "true")
    assert day.administration("a3")["start"] == "2025-03-03T09:40"


def test_a_drug_is_found_by_its_beginning_in_the_drug_table(open_example: Open) -> None:
    quarter = open_example("zoledronic_acid_15_minutes")
    quarter.select("a1")
    offered = quarter.page.locator("#drugs option")
    quarter.page.locator("#given-drug").fill("ritux")
    expect(quarter.page.locator('#drugs option[value="rituximab" i]')).to_have_count(1)
    assert offered.count() > 0
    quarter.type("given-drug", "rituximab")
    quarter.shows(_96409=1)
    assert quarter.administration("a1")["drug"] == "rituximab"


def test_another_category_is_another_family_of_codes(open_example: Open) -> None:
    quarter = open_example("zoledronic_acid_15_minutes")
    quarter.select("a1")
    quarter.type("given-category", "antineoplastic")
    quarter.shows(_96409=1)


def test_another_route_is_another_code(open_example: Open) -> None:
    """Ketorolac into the muscle is an injection; into the vein it is a push."""
    day = open_example("hydration_beside_a_drug")
    before = day.services()
    day.select("a1")
    day.choose("given-route", "subcutaneous")
    until(lambda: day.services() != before, lambda: f"still {before}")
    assert day.administration("a1")["route"] == "subcutaneous"


def test_another_method_is_another_code(open_example: Open) -> None:
    day = open_example("chemotherapy_day")
    day.select("a1")
    day.type("given-method", "infusion")
    until(lambda: day.administration("a1")["method"] == "infusion", lambda: "method unchanged")
    expect(day.page.locator("#said")).not_to_be_empty()


def test_an_administration_is_moved_to_another_access(open_example: Open) -> None:
    sites = open_example("two_necessary_sites")
    given = sites.state()["encounter"]["administrations"][0]
    names = [each["id"] for each in sites.state()["encounter"]["accesses"]]
    other = next(each for each in names if each != given["access"])
    before = sites.services()
    sites.select(given["id"])
    sites.choose("given-access", other)
    until(lambda: sites.services() != before, lambda: f"still {before}")
    assert sites.administration(given["id"])["access"] == other


def test_another_profile_is_named_and_solved_with(open_example: Open) -> None:
    day = open_example("concurrent_chemotherapy")
    day.open_part("policies")
    day.choose("profile", "medicare-facility")
    expect(day.page.locator(".meta")).to_contain_text("medicare-facility")
    assert day.state()["profile"] == "medicare-facility"


def test_a_policy_can_be_changed_and_put_back(open_example: Open) -> None:
    fluid = open_example("hydration_ninety_one_minutes")
    fluid.open_part("policies")
    choice = fluid.page.locator("#policy-hydration_min_minutes")
    usual = choice.input_value()
    other = next(
        each
        for each in choice.locator("option").evaluate_all("all => all.map(one => one.value)")
        if each != usual
    )
    fluid.choose("policy-hydration_min_minutes", other)
    until(
        lambda: fluid.state()["policies"] == {"hydration_min_minutes": other},
        lambda: f"{fluid.state()['policies']}",
    )
    fluid.page.locator("#reset-hydration_min_minutes").click()
    until(lambda: fluid.state()["policies"] == {}, lambda: f"{fluid.state()['policies']}")


def test_an_administration_is_added_and_removed(open_example: Open) -> None:
    quarter = open_example("zoledronic_acid_15_minutes")
    quarter.page.locator("#add-drug").fill("ondansetron")
    quarter.page.locator("#add").click()
    expect(quarter.page.locator("#controls")).to_have_attribute("data-administration", "a2")
    quarter.choose("given-route", "intravenous")
    quarter.type("given-method", "push")
    quarter.type("given-start", "10:05")
    until(lambda: len(quarter.services()) == 2, lambda: f"{quarter.services()}")
    quarter.select("a2")
    quarter.page.locator("#given-remove").click()
    quarter.shows(_96374=1)
    expect(quarter.bar("a2")).to_have_count(0)


@pytest.mark.parametrize("how", ["click", "key"])
def test_a_change_is_taken_back_and_made_again(open_example: Open, how: str) -> None:
    quarter = open_example("zoledronic_acid_15_minutes")
    undo, redo = quarter.page.locator("#undo"), quarter.page.locator("#redo")
    expect(undo).to_be_disabled()
    quarter.drag("a1", 1)
    quarter.shows(_96365=1)
    if how == "click":
        undo.click()
    else:
        quarter.page.locator("body").press("Control+z")
    quarter.shows(_96374=1)
    expect(undo).to_be_disabled()
    if how == "click":
        redo.click()
    else:
        quarter.page.locator("body").press("Control+y")
    quarter.shows(_96365=1)
    expect(redo).to_be_disabled()


def test_each_of_several_changes_is_taken_back_in_turn(open_example: Open) -> None:
    quarter = open_example("zoledronic_acid_15_minutes")
    quarter.drag("a1", 1)
    quarter.shows(_96365=1)
    quarter.select("a1")
    quarter.type("given-category", "antineoplastic")
    quarter.shows(_96413=1)
    quarter.page.locator("#undo").click()
    quarter.shows(_96365=1)
    quarter.page.locator("#undo").click()
    quarter.shows(_96374=1)


def test_text_that_looks_like_a_template_or_markup_stays_text(open_example: Open) -> None:
    quarter = open_example("zoledronic_acid_15_minutes")
    quarter.select("a1")
    evil = "{{7*7}}<img src=x onerror=alert(1)>"
    quarter.type("given-drug", evil)
    until(lambda: quarter.administration("a1")["drug"] == evil, lambda: "not taken")
    expect(quarter.page.locator("#given-title")).to_contain_text("{{7*7}}<img")
    expect(quarter.page.locator("img")).to_have_count(0)
