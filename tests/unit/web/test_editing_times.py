"""Clock times as typed: HH:MM comes to the right day, offsets stay."""

import datetime as dt

import pytest

from infusion_asp.web.editing.edits import Edit
from infusion_asp.web.editing.operations import apply
from tests.support.editing import bag, encounter, field, put, refusal


@pytest.mark.parametrize(
    ("start", "stop", "typed", "expected"),
    [
        ("10:00", "10:30", "10:31", "2025-03-03T10:31"),
        ("10:00", "10:30", "10:00", "2025-03-03T10:00"),
        ("10:00", "10:30", "09:59", "2025-03-04T09:59"),
        ("22:00", "23:50", "00:10", "2025-03-04T00:10"),
        ("22:00", "23:50", "0010", "2025-03-04T00:10"),
        ("22:00", "", "6:05", "2025-03-04T06:05"),
        ("22:00", "", "23:00", "2025-03-03T23:00"),
    ],
)
def test_a_stop_is_the_first_such_time_after_its_start(
    start: str, stop: str, typed: str, expected: str
) -> None:
    document = encounter(bag("a1", start, stop))
    made = put(document, "administrations", "a1", "stop", to=typed)
    assert field(made, "a1", "stop") == expected


def test_a_stop_comes_back_over_midnight() -> None:
    document = encounter(bag("a1", "22:00") | {"stop": "2025-03-04T00:10"})
    made = put(document, "administrations", "a1", "stop", to="23:50")
    assert field(made, "a1", "stop") == "2025-03-03T23:50"


@pytest.mark.parametrize(
    ("stop", "expected"),
    [
        ("2025-03-04T09:59", "2025-03-03T18:00"),
        ("2025-03-04T10:00", "2025-03-04T18:00"),
        ("2025-03-05T08:00", "2025-03-05T18:00"),
    ],
)
def test_what_lasted_a_day_keeps_the_day_of_its_stop(stop: str, expected: str) -> None:
    document = encounter(bag("a1", "10:00") | {"stop": stop})
    made = put(document, "administrations", "a1", "stop", to="18:00")
    assert field(made, "a1", "stop") == expected


@pytest.mark.parametrize(
    ("typed", "expected"),
    [("23:40", "2025-03-03T23:40"), ("00:20", "2025-03-04T00:20"), ("11:00", "2025-03-03T11:00")],
)
def test_a_start_goes_to_the_nearest_such_time(typed: str, expected: str) -> None:
    start, stop = "2025-03-04T00:10", "2025-03-04T01:00"
    if typed == "11:00":
        start, stop = "2025-03-03T10:00", "2025-03-03T12:00"
    document = encounter(bag("a1") | {"start": start, "stop": stop})
    made = put(document, "administrations", "a1", "start", to=typed)
    assert field(made, "a1", "start") == expected


def test_a_new_start_lies_before_its_stop() -> None:
    document = encounter(bag("a1") | {"stop": "2025-03-04T00:10"})
    made = put(document, "administrations", "a1", "start", to="23:30")
    assert field(made, "a1", "start") == "2025-03-03T23:30"


def test_a_time_keeps_its_own_offset() -> None:
    document = encounter(
        bag("a1") | {"start": "2025-03-09T01:30-05:00", "stop": "2025-03-09T03:30-04:00"}
    )
    made = put(document, "administrations", "a1", "stop", to="03:45")
    assert field(made, "a1", "stop") == "2025-03-09T03:45-04:00"
    made = put(made, "administrations", "a1", "start", to="01:15")
    assert field(made, "a1", "start") == "2025-03-09T01:15-05:00"
    made = put(made, "administrations", "a1", "last_charted", to="2025-03-09 01:40")
    assert field(made, "a1", "last_charted") == "2025-03-09T01:40-05:00"


def test_a_clock_time_without_any_day_is_refused_or_today() -> None:
    document = encounter(bag("a1"))
    edit = Edit("set", ("administrations", "a1", "start"), "09:30")
    assert refusal(document, edit).kind == "no_day"
    made = apply(document, edit, dt.date(2025, 6, 2))
    assert field(made, "a1", "start") == "2025-06-02T09:30"


def test_times_around_the_stay_are_typed_too() -> None:
    document = encounter(bag("a1", "22:00", "23:30"))
    made = put(document, "arrival", to="21:15")
    assert made["arrival"] == "2025-03-03T21:15"
    made = put(made, "departure", to="00:40")
    assert made["departure"] == "2025-03-04T00:40"


def test_a_departure_without_arrival_goes_nearest_to_where_it_was() -> None:
    document = encounter(bag("a1", "10:00", "12:35"))
    made = put(document, "departure", to="12:40")
    assert made["departure"] == "2025-03-03T12:40"
    assert put(made, "departure", to="12:30")["departure"] == "2025-03-03T12:30"


def test_an_order_goes_nearest_to_where_it_was() -> None:
    document = encounter(bag("a1", "10:00", "12:35"), inpatient_order="2025-03-03T11:00")
    assert put(document, "inpatient_order", to="09:50")["inpatient_order"] == "2025-03-03T09:50"
