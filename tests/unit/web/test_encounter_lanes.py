"""What each fill of the timeline means: minutes that earned, that did not, pauses, open ends."""

from __future__ import annotations

import pytest

from infusion_asp.web.encounter.lanes import Part, drawn
from infusion_asp.web.encounter.problems import placed, readable
from infusion_asp.web.encounter.state import State
from tests.support.encounter_view import DRIP, coded, fixture, lane_of, record

TEN = 600  # minutes from 00:00 to 10:00


def test_an_infusion_that_earned_units_is_counted_from_start_to_stop() -> None:
    _, found = coded(record({**DRIP, "stop": "2025-03-03T10:31"}))
    assert lane_of(found, "a1").parts == (Part("counted", TEN, TEN + 31),)


@pytest.mark.parametrize(("minutes", "fill"), [(15, "push"), (16, "counted")])
def test_a_short_infusion_is_a_bar_that_counts_as_a_push(minutes: int, fill: str) -> None:
    _, found = coded(record({**DRIP, "stop": f"2025-03-03T10:{minutes}"}))
    lane = lane_of(found, "a1")
    assert lane.shape == "bar"
    assert [each.fill for each in lane.parts] == [fill]
    assert lane.pushed == (fill == "push")


@pytest.mark.parametrize(("minutes", "fill"), [(30, "fluid-idle"), (31, "fluid")])
def test_hydration_counts_from_its_least_minutes_on(minutes: int, fill: str) -> None:
    fluid = {**DRIP, "drug": "normal saline", "purpose": "hydration"}
    _, found = coded(record({**fluid, "stop": f"2025-03-03T10:{minutes}"}))
    assert [each.fill for each in lane_of(found, "a1").parts] == [fill]


def test_hydration_beside_a_drug_does_not_count_and_after_it_does() -> None:
    fluid = {**DRIP, "id": "a2", "drug": "normal saline", "purpose": "hydration"}
    _, found = coded(
        record({**DRIP, "stop": "2025-03-03T11:00"}, {**fluid, "stop": "2025-03-03T12:00"})
    )
    assert lane_of(found, "a2").parts == (
        Part("fluid-idle", TEN, TEN + 60),
        Part("fluid", TEN + 60, TEN + 120),
    )


def test_a_pause_is_a_stretch_of_its_own() -> None:
    pause = {"start": "2025-03-03T10:20", "stop": "2025-03-03T10:30"}
    _, found = coded(record({**DRIP, "stop": "2025-03-03T11:00", "pauses": [pause]}))
    assert lane_of(found, "a1").parts == (
        Part("counted", TEN, TEN + 20),
        Part("pause", TEN + 20, TEN + 30),
        Part("counted", TEN + 30, TEN + 60),
    )


def test_an_infusion_that_earns_nothing_is_idle() -> None:
    _, found = coded(record({**DRIP, "stop": "2025-03-03T11:00", "purpose": "keep_open"}))
    assert {each.fill for each in lane_of(found, "a1").parts} == {"idle"}


def test_a_missing_stop_leaves_the_end_open_unless_a_rule_settles_it() -> None:
    _, found = coded(record({**DRIP, "method": "infusion"}))
    assert (lane_of(found, "a1").shape, lane_of(found, "a1").stop) == ("open", None)
    _, settled = coded(State(fixture("stop_missing_computed")))
    shapes = {(lane.shape, lane.stop_charted) for group in settled.groups for lane in group.lanes}
    assert ("bar", False) in shapes


def test_a_push_is_a_mark_and_a_missing_start_has_no_place() -> None:
    push = {**DRIP, "method": "push"}
    late = {"id": "a2", "drug": "vancomycin", "route": "intravenous", "method": "infusion"}
    _, found = coded(record(push, late))
    assert lane_of(found, "a1").shape == "mark"
    assert lane_of(found, "a2").shape == "untimed"


def test_lanes_stand_under_their_access_and_every_administration_has_one() -> None:
    given = [
        {**DRIP, "id": "a1", "access": "left", "stop": "2025-03-03T11:00"},
        {**DRIP, "id": "a2", "access": "right", "stop": "2025-03-03T11:00"},
        {**DRIP, "id": "a3", "access": "left", "start": "2025-03-03T12:00", "method": "push"},
    ]
    _, found = coded(record(*given, accesses=[{"id": "left"}, {"id": "right"}]))
    assert [(each.access, [lane.given.id for lane in each.lanes]) for each in found.groups] == [
        ("left", ["a1", "a3"]),
        ("right", ["a2"]),
    ]


def test_arrival_departure_and_midnight_are_moments() -> None:
    night = {**DRIP, "start": "2025-03-03T23:00", "stop": "2025-03-04T01:00"}
    _, found = coded(record(night, arrival="2025-03-03T22:00", departure="2025-03-04T02:00"))
    assert [(each.minute, each.label) for each in found.moments] == [
        (22 * 60, "arrival 22:00"),
        (26 * 60, "departure 02:00"),
        (24 * 60, "midnight, 4 Mar"),
    ]


def test_a_record_with_errors_is_drawn_as_far_as_it_can_be_read() -> None:
    document = fixture("chemotherapy_day")
    document["administrations"][1]["route"] = "intravenus"
    document["administrations"][2]["stop"] = "2025-03-03T08:00"
    encounter, problems = readable(document)
    assert encounter is not None
    assert [(each.administration, each.field) for each in problems] == [
        ("a2", "route"),
        ("a3", "stop"),
    ]
    found = drawn(encounter, None, None)
    assert lane_of(found, "a3").shape == "open"
    assert [each.fill for each in lane_of(found, "a4").parts] == ["plain"]


def test_an_error_names_its_administration_by_id_or_by_number() -> None:
    document = {"encounter_id": "e1", "administrations": [{"drug": "x"}]}
    state = State(document)
    assert [(each.administration, each.field) for each in placed(document, state.problems)] == [
        ("number 1", "id")
    ]
    assert readable(document)[0] is not None
    assert readable({"encounter_id": "e1", "administrations": "none"})[0] is not None
