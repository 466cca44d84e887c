"""Templates and markup typed into every field: refused, or shown as the text that they are."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from tests.support.workspace import Workspace, until

Open = Callable[[str], Workspace]
EVIL = "{{7*191}}<b class=evil onclick=x>${7*191}</b>'\"--><script>document.evil=1</script>"


def inert(workspace: Workspace) -> None:
    """Nothing that was typed became an element, ran, or was worked out."""
    page = workspace.page
    expect(page.locator(".evil")).to_have_count(0)
    assert page.evaluate("document.evil === undefined")
    assert "1337" not in page.locator("body").inner_text()


def quiet(workspace: Workspace) -> None:
    """Waits until no change is on its way."""
    page = workspace.page
    until(lambda: page.locator("html[data-busy]").count() == 0, lambda: "a change is not answered")


def test_a_template_in_every_field_stays_text(open_example: Open) -> None:
    day = open_example("two_necessary_sites")
    page = day.page
    name = day.state()["encounter"]["administrations"][0]["id"]
    day.select(name)
    fields = page.locator("#controls input[data-path]:not([type=date]), #controls textarea")
    ids: list[str] = fields.evaluate_all("all => all.map(one => one.id).filter(Boolean)")
    assert len(ids) > 25
    taken = 0
    for each in ids:
        page.evaluate("document.querySelectorAll('#controls details').forEach(d => d.open = true)")
        field = page.locator(f"#{each}")
        before = field.input_value()
        field.fill(EVIL)
        field.blur()
        quiet(day)
        inert(day)
        taken += EVIL in page.locator("#state").input_value().replace('\\"', '"')
        if page.locator(f"#{each}").input_value() != before:
            page.locator(f"#{each}").fill(before)
            page.locator(f"#{each}").blur()
            quiet(day)
    assert taken > 5


def test_a_template_as_the_name_of_a_part_stays_text(open_example: Open) -> None:
    day = open_example("chemotherapy_day")
    for control, button in (("add-drug", "add"), ("billed-code", "billed-new")):
        if control == "billed-code":
            day.open_part("billed")
        day.page.locator(f"#{control}").fill(EVIL)
        day.page.locator(f"#{button}").click()
        quiet(day)
        inert(day)
