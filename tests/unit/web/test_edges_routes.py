"""The addresses of edges: the strip, why not, policies; what they say and what they never do."""

from __future__ import annotations

import asyncio
import html as escaping
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from infusion_asp.web.edges import routes
from infusion_asp.web.edges.kept import Kept
from infusion_asp.web.encounter.state import State
from infusion_asp.web.settings import Settings
from tests.support.encounter_view import Page, record
from tests.support.web_client import Browser, opened

DAY = "2025-03-03T"
VANCOMYCIN = {
    "id": "a1",
    "drug": "vancomycin",
    "route": "intravenous",
    "method": "infusion",
    "start": DAY + "09:00",
    "stop": DAY + "10:25",
}
PUSH = {
    "id": "a2",
    "drug": "ondansetron",
    "route": "intravenous",
    "method": "push",
    "start": DAY + "10:00",
    "stop": DAY + "10:20",
}
HOSTILE = "\"><script>alert(1)</script>{{7*7}}'--></svg>"


@pytest.fixture(scope="module")
def page() -> Iterator[Browser]:
    with opened(Settings(workers=0)) as browser:
        yield browser


def ask(page: Browser, what: str, state: State, **fields: str) -> str:
    answer = page.post(f"/encounter/{what}", {"state": state.text(), **fields})
    assert answer.status_code == 200
    text: str = answer.text
    return text


def edits(text: str) -> list[Any]:
    found = Page(text).having("data-edit")
    return [json.loads(each["data-edit"]) for each in found]


def plain(text: str) -> str:
    return " ".join(escaping.unescape(re.sub(r"<[^>]+>", " ", text)).split())


# The strip


def test_the_strip_has_each_stretch_with_its_lines_and_edit(page: Browser) -> None:
    text = ask(page, "edges", record(VANCOMYCIN), selected="a1")
    rows = Page(text).having("data-from")
    assert [each["data-from"][-5:] for each in rows] == ["09:00", "09:16", "10:31", "11:31"]
    assert [each["data-to"][-5:] for each in rows] == ["09:15", "10:30", "11:30", "12:25"]
    assert "+1 96366 at 10:31" in text
    wanted = {
        "op": "set",
        "path": ["administrations", "a1", "stop"],
        "value": DAY + "10:31",
    }
    assert wanted in edits(text)
    assert "later, at" in plain(text)
    assert "10:31 (6 minutes), +1 96366" in plain(text)


def test_borders_are_buttons_that_say_what_they_do(page: Browser) -> None:
    found = Page(ask(page, "edges", record(VANCOMYCIN), selected="a1"))
    borders = [each for each in found.of_class("border")]
    assert [each["role"] for each in borders] == ["button"] * 3
    assert [each["tabindex"] for each in borders] == ["0", "-1", "-1"]
    assert borders[1]["aria-label"] == "+1 96366 at 10:31; make the stop 10:31: +1 96366"


def test_the_strip_of_the_start(page: Browser) -> None:
    text = ask(page, "edges", record(VANCOMYCIN), selected="a1", edge="start")
    assert ["administrations", "a1", "start"] in [each["path"] for each in edits(text)]
    assert "Start of a1 (vancomycin)" in plain(text)


def test_a_long_range_is_shown_in_windows_around_what_is_charted(page: Browser) -> None:
    pump = {**VANCOMYCIN, "stop": "2025-03-05T09:00"}
    text = ask(page, "edges", record(pump), selected="a1")
    assert "480 minutes" in plain(text)
    earlier = Page(text).having("id", "strip-before")[0]
    begin = json.loads(earlier["hx-vals"])["begin"]
    before = ask(page, "edges", record(pump), selected="a1", begin=begin)
    first = Page(text).having("data-from")[0]["data-from"]
    assert Page(before).having("data-from")[-1]["data-to"] == first


@pytest.mark.parametrize(
    ("state", "selected", "said"),
    [
        (record(VANCOMYCIN), "", "Select an administration"),
        (record(VANCOMYCIN), "a9", "Select an administration"),
        (record({**VANCOMYCIN, "stop": "never"}), "a1", "errors of the record"),
        (record({"id": "a1", "drug": "vancomycin", "method": "push"}), "a1", "not charted"),
        (State(record(VANCOMYCIN).document, "nobody"), "a1", "nknown profile"),
    ],
)
def test_where_there_is_no_strip_it_says_why(
    page: Browser, state: State, selected: str, said: str
) -> None:
    text = ask(page, "edges", state, selected=selected)
    assert said in plain(text)
    assert edits(text) == []


def test_what_nobody_waits_for_is_not_solved_to_its_end(
    page: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    solved: list[Any] = []

    async def gone(_: Any) -> bool:
        await asyncio.sleep(0)
        return bool(solved)

    def piece(*args: Any) -> tuple[()]:
        solved.append(args)
        return ()

    monkeypatch.setattr(routes, "_kept", Kept())
    monkeypatch.setattr(routes.Request, "is_disconnected", gone)
    monkeypatch.setattr(routes, "solved", piece)
    pump = {**VANCOMYCIN, "stop": "2025-03-05T09:00"}
    answer = page.post("/encounter/edges", {"state": record(pump).text(), "selected": "a1"})
    assert answer.status_code == 204
    assert len(solved) == routes.TOGETHER


def test_a_stop_moved_over_its_own_strip_solves_nothing_anew(
    page: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[Any] = []
    original = routes.solved

    def piece(*args: Any) -> Any:
        calls.append(args)
        return original(*args)

    monkeypatch.setattr(routes, "_kept", Kept())
    monkeypatch.setattr(routes, "solved", piece)
    found = [
        ask(page, "edges", record({**VANCOMYCIN, "stop": DAY + stop}, PUSH), selected="a1")
        for stop in ("09:30", "09:40")
    ]
    assert len(calls) == 2
    rows = [[each["data-from"] for each in Page(text).having("data-from")] for text in found]
    assert rows[0] == rows[1]


def test_text_of_the_record_is_inert_in_every_answer(page: Browser) -> None:
    state = record({**VANCOMYCIN, "drug": HOSTILE})
    for what, fields in (
        ("edges", {"selected": "a1"}),
        ("whynot", {"selected": "a1"}),
        ("whynot", {"selected": "a1", "code": "96367"}),
        ("policies", {}),
        ("edges", {"selected": HOSTILE, "edge": HOSTILE, "begin": HOSTILE, "origin": HOSTILE}),
    ):
        found = Page(ask(page, what, state, **fields))
        tags = {tag for tag, _ in found.elements}
        assert not tags & {"script", "img", "iframe", "style"}
        assert "49" not in found.text.replace(HOSTILE, "").split()


def test_a_state_that_is_none_is_refused_with_a_sentence(page: Browser) -> None:
    for what in ("edges", "whynot", "policies"):
        answer = page.post(f"/encounter/{what}", {"state": "[]"})
        assert answer.status_code == 400
        assert "is not a state" in escaping.unescape(answer.text)


# Why not


def test_the_codes_to_choose_from_have_our_own_labels(page: Browser) -> None:
    found = Page(ask(page, "whynot", record(VANCOMYCIN), selected="a1"))
    values = [each["value"] for tag, each in found.elements if tag == "option"]
    assert values[0] == ""
    assert "96366" in values
    assert len(values) > 100
    assert "96366 therapeutic IV infusion, each further hour" in found.text
    assert "for a1 (vancomycin)" in found.text


def test_why_not_names_what_blocks_the_code_and_the_nearest_change(page: Browser) -> None:
    text = ask(page, "whynot", record(VANCOMYCIN), selected="a1", code="96366")
    said = plain(text)
    assert "minutes more than 90 (85 here" in said
    assert "(stop 10:31 instead of 10:25)" in said
    assert "(start 08:54 instead of 09:00)" in said
    assert 'href="/rules/' in text
    assert {
        "op": "set",
        "path": ["administrations", "a1", "stop"],
        "value": DAY + "10:31",
    } in edits(text)


def test_without_a_selection_the_whole_encounter_is_asked_about(page: Browser) -> None:
    said = plain(ask(page, "whynot", record(VANCOMYCIN), code="96366"))
    assert "96366 is not reported" in said
    assert "Select an administration" in said


def test_of_a_code_that_is_reported_it_says_where(page: Browser) -> None:
    said = plain(ask(page, "whynot", record(VANCOMYCIN), selected="a1", code="96365"))
    assert "96365 is reported: 96365 ×1 for a1 (vancomycin)" in said
    assert "--why" not in said


def test_a_code_that_no_table_has_is_refused_in_the_request(page: Browser) -> None:
    fields = {"state": record(VANCOMYCIN).text(), "code": "96399"}
    answer = page.post("/encounter/whynot", fields)
    assert answer.status_code == 400
    assert "no table" in escaping.unescape(answer.text)


# Policies


def test_a_policy_that_matters_shows_both_answers_and_who_says_what(page: Browser) -> None:
    text = ask(page, "policies", record(VANCOMYCIN, PUSH))
    found = Page(text)
    row = next(each for each in found.having("data-policy") if each["data-policy"] == "long_push")
    assert row["data-value"] == "infusion"
    assert {"op": "set_policy", "name": "long_push", "value": "infusion"} in edits(text)
    assert "CPT definition by continuous presence" in plain(text)


def test_a_policy_that_was_chosen_is_marked(page: Browser) -> None:
    state = State(record(VANCOMYCIN, PUSH).document, None, {"long_push": "infusion"})
    text = ask(page, "policies", state)
    assert "long push chosen" in plain(text)
    assert {"op": "set_policy", "name": "long_push", "value": "push"} in edits(text)


def test_where_no_policy_matters_it_says_so(page: Browser) -> None:
    alone = {"id": "a1", "drug": "ondansetron", "route": "intravenous", "method": "push"}
    text = ask(page, "policies", record({**alone, "start": DAY + "10:00"}))
    assert "None of the" in plain(text) or Page(text).having("data-policy")
