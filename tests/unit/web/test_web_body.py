"""A body that is too large is refused before it's read, or as soon as it shows."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.types import Message

from infusion_asp.web.settings import Settings
from tests.support.web_client import ORIGIN, Browser, opened
from tests.support.web_frame import frame

MEGABYTE = 1 << 20
SETTINGS = Settings(workers=0, body_bytes=MEGABYTE, upload_bytes=2 * MEGABYTE)
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture
def browser() -> Iterator[Browser]:
    with opened(SETTINGS, frame(SETTINGS)) as made:
        yield made


def posted(browser: Browser, body: bytes, kind: dict[str, str] = FORM) -> Any:
    headers = {"X-CSRF": browser.token(), "Origin": ORIGIN, **kind}
    return browser.client.post("/change", content=body, headers=headers)


def test_a_form_of_the_greatest_size_is_read(browser: Browser) -> None:
    assert posted(browser, b"a=" + b"x" * (MEGABYTE - 2)).text == f"changed [{MEGABYTE - 2}]"


def test_a_form_one_byte_larger_is_refused_with_a_page_that_says_so(browser: Browser) -> None:
    answer = posted(browser, b"a=" + b"x" * (MEGABYTE - 1))
    assert answer.status_code == 413
    assert "The request is larger than 1 MB" in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_an_upload_may_be_larger_than_a_form(browser: Browser) -> None:
    files = {"file": ("a.json", b"x" * (MEGABYTE + 1))}
    assert browser.post("/change", {"a": "b"}, files=files).text == f"changed [1, {MEGABYTE + 1}]"


def test_an_upload_that_is_too_large_is_refused(browser: Browser) -> None:
    files = {"file": ("a.json", b"x" * (2 * MEGABYTE))}
    assert browser.post("/change", files=files).status_code == 413


def test_an_upload_is_kept_in_memory(
    browser: Browser, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "none"))
    files = {"file": ("a.json", b"x" * (MEGABYTE + 1))}
    assert browser.post("/change", files=files).status_code == 200


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "", "multipart/mixed"])
def test_what_is_no_form_is_refused(browser: Browser, kind: str) -> None:
    assert posted(browser, b"{}", {"Content-Type": kind}).status_code == 415


@pytest.mark.parametrize(
    "body", [b"", b"--x\r\n", b"--x\r\nContent-Disposition: form-data\r\n\r\n1\r\n--x--\r\n"]
)
def test_a_form_that_can_not_be_read_is_refused(browser: Browser, body: bytes) -> None:
    for kind in ("multipart/form-data", "multipart/form-data; boundary=y"):
        assert posted(browser, body, {"Content-Type": kind}).status_code in (200, 400)
    assert posted(browser, b"--x\r\nno header\r\n\r\n1", MULTIPART).status_code == 400


MULTIPART = {"Content-Type": "multipart/form-data; boundary=x"}


def test_too_many_fields_are_refused(browser: Browser) -> None:
    assert posted(browser, b"&".join([b"a=1"] * 501)).status_code == 400


class Sender:
    """A browser that sends a body of `chunks` pieces of a megabyte and notes what it is told."""

    def __init__(self, chunks: int, *, length: bool) -> None:
        self.chunks = chunks
        self.length = length
        self.sent = 0
        self.told: list[tuple[int, Message]] = []

    async def receive(self) -> Message:
        self.sent += 1
        body = b"a" * MEGABYTE
        return {"type": "http.request", "body": body, "more_body": self.sent < self.chunks}

    async def send(self, message: Message) -> None:
        self.told.append((self.sent, message))

    def post(self, browser: Browser) -> None:
        """The same request as `posted`, piece by piece."""
        token = browser.token()
        cookie = "; ".join(f"{name}={value}" for name, value in browser.client.cookies.items())
        headers = {"host": "127.0.0.1:8765", "x-csrf": token, "cookie": cookie, **FORM}
        if self.length:
            headers["content-length"] = str(self.chunks * MEGABYTE)
        scope = {
            "type": "http",
            "method": "POST",
            "path": "/change",
            "query_string": b"",
            "headers": [(k.lower().encode(), v.encode()) for k, v in headers.items()],
        }
        asyncio.run(browser.client.app(scope, self.receive, self.send))  # type: ignore[arg-type]

    @property
    def answered_after(self) -> int:
        """Pieces that had been sent when the answer was whole but for its end."""
        return [sent for sent, message in self.told if message.get("body")][-1]


def test_fifty_megabytes_are_refused_before_any_of_them_is_read(browser: Browser) -> None:
    sender = Sender(50, length=True)
    sender.post(browser)
    assert sender.told[0][1]["status"] == 413
    assert sender.answered_after == 0


def test_fifty_megabytes_of_unsaid_length_are_refused_at_the_second(browser: Browser) -> None:
    sender = Sender(50, length=False)
    sender.post(browser)
    assert sender.told[0][1]["status"] == 413
    assert sender.answered_after == 2


def test_the_answer_ends_when_the_browser_has_sent_all(browser: Browser) -> None:
    sender = Sender(50, length=True)
    sender.post(browser)
    assert sender.told[-1] == (
        50,
        {"type": "http.response.body", "body": b"", "more_body": False},
    )


def test_a_body_without_end_is_cut_off(browser: Browser) -> None:
    sender = Sender(1_000_000, length=False)
    sender.post(browser)
    assert sender.told[-1][0] < 1000


@pytest.mark.parametrize("length", ["-1", "many", "1e9", "+5"])
def test_a_length_that_is_no_number_is_refused(browser: Browser, length: str) -> None:
    answer = posted(browser, b"a=1", {**FORM, "Content-Length": length})
    assert answer.status_code == 413
