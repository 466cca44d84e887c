"""Owns what is measured of a page's looks: axe-core's violations, and whether it fits its width."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

GRAVE = ("serious", "critical")


def violations(page: Page) -> list[str]:
    """Serious and critical violations of axe-core, each with the first elements it names."""
    found = Axe().run(page).response["violations"]
    return [
        f"{each['id']}: {each['help']}: "
        + ", ".join(" ".join(map(str, node["target"])) for node in each["nodes"][:4])
        + f" ({len(each['nodes'])}) "
        + " ".join((each["nodes"][0].get("failureSummary") or "").split())[:300]
        for each in found
        if each["impact"] in GRAVE
    ]


def overflow(page: Page) -> int:
    """Pixels by which the page is wider than its window."""
    wide: int = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    return wide


def background(page: Page) -> tuple[int, ...]:
    """Red, green and blue of what the page is drawn on."""
    text: str = page.evaluate(
        "getComputedStyle(document.body).backgroundColor.match(/[0-9.]+/g).slice(0, 3).join(' ')"
    )
    return tuple(int(float(each)) for each in text.split())
