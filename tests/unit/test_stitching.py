"""Rows of one order become administrations: what continues, what pauses, what is missing."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from infusion_asp.ingest.mar.chains import chains
from infusion_asp.ingest.mar.events import Event
from infusion_asp.ingest.mar.stitch import Run, stitch


def at(clock: str) -> datetime:
    return datetime.fromisoformat(f"2025-03-03T{clock}")


def rows(*charted: str) -> list[Event]:
    """Rows of one order and drug: `10:00 new_bag`, with `rate=0` and the like behind it."""
    found = []
    for line, text in enumerate(charted, 2):
        clock, action, *more = text.split()
        amounts = {name: float(value) for name, value in (each.split("=") for each in more)}
        found.append(Event(0, line, action, at(clock), order="1", drug="Drug", **amounts))
    return found


def spans(runs: list[Run]) -> list[str]:
    """Start, pauses and stop of every run, `?` for what is missing."""

    def clock(time: datetime | None) -> str:
        return f"{time:%H:%M}" if time else "?"

    return [
        " ".join(
            [clock(run.start)]
            + [f"({clock(a)}-{clock(b)})" for a, b in run.pauses]
            + [clock(run.stop)]
        )
        for run in runs
    ]


@pytest.mark.parametrize(
    ("charted", "expected"),
    [
        (["10:00 new_bag", "11:00 stopped"], ["10:00 11:00"]),
        (["10:00 new_bag", "10:20 rate_change", "11:00 stopped"], ["10:00 11:00"]),
        (["10:00 new_bag"], ["10:00 ?"]),
        (["10:00 new_bag", "10:30 same_bag"], ["10:00 ?"]),
        (
            ["10:00 new_bag", "10:20 paused", "10:30 restarted", "11:00 stopped"],
            ["10:00 (10:20-10:30) 11:00"],
        ),
        (
            ["10:00 new_bag", "10:20 rate_change rate=0", "10:30 rate_change rate=5"],
            ["10:00 (10:20-10:30) ?"],
        ),
        (
            ["10:00 new_bag", "10:20 stopped", "10:30 restarted", "11:00 stopped"],
            ["10:00 (10:20-10:30) 11:00"],
        ),
        (["10:00 new_bag", "10:20 paused", "11:00 stopped"], ["10:00 (10:20-11:00) 11:00"]),
        (["10:00 new_bag", "12:00 new_bag", "14:00 stopped"], ["10:00 14:00"]),
        (["10:00 started", "12:00 started", "14:00 stopped"], ["10:00 ?", "12:00 14:00"]),
        (
            ["10:00 new_bag", "11:00 stopped", "12:00 new_bag", "13:00 stopped"],
            ["10:00 11:00", "12:00 13:00"],
        ),
        (["11:00 stopped"], ["? 11:00"]),
        (["10:00 rate_change", "11:00 stopped"], ["? 11:00"]),
        (["10:00 given"], ["10:00 ?"]),
        (["10:00 given", "10:30 stopped"], ["10:00 10:30"]),
        (["10:00 bolus", "10:05 started", "11:00 stopped"], ["10:00 ?", "10:05 11:00"]),
        (["10:00 started", "10:30 bolus", "11:00 stopped"], ["10:00 11:00", "10:30 ?"]),
        (["10:00 push", "10:30 push"], ["10:00 ?", "10:30 ?"]),
        (["10:00 given", "10:00 given"], ["10:00 ?", "10:00 ?"]),
    ],
)
def test_what_becomes_one_administration(charted: list[str], expected: list[str]) -> None:
    runs, refused = stitch(rows(*charted))
    assert spans(runs) == expected
    assert not refused


@pytest.mark.parametrize(
    ("charted", "expected"),
    [
        (["11:00 stopped", "11:00 new_bag"], ["10:00 11:00", "11:00 12:00"]),
        (["11:00 new_bag", "11:00 stopped"], ["10:00 11:00", "11:00 12:00"]),
    ],
)
def test_one_bag_ends_before_the_next_begins_in_the_same_minute(
    charted: list[str], expected: list[str]
) -> None:
    runs, _ = stitch(rows("10:00 new_bag", *charted, "12:00 stopped"))
    assert spans(runs) == expected


def test_what_begins_and_ends_in_one_minute_ran_no_minute() -> None:
    assert spans(stitch(rows("10:00 stopped", "10:00 started"))[0]) == ["10:00 10:00"]


@pytest.mark.parametrize(
    ("charted", "reason"),
    [
        (["10:00 new_bag", "11:00 stopped", "11:30 stopped"], "second_stop"),
        (["10:00 new_bag", "11:00 stopped", "11:30 rate_change"], "event_after_stop"),
        (["10:00 paused"], "pause_without_start"),
        (["10:00 waste dose=1"], "waste_without_administration"),
    ],
)
def test_a_row_that_fits_nowhere_is_refused_with_its_reason(
    charted: list[str], reason: str
) -> None:
    found = rows(*charted)
    _, refused = stitch(found)
    assert refused == [(reason, found[-1])]


def test_a_new_bag_begins_another_administration_where_the_mapping_says_so() -> None:
    found = rows("10:00 new_bag", "12:00 new_bag", "14:00 stopped")
    assert spans(stitch(found, continues=False)[0]) == ["10:00 ?", "12:00 14:00"]


@pytest.mark.parametrize(
    ("clock", "note"),
    [("12:00", "new_bag_continued"), ("12:01", "new_bag_after_the_last_was_empty")],
)
def test_a_bag_hung_after_the_last_was_empty_is_noted(clock: str, note: str) -> None:
    found = rows("10:00 new_bag volume=200 rate=100", f"{clock} new_bag", "14:00 stopped")
    (run,), _ = stitch(found)
    assert run.notes == [note]


def drugs(*charted: tuple[str, str, str, str]) -> list[list[str]]:
    events = [
        Event(0, line, action, at(clock), order=order, drug=drug)
        for line, (clock, action, order, drug) in enumerate(charted, 2)
    ]
    found, _ = chains(events, str.lower)
    return [[event.drug for event in chain] for chain in found]


def test_drugs_of_one_order_that_begin_together_are_one_bag() -> None:
    one, other = ("10:00", "new_bag", "1", "A"), ("10:00", "new_bag", "1", "B")
    assert drugs(one, other) == [["A", "B"]]
    assert drugs(one, ("10:01", "new_bag", "1", "B")) == [["A"], ["B"]]
    assert drugs(one, ("10:00", "new_bag", "2", "B")) == [["A"], ["B"]]


def test_drugs_with_one_bag_id_are_one_bag_whatever_their_orders() -> None:
    events = [
        Event(0, 2, "new_bag", at("10:00"), order="1", bag="b", drug="A"),
        Event(0, 3, "new_bag", at("10:00"), order="2", bag="b", drug="B"),
    ]
    assert chains(events, str.lower)[0] == [events]


def test_a_row_without_a_drug_belongs_to_the_only_drug_of_its_order() -> None:
    begin = Event(0, 2, "new_bag", at("10:00"), order="1", drug="A")
    end = Event(0, 3, "stopped", at("11:00"), order="1")
    stray = Event(0, 4, "stopped", at("11:00"), order="2")
    assert chains([begin, end, stray], str.lower) == ([[begin, end]], [("no_drug", stray)])


def test_a_row_that_charts_until_when_it_ran_is_the_time_last_charted() -> None:
    begin, runs = rows("10:00 new_bag", "10:10 same_bag")
    (run,), _ = stitch([begin, replace(runs, stop=at("10:40"))])
    assert (run.stop, run.last) == (None, at("10:40"))
