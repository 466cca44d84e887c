"""Owns why a mutant that nothing tells from the original is the same, in words."""

from __future__ import annotations

from collections.abc import Sequence

from infusion_asp.author.mutation.operators import (
    DROP_LITERAL,
    DROP_RULE,
    NEGATE,
    Mutant,
)
from infusion_asp.author.mutation.run import EQUIVALENT, Verdict
from infusion_asp.author.testing.bench import Bench


def explained(bench: Bench, verdicts: Sequence[Verdict], pool: int) -> dict[str, str]:
    """A reason for each equivalent mutant, by name: what was seen of it in the encounters."""
    shared = frozenset(name for name, _ in bench.joint.shared)
    return {
        each.mutant.name: _reason(each.mutant, each.touched, shared, pool)
        for each in verdicts
        if each.status == EQUIVALENT
    }


def _reason(mutant: Mutant, touched: int, shared: frozenset[str], pool: int) -> str:
    name = mutant.detail.removeprefix("not ").split("(")[0]
    if mutant.kind == DROP_LITERAL and name == "verifying":
        return "a guard that saves time: what it keeps from being derived is read for claims only"
    if touched:
        return (
            f"it derives something else in {touched} of {pool} variations, which no output rests on"
        )
    said = {
        DROP_LITERAL: "the other conditions never hold without this one",
        DROP_RULE: "other statements derive the same, or it never fires",
        NEGATE: "the atom is derived by other statements too, or the rest of the body never holds",
    }
    what = said.get(mutant.kind, "no encounter comes to this number")
    return f"{what}: the same is derived in all of {pool} variations"
