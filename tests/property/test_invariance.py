"""Names, dates and the order of the record don't decide what is reported."""

import random
from datetime import timedelta

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from infusion_asp import code
from tests.support.strategies import Encounter, encounters
from tests.support.transforms import lines_of, renamed, reordered, shifted, times_of

DAY = 24 * 60
quick = settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)
seeds = st.integers(0, 1000)


@quick
@given(encounters(), seeds)
def test_new_names_change_nothing(encounter: Encounter, seed: int) -> None:
    changed, back = renamed(encounter, random.Random(seed))
    before, after = code(encounter, explain=False), code(changed, explain=False)
    assert lines_of(after, back) == lines_of(before)


@quick
@given(encounters(), st.integers(1, 20))
def test_other_dates_of_one_quarter_change_nothing(encounter: Encounter, days: int) -> None:
    before = code(encounter, explain=False)
    after = code(shifted(encounter, days * DAY), explain=False)
    assert lines_of(after, days=days) == lines_of(before)


@quick
@given(encounters(), st.integers(-400, 400))
def test_other_hours_of_one_date_change_nothing(encounter: Encounter, minutes: int) -> None:
    times = list(times_of(encounter))
    moved = [time + timedelta(minutes=minutes) for time in times]
    assume(len({time.date() for time in (*times, *moved)}) <= 1)
    before = code(encounter, explain=False)
    assert lines_of(code(shifted(encounter, minutes), explain=False)) == lines_of(before)


@quick
@given(encounters(), seeds)
def test_the_order_of_the_record_changes_nothing(encounter: Encounter, seed: int) -> None:
    starts = [row.get("start") for row in encounter["administrations"]]
    assume(None not in starts and len(set(starts)) == len(starts))
    before = code(encounter, explain=False)
    after = code(reordered(encounter, random.Random(seed)), explain=False)
    assert lines_of(after) == lines_of(before)
