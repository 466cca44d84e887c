"""Policies that can't matter are told from the answer: leaving them out changes nothing."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from infusion_asp.coding import Coder
from infusion_asp.coding.lines import LineSet, line_set
from infusion_asp.explain.matters import mattering
from infusion_asp.explain.policies import policy_answers
from infusion_asp.explain.solved import Solved
from infusion_asp.model import Encounter, ErrorRecord, parse_encounter
from infusion_asp.rulebook import load_rulebook

ENCOUNTERS = Path(__file__).parents[2] / "fixtures" / "encounters"


@pytest.fixture(scope="module")
def coder() -> Coder:
    return Coder(load_rulebook())


def every_answer(coder: Coder, encounter: Encounter) -> dict[tuple[str, str], LineSet]:
    """The lines under each other value of each policy, all solved."""
    base = coder.code(encounter, explain=False)
    found = {}
    for name, policy in coder.choices.policies.items():
        for value in policy.values:
            chosen = replace(coder, policies={**coder.policies, name: value})
            lines = chosen.lines_many([encounter])[0]
            assert not isinstance(lines, ErrorRecord)
            if lines != line_set(base):
                found[name, value] = lines
    return found


@pytest.mark.parametrize("name", ["hydration_beside_a_drug", "concurrent_chemotherapy"])
def test_the_policies_found_are_those_of_all_that_change_lines(coder: Coder, name: str) -> None:
    encounter = parse_encounter(json.loads((ENCOUNTERS / f"{name}.json").read_text("utf-8")))
    result = coder.code(encounter, explain=False)
    found = {
        (each.policy.name, each.other): each.lines
        for each in policy_answers(coder, encounter, result)
    }
    assert found == every_answer(coder, encounter)


def test_a_policy_of_hydration_is_not_asked_for_without_hydration(coder: Coder) -> None:
    row = {"id": "a1", "drug": "vancomycin", "method": "push", "start": "2025-03-03T09:00"}
    encounter = parse_encounter(
        {"encounter_id": "e", "administrations": [{**row, "route": "intravenous"}]}
    )
    asked = mattering(Solved(coder, encounter))
    assert not [value for name, value in asked if name == "hydration_stretches"]
    assert len(asked) < len(coder.choices.policies)
