"""A request for edges is given up when its tab has asked again, and only then."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from infusion_asp.web.edges import latest
from infusion_asp.web.edges.latest import Latest


def test_a_later_request_of_the_same_tab_supersedes_the_one_before() -> None:
    tabs = Latest()
    first = tabs.begun("s", "tab 1")
    assert not first()
    second = tabs.begun("s", "tab 1")
    assert first()
    assert not second()


def test_other_tabs_and_other_browsers_supersede_nothing() -> None:
    tabs = Latest()
    mine = tabs.begun("s", "tab 1")
    tabs.begun("s", "tab 2")
    tabs.begun("t", "tab 1")
    assert not mine()


def test_a_tab_that_is_forgotten_is_solved_to_its_end() -> None:
    tabs = Latest()
    mine = tabs.begun("s", "tab 1")
    for number in range(latest._KEPT):
        tabs.begun("s", f"other {number}")
    assert not mine()


@settings(deadline=None)
@given(st.lists(st.sampled_from("abc"), max_size=30))
def test_only_the_last_request_of_each_tab_is_current(tabs: list[str]) -> None:
    known = Latest()
    begun = [(tab, known.begun(tab)) for tab in tabs]
    current = [tab for tab, superseded in begun if not superseded()]
    assert sorted(current) == sorted(set(tabs))
