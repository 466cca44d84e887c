"""Whatever a record holds, its rows are used or dropped, and their order does not matter."""

from __future__ import annotations

import csv
import random
import tempfile
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from infusion_asp.ingest.common import Tally, encounters_of
from infusion_asp.ingest.mar.chains import chains
from infusion_asp.ingest.mar.events import ACTIONS, NO_EVENT, NOT_GIVEN, Event
from infusion_asp.ingest.mar.read import read
from infusion_asp.ingest.mar.stitch import stitch
from infusion_asp.model import parse_encounter

BASE = datetime(2025, 3, 3)
HAPPENED = [action for action in ACTIONS if action not in (NO_EVENT, NOT_GIVEN)]
HEADER = ["CSN", "TAKEN_TIME", "MAR_ACTION", "ORDER_ID", "MEDICATION_NAME", "ROUTE", "DOSE"]
WORDS = ["New Bag", "Started", "Rate Change", "Rate Verify", "Paused", "Restarted", "Stopped"]
WORDS += ["Given", "Bolus", "IV Push", "Flush", "Wasted", "Missed", "no such word", ""]

EVENTS = st.lists(
    st.builds(
        lambda minute, action, order, drug, bag, rate: Event(
            0, 0, action, BASE + timedelta(minutes=minute), order=order, drug=drug, bag=bag,
            rate=rate,
        ),
        st.integers(0, 300),
        st.sampled_from(HAPPENED),
        st.sampled_from(["", "1", "2"]),
        st.sampled_from(["", "A", "B"]),
        st.sampled_from(["", "", "", "bag"]),
        st.sampled_from([None, 0.0, 50.0]),
    ),
    max_size=25,
).map(lambda found: [replace(each, line=line) for line, each in enumerate(found, 2)])  # fmt: skip

CELLS = st.one_of(st.text(max_size=8), st.sampled_from(["e1", "e2", "A", "IV", "5 mg", "-1"]))
TIMES = st.integers(0, 9999).map(
    lambda minute: (BASE + timedelta(minutes=minute)).isoformat(" ", "minutes")
)
ROWS = st.lists(
    st.tuples(
        st.one_of(st.sampled_from(["e1", "e2"]), CELLS),
        st.one_of(TIMES, CELLS),
        st.sampled_from(WORDS),
        st.sampled_from(["", "1", "2"]),
        st.one_of(st.sampled_from(["Ceftriaxone", "NaCl 0.9%"]), CELLS),
        st.one_of(st.sampled_from(["IV", "SC"]), CELLS),
        CELLS,
    ),
    max_size=12,
)


def stitched(events: list[Event]) -> tuple[list[Any], list[Event]]:
    """What becomes of events: times and rows of every run, and the rows that are in none."""
    found, lost = chains(events, str.lower)
    runs: list[Any] = []
    refused = [event for _, event in lost]
    for chain in found:
        more, out = stitch(chain)
        runs += [(run.start, run.stop, run.pauses, run.last, run.rows) for run in more]
        refused += [event for _, event in out]
    return runs, refused


@given(EVENTS)
def test_every_row_is_in_one_administration_or_refused(events: list[Event]) -> None:
    runs, refused = stitched(events)
    used = [event.line for *_, rows in runs for event, _ in rows]
    assert sorted(used + [event.line for event in refused]) == [event.line for event in events]


@given(EVENTS)
def test_pauses_lie_inside_and_in_order(events: list[Event]) -> None:
    for start, stop, pauses, *_ in stitched(events)[0]:
        times = [start, *(time for pause in pauses for time in pause), stop]
        known = [time for time in times if time is not None]
        assert known == sorted(known)
        assert all(begin < end for begin, end in pauses)


@given(EVENTS, st.randoms(use_true_random=False))
def test_the_order_of_rows_of_other_times_does_not_matter(
    events: list[Event], rng: random.Random
) -> None:
    apart = list({event.time: event for event in events}.values())
    mixed = rng.sample(apart, len(apart))
    again = [replace(event, line=line) for line, event in enumerate(mixed, 2)]

    def plain(found: tuple[list[Any], list[Event]]) -> tuple[Any, Any]:
        runs = [
            (*times, [(event.time, effect) for event, effect in rows]) for *times, rows in found[0]
        ]
        return sorted(runs, key=repr), sorted(event.time for event in found[1])

    assert plain(stitched(again)) == plain(stitched(apart))


@settings(max_examples=40, deadline=None)
@given(ROWS)
def test_any_table_converts_and_its_counts_add_up(rows: list[tuple[str, ...]]) -> None:
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "mar.csv"
        with path.open("w", encoding="utf-8", errors="replace", newline="") as file:
            csv.writer(file).writerows([HEADER, *rows])
        tally = Tally()
        options = {"preset": "epic"}
        found = list(encounters_of(read([path], options, tally), tally))
        report = tally.report("mar", "rows")
    assert report.adds_up
    assert not [reason for reason in report.dropped if reason.startswith("refused_")]
    for each in found:
        parse_encounter(each)


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_after_a_header_cost_rows_and_nothing_else(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "mar.csv"
        path.write_bytes(",".join(HEADER).encode() + b"\n" + data)
        tally = Tally()
        options = {"preset": "epic", "encoding": "utf-8"}
        list(encounters_of(read([path], options, tally), tally))
        assert tally.report("mar", "rows").adds_up
