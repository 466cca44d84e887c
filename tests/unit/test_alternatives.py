"""Where the record leaves something decisive open, the result lists the line sets it allows."""

from typing import Any

import pytest

from infusion_asp import code

DAY = "2025-03-03T"


def given(name: str, drug: str, start: str, stop: str | None = None, **more: Any) -> dict[str, Any]:
    method = "infusion" if stop else "push"
    row = {"id": name, "drug": drug, "route": "intravenous", "method": method}
    times = {"start": f"{DAY}{start}"} | ({"stop": f"{DAY}{stop}"} if stop else {})
    return row | times | more


def possible(*rows: dict[str, Any], **more: Any) -> dict[str, list[str]]:
    """What decides, and the codes that it would give."""
    result = code({"encounter_id": "e", "administrations": list(rows), **more})
    return {
        each.decided_by: ["-".join((line.code, *line.modifiers)) for line in each.lines]
        for each in result.alternatives
    }


def test_the_main_reason_in_the_office() -> None:
    rows = (
        given("a1", "saline 0.9%", "09:00", "10:00", purpose="hydration", volume_ml=500),
        given("a2", "ondansetron", "09:30"),
    )
    open_ones = possible(*rows, setting="professional")
    assert open_ones["the main reason for the visit is a1 (saline 0.9%)"] == ["96360", "96375"]
    assert not possible(*rows, setting="professional", primary_reason="a1")


def test_the_access_of_a_drug() -> None:
    accesses = [
        {"id": name, "medically_necessary": True, "need": "protocol", "reason": "by protocol"}
        for name in ("iv1", "iv2")
    ]
    rows = (
        given("a1", "vancomycin", "09:00", "10:00", access="iv1"),
        given("a2", "ceftriaxone", "09:00", "09:40", access="iv2"),
    )
    push = given("a3", "ondansetron", "10:10")
    open_ones = possible(*rows, push, accesses=accesses)
    assert open_ones["a3 (ondansetron) went through iv2"] == ["96365", "96365-59", "96375-59"]
    assert not possible(*rows, {**push, "access": "iv1"}, accesses=accesses)


def test_whether_two_accesses_were_needed() -> None:
    rows = (
        given("a1", "vancomycin", "09:00", "10:00", access="iv1"),
        given("a2", "ceftriaxone", "10:10", "10:50", access="iv2"),
    )
    accesses: list[dict[str, Any]] = [{"id": "iv1"}, {"id": "iv2"}]
    open_ones = possible(*rows, accesses=accesses)
    said = "the accesses iv1 and iv2 were each medically necessary"
    assert open_ones[said] == ["96365", "96365-59"]
    accesses[1]["medically_necessary"] = False
    assert said not in possible(*rows, accesses=accesses)


def test_whether_two_bags_ran_together() -> None:
    rows = (
        given("a1", "vancomycin", "09:00", "10:00"),
        given("a2", "ceftriaxone", "09:20", "10:20"),
    )
    open_ones = possible(*rows)
    assert open_ones["a1 (vancomycin) and a2 (ceftriaxone) were one mix"] == ["96365"]
    apart = "a1 (vancomycin) stopped when a2 (ceftriaxone) began, at 09:20"
    assert open_ones[apart] == ["96365", "96367"]
    explained = {**rows[1], "order_reason": "given beside the vancomycin by order"}
    assert apart not in possible(rows[0], explained)


def test_whether_a_bag_without_a_stop_ran_beside_another() -> None:
    rows = (
        given("a1", "vancomycin", "09:00", method="infusion"),
        given("a2", "ceftriaxone", "09:20", "10:20"),
    )
    open_ones = possible(*rows)
    assert open_ones["a1 (vancomycin) stopped when a2 (ceftriaxone) began, at 09:20"]
    assert open_ones["a1 (vancomycin) ran beside a2 (ceftriaxone) to its end, at 10:20"]


@pytest.mark.parametrize("second", ["09:00", "09:01"])
def test_whether_two_pushes_were_one_syringe(second: str) -> None:
    open_ones = possible(given("a1", "ketorolac", "09:00"), given("a2", "ondansetron", second))
    said = "a1 (ketorolac) and a2 (ondansetron) were one syringe"
    assert (said in open_ones) is (second == "09:00")


def test_a_record_that_leaves_nothing_open_has_no_alternatives() -> None:
    assert not possible(given("a1", "vancomycin", "09:00", "10:00"))
