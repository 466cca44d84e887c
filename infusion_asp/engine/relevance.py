"""Owns leaving out rules that cannot fire for the given facts; grounding costs time per rule.

A rule can fire only if each positive literal of its body can hold. What can hold is followed
from the facts through the rules, by predicate and by the constants that bodies ask for at an
argument; whatever isn't a constant may be anything. Leaving the others out changes no answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import Any

import clingo
from clingo.ast import AST, ASTType

from infusion_asp.engine.answer import Signature
from infusion_asp.facts import AnyAtom
from infusion_asp.rulebook import Rulebook
from infusion_asp.rulebook.atoms import Place, uses

# What a literal needs: a predicate, and where a constant stands, its position and value.
_Need = tuple[Signature, int, clingo.Symbol | None]
_ANYTHING = -1
_Sides = tuple[frozenset[Signature], frozenset[Signature]]  # of the head, and all others
_Key = tuple[frozenset[int], frozenset[Signature] | None]
_MOST_KEPT = 512
_NO_PLACES: dict[int, dict[clingo.Symbol, int]] = {}
VIOLATES: Signature = ("violates", 2)


@dataclass(frozen=True)
class _Rule:
    needs: tuple[int, ...]
    gives: tuple[int, ...]


class Relevance:
    """The rules of one rulebook, indexed by what their bodies need."""

    def __init__(self, rulebook: Rulebook) -> None:
        self._rulebook = rulebook
        self._numbers: dict[_Need, int] = {}
        self._values: dict[Signature, dict[int, dict[clingo.Symbol, int]]] = {}
        self._sides: list[_Sides] = []
        outlines = [_outline(statement, self._sides) for statement in rulebook.statements]
        for needs, _ in outlines:
            for need in needs:
                self._numbers.setdefault(need, len(self._numbers))
        for (signature, position, value), number in self._numbers.items():
            places = self._values.setdefault(signature, {})
            if value is not None:
                places.setdefault(position, {})[value] = number
        arities: dict[str, int] = {}
        for name, _ in self._values:
            arities[name] = arities.get(name, 0) + 1
        self._plain = {
            name for (name, _), places in self._values.items() if not places and arities[name] == 1
        }
        self._rules = [
            _Rule(
                tuple(self._numbers[need] for need in needs),
                tuple(sorted({number for give in gives for number in self._given(*give)})),
            )
            for needs, gives in outlines
        ]
        self._waiting: list[list[int]] = [[] for _ in self._numbers]
        for index, rule in enumerate(self._rules):
            for number in rule.needs:
                self._waiting[number].append(index)
        self._missing = [len(rule.needs) for rule in self._rules]
        self._given_before: dict[int, tuple[Sequence[clingo.Symbol], frozenset[int]]] = {}
        self._fresh: dict[frozenset[int], tuple[AST, ...]] = {}
        self._lifted: dict[_Key, tuple[int, ...]] = {}
        self._slices: dict[frozenset[Signature], frozenset[int]] = {}
        self._read: dict[_Key, frozenset[str]] = {}

    def fresh(self, shared: Sequence[clingo.Symbol], facts: Iterable[AnyAtom]) -> tuple[AST, ...]:
        """The rules that can fire for one encounter, in their order."""
        met = self._constant(shared) | self._met(facts)
        if met not in self._fresh:
            statements = self._rulebook.statements
            _room(self._fresh)
            self._fresh[met] = tuple(statements[at] for at in self._firing(met))
        return self._fresh[met]

    def lifted(
        self, shared: Sequence[clingo.Symbol], encounters: Iterable[Sequence[AnyAtom]]
    ) -> tuple[int, ...]:
        """The indexes of the statements that can fire for one of the encounters at least."""
        return self.lifted_for(self._constant(shared) | self._met(chain.from_iterable(encounters)))

    def met(self, shared: Sequence[clingo.Symbol], facts: Iterable[AnyAtom]) -> frozenset[int]:
        """What facts meet of all that bodies need."""
        return self._constant(shared) | self._met(facts)

    def lifted_for(
        self, met: frozenset[int], only: frozenset[Signature] | None = None
    ) -> tuple[int, ...]:
        """The indexes of the statements that can fire where this is met.

        `only`: those on which these predicates and the constraints rest.
        """
        if (met, only) not in self._lifted:
            _room(self._lifted)
            within = None if only is None else self._behind(only)
            firing = self._firing(met)
            self._lifted[met, only] = tuple(at for at in firing if within is None or at in within)
        return self._lifted[met, only]

    def read_for(self, met: frozenset[int], only: frozenset[Signature]) -> frozenset[str]:
        """The names that are read by the rules that can fire there, and `only` rests on them."""
        if (met, only) not in self._read:
            _room(self._read)
            within = self._behind(only)
            fired = (self._sides[at] for at in self._firing(met) if at in within)
            self._read[met, only] = frozenset(name for _, read in fired for name, _ in read)
        return self._read[met, only]

    def _behind(self, wanted: frozenset[Signature]) -> frozenset[int]:
        """The indexes of the rules on which these predicates and the constraints rest."""
        if wanted not in self._slices:
            reached = set(wanted) | {VIOLATES}
            size = 0
            while size != len(reached):
                size = len(reached)
                for heads, read in self._sides:
                    if not reached.isdisjoint(heads):
                        reached |= heads | read
            kept = (
                at for at, (heads, _) in enumerate(self._sides) if not reached.isdisjoint(heads)
            )
            self._slices[wanted] = frozenset(kept)
        return self._slices[wanted]

    def _constant(self, shared: Sequence[clingo.Symbol]) -> frozenset[int]:
        """What the shared facts meet; the same object is looked through once."""
        key = id(shared)
        known = self._given_before.get(key)
        if known is None or known[0] is not shared:
            if not isinstance(shared, tuple):
                return self._met(shared)
            _room(self._given_before)
            known = self._given_before[key] = (shared, self._met(shared))
        return known[1]

    def _met(self, facts: Iterable[AnyAtom]) -> frozenset[int]:
        met: set[int] = set()
        seen: set[tuple[Signature, tuple[clingo.Symbol, ...]]] = set()
        done: set[str] = set()
        for fact in facts:
            name = fact.name
            if name in done:
                continue
            arguments = fact.arguments
            signature = (name, len(arguments))
            places = self._values.get(signature, _NO_PLACES)
            key = (signature, tuple([arguments[at] for at in places]))
            if key in seen:
                continue
            seen.add(key)
            if name in self._plain:
                done.add(name)
            met.update(self._given(signature, dict(zip(places, key[1], strict=True))))
        return frozenset(met)

    def _given(
        self, signature: Signature, values: dict[int, clingo.Symbol | None]
    ) -> Iterable[int]:
        """The needs that an atom meets; a value that isn't known meets every constant."""
        number = self._numbers.get((signature, _ANYTHING, None))
        if number is None:
            return
        yield number
        for position, constants in self._values[signature].items():
            value = values.get(position)
            if value is None:
                yield from constants.values()
            elif value in constants:
                yield constants[value]

    def _firing(self, met: frozenset[int]) -> list[int]:
        """The indexes of the rules that can fire once these needs are met."""
        reached = set(met)
        todo = list(met)
        missing = list(self._missing)
        fired = [index for index, count in enumerate(missing) if count == 0]
        while fired or todo:
            while fired:
                for number in self._rules[fired.pop()].gives:
                    if number not in reached:
                        reached.add(number)
                        todo.append(number)
            while todo:
                for index in self._waiting[todo.pop()]:
                    missing[index] -= 1
                    if missing[index] == 0:
                        fired.append(index)
        return [index for index, count in enumerate(missing) if count == 0]


@lru_cache(maxsize=8)
def relevance(rulebook: Rulebook) -> Relevance:
    """The index of a rulebook's statements, made once."""
    return Relevance(rulebook)


_Values = dict[int, clingo.Symbol | None]


def _outline(
    statement: AST, sides: list[_Sides]
) -> tuple[tuple[_Need, ...], list[tuple[Signature, _Values]]]:
    """What the body of a statement needs, and what its head gives; its predicates to `sides`."""
    needs: dict[_Need, None] = {}
    gives = []
    found = uses(statement)
    heads = frozenset(use.signature for use in found if use.in_head)
    sides.append((heads, frozenset(use.signature for use in found) - heads))
    for use in found:
        values = {at: _constant(term) for at, term in enumerate(use.arguments)}
        if use.in_head:
            gives.append((use.signature, values))
        elif use.place is Place.BODY:
            needs[use.signature, _ANYTHING, None] = None
            for position, value in values.items():
                if value is not None:
                    needs[use.signature, position, value] = None
    return tuple(needs), gives


def _constant(term: AST) -> clingo.Symbol | None:
    """The value of a term without variables and operations; None may be anything."""
    if term.ast_type == ASTType.SymbolicTerm:
        symbol: clingo.Symbol = term.symbol
        return symbol
    if term.ast_type == ASTType.Function and term.name and not term.arguments:
        return clingo.Function(term.name, [])
    return None


def _room(kept: dict[Any, Any]) -> None:
    """Forget the oldest entry of a full cache."""
    if len(kept) >= _MOST_KEPT:
        del kept[next(iter(kept))]
