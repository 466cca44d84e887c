"""The baseline coder on thresholds and merges, and that random encounters are valid input."""

import random
from typing import Any

import pytest

from benchmarks.baseline import code
from benchmarks.baseline.policies import VALUES
from infusion_asp.model import parse_encounter
from tests.support.random_encounters import clock, random_encounter


def given(
    name: str, drug: str, category: str, start: int, minutes: int | None, method: str = "infusion"
) -> dict[str, Any]:
    """One intravenous administration starting `start` minutes into the day."""
    row: dict[str, Any] = {"id": name, "drug": drug, "category": category, "method": method}
    row |= {"route": "intravenous", "start": clock(start)}
    if minutes is not None:
        row["stop"] = clock(start + minutes)
    return row


def claim(*rows: dict[str, Any], **more: Any) -> dict[str, int]:
    """Units by code (and modifiers) of an encounter of these administrations."""
    policies = more.pop("policies", None)
    encounter = {"encounter_id": "e", "administrations": list(rows), **more}
    out: dict[str, int] = {}
    for line in code(encounter, policies).lines:
        name = "-".join((line.code, *line.modifiers))
        out[name] = out.get(name, 0) + line.units
    return out


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [
        (15, {"96374": 1}),
        (16, {"96365": 1}),
        (90, {"96365": 1}),
        (91, {"96365": 1, "96366": 1}),
        (150, {"96365": 1, "96366": 1}),
        (151, {"96365": 1, "96366": 2}),
    ],
)
def test_an_infusion_earns_its_hours(minutes: int, expected: dict[str, int]) -> None:
    assert claim(given("a1", "ceftriaxone", "therapeutic", 540, minutes)) == expected


@pytest.mark.parametrize(
    ("minutes", "alone", "beside"),
    [(30, {}, {}), (31, {"96360": 1}, {"96361": 1}), (91, {"96360": 1, "96361": 1}, {"96361": 2})],
)
def test_hydration_counts_from_31_minutes(
    minutes: int, alone: dict[str, int], beside: dict[str, int]
) -> None:
    water = given("a1", "normal saline", "hydration", 540, minutes)
    push = given("a2", "ondansetron", "therapeutic", 500, None, "push")
    assert claim(water) == alone
    assert claim(water, push) == {"96374": 1, **beside}


@pytest.mark.parametrize(
    ("gap", "setting", "expected"),
    [
        (30, "facility", {"96374": 1}),
        (31, "facility", {"96374": 1, "96376": 1}),
        (31, "professional", {"96374": 1}),
    ],
)
def test_a_repeated_push_counts_after_30_minutes(
    gap: int, setting: str, expected: dict[str, int]
) -> None:
    one = given("a1", "morphine", "therapeutic", 540, None, "push")
    two = given("a2", "morphine", "therapeutic", 540 + gap, None, "push")
    assert claim(one, two, setting=setting) == expected


@pytest.mark.parametrize(
    ("overlap", "expected"), [(30, {"96365": 1, "96367": 1}), (31, {"96365": 1, "96368": 1})]
)
def test_more_than_half_of_the_minutes_is_concurrent(
    overlap: int, expected: dict[str, int]
) -> None:
    one = given("a1", "ceftriaxone", "therapeutic", 540, 90)
    two = given("a2", "famotidine", "therapeutic", 630 - overlap, 60)
    assert claim(one, two) == expected


def test_a_second_documented_access_has_its_own_initial_service() -> None:
    accesses = [{"id": f"iv{n}", "medically_necessary": True, "need": "protocol"} for n in (1, 2)]
    one = given("a1", "ceftriaxone", "therapeutic", 540, 60) | {"access": "iv1"}
    two = given("a2", "paclitaxel", "antineoplastic", 540, 60) | {"access": "iv2"}
    assert claim(one, two, accesses=accesses) == {"96413": 1, "96365-59": 1}
    assert claim(one, two) == {"96413": 1, "96368": 1}


@pytest.mark.parametrize("seed", range(60))
def test_random_encounters_are_valid_and_can_be_coded(seed: int) -> None:
    rng = random.Random(seed)
    encounter = random_encounter(rng)
    parse_encounter(encounter)
    policies = {name: rng.choice(values) for name, values in VALUES.items()}
    ids = {row["id"] for row in encounter["administrations"]}
    result = code(encounter, policies)
    named = {i for line in result.lines if line.section != "drug" for i in line.administrations}
    assert named | set(result.not_reported) == ids
    assert not named & set(result.not_reported)
    assert all(line.units >= 1 for line in result.lines)
