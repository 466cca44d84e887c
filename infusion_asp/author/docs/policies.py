"""Owns the policy tables: values, who says what, what profiles choose, which rules ask."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from infusion_asp.facts import Policies
from infusion_asp.rulebook import Rule

_ASKED = re.compile(r"\bpolicy\((\w+),\s*\"?([\w.-]+)\"?\)")
_SAYS = re.compile(r";\s+")


@dataclass(frozen=True)
class Asked:
    """A policy that a rule reads; `value` is empty where any value is read."""

    name: str
    value: str


@dataclass(frozen=True)
class Value:
    """One value: the profiles that set it, and the rules that ask for it by name."""

    name: str
    default: bool
    profiles: tuple[str, ...]
    rules: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """A point on which authorities differ."""

    name: str
    says: tuple[str, ...]
    values: tuple[Value, ...]
    rules: tuple[str, ...]


def asked_by(rule: Rule) -> tuple[Asked, ...]:
    """The policies that a rule reads, in the order of its text."""
    found = []
    for statement in rule.statements:
        for name, value in _ASKED.findall(str(statement)):
            found.append(Asked(name, "" if value[0].isupper() or value == "_" else value))
    return tuple(dict.fromkeys(found))


def tables(policies: Policies, rules: Iterable[Rule]) -> Iterator[Table]:
    """One table for each policy."""
    asking: dict[str, list[tuple[str, str]]] = {}
    for rule in rules:
        for each in asked_by(rule):
            asking.setdefault(each.name, []).append((each.value, rule.id))
    for name, policy in policies.policies.items():
        asks = asking.get(name, [])
        said = policy.who.strip(" -")
        yield Table(
            name,
            tuple(_SAYS.split(said)) if said else (),
            tuple(
                Value(
                    value,
                    at == 0,
                    tuple(
                        p.name for p in policies.profiles.values() if p.choices.get(name) == value
                    ),
                    tuple(dict.fromkeys(rule for asked, rule in asks if asked == value)),
                )
                for at, value in enumerate(policy.values)
            ),
            tuple(dict.fromkeys(rule for asked, rule in asks if not asked)),
        )
