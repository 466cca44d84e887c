"""The addresses of an encounter: its page with and without a record, changes, what comes later."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from infusion_asp.web.encounter.answer import answered, verified
from infusion_asp.web.encounter.state import State
from infusion_asp.web.encounter.warm import RECORD, warm
from infusion_asp.web.settings import Settings
from tests.support.encounter_view import CLAIMS, Page, fixture
from tests.support.web_client import Browser, opened

POSTED = ("/encounter/view", "/encounter/claim", "/encounter/alternatives", "/encounter/proof")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    claims = [path for path in CLAIMS if path.stem == "hour_too_many"]
    with opened(Settings(workers=0, files=tuple(claims))) as made:
        yield made


def test_the_page_without_a_record_is_a_place_that_a_script_fills(browser: Browser) -> None:
    page = Page(browser.get("/encounter").text)
    (place,) = page.having("id", "workspace")
    assert "empty" in place["class"].split()
    assert page.having("id", "said")


@pytest.mark.parametrize("key", ["example-chemotherapy_day", "file-1-1", "empty"])
def test_a_key_opens_its_record_at_once(browser: Browser, key: str) -> None:
    answer = browser.get(f"/encounter?open={key}")
    assert answer.status_code == 200
    page = Page(answer.text)
    assert page.having("id", "state")
    (csrf,) = page.having("name", "csrf")[1:] or page.having("name", "csrf")
    assert csrf.get("value") or csrf.get("content")


@pytest.mark.parametrize("key", ["example-nothing", "file-9-1", "file-1-9", "../../etc/passwd"])
def test_a_key_that_opens_nothing_is_told(browser: Browser, key: str) -> None:
    answer = browser.get(f"/encounter?open={key}")
    assert answer.status_code == 404
    assert "Not opened" in answer.text
    assert "workspace empty" in answer.text


def test_a_change_answers_the_workspace_alone(browser: Browser) -> None:
    state = State(fixture("chemotherapy_day")).text()
    answer = browser.post("/encounter/view", {"state": state, "before": "", "selected": "a3"})
    assert answer.status_code == 200
    assert answer.text.lstrip().startswith('<div id="workspace"')
    assert "96413" in answer.text


def test_a_claim_comes_by_a_request_of_its_own(browser: Browser) -> None:
    state = State(fixture("hour_too_many")).text()
    assert "comparing" in browser.post("/encounter/view", {"state": state}).text
    assert "overpaid $46.14" in browser.post("/encounter/claim", {"state": state}).text


@pytest.mark.parametrize("address", POSTED)
@pytest.mark.parametrize("state", ["", "[]", "{", '{"encounter": {}, "more": 1}'])
def test_what_is_no_state_is_refused_with_a_sentence(
    browser: Browser, address: str, state: str
) -> None:
    answer = browser.post(address, {"state": state})
    assert answer.status_code == 400
    assert "internal error" not in answer.text


@pytest.mark.parametrize("address", POSTED)
def test_an_empty_encounter_is_answered_everywhere(browser: Browser, address: str) -> None:
    fields = {"state": '{"encounter": {}}', "what": "L1"}
    assert browser.post(address, fields).status_code == 200


def test_the_first_work_of_a_worker_takes_every_way_that_later_work_takes() -> None:
    state = State(RECORD)
    claim = verified(state)
    assert claim is not None
    assert claim.verdict == "differs"
    assert answered(state).problems == ()
    warm()


def test_static_files_of_the_page_are_there(browser: Browser) -> None:
    page = Page(browser.get("/encounter").text)
    places = [each["href"] for each in page.having("href") if each["href"].startswith("/static")]
    places += [each["src"] for each in page.having("src")]
    assert len(places) > 5
    for place in places:
        assert browser.get(place).status_code == 200, place
