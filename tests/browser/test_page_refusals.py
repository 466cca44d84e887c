"""Other sites, other names and other people in a real browser; a server that is gone."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.served import ROOT, Served, serving

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext

CLAIM = ROOT / "fixtures" / "claims" / "hour_too_many.json"
TOKEN = "a-token-that-nobody-guesses"


@contextmanager
def other_site(text: str) -> Iterator[str]:
    """The address of a page of somebody else: another site for the browser, as localhost is."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://localhost:{server.server_port}/"
        server.shutdown()


def test_a_form_of_another_site_changes_nothing(context: BrowserContext, served: Served) -> None:
    page = context.new_page()
    page.goto("/")
    form = (
        f'<form method="post" action="{served.address}/encounter/view">'
        '<input name="state" value="{}"></form><script>document.forms[0].submit()</script>'
    )
    with other_site(form) as address, page.expect_response("**/encounter/view") as answered:
        page.goto(address)
    assert answered.value.status == 403
    page.get_by_role("heading", name="The request came from another site").wait_for()


def test_another_site_reads_and_embeds_nothing(context: BrowserContext, served: Served) -> None:
    page = context.new_page()
    opened = f"{served.address}/encounter?open=file-1-1"
    with other_site(f'<p>theirs</p><iframe src="{opened}"></iframe>') as address:
        page.goto(address)
        fetched = page.evaluate(
            "address => fetch(address).then(a => a.text(), () => 'refused')", opened
        )
        assert fetched == "refused"
        frame = page.frames[1]
        assert frame.locator("#workspace").count() == 0


def test_a_link_of_another_site_opens_the_page_with_its_session(
    context: BrowserContext, served: Served
) -> None:
    page = context.new_page()
    page.goto("/")
    before = context.cookies()
    with other_site(f'<a href="{served.address}/encounter?open=file-1-1">look</a>') as address:
        page.goto(address)
        page.get_by_role("link").click()
        page.locator("#workspace #lines").wait_for()
    assert context.cookies() == before


def test_a_name_that_points_at_this_machine_shows_nothing(
    context: BrowserContext, served: Served, rebound: Callable[[str], tuple[int, str]]
) -> None:
    status, text = rebound(served.address.replace("127.0.0.1", "evil.example"))
    assert status == 421
    assert "This address is not the one that the page is served at" in text


@pytest.fixture
def rebound(browser: Browser) -> Callable[[str], tuple[int, str]]:
    """What a browser gets for whom the name evil.example leads to this machine."""

    def opened(address: str) -> tuple[int, str]:
        from tests.browser.conftest import CHROMIUM, QUIET  # noqa: PLC0415

        rules = "--host-resolver-rules=MAP evil.example 127.0.0.1"
        found = browser.browser_type.launch(executable_path=CHROMIUM or None, args=[*QUIET, rules])
        try:
            page = found.new_page()
            answer = page.goto(address)
            assert answer is not None
            return answer.status, page.inner_text("body")
        finally:
            found.close()

    return opened


def test_the_token_opens_the_page_and_leaves_its_address(browser: Browser, tmp_path: Path) -> None:
    with serving(tmp_path / "log", str(CLAIM), "--token", TOKEN) as locked:
        context = browser.new_context(base_url=locked.address)
        page = context.new_page()
        refused = page.goto("/encounter?open=file-1-1")
        assert refused is not None
        assert refused.status == 401
        page.goto(f"/encounter?open=file-1-1&token={TOKEN}")
        page.locator("#workspace #lines").wait_for()
        assert TOKEN not in page.url
        assert TOKEN not in page.content()
        context.close()


def test_a_server_that_is_gone_is_told_and_the_encounter_is_kept(
    browser: Browser, tmp_path: Path
) -> None:
    from tests.support.workspace import Workspace  # noqa: PLC0415

    with serving(tmp_path / "log", str(CLAIM)) as ended:
        context = browser.new_context(base_url=ended.address)
        workspace = Workspace(context.new_page())
        workspace.open("file-1-1")
        before = workspace.state()
    bar = workspace.page.locator("g.bar").first
    bar.focus()
    workspace.page.keyboard.press("ArrowRight")
    alert = workspace.page.locator("#alert")
    alert.get_by_text("The server does not answer").wait_for()
    assert workspace.state() == before
    context.close()
