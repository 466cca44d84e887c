"""Changes made while others are under way: none is lost, and what is being typed stays."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Route, expect

from tests.support.workspace import Workspace, until

Open = Callable[[str], Workspace]


def slowly(workspace: Workspace, milliseconds: int = 400) -> list[str]:
    """From now on every change waits; gives the edits of each request as they are sent."""
    sent: list[str] = []

    def late(route: Route) -> None:
        sent.append(route.request.post_data or "")
        workspace.page.wait_for_timeout(milliseconds)
        route.continue_()

    workspace.page.route("**/encounter/edit", late)
    return sent


def stop_of(workspace: Workspace) -> str:
    return str(workspace.bar("a1").get_attribute("data-stop"))[-5:]


def test_keys_pressed_during_a_request_go_together_in_the_next(open_example: Open) -> None:
    quarter = open_example("zoledronic_acid_15_minutes")
    sent = slowly(quarter)
    quarter.bar("a1").focus()
    for _ in range(9):
        quarter.page.keyboard.press("ArrowRight")
    until(lambda: stop_of(quarter) == "10:24", lambda: stop_of(quarter))
    assert len(sent) < 9
    quarter.shows(_96365=1)


def test_a_change_in_another_control_waits_for_its_turn(open_example: Open) -> None:
    quarter = open_example("zoledronic_acid_15_minutes")
    quarter.select("a1")
    quarter.open_part("dose")
    slowly(quarter)
    quarter.type("given-stop", "10:31")
    quarter.type("given-volume_ml", "250")
    until(
        lambda: (
            stop_of(quarter) == "10:31" and quarter.administration("a1").get("volume_ml") == 250
        ),
        lambda: f"{quarter.administration('a1')}",
    )


def test_text_that_is_being_typed_survives_an_answer(open_example: Open) -> None:
    quarter = open_example("zoledronic_acid_15_minutes")
    quarter.select("a1")
    quarter.open_part("dose")
    quarter.type("given-stop", "10:31")
    quarter.page.locator("#given-dose_unit").fill("half typ")
    until(lambda: stop_of(quarter) == "10:31", lambda: stop_of(quarter))
    unit = quarter.page.locator("#given-dose_unit")
    expect(unit).to_have_value("half typ")
    expect(unit).to_be_focused()
    assert quarter.administration("a1")["dose_unit"] == "mg"


def test_of_changes_that_go_together_only_the_wrong_one_is_refused(open_example: Open) -> None:
    quarter = open_example("zoledronic_acid_15_minutes")
    quarter.select("a1")
    quarter.open_part("dose")
    slowly(quarter)
    quarter.type("given-stop", "10:31")
    quarter.type("given-dose", "much")
    quarter.type("given-volume_ml", "250")
    until(
        lambda: quarter.administration("a1").get("volume_ml") == 250,
        lambda: f"{quarter.administration('a1')}",
    )
    expect(quarter.page.locator("#refusal")).to_contain_text("'much' is not a number")
    expect(quarter.page.locator("#given-dose")).to_have_value("much")
    assert quarter.administration("a1")["dose"] == 5
    assert stop_of(quarter) == "10:31"


def test_taking_back_waits_for_the_change_before_it(open_example: Open) -> None:
    quarter = open_example("zoledronic_acid_15_minutes")
    slowly(quarter)
    quarter.bar("a1").focus()
    quarter.page.keyboard.press("ArrowRight")
    quarter.page.keyboard.press("u")
    expect(quarter.page.locator("#redo")).to_be_enabled()
    assert stop_of(quarter) == "10:15"
    quarter.page.keyboard.press("Shift+U")
    until(lambda: stop_of(quarter) == "10:16", lambda: stop_of(quarter))


def test_an_edit_that_cannot_be_sent_can_be_sent_again(open_example: Open) -> None:
    quarter = open_example("zoledronic_acid_15_minutes")
    quarter.select("a1")
    quarter.page.route("**/encounter/edit", lambda route: route.fulfill(status=204))
    quarter.type("given-stop", "10:31")
    until(
        lambda: quarter.page.evaluate("!('busy' in document.documentElement.dataset)"),
        lambda: "still under way",
    )
    assert stop_of(quarter) == "10:15"
    quarter.page.unroute("**/encounter/edit")
    quarter.bar("a1").focus()
    quarter.page.keyboard.press("ArrowRight")
    until(lambda: stop_of(quarter) == "10:16", lambda: stop_of(quarter))
