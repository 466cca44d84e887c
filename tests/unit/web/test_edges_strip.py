"""The strip: lines as a function of a stop or start, exact to the minute, each stretch an edit."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infusion_asp.coding import Coder
from infusion_asp.coding.lines import line_set
from infusion_asp.explain.strip import (
    MINUTE,
    Range,
    Stretch,
    joined,
    lines_by_minute,
    range_of,
    short_changes,
    strip,
)
from infusion_asp.explain.variations import changed
from infusion_asp.model import Encounter, InputError, parse_encounter
from infusion_asp.rulebook import load_rulebook
from infusion_asp.verify.money import Money
from infusion_asp.web.edges import solving
from infusion_asp.web.edges.asked import Asked
from infusion_asp.web.edges.table import Table, table
from infusion_asp.web.editing.edits import read_edits
from infusion_asp.web.editing.operations import apply
from infusion_asp.web.encounter.state import State

ENCOUNTERS = Path(__file__).parents[3] / "fixtures" / "encounters"
DAY = "2025-03-03T"


def at(clock: str) -> datetime:
    return datetime.fromisoformat(DAY + clock)


def bag(drug: str, start: str, stop: str | None, name: str = "a1", **more: Any) -> dict[str, Any]:
    row = {"id": name, "drug": drug, "route": "intravenous", "method": "infusion", **more}
    row["start"] = DAY + start
    return row if stop is None else row | {"stop": DAY + stop}


def record(*rows: dict[str, Any], **more: Any) -> Encounter:
    return parse_encounter({"encounter_id": "e", "administrations": list(rows), **more})


def fixture(name: str) -> Encounter:
    return parse_encounter(json.loads((ENCOUNTERS / f"{name}.json").read_text("utf-8")))


@pytest.fixture(scope="module")
def coder() -> Coder:
    return Coder(load_rulebook())


def span_of(encounter: Encounter, edge: str = "stop", name: str = "a1") -> Range:
    found = range_of(encounter, name, edge)
    assert found is not None
    return found


def until(encounter: Encounter, minutes: int) -> Range:
    """The first minutes of the stop's range."""
    span = span_of(encounter)
    return Range(span.path, span.first, span.first + minutes * MINUTE, span.charted, span.times)


def shown(coder: Coder, encounter: Encounter, span: Range) -> Table:
    administration = span.path.partition(".")[0]
    row = next(each for each in encounter.administrations if each.id == administration)
    base = line_set(coder.code(encounter, explain=False))
    money = Money.of(encounter, coder.rulebook, coder.tables, coder.setting_of(encounter).day)
    return table(row, span, strip(coder, encounter, span), base, money)


def minutes(found: Table) -> list[tuple[str, tuple[str, ...]]]:
    return [(row.minutes, row.change) for row in found.rows]


# Exact


@pytest.mark.parametrize(
    ("name", "administration", "edge"),
    [
        ("rchop_day", "a5", "stop"),
        ("cisplatin_hydration", "a2", "start"),
        ("hydration_beside_a_drug", "a1", "stop"),
        ("clock_change_with_offsets", "a1", "stop"),
    ],
)
def test_each_minute_of_the_strip_is_coded_as_by_itself(
    coder: Coder, name: str, administration: str, edge: str
) -> None:
    encounter = fixture(name)
    span = span_of(encounter, edge, administration).window(30)
    found = strip(coder, encounter, span)
    covered = [minute for each in found for minute in span.times_of(each.first, each.last)]
    assert covered == span.times_of(span.first, span.last)
    for minute in covered:
        stretch = next(each for each in found if minute in each)
        try:
            alone = changed(encounter, {span.path: minute})
        except InputError:
            assert stretch.lines is None
            continue
        assert stretch.lines == line_set(coder.code(alone, explain=False))


@settings(deadline=None)
@given(st.lists(st.sampled_from("abc"), min_size=1, max_size=60), st.integers(1, 20))
def test_pieces_put_together_are_the_strip_solved_at_once(letters: list[str], size: int) -> None:
    first = at("09:00")
    each: list[Any] = [frozenset([letter]) for letter in letters]
    times = [first + number * MINUTE for number in range(len(letters))]

    def of(begin: int, end: int) -> Sequence[Stretch]:
        return tuple(solving.stretches(times[begin:end], each[begin:end]))

    parts = [part for begin in range(0, len(letters), size) for part in of(begin, begin + size)]
    assert joined(parts) == tuple(of(0, len(letters)))


@settings(deadline=None)
@given(st.integers(1, 400), st.integers(1, 200), st.integers(-500, 500))
def test_a_window_has_its_size_and_stays_inside(length: int, most: int, begin: int) -> None:
    span = Range("a1.stop", at("09:00"), at("09:00") + length * MINUTE, at("09:10"))
    for chosen in (None, span.first + begin * MINUTE):
        found = span.window(most, chosen)
        assert found.minutes == min(most, span.minutes)
        assert span.first <= found.first <= found.last <= span.last


@settings(deadline=None)
@given(st.integers(0, 1000))
def test_pieces_of_a_range_have_all_of_its_minutes_once(length: int) -> None:
    span = Range("a1.stop", at("09:00"), at("09:00") + length * MINUTE, None)
    found = [m for first, last in solving.pieces(span) for m in span.times_of(first, last)]
    whole = span.times_of(span.first, span.last)
    assert found[: len(whole)] == whole
    assert len(found) - len(whole) < solving.PIECE


# Limits as they are seen on the strip


def test_an_infusion_begins_at_16_minutes_and_its_second_hour_at_91(coder: Coder) -> None:
    encounter = record(bag("vancomycin", "09:00", "10:00"))
    found = minutes(shown(coder, encounter, until(encounter, 160)))
    assert [each for each, _ in found] == ["0 to 15", "16 to 90", "91 to 150", "151 to 160"]
    assert found[1][1] == ("+1 96365", "−1 96374")
    assert found[2][1] == ("+1 96366",)
    assert found[3][1] == ("+1 96366",)


def test_hydration_begins_at_31_minutes_and_its_second_hour_at_91(coder: Coder) -> None:
    encounter = record(bag("normal saline", "09:00", "10:00", category="hydration"))
    found = minutes(shown(coder, encounter, until(encounter, 100)))
    assert [each for each, _ in found] == ["0 to 30", "31 to 90", "91 to 100"]
    assert [change for _, change in found] == [(), ("+1 96360",), ("+1 96361",)]


def test_the_strip_of_the_start_shows_the_same_limits_backwards(coder: Coder) -> None:
    encounter = record(bag("vancomycin", "09:00", "10:40"))
    found = minutes(shown(coder, encounter, span_of(encounter, "start").window(161, at("08:00"))))
    assert [each for each, _ in found][-3:] == ["91 to 150", "16 to 90", "0 to 15"]


# What can be done with it


@pytest.mark.parametrize("charted", ["09:10", "10:00", "10:31", "11:10"])
def test_the_edit_of_each_row_gives_the_lines_of_the_row(coder: Coder, charted: str) -> None:
    encounter = record(bag("vancomycin", "09:00", charted))
    document = encounter.model_dump(mode="json", exclude_none=True, exclude_defaults=True)
    for row in shown(coder, encounter, until(encounter, 150)).rows:
        assert (row.step is None) == row.here
        if row.step is not None:
            (edit,) = read_edits(row.step.edit)
            after = parse_encounter(apply(document, edit))
            assert line_set(coder.code(after, explain=False)) == row.stretch.lines


def test_the_way_to_a_stretch_is_its_minute_nearest_to_what_is_charted(coder: Coder) -> None:
    encounter = record(bag("vancomycin", "09:00", "10:00"))
    found = shown(coder, encounter, until(encounter, 160))
    assert found.earlier is not None
    assert found.later is not None
    assert (found.earlier.time, found.earlier.away) == (at("09:15"), -45)
    assert (found.later.time, found.later.away) == (at("10:31"), 31)
    assert found.later.said == "10:31: +1 96366"
    assert found.earlier.changes == ("+1 96374", "−1 96365")


def test_amounts_are_against_what_is_charted(coder: Coder) -> None:
    encounter = record(bag("vancomycin", "09:00", "10:31"))
    rows = shown(coder, encounter, until(encounter, 151)).rows
    here = next(row for row in rows if row.here)
    assert here.more is None
    for row in rows:
        if row is not here and row.amount is not None and here.amount is not None:
            assert row.more == row.amount - here.amount
    dearer = next(row for row in rows if row.step and row.step.changes == ("+1 96366",))
    assert dearer.more is not None
    assert dearer.more > 0


def test_without_a_charted_stop_nothing_is_now_and_each_stretch_can_be_chosen(coder: Coder) -> None:
    encounter = record(bag("vancomycin", "09:00", None))
    found = shown(coder, encounter, until(encounter, 100))
    assert not any(row.here for row in found.rows)
    assert [row.step.time for row in found.rows if row.step] == [
        row.stretch.first for row in found.rows
    ]
    assert found.later is None
    assert found.earlier is None


def test_a_stop_that_the_pauses_forbid_is_no_stretch_of_lines(coder: Coder) -> None:
    pause = {"start": DAY + "09:20", "stop": DAY + "09:30"}
    encounter = record(bag("vancomycin", "09:00", "10:00", pauses=[pause]))
    rows = shown(coder, encounter, until(encounter, 60)).rows
    assert [row.possible for row in rows] == [False, True]
    assert rows[0].stretch.last == at("09:29")
    assert rows[0].step is None


# The range


def test_a_stop_moves_from_its_start_to_two_hours_past_everything() -> None:
    encounter = record(
        bag("vancomycin", "09:00", "10:00"), bag("cefazolin", "11:00", "11:30", "a2")
    )
    span = span_of(encounter)
    assert (span.first, span.last, span.charted) == (at("09:00"), at("13:30"), at("10:00"))


def test_a_start_moves_from_two_hours_before_everything_to_its_stop() -> None:
    span = span_of(record(bag("vancomycin", "09:00", "10:00")), "start")
    assert (span.first, span.last, span.charted) == (at("07:00"), at("10:00"), at("09:00"))


def test_what_has_no_start_has_no_strip() -> None:
    row = bag("vancomycin", "09:00", "10:00")
    del row["start"], row["stop"]
    assert range_of(record(row), "a1", "stop") is None


def test_minutes_after_the_clock_change_carry_the_offset_of_the_stop(coder: Coder) -> None:
    encounter = fixture("clock_change_with_offsets")
    span = span_of(encounter)
    offsets = [each.utcoffset() for each in span.times_of(span.first, span.last)]
    assert set(offsets) == {timedelta(hours=-4), timedelta(hours=-5)}
    assert sorted(offsets, reverse=True) == offsets
    assert lines_by_minute(coder, encounter, span.path, [encounter.administrations[0].stop]) == [  # type: ignore[list-item]
        line_set(coder.code(encounter, explain=False))
    ]


# What is known already


def asked(encounter: Encounter, **more: Any) -> Asked:
    document = encounter.model_dump(mode="json", exclude_none=True, exclude_defaults=True)
    return Asked(State(document).text(), "a1", **more)


def track(encounter: Encounter) -> solving.Track:
    found = solving.planned(asked(encounter)).track
    assert found is not None
    return found


def test_records_that_differ_in_the_moved_time_alone_have_one_key() -> None:
    keys = [
        track(record(bag(drug, "09:00", stop))).key
        for drug, stop in (("vancomycin", "09:40"), ("vancomycin", "09:55"), ("cefazolin", "09:40"))
    ]
    assert keys[0] == keys[1] != keys[2]
    start = solving.planned(
        replace(asked(record(bag("vancomycin", "09:00", "09:40"))), edge="start")
    )
    assert start.track is not None
    assert start.track.key not in keys


def test_what_a_piece_has_past_the_range_is_left_out() -> None:
    one, other = frozenset[Any](), None
    span = Range("a1.stop", at("09:00"), at("09:30"), None)
    found = [
        Stretch(at("09:00"), at("09:20"), one),
        Stretch(at("09:21"), at("09:40"), other),
        Stretch(at("09:41"), at("09:59"), one),
    ]
    assert solving.within(span, found) == (
        found[0],
        Stretch(at("09:21"), at("09:30"), other),
    )


@settings(deadline=None, max_examples=30)
@given(st.text(max_size=12))
def test_a_chosen_begin_that_is_no_time_is_no_begin(text: str) -> None:
    one = asked(record(bag("vancomycin", "09:00", "10:00")), begin=text)
    plan = solving.planned(one)
    assert plan.track is not None
    assert plan.track.span.minutes <= solving.MOST


def test_what_comes_stands_before_what_goes(coder: Coder) -> None:
    encounter = record(bag("vancomycin", "09:00", "10:00"))
    before, after = strip(coder, encounter, until(encounter, 30))
    assert before.lines is not None
    assert after.lines is not None
    assert short_changes(before.lines, after.lines) == ("+1 96365", "−1 96374")
    assert short_changes(after.lines, before.lines) == ("+1 96374", "−1 96365")
    assert short_changes(after.lines, after.lines) == ()
