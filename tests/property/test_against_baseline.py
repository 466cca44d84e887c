"""The rulebook and the independent procedural coder give the same lines for random encounters."""

import random
from collections import Counter
from collections.abc import Iterable
from typing import Any

import pytest

from benchmarks import baseline
from benchmarks.baseline.policies import VALUES
from infusion_asp.coding import Coder
from infusion_asp.model import Result, parse_encounter
from infusion_asp.rulebook import load_rulebook
from tests.support.random_encounters import random_encounter

Lines = Counter[tuple[str, str, tuple[str, ...], str]]

READ_OTHERWISE = {
    "house fluid": "a bag that no table knows: its class is asked for, the oracle leaves it out",
    "declot": "declotting that belongs to a procedure: X2 here, always reported by the oracle",
}
"""What the two read differently on purpose, by drug or method; see the baseline's README."""


def lines(found: Iterable[Any]) -> Lines:
    """Units by section, code, modifiers and date."""
    counted: Lines = Counter()
    for line in found:
        key = (line.section, line.code, tuple(sorted(line.modifiers)), str(line.date or ""))
        counted[key] += line.units
    return counted


def comparable(encounter: dict[str, Any]) -> bool:
    """Whether both read the encounter the same way: charted methods and starts, known drugs."""
    given = encounter["administrations"]
    names = {str(each.get(key)) for each in given for key in ("drug", "method")}
    odd = any(
        each.get("start") is None or each.get("method") is None or each.get("same_bag_as")
        for each in given
    )
    return not odd and not names & READ_OTHERWISE.keys()


def encounters(seed: int, count: int) -> list[dict[str, Any]]:
    """Random encounters that both coders read the same way."""
    rng = random.Random(seed)
    found: list[dict[str, Any]] = []
    while len(found) < count:
        encounter = random_encounter(rng)
        if comparable(encounter):
            found.append({**encounter, "encounter_id": f"r{seed}-{len(found)}"})
    return found


def differences(seed: int, count: int, policies: dict[str, str]) -> list[str]:
    """Where the two differ, in words."""
    found = encounters(seed, count)
    coder = Coder(load_rulebook(), None, policies)
    results = coder.code_many([parse_encounter(each) for each in found])
    told = []
    for encounter, result in zip(found, results, strict=True):
        assert isinstance(result, Result), result
        ours = lines(result.lines)
        theirs = lines(baseline.code(encounter, policies).lines)
        if ours != theirs:
            told.append(f"{encounter}\n  here {dict(ours - theirs)} oracle {dict(theirs - ours)}")
    return told


@pytest.mark.parametrize("seed", range(4))
def test_same_lines_under_default_policies(seed: int) -> None:
    told = differences(seed, 60, {})
    assert len(told) <= 1, "\n".join(told)


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name in VALUES for value in VALUES[name][1:]]
)
def test_same_lines_under_every_policy_value(name: str, value: str) -> None:
    told = differences(1000, 12, {name: value})
    assert len(told) <= 1, "\n".join(told)
