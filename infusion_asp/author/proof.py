"""Owns what a proof says: proved, swept or refuted, over how many encounters, in what time."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import clingo

from infusion_asp.rulebook import shipped_logic

CHOOSE = ("choose", 2)
OPTION = ("option", 2)


@dataclass(frozen=True)
class Counterexample:
    """An encounter without exactly one answer: the open fields as chosen, and what went wrong.

    `kind`: "two answers", "no answer", or "witness" (an answer exists, the witness isn't it).
    """

    kind: str
    fields: Mapping[str, str]
    evidence: tuple[str, ...]


@dataclass(frozen=True)
class Proof:
    """The result of one half: `how` is "proved", "swept" or "refuted".

    `size` counts the encounters (times settings, payers and policies left open) of the space,
    `covered` those looked at; `seconds` are grounding and solving, `rules` the ground rules.
    """

    name: str
    how: str
    size: int
    covered: int
    seconds: float
    rules: int
    counterexample: Counterexample | None = None

    def __str__(self) -> str:
        took = f"{self.seconds:.1f} s"
        if self.how == "proved":
            return f"{self.name}: proved for {self.size:,} encounters in {took}"
        if self.how == "swept":
            return f"{self.name}: swept {self.covered:,} of {self.size:,} encounters in {took}"
        assert self.counterexample is not None
        return f"{self.name}: refuted in {took}: {self.counterexample.kind}"


def size_of(options: Iterable[clingo.Symbol]) -> int:
    """How many encounters the options span: the fields are independent of each other."""
    return math.prod(Counter(option.arguments[0] for option in options).values())


def invariant(name: str) -> str:
    """The text of a program of logic/invariants."""
    return (shipped_logic() / "invariants" / name).read_text(encoding="utf-8")
