"""Owns the parts of a rulebook that decide roles, and the second copy of what depends on them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from clingo.ast import AST, ASTType, Transformer

from infusion_asp.rulebook.atoms import Use, uses

Signature = tuple[str, int]
PLAYS: Signature = ("plays", 2)
VIOLATES: Signature = ("violates", 2)
SECOND = "second_"


@dataclass(frozen=True)
class Layers:
    """The statements on which `violates` rests, in the order of the rulebook.

    `below` doesn't depend on the choice of roles, `choice` makes it, `above` depends on it.
    `inputs` are the predicates that no statement derives.
    """

    below: tuple[AST, ...]
    choice: tuple[AST, ...]
    above: tuple[AST, ...]
    dependent: frozenset[Signature]
    inputs: frozenset[Signature]

    def second(self) -> tuple[AST, ...]:
        """Choice and everything above it once more, under names that begin with `second_`."""
        return renamed((*self.choice, *self.above), self.dependent)


def layers_of(statements: Iterable[AST]) -> Layers:
    """The layers of a rulebook; statements that `violates` doesn't rest on are left out."""
    rules = [
        (statement, uses(statement))
        for statement in statements
        if statement.ast_type == ASTType.Rule
    ]
    needed = closure({VIOLATES, PLAYS}, rules)
    kept = [(rule, found) for rule, found in rules if heads(found) & needed]
    dependent = dependents(kept)
    choice = [rule for rule, found in kept if PLAYS in heads(found)]
    above = [rule for rule, found in kept if heads(found) & (dependent - {PLAYS})]
    below = [rule for rule, found in kept if not heads(found) & dependent]
    derived = frozenset().union(*(heads(found) for _, found in kept))
    return Layers(
        tuple(below),
        tuple(choice),
        tuple(above),
        frozenset(dependent),
        frozenset(needed) - derived,
    )


def heads(found: Iterable[Use]) -> frozenset[Signature]:
    """The predicates that a statement derives."""
    return frozenset(use.signature for use in found if use.in_head)


def closure(start: set[Signature], rules: Sequence[tuple[AST, tuple[Use, ...]]]) -> set[Signature]:
    """The predicates on which those of `start` rest, themselves included."""
    needed, size = set(start), 0
    while size != len(needed):
        size = len(needed)
        for _, found in rules:
            if heads(found) & needed:
                needed.update(use.signature for use in found)
    return needed


def renamed(statements: Iterable[AST], signatures: frozenset[Signature]) -> tuple[AST, ...]:
    """The statements with these predicates under names that begin with `second_`."""
    rename = _Rename(signatures)
    return tuple(rename(statement) for statement in statements)


def dependents(rules: list[tuple[AST, tuple[Use, ...]]]) -> set[Signature]:
    """The predicates that rest on `plays`, itself included."""
    found_all, size = {PLAYS}, 0
    while size != len(found_all):
        size = len(found_all)
        for _, found in rules:
            if any(use.signature in found_all and not use.in_head for use in found):
                found_all.update(heads(found))
    return found_all


class _Rename(Transformer):
    def __init__(self, signatures: frozenset[Signature]) -> None:
        self._signatures = signatures

    def visit_SymbolicAtom(self, atom: AST) -> AST:  # noqa: N802 (clingo's name)
        term = atom.symbol
        if (term.name, len(term.arguments)) not in self._signatures:
            return atom
        return atom.update(symbol=term.update(name=SECOND + term.name))
