"""Every statement of the rules of drug administration coding, with the cases at its boundaries."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from infusion_asp.author.models import Models
from infusion_asp.author.testing import Case, read_cases
from infusion_asp.author.testing.bench import Bench, Prepared, failures_of, rows_of, unsaid
from infusion_asp.facts import load_policies
from infusion_asp.rulebook import load_rulebook, shipped_logic

HERE = Path(__file__).parent
FILES = sorted(HERE.glob("*.yaml"))
CASES = [(path.stem, case) for path in FILES for case in read_cases(path, path.name)]


@cache
def bench() -> Bench:
    """The shipped rules."""
    return Bench(load_rulebook())


@cache
def solved() -> tuple[list[Prepared], Models]:
    """All cases, solved together by the lifted rules."""
    prepared = [bench().prepared(case) for _, case in CASES]
    return prepared, bench().models(prepared)


@pytest.mark.parametrize(
    "number", [pytest.param(at, id=f"{stem}: {c.name}") for at, (stem, c) in enumerate(CASES)]
)
def test_rule(number: int) -> None:
    prepared, models = solved()
    assert failures_of(prepared[number], models, number) == ()


def test_the_rules_say_what_is_recorded() -> None:
    assert not [each for each in unsaid(*solved()).values() if each]


def _first_values() -> list[tuple[str, Case]]:
    policies = load_policies(shipped_logic()).policies
    return [
        (stem, case)
        for stem, case in CASES
        if case.policy and case.policies[case.policy] == policies[case.policy].values[0]
    ]


def test_the_first_value_is_the_default() -> None:
    cases = [case for _, case in _first_values()]
    bare = [
        replace(case, policies={n: v for n, v in case.policies.items() if n != case.policy})
        for case in cases
    ]
    models = bench().models([bench().prepared(case) for case in (*cases, *bare)])
    for number, case in enumerate(cases):
        lines = (rows_of(models, at, ("line", 5)) for at in (number, number + len(cases)))
        assert len({repr(each) for each in map(sorted, lines)}) == 1, case.name


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
