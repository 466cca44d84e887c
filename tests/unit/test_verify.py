"""Verified claims: verdicts, statuses, what messages say, readings, and claims without a record."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest
from click.testing import CliRunner

import infusion_asp
from infusion_asp import verify, verify_many
from infusion_asp.model import ClaimFinding, Verification

DAY = "2024-08-05T"
PACLITAXEL = ("a1", "paclitaxel", "infusion", "09:00", "12:05")
CEFTRIAXONE = ("a2", "ceftriaxone", "infusion", "08:00", "08:40")
MORPHINE = ("a3", "morphine", "push", "08:50", None)
ONDANSETRON = ("a4", "ondansetron", "push", "08:55", None)
RIGHT = ("96413", "96415 x2", "96367", "96375 x2")


def record(*given: tuple[str, str, str, str, str | None], **more: Any) -> dict[str, Any]:
    """An encounter of intravenous administrations on one access."""
    administrations = []
    for name, drug, method, start, stop in given:
        one = {"id": name, "drug": drug, "route": "intravenous", "method": method}
        one["start"] = DAY + start
        if stop is not None:
            one["stop"] = DAY + stop
        administrations.append(one)
    return {"encounter_id": "e1", "administrations": administrations, **more}


def line(text: str) -> dict[str, Any]:
    """A billed line, `96415 x2 [59]`."""
    code, *rest = text.split()
    found: dict[str, Any] = {"code": code, "modifiers": []}
    for each in rest:
        if each.startswith("x"):
            found["units"] = int(each[1:])
        else:
            found["modifiers"] = each.strip("[]").split(",")
    return found


def claim(*billed: str, **more: Any) -> dict[str, Any]:
    """The record of a chemotherapy day with billed lines."""
    day = record(PACLITAXEL, CEFTRIAXONE, MORPHINE, ONDANSETRON, **more)
    return {**day, "billed": [line(each) for each in billed]}


def checked(encounter: dict[str, Any], **options: Any) -> Verification:
    """The verification of one claim, without questions to the clinician."""
    [found] = verify_many([encounter], **options)
    assert isinstance(found, Verification)
    return found


def deciding(found: Verification) -> list[ClaimFinding]:
    """The findings that make a claim differ."""
    return [each for each in found.findings if each.risk in ("over", "under")]


def named(found: Verification) -> list[tuple[str, str | None]]:
    """Rule and code of the findings that make a claim differ."""
    return [(each.rule, each.code) for each in deciding(found)]


def only(found: Verification, rule: str) -> ClaimFinding:
    """The one finding by a rule."""
    [one] = [each for each in found.findings if each.rule == rule]
    return one


def test_a_claim_that_bills_what_the_record_supports_is_supported() -> None:
    found = checked(claim(*RIGHT))
    assert found.verdict == "supported"
    assert [each.status for each in found.billed] == ["supported"] * 4
    assert not deciding(found) and not found.missed and not found.repair


def test_the_library_function_stands_beside_the_package_of_its_name() -> None:
    from infusion_asp.verify import Verifier  # noqa: PLC0415

    assert callable(infusion_asp.verify) and Verifier.__name__ == "Verifier"
    assert verify_many([claim(*RIGHT)])[0] == verify(claim(*RIGHT))


def test_an_hour_too_many_names_code_units_administration_and_minutes() -> None:
    found = checked(claim("96413", "96415 x3", "96367", "96375 x2"))
    finding = only(found, "claim_units_over_minutes")
    assert finding.code == "96415" and finding.risk == "over" and finding.billed == (2,)
    assert finding.administrations == ("a1",)
    assert "3 units" in finding.message and "185 minutes" in finding.message
    assert "09:00 to 12:05" in finding.message and finding.amount is not None
    wrong = found.billed[1]
    assert (wrong.status, wrong.supported_units) == ("wrong_units", 2)
    assert wrong.correct is not None and wrong.correct.units == 2


def test_an_hour_too_few_is_an_underpayment() -> None:
    found = checked(claim("96413", "96415", "96367", "96375 x2"))
    assert named(found) == [("claim_units_missed", "96415")]
    assert found.billed[1].supported_units == 2 and not found.missed


def test_a_service_that_is_not_billed_is_missed() -> None:
    found = checked(claim("96413", "96415 x2", "96375 x2"))
    assert named(found) == [("claim_service_missed", "96367")]
    [missing] = found.missed
    assert (missing.code, missing.units, missing.administrations) == ("96367", 1, ("a2",))


def test_a_wrong_initial_is_read_as_a_role_that_breaks_the_order() -> None:
    found = checked(claim("96365", "96417", "96415 x2", "96375 x2"))
    finding = next(each for each in deciding(found) if each.code == "96365")
    assert finding.rule == "claim_wrong_initial"
    said = "96365 bills a2 (ceftriaxone) as initial; a1 (paclitaxel) is a chemotherapy infusion"
    assert f"{said} and outranks it" in finding.message
    assert [reason.rule for reason in finding.because] == ["hierarchy"]
    assert found.billed[0].status == "wrong_code"
    assert found.billed[0].correct is not None and found.billed[0].correct.code == "96367"


def test_a_second_initial_names_the_first() -> None:
    found = checked(claim("96413", "96415 x2", "96365", "96375 x2"))
    finding = only(found, "claim_second_initial")
    assert "2 initial services" in finding.message and set(finding.administrations) == {"a1", "a2"}


def test_where_readings_differ_only_what_they_share_is_named() -> None:
    found = checked(claim("96413", "96415 x2", "96367", "96374", "96375"), full=True)
    finding = only(found, "claim_second_initial")
    assert "96374 bills a service as initial; a1 (paclitaxel)" in finding.message
    assert "a3 (morphine) as initial" not in finding.message
    assert len(found.readings) == 2
    assert all("hierarchy" in reading.broken for reading in found.readings)


def test_readings_are_listed_only_in_full() -> None:
    assert not checked(claim("96413", "96415 x2", "96365", "96375 x2")).readings


@pytest.mark.parametrize(
    ("billed", "rule", "code"),
    [
        (("96413", "96415 x2", "96374", "96375 x2"), "claim_second_initial", "96374"),
        (("96413", "96415 x2", "96367", "96375", "96367"), "claim_push_as_infusion", "96367"),
        (("96413", "96415 x2", "96375 x3"), "claim_infusion_as_push", "96375"),
        (("96415 x2", "96375"), "claim_addon_without_parent", "96415"),
        ((*RIGHT, "96368"), "claim_concurrent_unfounded", "96368"),
        ((*RIGHT, "96372"), "claim_not_documented", "96372"),
        ((*RIGHT, "96361"), "claim_not_documented", "96361"),
        (("96413", "96415 x2", "96367 [59]", "96375 x2"), "claim_modifier_unfounded", "96367"),
        (("96413", "96415 x2", "96367 [76]", "96375 x2"), "claim_repeat_modifier", "96367"),
        (("96413 [25]", *RIGHT[1:]), "claim_visit_modifier_misplaced", "96413"),
        (("96413 x9", *RIGHT[1:]), "claim_mue_exceeded", "96413"),
    ],
)
def test_each_fault_is_named(billed: tuple[str, ...], rule: str, code: str) -> None:
    found = checked(claim(*billed))
    assert found.verdict == "differs"
    assert (rule, code) in named(found)
    finding = next(each for each in found.findings if (each.rule, each.code) == (rule, code))
    assert code in finding.message and finding.help


@pytest.mark.parametrize(("minutes", "supported"), [(30, False), (31, True)])
def test_hydration_is_supported_from_its_least_minute(minutes: int, supported: bool) -> None:
    fluid = ("a5", "normal saline", "infusion", "13:00", f"13:{minutes}")
    day = record(PACLITAXEL, fluid)
    day["administrations"][1]["category"] = "hydration"
    found = checked({**day, "billed": [line(each) for each in ("96413", "96415 x2", "96361")]})
    assert (found.verdict == "supported") is supported
    if not supported:
        finding = only(found, "claim_hydration_too_short")
        assert finding.administrations == ("a5",) and "30 minutes" in finding.message


def test_a_code_of_another_setting_is_named_with_its_setting() -> None:
    office = record(MORPHINE, setting="professional", primary_reason="a3")
    found = checked({**office, "billed": [line("96374"), line("96376")]})
    finding = only(found, "claim_code_not_for_setting")
    assert "96376" in finding.message and "professional" in finding.message


def test_59_in_the_place_of_xs_is_no_difference() -> None:
    need = {"kind": "peripheral", "medically_necessary": True, "need": "protocol", "reason": "x"}
    two = record(CEFTRIAXONE, ("a5", "vancomycin", "infusion", "08:00", "09:00"))
    two["accesses"] = [{"id": "p1", **need}, {"id": "p2", **need}]
    for given, access in zip(two["administrations"], ("p1", "p2"), strict=True):
        given["access"] = access
    billed = [line("96365"), line("96365 [59]")]
    found = checked({**two, "billed": billed}, policies={"distinct_service_modifier": "X"})
    assert found.verdict == "supported" and only(found, "claim_modifier_other").risk == "none"
    plain = checked({**two, "billed": [line("96365 x2")]})
    assert named(plain) == [("claim_modifier_missing", "96365")]


def test_documentation_alone_makes_no_difference() -> None:
    late = ("a6", "vancomycin", "infusion", "12:10", "13:10")
    found = checked(
        {
            **record(PACLITAXEL, late),
            "billed": [line(each) for each in ("96413", "96415 x2", "96367")],
        }
    )
    assert found.verdict == "supported"
    finding = only(found, "claim_sequential_unexplained")
    assert finding.risk == "documentation" and finding.administrations == ("a6", "a1")


def test_the_order_of_lines_changes_no_word() -> None:
    lines = ("96365", "96417", "96415 x3", "96375", "96372")
    said = set()
    for order in itertools.islice(itertools.permutations(lines), 0, 120, 23):
        found = checked(claim(*order))
        said.add(tuple((each.rule, each.code, each.message) for each in found.findings))
    assert len(said) == 1


def test_a_claim_without_a_record_is_checked_by_what_needs_no_times() -> None:
    alone = {"encounter_id": "e2", "billed": [line("96413"), line("96365 x5"), line("96423")]}
    found = checked(alone)
    assert found.verdict == "differs"
    assert {rule for rule, _ in named(found)} >= {
        "claim_initial_units",
        "claim_two_initials",
        "claim_addon_without_parent",
    }
    assert "claim_units_over_minutes" in found.not_evaluated


def test_a_right_claim_without_a_record_is_not_evaluable_and_never_supported() -> None:
    found = checked({"encounter_id": "e2", "billed": [line("96413"), line("96415 x2")]})
    assert found.verdict == "not_evaluable"
    assert [each.status for each in found.billed] == ["not_evaluable"] * 2


def test_a_record_without_a_claim_is_not_evaluable_and_an_empty_claim_misses_all() -> None:
    day = record(MORPHINE)
    assert checked(day).verdict == "not_evaluable"
    empty = checked({**day, "billed": []})
    assert empty.verdict == "differs" and [each.code for each in empty.missed] == ["96374"]


def test_an_open_main_reason_is_held_against_the_nearest_lines() -> None:
    office = record(MORPHINE, CEFTRIAXONE, setting="professional")
    found = checked({**office, "billed": [line("96374"), line("96367")]})
    assert found.verdict == "supported"
    assert found.repair_toward == "the main reason for the visit is a3 (morphine)"
    assert only(found, "primary_reason_missing").risk == "documentation"


@pytest.mark.parametrize(("billed", "code"), [(RIGHT, 0), (("96413 x2", *RIGHT[1:]), 1)])
def test_the_command_fails_on_a_warning(billed: tuple[str, ...], code: int) -> None:
    from infusion_asp.cli import main  # noqa: PLC0415

    done = CliRunner().invoke(main, ["verify", "-"], input=json.dumps(claim(*billed)))
    assert done.exit_code == code
    found = json.loads(done.stdout)
    assert found["verdict"] == ("supported" if code == 0 else "differs")
