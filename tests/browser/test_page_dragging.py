"""Times moved with the mouse: codes follow the minute, just past a limit and just up to it."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import expect

from tests.support.workspace import Workspace

Open = Callable[[str], Workspace]


def test_the_sixteenth_minute_makes_a_push_an_infusion(open_example: Open) -> None:
    quarter = open_example("zoledronic_acid_15_minutes")
    quarter.shows(_96374=1)
    quarter.drag("a1", 1)
    quarter.shows(_96365=1)
    expect(quarter.bar("a1")).to_have_attribute("data-stop", "2025-03-20T10:16")


def test_dragged_back_to_the_fifteenth_minute_it_is_a_push_again(open_example: Open) -> None:
    quarter = open_example("zoledronic_acid_15_minutes")
    quarter.drag("a1", 1)
    quarter.shows(_96365=1)
    quarter.drag("a1", -1)
    quarter.shows(_96374=1)
    assert quarter.administration("a1")["stop"] == "2025-03-20T10:15"


def test_the_ninety_first_minute_of_hydration_is_worth_a_unit(open_example: Open) -> None:
    fluid = open_example("hydration_ninety_one_minutes")
    fluid.shows(_96360=1, _96361=1)
    fluid.drag("a1", -1)
    fluid.shows(_96360=1)
    fluid.drag("a1", 1)
    fluid.shows(_96360=1, _96361=1)


def test_a_later_start_takes_a_unit_away(open_example: Open) -> None:
    fluid = open_example("hydration_ninety_one_minutes")
    fluid.drag("a1", 1, edge="start")
    fluid.shows(_96360=1)


def test_what_changed_is_marked_and_said(open_example: Open) -> None:
    quarter = open_example("zoledronic_acid_15_minutes")
    quarter.drag("a1", 1)
    expect(quarter.line("96365")).to_have_class(re.compile("changed-new"))
    expect(quarter.page.locator("tbody.changed-gone")).to_contain_text("96374")
    quarter.says("96365 is new, 1 unit")
    quarter.says("96374 is gone")


def test_a_push_is_moved_as_a_whole(open_example: Open) -> None:
    day = open_example("chemotherapy_day")
    day.drag("a1", 10, edge="start")
    expect(day.bar("a1")).to_have_attribute("data-start", "2025-03-03T09:20")


def test_escape_during_a_drag_leaves_the_record_as_it_is(open_example: Open) -> None:
    quarter = open_example("zoledronic_acid_15_minutes")
    box = quarter.bar("a1").locator('.handle[data-edge="stop"]').bounding_box()
    assert box is not None
    mouse = quarter.page.mouse
    mouse.move(box["x"] + 4, box["y"] + 8)
    mouse.down()
    mouse.move(box["x"] + 90, box["y"] + 8, steps=4)
    quarter.page.keyboard.press("Escape")
    mouse.up()
    quarter.shows(_96374=1)
    assert quarter.administration("a1")["stop"] == "2025-03-20T10:15"
