"""Lighting and limits: each unit lights its own minutes, and a tick is where units change."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from infusion_asp.web.encounter.answer import Answer, answered
from infusion_asp.web.encounter.state import State
from infusion_asp.web.encounter.stretches import Running, stretches
from infusion_asp.web.encounter.ticks import Tick, ticks
from tests.support.encounter_view import CLAIMS, DRIP, ENCOUNTERS, coded, fixture, record


def limits(state: State) -> tuple[Tick, ...]:
    answer, _ = coded(state)
    assert answer.parts is not None
    return ticks(answer.parts, Running(answer.parts.answer))


def units(answer: Answer) -> dict[str, int]:
    assert answer.result is not None
    return {line.code: line.units for line in answer.result.lines}


@pytest.mark.parametrize("path", [*ENCOUNTERS[::4], *CLAIMS[::8]], ids=lambda path: path.stem)
def test_every_timed_unit_lights_just_its_minutes(path: Path) -> None:
    answer, found = coded(State(fixture(path.stem)))
    assert answer.result is not None
    for at, line in enumerate(answer.result.lines, 1):
        for number, unit in enumerate(line.units_by, 1):
            own = [each for each in found.stretches if (each.line, each.unit) == (at, number)]
            assert own
            lit = {minute for each in own for minute in range(each.start, each.stop)}
            if unit.minutes is not None:
                assert len(lit) == unit.minutes


def test_units_of_one_service_light_one_after_the_other() -> None:
    answer, found = coded(State(fixture("chemotherapy_day")))
    assert answer.result is not None
    codes = [line.code for line in answer.result.lines]
    lit = [
        (codes[each.line - 1], each.unit, each.start, each.stop)
        for each in found.stretches
        if each.administration == "a3"
    ]
    assert sorted(lit, key=lambda each: each[2]) == [
        ("96413", 1, 580, 640),
        ("96415", 1, 640, 700),
        ("96415", 2, 700, 755),
    ]


def test_hydration_lights_across_the_bags_that_share_an_hour() -> None:
    answer, found = coded(State(fixture("cisplatin_hydration")))
    assert answer.result is not None
    line = next(at for at, each in enumerate(answer.result.lines, 1) if each.code == "96361")
    second = [each for each in found.stretches if (each.line, each.unit) == (line, 2)]
    assert {each.administration for each in second} == {"a1", "a4"}
    assert answer.parts is not None
    assert stretches(answer.parts, answer.result, Running(answer.parts.answer)) == found.stretches


def test_ticks_are_the_limits_passed_and_the_next_one() -> None:
    found = limits(record({**DRIP, "stop": "2025-03-03T11:40"}))
    assert [(each.minute, each.passed) for each in found] == [(15, True), (90, True), (150, False)]
    assert [each.at for each in found] == [615, 690, 750]


def test_a_pause_moves_the_limits_behind_it() -> None:
    pause = {"start": "2025-03-03T10:20", "stop": "2025-03-03T10:30"}
    found = limits(record({**DRIP, "stop": "2025-03-03T11:40", "pauses": [pause]}))
    assert [(each.minute, each.at) for each in found] == [(15, 615), (90, 700)]


def test_the_limit_of_hydration_is_that_of_the_policy_in_effect() -> None:
    fluid = {**DRIP, "drug": "normal saline", "purpose": "hydration"}
    state = record({**fluid, "stop": "2025-03-03T10:20"})
    answer, _ = coded(state)
    assert answer.parts is not None
    least = int(answer.parts.policies["hydration_min_minutes"])
    assert [(each.minute, each.passed) for each in limits(state)] == [(least - 1, False)]


@pytest.mark.parametrize("minute", [15, 90, 150])
def test_one_minute_past_a_tick_changes_units(minute: int) -> None:
    """The tick's own minute is not yet past it."""
    start = datetime.fromisoformat(DRIP["start"])
    lines = []
    for length in (minute, minute + 1):
        stop = (start + timedelta(minutes=length)).isoformat()
        state = record({**DRIP, "method": "infusion", "stop": stop})
        assert minute in {each.minute for each in limits(state)}
        lines.append(units(answered(state)))
    assert lines[0] != lines[1]
