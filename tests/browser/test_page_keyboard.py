"""The whole of an analyst's work without a mouse."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.support.workspace import Workspace, until

Open = Callable[[str], Workspace]


def focused(page: Page) -> str:
    """The id, address or text of what has the focus."""
    found: str = page.evaluate(
        "(one => one.id || one.getAttribute('href') || one.textContent.trim())"
        "(document.activeElement)"
    )
    return found


def tab_to(page: Page, wanted: Callable[[str], bool], *, most: int = 150) -> None:
    """Tabs on until something that is wanted has the focus."""
    passed = []
    for _ in range(most):
        page.keyboard.press("Tab")
        passed.append(focused(page))
        if wanted(passed[-1]):
            return
    raise AssertionError(f"never reached by tab, only {passed}")


def test_the_first_tab_leads_past_the_menu(page: Page) -> None:
    page.goto("/")
    page.keyboard.press("Tab")
    assert focused(page) == "#main"
    page.keyboard.press("Enter")
    assert focused(page) == "main"


def test_a_day_is_opened_edited_and_taken_back_by_key_alone(workspace: Workspace) -> None:
    page = workspace.page
    page.goto("/")
    tab_to(page, lambda what: what.endswith("example-zoledronic_acid_15_minutes"))
    page.keyboard.press("Enter")
    workspace.shows(_96374=1)
    tab_to(page, lambda what: what == "bar-a1")
    page.keyboard.press("ArrowRight")
    workspace.shows(_96365=1)
    page.keyboard.press("ArrowLeft")
    workspace.shows(_96374=1)
    page.keyboard.press("Control+z")
    workspace.shows(_96365=1)
    page.keyboard.press("Control+y")
    workspace.shows(_96374=1)


def test_the_focus_stays_on_the_bar_that_a_key_moved(open_example: Open) -> None:
    quarter = open_example("zoledronic_acid_15_minutes")
    quarter.bar("a1").focus()
    quarter.page.keyboard.press("ArrowRight")
    quarter.shows(_96365=1)
    assert focused(quarter.page) == "bar-a1"


def test_enter_on_a_bar_selects_it_and_its_stop_is_typed(open_example: Open) -> None:
    day = open_example("chemotherapy_day")
    tab_to(day.page, lambda what: what.startswith("bar-"))
    until(lambda: focused(day.page).startswith("bar-"), lambda: focused(day.page))
    day.page.keyboard.press("ArrowDown")
    day.page.keyboard.press("ArrowDown")
    assert focused(day.page) == "bar-a3"
    day.page.keyboard.press("Enter")
    expect(day.page.locator("#controls")).to_have_attribute("data-administration", "a3")
    expect(day.bar("a3")).to_have_attribute("aria-pressed", "true")
    stop = day.page.locator("#given-stop")
    stop.focus()
    stop.press("Control+a")
    day.page.keyboard.type("11:10")
    day.page.keyboard.press("Enter")
    until(lambda: day.codes().get("96415") is None, lambda: f"{day.codes()}")
    assert focused(day.page) == "given-stop"


def test_a_line_is_lit_and_its_reason_unfolded_by_key(open_example: Open) -> None:
    day = open_example("chemotherapy_day")
    line = day.line("96413")
    name = str(line.get_attribute("data-line"))
    tab_to(day.page, lambda what: what == f"line-{name}")
    until(lambda: name in day.lit(), lambda: f"lit: {day.lit()}")
    line.locator("summary").focus()
    day.page.keyboard.press("Enter")
    expect(line.locator(".reasons").first).to_be_visible()


def test_what_changed_is_said_to_a_screen_reader(open_example: Open) -> None:
    quarter = open_example("zoledronic_acid_15_minutes")
    expect(quarter.said).to_have_attribute("aria-live", "polite")
    quarter.bar("a1").focus()
    quarter.page.keyboard.press("ArrowRight")
    quarter.says("96365 is new")


def test_the_keys_are_told_on_the_page(open_example: Open) -> None:
    day = open_example("chemotherapy_day")
    day.page.locator("body").press("?")
    expect(day.page.locator("dialog[open]")).to_contain_text("Undo", ignore_case=True)
    day.page.keyboard.press("Escape")
    expect(day.page.locator("dialog[open]")).to_have_count(0)


def test_a_letter_in_a_control_is_only_a_letter(open_example: Open) -> None:
    """Single keys work on the page, not while something is typed."""
    day = open_example("chemotherapy_day")
    day.select("a3")
    day.page.locator("#given-drug").press("u")
    day.page.locator("#given-drug").press("Delete")
    assert len(day.state()["encounter"]["administrations"]) == 4
