"""A pile-up past a limit: which minutes count on which side, how probable it is, which limits."""

from math import comb, exp

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infusion_asp.report.limits import populations
from infusion_asp.report.pileup import CHANCE, LEAST, RATIO, STEP_CHANCE, WINDOW, at_least, pile_up
from infusion_asp.report.plot import closeup, overview
from infusion_asp.rulebook import load_rulebook

DRUGS, HYDRATION = populations(load_rulebook(), None, {})


@pytest.mark.parametrize(
    ("minute", "side"),
    [
        (10, None),
        (11, "before"),
        (15, "before"),
        (16, "past"),
        (20, "past"),
        (21, "beyond"),
        (25, "beyond"),
        (26, None),
    ],
)
def test_a_limit_itself_lies_before_it(minute: int, side: str | None) -> None:
    found = pile_up({minute: 7}, 15)
    counts = {"before": found.before, "past": found.past, "beyond": found.beyond}
    assert counts == {name: 7 if name == side else 0 for name in counts}
    assert found.first == (7 if minute == 16 else 0)


@given(st.dictionaries(st.integers(1, 500), st.integers(0, 50)), st.integers(15, 480))
def test_the_windows_share_no_minute(minutes: dict[int, int], limit: int) -> None:
    found = pile_up(minutes, limit)
    near = range(limit - WINDOW + 1, limit + 2 * WINDOW + 1)
    assert found.total == sum(minutes.get(each, 0) for each in near)


@given(st.integers(0, 60), st.integers(0, 60))
def test_the_chance_is_that_of_the_binomial(successes: int, more: int) -> None:
    trials = successes + more
    exact = sum(comb(trials, k) * 2 ** (trials - k) for k in range(successes, trials + 1))
    assert at_least(successes, trials, 1 / 3) == pytest.approx(exact / 3**trials, rel=1e-9)


def test_the_chance_of_a_million_is_a_number_too() -> None:
    assert at_least(1_000_000, 1_000_000, 1 / 3) == 0.0
    assert at_least(333_334, 1_000_000, 1 / 3) == pytest.approx(0.5, abs=0.01)


def test_rounded_minutes_alone_are_no_pile_up() -> None:
    rounded = {minute: 100 if minute % 5 else 1000 for minute in range(1, 200)}
    for limit in DRUGS.limits:
        assert not pile_up(rounded, limit.minute).marked


def test_more_past_the_limit_than_on_both_sides_is_marked() -> None:
    level = dict.fromkeys(range(1, 200), 100)
    assert not pile_up(level, 90).marked
    assert pile_up(level | {91: 400}, 90).marked
    assert not pile_up(level | {90: 400}, 90).marked, "at the limit nothing more is earned"


def test_few_administrations_are_never_marked() -> None:
    assert not pile_up({16: LEAST - 1}, 15).marked
    assert pile_up({16: LEAST}, 15).marked


def test_a_drug_that_is_ordered_for_such_a_time_is_no_pile_up() -> None:
    hump = {minute: round(500 * exp(-((minute - 17) ** 2) / 30)) for minute in range(1, 60)}
    found = pile_up(hump, 15)
    assert found.ratio > RATIO
    assert found.chance < CHANCE
    assert not found.marked, "the minutes before lead up to those past"


@given(st.floats(0, 50), st.floats(-5, 5))
def test_a_straight_line_has_no_step(level: float, slope: float) -> None:
    line = {minute: 1000 + level + slope * (minute - 90) for minute in range(70, 120)}
    step = pile_up(line, 90).step
    assert step.before == pytest.approx(step.past)
    assert step.chance == pytest.approx(0.5)


def test_minutes_moved_over_the_limit_are_a_step() -> None:
    level = dict.fromkeys(range(70, 120), 40)
    moved = level | {88: 20, 89: 10, 90: 5, 91: 80, 92: 65}
    step = pile_up(moved, 90).step
    assert step.before < 40 < step.past
    assert step.chance < STEP_CHANCE


def test_a_slope_alone_is_no_pile_up() -> None:
    falling = {minute: 400 - minute for minute in range(1, 400)}
    found = pile_up(falling, 90)
    assert found.ratio == pytest.approx(1.0)
    assert RATIO > 1


def test_drugs_are_held_against_the_limits_of_the_rulebook() -> None:
    assert [each.minute for each in DRUGS.limits] == [15, 90, 150, 210, 270, 330, 390, 450, 480]
    assert DRUGS.limits[1].earns == "1 further hour"
    assert DRUGS.limits[2].earns == "2 further hours"


def test_hydration_begins_to_count_where_the_policy_says() -> None:
    assert [each.minute for each in HYDRATION.limits[:2]] == [30, 90]
    _, hydration = populations(load_rulebook(), None, {"hydration_min_minutes": "16"})
    assert hydration.limits[0].minute == 15


def test_the_whole_plot_has_a_bar_for_each_minute_that_occurs() -> None:
    minutes = {1: 5, 15: 3, 16: 8, 120: 1, 5000: 1}
    plot = overview(minutes, DRUGS.limits, WINDOW)
    assert [(each.minute, each.count) for each in plot.columns] == [
        (1, 5),
        (15, 3),
        (16, 8),
        (120, 1),
    ]
    assert plot.left_out == 1
    assert {each.minute for each in plot.columns if each.zone == "past"} == {16}
    assert all(0 <= each.left < each.left + each.width <= 1 for each in plot.columns)
    assert all(0 < each.height <= plot.height for each in plot.columns)


def test_a_limit_is_drawn_between_its_minute_and_the_next() -> None:
    minutes = {15: 30, 16: 30}
    plot = closeup(minutes, DRUGS.limits[0], pile_up(minutes, 15))
    before, past = plot.columns
    assert before.left + before.width < plot.limits[0].share < past.left
    assert (before.zone, past.zone) == ("before", "past")
