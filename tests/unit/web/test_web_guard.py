"""Who may ask: the host that was asked for, the site that asks, the cookie and the token."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from infusion_asp.web.security.guard import _until_gone
from infusion_asp.web.security.hosts import Hosts, is_loopback
from infusion_asp.web.security.session import (
    cookie_name,
    is_token_of,
    new_session,
    token_of,
)
from infusion_asp.web.settings import Settings
from tests.support.web_client import ORIGIN, Browser, opened
from tests.support.web_frame import frame

TOKEN = "a-token-that-nobody-guesses"
NAVIGATION = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}


@pytest.fixture
def browser() -> Iterator[Browser]:
    with opened(app=frame()) as made:
        yield made


@pytest.mark.parametrize("host", ["127.0.0.1:8765", "localhost:9000", "[::1]:8765", "LOCALHOST"])
def test_the_names_of_this_machine_are_answered(browser: Browser, host: str) -> None:
    assert browser.get("/", Host=host).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8765",
        "127.0.0.1.evil.example",
        "localhost.evil.example",
        "10.0.0.7:8765",
        "127.0.0.1:8765@evil.example",
        "evil.example#127.0.0.1",
        "127.0.0.1:port",
        "localhost.",
        "",
    ],
)
def test_a_name_that_was_pointed_at_this_machine_is_refused(browser: Browser, host: str) -> None:
    answer = browser.get("/", Host=host)
    assert answer.status_code == 421
    assert "is not the one" in answer.text
    assert "set-cookie" not in answer.headers


def test_two_host_headers_are_refused(browser: Browser) -> None:
    answer = browser.client.get("/", headers=[("Host", "127.0.0.1"), ("Host", "evil.example")])
    assert answer.status_code == 421


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz0123456789.-:@[]/#?% ", max_size=30))
def test_no_other_name_is_one_of_this_machine(name: str) -> None:
    bare = name.lower().rsplit(":", 1)[0] if ":" in name and "]" not in name else name.lower()
    if name in Hosts("127.0.0.1"):
        assert name.startswith("[") or bare in ("127.0.0.1", "localhost")


def test_a_host_that_was_given_is_the_only_one() -> None:
    hosts = Hosts("10.0.0.7")
    assert "10.0.0.7:8765" in hosts
    assert "127.0.0.1:8765" not in hosts
    assert "evil.example" not in hosts


def test_all_addresses_of_the_machine_are_asked_for_by_number_or_by_its_name() -> None:
    hosts = Hosts("0.0.0.0")
    assert "10.0.0.7:8765" in hosts
    assert "localhost:8765" in hosts
    assert "evil.example:8765" not in hosts


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost"])
def test_only_this_machine_reaches_loopback(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.7", "example.org", ""])
def test_other_machines_reach_other_addresses(host: str) -> None:
    assert not is_loopback(host)


def test_a_change_of_the_page_itself_is_made(browser: Browser) -> None:
    assert browser.post("/change", {"a": "one"}).text == "changed [3]"


def test_a_form_carries_the_token_in_a_field(browser: Browser) -> None:
    fields = {"csrf": browser.token()}
    answer = browser.client.post("/change", data=fields, headers={"Origin": ORIGIN})
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.example",
        "null",
        "http://127.0.0.1:9999",
        "http://127.0.0.1",
        "http://127.0.0.1:8765.evil.example",
        "file://",
    ],
)
def test_a_change_from_another_site_is_refused(browser: Browser, origin: str) -> None:
    assert browser.post("/change", headers={"Origin": origin}).status_code == 403


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_change_that_the_browser_calls_foreign_is_refused(browser: Browser, site: str) -> None:
    headers = {"Sec-Fetch-Site": site, **NAVIGATION}
    assert browser.post("/change", headers=headers).status_code == 403


def test_a_link_from_another_site_opens_the_page(browser: Browser) -> None:
    answer = browser.get("/", **{"Sec-Fetch-Site": "cross-site", **NAVIGATION})
    assert answer.status_code == 200


def test_another_site_can_not_embed_what_the_page_shows(browser: Browser) -> None:
    headers = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}
    assert browser.get("/", **headers).status_code == 403


@pytest.mark.parametrize("token", ["", "0" * 64, "é"])
def test_a_change_with_a_wrong_token_is_refused(browser: Browser, token: str) -> None:
    browser.get("/")
    fields = {"csrf": token}
    assert browser.client.post("/change", data=fields).status_code == 403


def test_a_change_without_a_token_is_refused(browser: Browser) -> None:
    browser.get("/")
    answer = browser.client.post("/change", data={"a": "one"})
    assert answer.status_code == 403
    assert "Reload the page" in answer.text


def test_a_change_without_the_cookie_is_refused(browser: Browser) -> None:
    token = browser.token()
    browser.client.cookies.clear()
    answer = browser.client.post("/change", data={"csrf": token})
    assert answer.status_code == 403


def test_the_token_of_another_browser_is_refused(browser: Browser) -> None:
    token = browser.token()
    browser.client.cookies.clear()
    assert browser.token() != token
    assert browser.client.post("/change", data={"csrf": token}).status_code == 403


def test_a_cookie_of_an_earlier_run_is_replaced(browser: Browser) -> None:
    browser.client.cookies.set(cookie_name(Settings()), new_session(Settings()))
    assert "set-cookie" in browser.get("/").headers


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_other_methods_are_refused(browser: Browser, method: str) -> None:
    assert browser.client.request(method, "/change").status_code == 405


def test_the_cookie_is_for_this_page_alone(browser: Browser) -> None:
    cookie = browser.get("/").headers["set-cookie"]
    assert cookie.startswith("infusion-asp-8765=")
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))


@given(st.text(max_size=80))
def test_only_one_token_belongs_to_a_cookie(token: str) -> None:
    settings = Settings()
    session = new_session(settings)
    assert is_token_of(session, token, settings) == (token == token_of(session, settings))


def test_a_change_that_the_browser_took_back_is_given_up() -> None:
    seen: list[str] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            seen.append("given up")
            raise

    asyncio.run(until_gone(app))
    assert seen == ["given up"]


def test_a_change_that_is_answered_first_is_answered_once() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        raise KeyError("its own error")

    with pytest.raises(KeyError, match="its own error"):
        asyncio.run(until_gone(app))


async def until_gone(app: ASGIApp) -> None:
    """The app while its browser stays for a moment."""

    async def receive() -> Message:
        await asyncio.sleep(0.05)
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        raise AssertionError("nothing is sent")

    await _until_gone(app, {}, receive, send)


@pytest.fixture
def locked() -> Iterator[Browser]:
    settings = Settings(workers=0, token=TOKEN)
    with opened(settings, frame(settings)) as made:
        yield made


@pytest.mark.parametrize("path", ["/", "/static/base.css", "/nowhere", "/?token=", "/?token=wrong"])
def test_nothing_is_shown_without_the_token(locked: Browser, path: str) -> None:
    answer = locked.get(path)
    assert answer.status_code == 401
    assert "set-cookie" not in answer.headers


def test_the_token_is_taken_out_of_the_address(locked: Browser) -> None:
    answer = locked.get(f"/?open=file-1-1&token={TOKEN}")
    assert (answer.status_code, answer.headers["location"]) == (303, "/?open=file-1-1")
    assert TOKEN not in answer.headers["set-cookie"]
    assert locked.get("/").status_code == 200
    assert locked.post("/change", {"a": "one"}).status_code == 200


def test_the_token_leads_to_no_other_site(locked: Browser) -> None:
    answer = locked.get(f"//evil.example/?token={TOKEN}")
    assert not answer.headers["location"].startswith("//")


def test_a_change_with_the_token_instead_of_the_cookie_is_refused(locked: Browser) -> None:
    assert locked.client.post(f"/change?token={TOKEN}").status_code == 401
