"""Every answer, whatever it is, forbids foreign scripts, frames and readers."""

from __future__ import annotations

import pytest

from infusion_asp.web.settings import Settings
from tests.support.web_client import opened
from tests.support.web_frame import frame

ANSWERS = ["/", "/nowhere", "/broken", "/refused", "/static/base.css", "/static/nothing.css"]


@pytest.mark.parametrize("path", ANSWERS)
def test_every_answer_has_the_headers(path: str) -> None:
    with opened(app=frame()) as browser:
        headers = browser.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["x-frame-options"] == "DENY"
    assert "access-control-allow-origin" not in headers


@pytest.mark.parametrize("path", ANSWERS)
def test_scripts_and_styles_come_from_files_of_the_page_only(path: str) -> None:
    with opened(app=frame()) as browser:
        policy = browser.get(path).headers["content-security-policy"]
    rules = dict(each.split(" ", 1) for each in policy.split("; "))
    assert rules["default-src"] == rules["base-uri"] == rules["frame-ancestors"] == "'none'"
    assert rules["script-src"] == rules["style-src"] == rules["connect-src"] == "'self'"
    assert "unsafe" not in policy


def test_refusals_have_the_headers_too() -> None:
    with opened(app=frame()) as browser:
        answer = browser.get("/", Host="evil.example")
    assert answer.status_code == 421
    assert "content-security-policy" in answer.headers


def test_pages_are_not_kept_by_the_browser() -> None:
    with opened(app=frame()) as browser:
        assert browser.get("/").headers["cache-control"] == "no-store"
        assert browser.get("/refused").headers["cache-control"] == "no-store"
        assert browser.get("/static/base.css").headers["cache-control"] == "no-cache"


def test_settings_do_not_print_their_secrets() -> None:
    settings = Settings(token="a-token-that-nobody-guesses", secret=b"signs cookies")
    assert "nobody" not in repr(settings)
    assert "signs" not in repr(settings)
