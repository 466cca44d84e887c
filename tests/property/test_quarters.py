"""For every day and every set of loaded quarters: which one is used, and what is said of it."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from infusion_asp.tables.quarters import OfQuarter, Quarters
from infusion_asp.tables.store.quarter import Quarter, quarters_in

QUARTERS = st.builds(Quarter, st.integers(2020, 2030), st.integers(1, 4))
LOADED = st.dictionaries(QUARTERS, st.booleans(), min_size=1, max_size=6)
DAYS = st.dates(date(2018, 1, 1), date(2033, 12, 31))


def table(loaded: dict[Quarter, bool]) -> Quarters[None]:
    """Quarters in any order; True stands for one that is shipped and imported."""
    several = [OfQuarter(each, None) for each in loaded]
    several += [OfQuarter(each, None, imported=True) for each, twice in loaded.items() if twice]
    return Quarters[None](()).adding(several)


@given(LOADED, DAYS)
def test_the_quarter_of_the_day_else_the_last_before_it_else_the_first(
    loaded: dict[Quarter, bool], day: date
) -> None:
    used = table(loaded).chosen(day)
    assert used is not None
    relation = table(loaded).relation(day)
    before = [each for each in loaded if each.start <= day]
    assert used.quarter == (max(before) if before else min(loaded))
    assert used.imported is loaded[used.quarter], "the imported one of two"
    assert (relation == "covers") is (Quarter.of(day) in loaded)
    assert (relation == "earlier") is (not before)
    assert (relation == "later") is (day > max(loaded).end)
    assert table(loaded).relation(None) == "undated"


@given(LOADED, DAYS)
def test_nothing_changes_between_two_days_of_change(loaded: dict[Quarter, bool], day: date) -> None:
    found = table(loaded)
    earlier = max((each for each in found.changes if each <= day), default=date.min)
    for other in (day, earlier):
        assert found.chosen(other) == found.chosen(day)
        assert found.relation(other) == found.relation(day)


@given(QUARTERS)
def test_quarters_tile_the_year_and_read_what_they_write(quarter: Quarter) -> None:
    assert Quarter.of(quarter.start) == Quarter.of(quarter.end) == quarter
    assert Quarter.of(quarter.end + timedelta(days=1)) == quarter.next
    assert Quarter.read(str(quarter)) == quarter
    assert quarters_in(f"table {quarter}.csv") == {quarter}
    version = f"v{quarter.year - 1994}{quarter.number - 1}r0-f1"
    assert quarters_in(f"ccipra-{version}.TXT") == {quarter}
