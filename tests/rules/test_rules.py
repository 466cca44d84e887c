"""Every statement of the rules of drug administration coding, with the cases at its boundaries."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path

import pytest

from infusion_asp import Encounter
from infusion_asp.coding import Coder
from infusion_asp.facts import load_policies
from infusion_asp.model import Result, parse_encounter
from infusion_asp.rulebook import Rulebook, load_rulebook, shipped_logic
from tests.rules.notation import DAY, Case, cases_of, line_text

HERE = Path(__file__).parent
FILES = sorted(HERE.glob("*.yaml"))
CASES = [(path.stem, case) for path in FILES for case in cases_of(path.read_text("utf-8"))]


@cache
def rulebook() -> Rulebook:
    """The shipped rulebook, read once."""
    return load_rulebook()


@cache
def coder(profile: str | None, policies: tuple[tuple[str, str], ...]) -> Coder:
    """One coder for all cases of a profile and its policies."""
    return Coder(rulebook(), profile, dict(policies))


def coded(case: Case) -> Result:
    """The result of the case's encounter."""
    encounter: Encounter = parse_encounter(case.encounter)
    chosen = coder(case.profile, tuple(sorted(case.policies.items())))
    return chosen.code(encounter, explain=False)


def first_day(case: Case) -> datetime:
    """Day 0 of the expected lines."""
    starts = [each["start"] for each in case.encounter["administrations"] if "start" in each]
    return datetime.fromisoformat(min(starts, default=DAY)[:10])


@pytest.mark.parametrize("case", [pytest.param(c, id=f"{stem}: {c.name}") for stem, c in CASES])
def test_rule(case: Case) -> None:
    result = coded(case)
    if case.lines is not None:
        lines = sorted(line_text(line, first_day(case), case.dated) for line in result.lines)
        assert lines == list(case.lines)
    found = {finding.rule for finding in result.findings}
    assert set(case.findings) <= found
    assert not set(case.no_findings) & found
    reasons = {each.administration: str(each.rule) for each in result.not_reported}
    assert {admin: reasons.get(admin) for admin in case.unreported} == case.unreported
    for code, administrations in case.by.items():
        earners = {a for line in result.lines if line.code == code for a in line.administrations}
        assert earners == set(administrations)


def _first_values() -> list[tuple[str, Case]]:
    policies = load_policies(shipped_logic()).policies
    return [
        (stem, case)
        for stem, case in CASES
        if case.policy and case.policies[case.policy] == policies[case.policy].values[0]
    ]


@pytest.mark.parametrize(
    "case", [pytest.param(c, id=f"{stem}: {c.name}") for stem, c in _first_values()]
)
def test_the_first_value_is_the_default(case: Case) -> None:
    others = {name: value for name, value in case.policies.items() if name != case.policy}
    assert coded(replace(case, policies=others)).lines == coded(case).lines


def test_every_case_has_a_name_of_its_own() -> None:
    names = [f"{stem}: {case.name}" for stem, case in CASES]
    assert sorted(set(names)) == sorted(names)


def test_every_policy_value_shows_its_difference() -> None:
    """One record coded under each value: the default's lines or findings, and others."""
    outcomes: dict[tuple[str, str], dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for stem, case in CASES:
        if stem.startswith("policies_") and case.policy:
            shown = f"{case.lines} {case.findings} {case.unreported} {case.by}"
            outcomes[case.policy, repr(case.encounter)][case.policies[case.policy]].add(shown)
    missing = []
    for name, policy in load_policies(shipped_logic()).policies.items():
        default = policy.values[0]
        for value in policy.values[1:]:
            differs = any(
                seen[value] and seen[default] and seen[value] != seen[default]
                for (shown_policy, _), seen in outcomes.items()
                if shown_policy == name
            )
            if not differs:
                missing.append(f"{name} {value}")
    assert missing == []
