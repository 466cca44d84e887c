"""Owns what a proof says: proved, swept, refuted or open, over how many encounters, how long."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import clingo

from infusion_asp.rulebook import shipped_logic

CHOOSE = ("choose", 2)
OPTION = ("option", 2)
PROVED, SWEPT, REFUTED, OPEN = "proved", "swept", "refuted", "open"


@dataclass(frozen=True)
class Counterexample:
    """The smallest encounter found that breaks an invariant, as `code` reads it.

    `kind`: "two answers", "no answer" or "broken"; `policies` are those that differ from the
    defaults; `evidence` is what the solver says.
    """

    kind: str
    encounter: Mapping[str, Any]
    policies: Mapping[str, str] = field(default_factory=dict)
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True)
class Proof:
    """The result for one invariant: `how` is "proved", "swept", "refuted" or "open".

    `size` counts the encounters (times settings and payers) of the space, `proved` those of the
    parts for which it is proved, `covered` those of the other parts that were solved one by one.
    "open": exactly one answer is not shown, so that nothing else can be. `rules` are ground rules.
    """

    name: str
    title: str
    how: str
    size: int
    proved: int = 0
    covered: int = 0
    seconds: float = 0.0
    rules: int = 0
    counterexample: Counterexample | None = None

    def __str__(self) -> str:
        took = f"{self.seconds:.1f} s"
        if self.how == PROVED:
            return f"{self.name}: proved for {self.size:,} encounters in {took}"
        if self.how == SWEPT:
            part = f", proved for {self.proved:,} others" if self.proved else ""
            return (
                f"{self.name}: swept {self.covered:,} of {self.size:,} encounters{part} in {took}"
            )
        if self.how == OPEN:
            return f"{self.name}: not claimed, because exactly one answer is not shown"
        assert self.counterexample is not None
        return f"{self.name}: refuted in {took}: {self.counterexample.kind}"


def size_of(options: Iterable[clingo.Symbol], *, one_other: bool = False) -> int:
    """How many encounters the options span."""
    return span(Counter(str(option.arguments[0]) for option in options), one_other=one_other)


def span(counts: Mapping[str, int], *, one_other: bool = False) -> int:
    """How many encounters fields with so many values span: they are independent of each other.

    With `one_other` at most one policy has another value than the usual one.
    """
    policies = [count for name, count in counts.items() if one_other and is_policy(name)]
    every = math.prod(counts.values()) // math.prod(policies)
    return every * (1 + sum(count - 1 for count in policies))


def is_policy(name: str) -> bool:
    """Whether a field of the generator is a policy."""
    return name.startswith("policy(")


def invariant(name: str) -> str:
    """The text of a program of logic/invariants."""
    return (shipped_logic() / "invariants" / name).read_text(encoding="utf-8")
