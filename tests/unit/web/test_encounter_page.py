"""The workspace as html: what stands in it, what never does, and what text of a record can't do."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infusion_asp.web.encounter.asked import open_points, proof
from infusion_asp.web.encounter.state import State
from infusion_asp.web.encounter.workspace import workspace, workspace_of
from tests.support.encounter_view import CLAIMS, DRIP, ENCOUNTERS, Page, fixture, record

HOSTILE = "\"><script>alert(1)</script><img src=x onerror=alert(1)>{{1234*4321}}{% raw %}'--></svg>"
TEXTS = (
    "drug",
    "category",
    "access",
    "dose_unit",
    "order_reason",
    "notes",
    "integral_to",
    "origin",
)


def inert(html: str) -> Page:
    """The page, after nothing was found in it that a browser would run or style."""
    page = Page(html)
    for tag, attributes in page.elements:
        assert tag not in ("script", "style", "iframe", "object", "base", "img", "link")
        for name, value in attributes.items():
            assert name != "style"
            assert not name.startswith(("on", "hx-on"))
            assert "javascript:" not in value.lower()
    return page


@pytest.mark.parametrize("path", [*ENCOUNTERS[1::5], *CLAIMS[::9]], ids=lambda path: path.stem)
def test_no_fixture_brings_style_or_script_into_the_page(path: Path) -> None:
    page = inert(workspace(State(fixture(path.stem))))
    ids = [each["id"] for each in page.having("id")]
    assert len(ids) == len(set(ids))


@given(st.text(max_size=40), st.text(max_size=12))
@settings(max_examples=15, deadline=None)
def test_any_text_stays_text(text: str, name: str) -> None:
    document = {"encounter_id": text, "administrations": [{**DRIP, "id": name, "drug": text}]}
    inert(workspace(State(document), selected=name))


@pytest.mark.parametrize("field", TEXTS)
def test_markup_in_a_field_of_an_administration_is_text(field: str) -> None:
    given_ = {**DRIP, "stop": "2025-03-03T11:40", field: HOSTILE}
    page = inert(workspace(record(given_)))
    state = [each for tag, each in page.elements if tag == "textarea"]
    assert [each["id"] for each in state] == ["state", "before"]
    assert "5332114" not in page.text


def test_markup_in_ids_names_choices_and_the_state_before_is_text() -> None:
    state = State(
        {
            "encounter_id": HOSTILE,
            "payer": HOSTILE,
            "accesses": [{"id": HOSTILE}],
            "administrations": [{**DRIP, "id": HOSTILE, "access": HOSTILE, "method": "push"}],
        }
    )
    before = workspace(state)
    assert HOSTILE in inert(before).text
    kept = next(re.finditer(r'id="before"[^>]*>(.*?)</textarea>', before, re.S)).group(1)
    assert "<" not in kept
    inert(workspace(state, HOSTILE, HOSTILE, csrf=HOSTILE, said=HOSTILE))
    inert(workspace(state.with_choices(HOSTILE, {HOSTILE: HOSTILE})))
    inert(proof(state.text(), HOSTILE))
    inert(open_points(state.text()))


def test_a_bar_says_what_it_is_in_words_and_carries_its_times() -> None:
    page = Page(workspace(State(fixture("chemotherapy_day")), selected="a3"))
    (bar,) = page.having("id", "bar-a3")
    assert bar["data-start"] == "2025-03-03T09:40"
    assert bar["data-stop"] == "2025-03-03T12:35"
    assert bar["aria-pressed"] == "true"
    assert bar["aria-label"] == (
        "a3 rituximab, infusion, 09:40 to 12:35, 175 minutes, 96413, 96415 ×2"
    )
    (svg,) = page.having("data-minutes-per-px")
    assert svg["data-origin"].startswith("2025-03-03T0")


def test_the_places_in_the_drawing_are_minutes_from_its_origin() -> None:
    page = Page(workspace(State(fixture("chemotherapy_day"))))
    (svg,) = page.having("data-minutes-per-px")
    hour, minute = map(int, svg["data-origin"][11:].split(":"))
    per_unit, left = float(svg["data-minutes-per-px"]), float(svg["data-left"])
    lit = [each for each in page.of_class("stretch") if each["data-unit"] == "2"]
    assert len(lit) == 1
    first = hour * 60 + minute + (float(lit[0]["x"]) - left) * per_unit
    assert round(first) == 11 * 60 + 40
    assert round(float(lit[0]["width"]) * per_unit) == 55


@pytest.mark.parametrize("name", ["cisplatin_hydration", "push_without_time", "start_missing"])
def test_every_unit_that_can_be_pointed_at_has_a_place_to_light(name: str) -> None:
    page = Page(workspace(State(fixture(name))))
    lit = {(each["data-line"], each["data-unit"]) for each in page.of_class("stretch")}
    units = {(each["data-line"], each["data-unit"]) for each in page.of_class("unit")}
    assert units
    assert units <= lit


def test_the_legend_has_words_for_just_what_is_drawn() -> None:
    page = Page(workspace(record({**DRIP, "stop": "2025-03-03T10:31"})))
    assert "minutes that earned units" in page.text
    assert "hydration that counted" not in page.text


def test_a_change_is_marked_by_sign_and_word_and_said() -> None:
    first = record({**DRIP, "stop": "2025-03-03T11:31"})
    html = workspace(first)
    before = re.search(r'id="before"[^>]*>(.*?)</textarea>', html, re.S)
    assert before is not None
    text = before.group(1).replace("&#34;", '"')
    page = Page(workspace(record({**DRIP, "stop": "2025-03-03T11:30"}), text))
    (place,) = page.having("id", "workspace")
    assert place["data-said"].startswith("96366 is gone; total $")
    assert page.of_class("changed-gone")
    assert "−" in page.text
    assert "gone" in page.text


def test_a_record_with_errors_shows_them_and_the_last_lines_dimmed() -> None:
    html = workspace(record({**DRIP, "stop": "2025-03-03T11:31"}))
    before = re.search(r'id="before"[^>]*>(.*?)</textarea>', html, re.S)
    assert before is not None
    kept = before.group(1).replace("&#34;", '"')
    page = Page(workspace(record({**DRIP, "stop": "2025-03-03T09:00"}), kept))
    assert page.of_class("dim")
    assert "96365" in page.text
    assert page.of_class("wrong")
    (place,) = page.having("id", "workspace")
    assert place["data-said"].startswith("not coded: a1 stop:")
    again = [each for tag, each in page.elements if each.get("id") == "before"]
    assert again
    assert "96365" in Page(workspace(record(DRIP), kept)).text


@pytest.mark.parametrize(
    ("profile", "policies", "message"),
    [
        ("cpd", {}, "unknown profile 'cpd'"),
        (None, {"no_such": "x"}, "unknown policy 'no_such'"),
        (None, {"concurrent_overlap": "x"}, "policy concurrent_overlap has no value 'x'"),
    ],
)
def test_a_choice_that_nobody_knows_is_told(
    profile: str | None, policies: dict[str, str], message: str
) -> None:
    state = record({**DRIP, "stop": "2025-03-03T11:31"}).with_choices(profile, policies)
    page = Page(workspace(state))
    assert message in page.text
    assert page.having("id", "bar-a1")


@pytest.mark.parametrize("document", [{}, {"encounter_id": "e1", "administrations": []}])
def test_nothing_to_draw_is_said(document: dict[str, Any]) -> None:
    assert "No administration is charted" in Page(workspace(State(document))).text


def test_reasons_link_to_the_pages_of_their_rules_and_go_on_to_the_full_proof() -> None:
    text = State(fixture("chemotherapy_day")).text()
    short, whole = Page(workspace_of(text)), Page(proof(text, "L3"))
    assert {"href": "/rules/hierarchy"} in short.having("href")
    assert {"href": "/rules/charted_start"} not in short.having("href")
    assert len(whole.having("href")) > 5
    assert "There is no more to say" in Page(proof(text, "L99")).text
    assert "There is no more to say" in Page(proof(text, "X1")).text


def test_what_the_record_leaves_open_is_solved_when_asked_for() -> None:
    text = State(fixture("reason_not_charted")).text()
    assert Page(workspace_of(text)).having("id", "open-points")
    assert "the lines would be" in Page(open_points(text)).text
    clean = record({**DRIP, "stop": "2025-03-03T11:31"}).text()
    assert not Page(workspace_of(clean)).having("id", "open-points")
    assert "would give other lines" in Page(open_points(clean)).text
