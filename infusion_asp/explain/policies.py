"""Owns the policies that matter for one encounter: those of which another value changes lines."""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from dataclasses import dataclass, replace

from infusion_asp.coding import Coder
from infusion_asp.coding.lines import LineSet, line_set
from infusion_asp.explain.matters import mattering
from infusion_asp.explain.solved import Solved
from infusion_asp.explain.words import line_changes, told
from infusion_asp.facts.policies import Policy
from infusion_asp.model import Encounter, ErrorRecord, PolicyEdge, Result
from infusion_asp.rulebook import Rulebook

_TEXTS: weakref.WeakKeyDictionary[Rulebook, dict[str, str]] = weakref.WeakKeyDictionary()


@dataclass(frozen=True)
class PolicyAnswer:
    """The lines under another value of a policy; `rules` ask for one of the two values."""

    policy: Policy
    value: str
    other: str
    lines: LineSet
    rules: tuple[str, ...]


def policies(coder: Coder, encounter: Encounter, result: Result) -> tuple[PolicyEdge, ...]:
    """Every policy value that would change the lines, in the order of the list of policies."""
    base = line_set(result)
    return tuple(_edge(base, each) for each in policy_answers(coder, encounter, result))


def policy_answers(coder: Coder, encounter: Encounter, result: Result) -> Iterator[PolicyAnswer]:
    """The lines under every policy value that changes them, in the order of the list of policies.

    Values that can't matter are not solved.
    """
    base = line_set(result)
    asked = mattering(Solved(coder, encounter, result))
    for name, policy in coder.choices.policies.items():
        value = result.policies[name]
        for other in policy.values:
            if other == value or asked.isdisjoint(((name, value), (name, other))):
                continue
            chosen = replace(coder, policies={**coder.policies, name: other})
            lines = chosen.lines_many([encounter])[0]
            if not isinstance(lines, ErrorRecord) and lines != base:
                rules = _rules(coder.rulebook, name, value, other)
                yield PolicyAnswer(policy, value, other, lines, rules)


def _edge(base: LineSet, found: PolicyAnswer) -> PolicyEdge:
    policy, value, other, rules = found.policy, found.value, found.other, found.rules
    changes = line_changes(base, found.lines)
    by = f" [{', '.join(rules)}]" if rules else ""
    return PolicyEdge(
        policy=policy.name,
        value=value,
        other=other,
        who_says_what=policy.who,
        default=policy.values[0],
        rules=rules,
        changes=changes,
        sentence=f"{policy.name} {other} in place of {value}: {told(changes)}{by}",
    )


def _rules(rulebook: Rulebook, name: str, value: str, other: str) -> tuple[str, ...]:
    """The rules that ask for the one value, else for the other, else for any."""
    asked = (f"policy({name},{value})", f"policy({name},{other})", f"policy({name},")
    texts = _texts(rulebook)
    found = (tuple(rule for rule, text in texts.items() if each in text) for each in asked)
    return next(filter(None, found), ())


def _texts(rulebook: Rulebook) -> dict[str, str]:
    if rulebook not in _TEXTS:
        _TEXTS[rulebook] = {rule.id: " ".join(map(str, rule.statements)) for rule in rulebook.rules}
    return _TEXTS[rulebook]
