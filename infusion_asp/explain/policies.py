"""Owns the policies that matter for one encounter: those of which another value changes lines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from infusion_asp.coding import Coder
from infusion_asp.coding.lines import LineSet, line_set
from infusion_asp.explain.matters import mattering
from infusion_asp.explain.solved import Solved
from infusion_asp.explain.words import line_changes, told
from infusion_asp.facts.policies import Policy
from infusion_asp.model import Encounter, ErrorRecord, PolicyEdge, Result


def policies(coder: Coder, encounter: Encounter, result: Result) -> tuple[PolicyEdge, ...]:
    """Every policy value that would change the lines, in the order of the list of policies."""
    return tuple(_edges(coder, encounter, result))


def other_lines(
    coder: Coder, encounter: Encounter, result: Result
) -> Iterator[tuple[Policy, str, LineSet]]:
    """Policies with another value and the lines under it, where they are not those of now.

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
                yield policy, other, lines


def _edges(coder: Coder, encounter: Encounter, result: Result) -> Iterator[PolicyEdge]:
    base = line_set(result)
    texts = {rule.id: " ".join(map(str, rule.statements)) for rule in coder.rulebook.rules}
    for policy, other, lines in other_lines(coder, encounter, result):
        name, value = policy.name, result.policies[policy.name]
        changes = line_changes(base, lines)
        asked = (_asks(name, value), _asks(name, other), f"policy({name},")
        rules = next(
            filter(None, (tuple(r for r, text in texts.items() if a in text) for a in asked)),
            (),
        )
        by = f" [{', '.join(rules)}]" if rules else ""
        yield PolicyEdge(
            policy=name,
            value=value,
            other=other,
            who_says_what=policy.who,
            default=policy.values[0],
            rules=rules,
            changes=changes,
            sentence=f"{name} {other} in place of {value}: {told(changes)}{by}",
        )


def _asks(name: str, value: str) -> str:
    return f"policy({name},{value})"
