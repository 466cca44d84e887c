"""Owns the encounter view as a user handles it: what is opened, moved, typed and seen."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Error, Locator, Page, expect

from tests.support.served import PATIENCE

_CELLS = """all => all.map(row => [row.querySelector("th"), row.querySelector("td.number")]
    .map(cell => cell.textContent.trim()))"""


class Workspace:
    """One page with an encounter in it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.area = page.locator("#workspace")
        self.lines = page.locator("#lines")
        self.said = page.locator("#said")

    def open_example(self, name: str) -> None:
        """From the start page by the link of an example."""
        self.page.goto("/")
        self.page.locator(f'a[href$="open=example-{name}"]').click()
        self.shown()

    def open(self, key: str) -> None:
        """By the address of a served file's record, of an example or of a batch row."""
        self.page.goto(f"/encounter?open={key}")
        self.shown()

    def upload(self, *paths: Path, kind: str = "", preset: str = "") -> None:
        """A file on the start page, as a user chooses one."""
        self.page.goto("/")
        self.page.locator("input[type=file]").set_input_files([str(path) for path in paths])
        if kind:
            self.page.get_by_label("What it is").select_option(kind)
        if preset:
            self.page.get_by_label("Layout of a medication record").select_option(preset)
        self.page.get_by_role("button", name="Open the file").click()

    def shown(self) -> None:
        """Waits for the scripts: the address is plain once they have taken over."""
        self.page.wait_for_url("**/encounter")
        expect(self.page.locator("#state")).to_have_count(1)

    def state(self) -> dict[str, Any]:
        """The state that the page holds."""
        found: dict[str, Any] = json.loads(self.page.locator("#state").input_value())
        return found

    def administration(self, name: str) -> dict[str, Any]:
        """One administration of the state."""
        given: list[dict[str, Any]] = self.state()["encounter"]["administrations"]
        return next(each for each in given if each["id"] == name)

    def codes(self) -> dict[str, int]:
        """Units by code of the lines that are shown, without those that are gone."""
        rows: list[tuple[str, str]] = self.lines.locator(
            "tbody.line:not(.changed-gone)"
        ).evaluate_all(_CELLS)
        found: dict[str, int] = {}
        for code, units in rows:
            found[code] = found.get(code, 0) + int(units)
        return found

    def services(self) -> dict[str, int]:
        """The same without drug codes."""
        return {code: units for code, units in self.codes().items() if code.startswith("9")}

    def shows(self, **expected: int) -> None:
        """Waits until exactly these services are shown, each with its units: `_96365=1`."""
        wanted = {code.removeprefix("_"): units for code, units in expected.items()}
        until(lambda: self.services() == wanted, lambda: f"{self.services()}, not {wanted}")

    def line(self, code: str) -> Locator:
        """The rows of a line by its code."""
        return self.lines.locator("tbody.line").filter(has=self.page.locator("th", has_text=code))

    def bar(self, name: str) -> Locator:
        """The bar or the mark of an administration."""
        return self.page.locator(f"#bar-{name}")

    def select(self, name: str) -> None:
        """A click on the name of the bar; waits for its controls."""
        self.bar(name).locator("text.name").click()
        expect(self.page.locator("#controls")).to_have_attribute("data-administration", name)

    def drag(self, name: str, minutes: int, *, edge: str = "stop") -> None:
        """Move an end of a bar with the mouse by a number of minutes."""
        handle = self.bar(name).locator(f'.handle[data-edge="{edge}"]')
        handle.scroll_into_view_if_needed()
        box = handle.bounding_box()
        assert box is not None
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        mouse = self.page.mouse
        mouse.move(x, y)
        mouse.down()
        mouse.move(x + minutes * self._unit() / 2, y, steps=4)
        mouse.move(x + minutes * self._unit(), y, steps=4)
        mouse.up()

    def _unit(self) -> float:
        """Pixels of a minute."""
        drawing = self.page.locator("#timeline")
        box = drawing.bounding_box()
        assert box is not None
        scale = box["width"] / float(drawing.get_attribute("width") or 0)
        return scale / float(drawing.get_attribute("data-minutes-per-px") or 0)

    def open_part(self, name: str) -> None:
        """Unfold a part of the controls that is folded."""
        part = self.page.locator(f"#more-{name}")
        if part.get_attribute("open") is None:
            part.locator("summary").first.click()

    def type(self, control: str, value: str) -> None:
        """Write into a control and make it so: by Enter, or by leaving one of several lines."""
        field = self.page.locator(f"#{control}")
        field.fill(value)
        several = field.evaluate("one => one.tagName") == "TEXTAREA"
        field.press("Tab" if several else "Enter")

    def choose(self, control: str, value: str) -> None:
        """Choose from a control."""
        self.page.locator(f"#{control}").select_option(value)

    def says(self, text: str) -> None:
        """Waits until the live region holds a text."""
        expect(self.said).to_contain_text(text)

    def lit(self) -> list[str]:
        """The lines whose stretches of the timeline are lit, one entry for each stretch."""
        found: list[str] = self.page.locator("#timeline .stretch.lit").evaluate_all(
            "all => all.map(each => each.dataset.line)"
        )
        return found


def until(condition: Callable[[], bool], told: Callable[[], str]) -> None:
    """Waits for a condition; raises AssertionError with what is told where it never comes."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            if condition():
                return
        except (ValueError, StopIteration, Error):  # the page is being replaced
            pass
        assert time.monotonic() < end, told()
        time.sleep(0.05)
