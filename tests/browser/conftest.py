"""Chromium from the machine, and the page as the command serves it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.served import PATIENCE, ROOT, Served, serving

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

    from tests.support.watching import Watch
    from tests.support.workspace import Workspace

REQUIRED = "INFUSION_ASP_BROWSER"  # set in .ci/run: what is missing fails there
CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), ""
)
QUIET = (
    *("--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"),
    *("--disable-background-networking", "--disable-sync"),
)
FILES = ("hour_too_many", "second_initial")
SIZE = {"width": 1280, "height": 800}


def _missing() -> str:
    try:
        import playwright.sync_api  # noqa: PLC0415

        del playwright
    except ImportError as error:
        return f"{error.name} is not installed"
    return "" if CHROMIUM else "no Chromium on this machine"


MISSING = "" if os.environ.get(REQUIRED) else _missing()


class Skipped(pytest.Module):
    """A file of tests that need what is not there."""

    def collect(self) -> Iterable[pytest.Item]:
        pytest.skip(MISSING, allow_module_level=True)


def pytest_pycollect_makemodule(module_path: Path, parent: pytest.Collector) -> Any:
    return Skipped.from_parent(parent, path=module_path) if MISSING else None


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The page with two claims, started once for the tests of one process."""
    files = [str(ROOT / "fixtures" / "claims" / f"{name}.json") for name in FILES]
    with serving(tmp_path_factory.mktemp("served") / "log", *files) as page:
        yield page


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for the tests of a file; its event loop ends with them."""
    from playwright.sync_api import expect, sync_playwright  # noqa: PLC0415

    expect.set_options(timeout=PATIENCE * 1000)
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM or None, args=[*QUIET])
        yield found
        found.close()


@pytest.fixture
def context(browser: Browser, served: Served) -> Iterator[BrowserContext]:
    """A browser context of its own: nothing is left over from another test."""
    made = browser.new_context(
        base_url=served.address,
        viewport=SIZE,
        accept_downloads=True,
        color_scheme="light",
        permissions=["clipboard-read", "clipboard-write"],
    )
    made.set_default_timeout(PATIENCE * 1000)
    yield made
    made.close()


@pytest.fixture
def watch(context: BrowserContext, served: Served) -> Iterator[Watch]:
    """What the pages of the test ask for; ends the test with an error where one did wrong."""
    from tests.support.watching import Watch  # noqa: PLC0415

    watched = Watch(context, served.address)
    yield watched
    assert watched.faults == []


@pytest.fixture
def page(context: BrowserContext, watch: Watch) -> Page:
    """An empty page of the context, watched."""
    return context.new_page()


@pytest.fixture
def workspace(page: Page) -> Workspace:
    """The encounter view, with nothing open yet."""
    from tests.support.workspace import Workspace  # noqa: PLC0415

    return Workspace(page)


@pytest.fixture
def open_example(workspace: Workspace) -> Callable[[str], Workspace]:
    """Opens one of the page's examples by the name of its file, as a user does: by its link."""

    def opened(name: str) -> Workspace:
        workspace.open_example(name)
        return workspace

    return opened


@pytest.fixture
def open_file(workspace: Workspace) -> Callable[[Path | str], Workspace]:
    """Opens an encounter of this machine by uploading it on the start page."""

    def opened(path: Path | str) -> Workspace:
        workspace.upload(Path(path))
        return workspace

    return opened
