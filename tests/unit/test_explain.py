"""The questions of `explain`: why, why not in its three cases, edges, policies, what if."""

from typing import Any

import pytest

from infusion_asp.coding import Coder
from infusion_asp.explain import Explainer, Questions
from infusion_asp.model import Edge, Encounter, InputError, WhyNot, parse_encounter
from infusion_asp.rulebook import load_rulebook

DAY = "2025-03-03T"


def given(name: str, drug: str, start: str, stop: str | None = None, **more: Any) -> dict[str, Any]:
    method = "infusion" if stop else "push"
    row = {"id": name, "drug": drug, "route": "intravenous", "method": method}
    times = {"start": f"{DAY}{start}"} | ({"stop": f"{DAY}{stop}"} if stop else {})
    return row | times | more


def record(*rows: dict[str, Any], **more: Any) -> Encounter:
    return parse_encounter({"encounter_id": "e", "administrations": list(rows), **more})


VANCOMYCIN = given("a1", "vancomycin", "09:00", "10:34")
CEFTRIAXONE = given("a2", "ceftriaxone", "11:00", "11:12")


@pytest.fixture(scope="module")
def explainer() -> Explainer:
    return Explainer(Coder(load_rulebook()))


def edge(found: tuple[Edge, ...], path: str, distance: int | None) -> Edge:
    return next(each for each in found if (each.path, each.distance) == (path, distance))


# why


def test_why_gives_the_lines_of_a_code_with_their_proofs(explainer: Explainer) -> None:
    why = explainer.why(record(VANCOMYCIN), "96366")
    assert why.lines[0].units == 1
    assert "94 minutes" in str(why.lines[0].because)


def test_why_refuses_a_code_that_is_not_reported(explainer: Explainer) -> None:
    with pytest.raises(InputError) as caught:
        explainer.why(record(VANCOMYCIN), "96375")
    assert "96375 is not reported" in caught.value.message
    assert "--why-not 96375" in caught.value.help


@pytest.mark.parametrize("code", ["9636", "96399"])
def test_a_code_that_no_table_has_is_refused(explainer: Explainer, code: str) -> None:
    with pytest.raises(InputError) as caught:
        explainer.why_not(record(VANCOMYCIN), code)
    assert f"'{code}'" in caught.value.message
    assert caught.value.help


# why not


def missing(found: WhyNot) -> list[str]:
    return [each.condition for each in found.near[0].missing]


def test_why_not_says_where_a_code_is_reported(explainer: Explainer) -> None:
    found = explainer.why_not(record(VANCOMYCIN, CEFTRIAXONE), "96365", "a2")
    assert found.case == "reported_elsewhere"
    assert "96365 ×1 for a1 (vancomycin) by 60 minutes" in found.sentence
    assert "a2 (ceftriaxone) is reported as 96375 ×1" in found.sentence


def test_why_not_names_the_rule_and_the_minutes_that_are_short(explainer: Explainer) -> None:
    shorter = given("a1", "vancomycin", "09:00", "10:20")
    found = explainer.why_not(record(shorter), "96366")
    assert found.case == "near"
    assert "rule further_hour_units came within one condition" in found.sentence
    assert missing(found) == ["minutes more than 90 (80 here, 11 short) [further_hours]"]
    assert found.near[0].administrations == ("a1",)


@pytest.mark.parametrize(("stop", "near"), [("09:15", True), ("09:16", False)])
def test_a_push_lacks_one_minute_to_an_infusion(
    explainer: Explainer, stop: str, near: bool
) -> None:
    found = explainer.why_not(record(given("a1", "vancomycin", "09:00", stop)), "96365")
    assert (found.case == "near") is near
    if near:
        assert missing(found) == ["minutes more than 15 (15 here, 1 short) [runs_over_threshold]"]


def test_why_not_names_the_role_that_another_takes(explainer: Explainer) -> None:
    second = given("a2", "ceftriaxone", "11:00", "11:40")
    found = explainer.why_not(record(VANCOMYCIN, second), "96365", "a2")
    assert missing(found) == ["a2 (ceftriaxone) as the initial service [first_unit]"]
    assert "a1 (vancomycin) outranks it [hierarchy]" in str(found.near[0].missing[0].found)


def test_why_not_names_the_route(explainer: Explainer) -> None:
    found = explainer.why_not(record(CEFTRIAXONE), "96372")
    assert any("route of a2 (ceftriaxone) is intramuscular" in each for each in missing(found))


@pytest.mark.parametrize(("setting", "case"), [("facility", "near"), ("professional", "no_rule")])
def test_why_not_says_that_no_rule_of_the_setting_reports_a_code(
    explainer: Explainer, setting: str, case: str
) -> None:
    pushes = [given("a1", "ondansetron", "09:00"), given("a2", "ondansetron", "09:20")]
    found = explainer.why_not(record(*pushes, setting=setting), "96376")
    assert found.case == case
    if case == "no_rule":
        assert "no rule reports 96376 in the professional setting" in found.sentence
        assert "the facility setting" in found.sentence


def test_why_not_refuses_an_unknown_administration(explainer: Explainer) -> None:
    with pytest.raises(InputError) as caught:
        explainer.why_not(record(VANCOMYCIN), "96375", "a9")
    assert "'a9' is no administration" in caught.value.message
    assert "a1" in caught.value.help


def test_why_not_of_a_reported_code_points_to_why(explainer: Explainer) -> None:
    found = explainer.why_not(record(VANCOMYCIN), "96365")
    assert found.case == "reported"
    assert "--why 96365" in found.sentence


# edges


def test_four_minutes_less_and_one_further_hour_falls_away(explainer: Explainer) -> None:
    found = explainer.edges(record(VANCOMYCIN))
    for path, distance in (("a1.stop", -4), ("a1.start", 4)):
        said = edge(found, path, distance).sentence
        assert "4 minutes less on a1 (vancomycin)" in said
        assert "one 96366 falls away" in said
        assert "[further_hour_units]" in said
    assert edge(found, "a1.stop", -4).value == f"{DAY}10:30"
    more = edge(found, "a1.stop", 57)
    assert "one more 96366 comes in (1 to 2)" in more.sentence


def test_attributes_have_edges_of_their_own(explainer: Explainer) -> None:
    found = explainer.edges(record(VANCOMYCIN))
    method = edge(found, "a1.method", None)
    assert (method.charted, method.value) == ("infusion", "push")
    assert "one 96374 comes in" in method.sentence
    assert "96365" in method.sentence


def test_a_charted_rate_has_an_edge_where_it_stands_for_the_stop(explainer: Explainer) -> None:
    """Volume over rate gives the minutes of a drug without a stop: 91 minutes are 2 units."""
    bag = given("a1", "vancomycin", "09:00", method="infusion", volume_ml=180, rate_ml_per_hr=120)
    found = [each for each in explainer.edges(record(bag)) if each.kind == "amount"]
    more = edge(tuple(found), "a1.volume_ml", 2)
    assert (more.charted, more.value) == ("180", "182")
    assert "2 millilitres more on a1 (vancomycin)" in more.sentence
    assert "one 96366 comes in" in more.sentence
    timed = record(given("a1", "vancomycin", "09:00", "10:30", volume_ml=180, rate_ml_per_hr=120))
    assert not [each for each in explainer.edges(timed) if each.kind == "amount"]


def test_the_main_reason_is_an_edge_in_the_office_only(explainer: Explainer) -> None:
    rows = (VANCOMYCIN, given("a2", "saline 0.9%", "11:00", "12:00", purpose="hydration"))
    office = explainer.edges(record(*rows, setting="professional", primary_reason="a1"))
    assert edge(office, "primary_reason", None).value == "a2"
    facility = explainer.edges(record(*rows, primary_reason="a1"))
    assert not [each for each in facility if each.path == "primary_reason"]


def test_a_record_without_times_has_no_edge_in_time(explainer: Explainer) -> None:
    push = {"id": "a1", "drug": "ondansetron", "route": "intravenous", "method": "push"}
    assert not [each for each in explainer.edges(record(push)) if each.kind == "time"]


# policies


def test_policies_name_what_each_authority_says(explainer: Explainer) -> None:
    long_push = given("a1", "ceftriaxone", "09:00", "09:20", method="push")
    found = explainer.policies(record(long_push))
    named = {(each.policy, each.other) for each in found}
    assert ("long_push", "infusion") in named
    one = next(each for each in found if each.policy == "long_push")
    assert "CPT definition" in one.who_says_what
    assert "96374" in one.sentence
    assert "long_push" in one.rules


def test_a_policy_without_effect_is_not_listed(explainer: Explainer) -> None:
    found = explainer.policies(record(VANCOMYCIN))
    assert "hydration_min_minutes" not in {each.policy for each in found}


# what if


def test_what_if_gives_the_lines_before_and_after(explainer: Explainer) -> None:
    found = explainer.what_if(record(VANCOMYCIN), ["a1.stop=10:30"])
    assert [line.code for line in found.before] == ["96365", "96366"]
    assert [line.code for line in found.after] == ["96365"]
    assert [each.sentence for each in found.changes] == ["one 96366 falls away"]
    assert found.assignments[0].before == f"{DAY}10:34"


def test_what_if_takes_several_assignments_at_once(explainer: Explainer) -> None:
    moved = ["a1.start=11:00", "a1.stop=11:10", "a1.method=push"]
    found = explainer.what_if(record(VANCOMYCIN), moved)
    assert [line.code for line in found.after] == ["96374"]


def test_what_if_takes_a_value_away(explainer: Explainer) -> None:
    found = explainer.what_if(record(VANCOMYCIN), ["a1.stop="])
    assert any("[stop_missing]" in each for each in found.new_findings)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("a1.stop=08:00", "a1.stop=08:00 can't be: stop '2025-03-03T08:00' is before start"),
        ("a1.stop=25:00", "'25:00' is not a time that exists"),
        ("a1.stop=noon", "'noon' is not a time"),
        ("a1.ordered=maybe", "'maybe' is not true or false"),
        ("a1.volume_ml=much", "'much' is not a number"),
        ("a1.route=intravenus", "a1.route=intravenus can't be"),
        ("a7.stop=10:00", "'a7' is no administration"),
        ("nonsense", "'nonsense' is not an assignment"),
    ],
)
def test_a_bad_assignment_is_refused_as_it_was_typed(
    explainer: Explainer, typed: str, said: str
) -> None:
    with pytest.raises(InputError) as caught:
        explainer.what_if(record(VANCOMYCIN), [typed])
    assert said in caught.value.message


# everything at once


def test_without_a_question_every_line_and_the_edges_are_explained(explainer: Explainer) -> None:
    found = explainer.explain(record(VANCOMYCIN), Questions())
    assert [each.code for each in found.why] == ["96365", "96366"]
    assert found.edges
    assert found.policies is None
