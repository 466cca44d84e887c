"""Owns the pictures of the page in docs/pictures: `python -m scripts.screenshots` takes them anew.

They show shipped fixtures in Chromium at 1280 by 800, as `infusion-asp serve` serves them.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.support.served import ROOT, serving

PICTURES = ROOT / "docs" / "pictures"
LARGEST = 200 * 1024  # bytes of one picture
EXAMPLE = "/encounter?open=example-chemotherapy_day"
SELECTED = "a3"
RULE = "infusion"
FIXTURES = ("fixtures/claims", "fixtures/encounters")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--font-render-hinting=none"]


def main() -> None:
    """Take all pictures; ends with an error where one is larger than it should be."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        raise SystemExit("there is no Chromium on this machine")
    PICTURES.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as scratch, sync_playwright() as playwright:
        batch = _batch(Path(scratch) / "fixtures")
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        with serving(Path(scratch) / "log", str(batch)) as page:
            for picture in _pictures(browser, page.address):
                size = picture.stat().st_size
                print(f"{picture.relative_to(ROOT)}: {size >> 10} KB")
                if size > LARGEST:
                    raise SystemExit(f"{picture.name} is larger than {LARGEST >> 10} KB")
        browser.close()


def _batch(out: Path) -> Path:
    """The shipped claims and encounters, verified as a batch."""
    command = [sys.executable, "-m", "infusion_asp", "batch", *FIXTURES, "--out", str(out), "-q"]
    command += ["--explain", "all"]
    done = subprocess.run(
        [*command, "--workers", "1"], cwd=ROOT, stdout=subprocess.DEVNULL, check=False
    )
    if not (out / "summary.json").exists():
        raise SystemExit(f"batch ended with {done.returncode} and wrote no tables")
    return out


def _pictures(browser: Browser, address: str) -> list[Path]:
    page = browser.new_page(
        base_url=address,
        viewport={"width": 1280, "height": 800},
        color_scheme="light",
        reduced_motion="reduce",
        locale="en-US",
    )
    return [_encounter(page), _batch_view(page), _rulebook(page)]


def _encounter(page: Page) -> Path:
    """A day with its rituximab selected, and the strip of its stop."""
    page.goto(EXAMPLE)
    page.locator(f"#bar-{SELECTED} text.name").click()
    expect(page.locator("#controls")).to_have_attribute("data-administration", SELECTED)
    expect(page.locator("#strip")).to_be_visible()
    page.evaluate("scrollTo(0, 0)")
    return _taken(page, "encounter")


def _batch_view(page: Page) -> Path:
    """Encounters with findings, most money over first."""
    page.goto("/batches/1?sort=over")
    return _taken(page, "batch")


def _rulebook(page: Page) -> Path:
    """The lower part of a rule's page: its text and the encounters in which it fired."""
    page.goto(f"/rules/{RULE}")
    page.evaluate("scrollTo(0, document.getElementById('fired').offsetTop - 430)")
    return _taken(page, "rulebook")


def _taken(page: Page, name: str) -> Path:
    page.wait_for_load_state("networkidle")
    path = PICTURES / f"{name}.png"
    page.screenshot(path=path, animations="disabled", caret="initial")
    return path


if __name__ == "__main__":
    main()
