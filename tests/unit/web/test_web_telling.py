"""What fails is told to the person who asked; the log has class and place, never a value."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from infusion_asp.web.serve import _Plain
from tests.support.web_client import Browser, opened
from tests.support.web_frame import SECRET, frame


@pytest.fixture
def browser() -> Iterator[Browser]:
    with opened(app=frame()) as made:
        yield made


@pytest.mark.parametrize(
    ("path", "kind"), [("/broken", "KeyError"), ("/undefined", "UndefinedError")]
)
def test_an_unforeseen_error_is_a_page_without_values(
    browser: Browser, path: str, kind: str
) -> None:
    answer = browser.get(path)
    assert answer.status_code == 500
    assert f"Internal error ({kind} at " in answer.text
    assert SECRET not in answer.text


def test_an_unforeseen_error_is_one_line_of_the_log(
    browser: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    browser.get("/broken?encounter=E-1234")
    lines = [each.getMessage() for each in caplog.records if each.name == "infusion_asp.web"]
    assert len(lines) == 1
    assert lines[0].startswith("500 GET KeyError at ")
    assert SECRET not in caplog.text
    assert "E-1234" not in caplog.text
    assert not [each for each in caplog.records if each.exc_info]


def test_an_error_written_for_people_is_told_and_not_logged(
    browser: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    answer = browser.get("/refused")
    assert answer.status_code == 400
    assert SECRET in answer.text
    assert "Name one." in answer.text
    assert [each for each in caplog.records if each.name == "infusion_asp.web"] == []


def test_what_was_typed_is_escaped_in_the_message(browser: Browser) -> None:
    text = browser.get("/refused").text
    assert "<b>" not in text
    assert "&lt;b&gt;is&lt;/b&gt;" in text


def test_a_request_of_htmx_is_answered_with_a_piece_of_a_page(browser: Browser) -> None:
    text = browser.get("/refused", **{"HX-Request": "true"}).text
    assert text.startswith('<p class="message">')
    assert "<html" not in text


def test_an_address_that_is_not_there_says_so(browser: Browser) -> None:
    answer = browser.get("/nowhere/<script>")
    assert answer.status_code == 404
    assert "There is no page at this address" in answer.text
    assert "script" not in answer.text


def test_an_address_for_changes_is_no_page(browser: Browser) -> None:
    assert browser.get("/change").status_code == 405


def test_a_line_of_the_log_has_no_traceback() -> None:
    try:
        raise ValueError(SECRET)
    except ValueError as error:
        kind = (type(error), error, error.__traceback__)
        told = logging.LogRecord("asyncio", 40, "x.py", 1, f"lost\n{error!r}", (), kind)
    assert _Plain().format(told) == "error: lost (ValueError)"
