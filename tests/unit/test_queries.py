"""Questions to the clinician: which addition would support a claim, asked without leading."""

from __future__ import annotations

from typing import Any

import pytest

from infusion_asp.coding import Coder
from infusion_asp.model import parse_encounter
from infusion_asp.model.verification import ClinicianQuery, Verification
from infusion_asp.rulebook import load_rulebook
from infusion_asp.verify import Verifier

VERIFIER = Verifier(Coder(load_rulebook()))
DAY = "2025-03-04T"


def given(name: str, drug: str, start: str, stop: str | None = None, **more: Any) -> dict[str, Any]:
    found = {"id": name, "drug": drug, "route": "intravenous", "start": DAY + start, **more}
    return found | ({"stop": DAY + stop} if stop else {})


def record(
    *administrations: dict[str, Any], billed: list[dict[str, Any]], **more: Any
) -> dict[str, Any]:
    return {
        "encounter_id": "e",
        "administrations": list(administrations),
        "billed": billed,
        **more,
    }


def line(code: str, units: int = 1, *modifiers: str) -> dict[str, Any]:
    return {"code": code, "units": units, "modifiers": list(modifiers)}


def verified(what: dict[str, Any]) -> Verification:
    return VERIFIER.verify(parse_encounter(what))


def asked(what: dict[str, Any]) -> tuple[ClinicianQuery, ...]:
    return verified(what).queries


def kinds(what: dict[str, Any]) -> list[str]:
    return [each.kind for each in asked(what)]


NO_STOP = given("a1", "ceftriaxone", "09:10", method="infusion")


def test_a_missing_stop_is_asked_for_with_the_window_for_the_analyst_only() -> None:
    (query,) = asked(record(NO_STOP, billed=[line("96365")]))
    assert query.kind == "stop"
    assert query.administrations == ("a1",)
    assert query.question == (
        "When did the infusion of ceftriaxone (a1), charted to start at 09:10 on 2025-03-04, stop?"
    )
    assert query.would_support == "96365 x1: a stop of a1 from 09:26 to 10:40"


def test_the_window_of_the_second_hour() -> None:
    (query,) = asked(record(NO_STOP, billed=[line("96365"), line("96366")]))
    assert query.would_support.endswith("a stop of a1 from 10:41 to 11:40")
    assert "96366 x1" in query.would_support


def test_a_charted_stop_is_never_asked_for() -> None:
    charted = given("a1", "ceftriaxone", "09:10", "09:20", method="infusion")
    assert kinds(record(charted, billed=[line("96365")])) == []


@pytest.mark.parametrize(("departure", "expected"), [("09:25", []), ("09:26", ["stop"])])
def test_no_stop_after_the_patient_left(departure: str, expected: list[str]) -> None:
    what = record(NO_STOP, billed=[line("96365")], departure=DAY + departure)
    assert kinds(what) == expected


@pytest.mark.parametrize(("charted", "expected"), [("11:40", ["stop"]), ("11:41", [])])
def test_no_stop_before_what_was_last_charted(charted: str, expected: list[str]) -> None:
    running = NO_STOP | {"last_charted": DAY + charted}
    assert kinds(record(running, billed=[line("96365"), line("96366")])) == expected


def test_no_stop_after_the_bag_ran_through() -> None:
    bag = NO_STOP | {"volume_ml": 90, "rate_ml_per_hr": 60}
    assert kinds(record(bag, billed=[line("96365"), line("96366")])) == []
    assert verified(record(bag, billed=[line("96365"), line("96366")])).verdict == "differs"


def test_an_order_that_was_not_found() -> None:
    push = given("a2", "ondansetron", "10:00", method="push", ordered=False)
    drip = given("a1", "ceftriaxone", "09:10", "09:50")
    (query,) = asked(record(drip, push, billed=[line("96365"), line("96375")]))
    assert (query.kind, query.administrations) == ("order", ("a2",))
    assert "ondansetron (a2)" in query.question
    assert "96375" in query.would_support and "96375" not in query.question


TWO = (
    given("a1", "ceftriaxone", "09:00", "09:40"),
    given("a2", "vancomycin", "10:00", "11:00"),
)
SECOND_INITIAL = [line("96365"), line("96365", 1, "59")]


def test_a_second_access_where_the_record_names_none() -> None:
    found = asked(record(*TWO, billed=SECOND_INITIAL))
    assert {each.kind for each in found} == {"access"}
    assert all("Through which access" in each.question for each in found)


def test_a_charted_access_is_never_asked_for() -> None:
    same = [each | {"access": "iv1"} for each in TWO]
    assert kinds(record(*same, billed=SECOND_INITIAL, accesses=[{"id": "iv1"}])) == []


def test_a_flushed_line_is_the_same_line() -> None:
    first = TWO[0] | {"flushed_before": True}
    second = TWO[1] | {"flushed_before": True}
    assert kinds(record(first, second, billed=SECOND_INITIAL)) == []


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        ({}, ["access"]),
        ({"need": "incompatible_drugs"}, ["access"]),
        ({"medically_necessary": False}, []),
        ({"need": "convenience"}, []),
        ({"replaces": "iv1"}, []),
    ],
)
def test_the_reason_for_two_accesses(second: dict[str, Any], expected: list[str]) -> None:
    one, other = TWO[0] | {"access": "iv1"}, TWO[1] | {"access": "iv2"}
    known = [{"id": "iv1"}, {"id": "iv2", **second}]
    assert kinds(record(one, other, billed=SECOND_INITIAL, accesses=known)) == expected


def test_hours_too_many_are_not_asked_away_by_an_access() -> None:
    assert kinds(record(*TWO, billed=[line("96365"), line("96367"), line("96366")])) == []


def test_the_purpose_of_a_fluid() -> None:
    bag = given("a1", "potassium phosphate", "09:00", "10:00", volume_ml=1000, method="infusion")
    (query,) = asked(record(bag, billed=[line("96360")]))
    assert query.kind == "hydration_reason"
    assert query.question.startswith("For what purpose was potassium phosphate (a1)")
    assert kinds(record(bag | {"purpose": "treatment"}, billed=[line("96360")])) == []
    assert kinds(record(bag | {"purpose": "keep_open"}, billed=[line("96360")])) == []


def test_hydration_without_a_reason_is_asked_for_though_it_is_supported() -> None:
    bag = given("a1", "normal saline", "09:00", "10:00")
    what = record(bag, billed=[line("96360")])
    assert verified(what).verdict == "supported"
    assert kinds(what) == ["hydration_reason"]
    assert kinds(record(bag | {"order_reason": "dehydration"}, billed=[line("96360")])) == []


OFFICE = {"setting": "professional", "place_of_service": "11"}
PUSH_AND_DRIP = (
    given("a1", "ondansetron", "09:00", method="push"),
    given("a2", "ceftriaxone", "09:10", "09:50"),
)


def test_the_main_reason_of_a_visit_to_an_office() -> None:
    what = record(*PUSH_AND_DRIP, billed=[line("96374"), line("96367")], **OFFICE)
    (query,) = asked(what)
    assert query.kind == "primary_reason"
    assert query.question == "What was the main reason for the visit on 2025-03-04?"
    assert query.administrations == ("a1", "a2"), "the one that would do is not singled out"


def test_a_charted_main_reason_is_not_asked_for() -> None:
    what = record(*PUSH_AND_DRIP, billed=[line("96374"), line("96367")], **OFFICE)
    assert kinds(what | {"primary_reason": "a2"}) == []


def test_two_additions_only_where_no_single_one_would_do() -> None:
    push = given("a2", "ondansetron", "12:00", method="push", ordered=False)
    what = record(NO_STOP, push, billed=[line("96365"), line("96375")])
    assert kinds(what) == ["stop", "order"]
    assert all("together with" in each.would_support for each in asked(what))


def test_two_stops() -> None:
    other = given("a2", "vancomycin", "13:00", method="infusion")
    what = record(NO_STOP, other, billed=[line("96365"), line("96367")])
    assert kinds(what) == ["stop", "stop"]


def test_nothing_is_asked_about_a_right_claim_or_an_impossible_one() -> None:
    drip = given("a1", "ceftriaxone", "09:10", "09:50")
    assert kinds(record(drip, billed=[line("96365")])) == []
    assert kinds(record(drip, billed=[line("96413")])) == []


def test_no_question_names_a_code_or_the_time_hoped_for() -> None:
    for what in (
        record(NO_STOP, billed=[line("96365"), line("96366")]),
        record(*TWO, billed=SECOND_INITIAL),
        record(*PUSH_AND_DRIP, billed=[line("96374"), line("96367")], **OFFICE),
    ):
        for query in asked(what):
            assert not {"96365", "96366", "96374", "96367", "initial"} & set(query.question.split())
            assert "10:41" not in query.question and "11:40" not in query.question
            assert query.question.endswith("?")


def test_the_main_reason_is_asked_for_beside_an_unrelated_fault() -> None:
    billed = [line("96374"), line("96367"), line("96366")]
    what = record(*PUSH_AND_DRIP, billed=billed, **OFFICE)
    (query,) = asked(what)
    assert query.kind == "primary_reason"
    assert "96366" not in query.would_support
