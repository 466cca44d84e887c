"""The drawing of the strip: on the axis of the timeline, without gaps, labels that don't cross."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infusion_asp.coding.lines import LineKey
from infusion_asp.explain.strip import MINUTE, Range, Stretch
from infusion_asp.model import Administration
from infusion_asp.tables import load_tables
from infusion_asp.verify.money import Money
from infusion_asp.web.edges.axis import Axis
from infusion_asp.web.edges.drawing import LETTER, Border, Drawing, drawing
from infusion_asp.web.edges.table import Table, table

FIRST = datetime.fromisoformat("2025-03-03T09:00")
GIVEN = Administration.model_validate({"id": "a1", "start": FIRST})
MONEY = Money(load_tables(), "facility")
TOLD = {"origin": "2025-03-03T08:30", "left": "186", "per_unit": "0.5", "width": "892"}


def told(**more: str) -> Axis | None:
    return Axis.of({**TOLD, **more})


def rows(lengths: list[int], charted: int | None = None) -> tuple[Range, Table]:
    """A strip of stretches of so many minutes, each with one unit more than the one before."""
    found, begin = [], FIRST
    for number, length in enumerate(lengths):
        last = begin + (length - 1) * MINUTE
        lines = frozenset([LineKey("administration", "96366", (), "", number + 1)])
        found.append(Stretch(begin, last, lines))
        begin = last + MINUTE
    now = None if charted is None else FIRST + charted * MINUTE
    span = Range("a1.stop", FIRST, found[-1].last, now)
    return span, table(GIVEN, span, found, found[0].lines, MONEY)


def drawn(lengths: list[int], axis: Axis | None, charted: int | None = None) -> Drawing:
    span, found = rows(lengths, charted)
    return drawing("stop of a1", span, found, axis)


def test_a_time_stands_where_the_timeline_has_it() -> None:
    found = drawn([16, 75, 60], told(), charted=100)
    assert [each.x for each in found.borders] == [186 + (30 + 16) / 0.5, 186 + (30 + 91) / 0.5]
    assert found.now == 186 + (30 + 100) / 0.5
    assert (found.width, found.left) == (892, 186)


def test_labels_name_the_clock_time_and_what_changes() -> None:
    found = drawn([16, 75, 60], told())
    assert [each.label for each in found.borders] == ["09:16 +1 96366", "10:31 +1 96366"]
    assert found.borders[0].said == "+1 96366 at 09:16"


def test_changes_right_of_the_timeline_are_counted_and_not_drawn() -> None:
    narrow = told(width="286")
    found = drawn([16, 75, 60], narrow)
    assert [each.label for each in found.borders] == ["09:16 +1 96366"]
    assert found.beyond == 1


@pytest.mark.parametrize(
    "more",
    [
        {"origin": "yesterday"},
        {"origin": ""},
        {"left": "nan"},
        {"left": "-1"},
        {"left": "900"},
        {"per_unit": "0"},
        {"per_unit": "inf"},
        {"width": "1e300"},
        {"width": ""},
        {"width": "<b>"},
    ],
)
def test_what_is_no_axis_is_none(more: dict[str, str]) -> None:
    assert told(**more) is None


@pytest.mark.parametrize("origin", ["2024-03-03T08:30", "2026-03-03T08:30", "2025-03-03T08:30Z"])
def test_a_strip_that_the_timeline_does_not_show_has_its_own_axis(origin: str) -> None:
    found = drawn([16, 75, 60], told(origin=origin))
    assert len(found.borders) == 2
    assert found.beyond == 0


lengths = st.lists(st.integers(1, 90), min_size=1, max_size=14)


@settings(deadline=None)
@given(lengths, st.one_of(st.none(), st.integers(0, 60)))
def test_stretches_lie_side_by_side_without_gaps(sizes: list[int], charted: int | None) -> None:
    found = drawn(sizes, None, charted)
    assert len(found.segments) == len(sizes)
    for one, other in pairwise(found.segments):
        assert other.x - (one.x + one.width) <= 0.02


def place(border: Border) -> tuple[float, float]:
    size = len(border.label) * LETTER
    start = border.label_x if border.anchor == "start" else border.label_x - size
    return start, start + size


@settings(deadline=None)
@given(lengths)
def test_labels_of_one_height_do_not_overlap_and_stay_inside(sizes: list[int]) -> None:
    found = drawn(sizes, None)
    shown = [each for each in found.borders if each.label]
    assert all(each.y > 0 for each in shown)
    for border in shown:
        first, last = place(border)
        assert first >= 0
        assert last <= found.width
    for one, other in pairwise(sorted(shown, key=lambda each: (each.y, place(each)))):
        if one.y == other.y:
            assert place(one)[1] <= place(other)[0]


@settings(deadline=None)
@given(lengths)
def test_the_line_of_a_label_crosses_no_label_that_begins_after_it(sizes: list[int]) -> None:
    found = drawn(sizes, None)
    shown = [each for each in found.borders if each.label and each.anchor == "start"]
    for border in shown:
        for other in shown:
            under = other.y > border.y
            assert not (under and place(other)[0] < border.x < place(other)[1])
