"""Owns leaving out rules that cannot fire for the given facts; grounding costs time per rule.

A rule can fire only if each positive literal of its body can hold. What can hold is followed
from the facts through the rules, by predicate and by the constants that bodies ask for at an
argument; whatever isn't a constant may be anything. Leaving the others out changes no answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import clingo
from clingo.ast import AST, ASTType

from infusion_asp.engine.answer import Signature
from infusion_asp.rulebook import Rulebook
from infusion_asp.rulebook.atoms import Place, uses

# What a literal needs: a predicate, and where a constant stands, its position and value.
_Need = tuple[Signature, int, clingo.Symbol | None]
_ANYTHING = -1


@dataclass(frozen=True)
class _Rule:
    needs: tuple[_Need, ...]
    gives: tuple[tuple[Signature, tuple[clingo.Symbol | None, ...]], ...]


class Relevance:
    """The rules of one rulebook, indexed by what their bodies need."""

    def __init__(self, statements: Sequence[AST]) -> None:
        self._statements = statements
        self._rules = [_outline(statement) for statement in statements]
        self._waiting: dict[_Need, list[int]] = {}
        self._asked: dict[Signature, frozenset[int]] = {}
        self._values: dict[tuple[Signature, int], list[clingo.Symbol]] = {}
        for index, rule in enumerate(self._rules):
            for need in rule.needs:
                self._waiting.setdefault(need, []).append(index)
        for signature, position, value in self._waiting:
            if value is None:
                continue
            self._asked[signature] = self._asked.get(signature, frozenset()) | {position}
            self._values.setdefault((signature, position), []).append(value)

    def relevant(self, facts: Iterable[clingo.Symbol]) -> list[AST]:
        """The statements that can fire for these facts, in their order."""
        met: set[_Need] = set()
        todo: list[_Need] = []

        def meet(need: _Need) -> None:
            if need not in met:
                met.add(need)
                todo.append(need)

        for fact in facts:
            arguments = fact.arguments
            signature = (fact.name, len(arguments))
            meet((signature, _ANYTHING, None))
            for position in self._asked.get(signature, ()):
                meet((signature, position, arguments[position]))
        missing = [len(rule.needs) for rule in self._rules]
        fired = [index for index, count in enumerate(missing) if count == 0]
        while fired or todo:
            while fired:
                for signature, values in self._rules[fired.pop()].gives:
                    meet((signature, _ANYTHING, None))
                    for position in self._asked.get(signature, ()):
                        value = values[position]
                        if value is not None:
                            meet((signature, position, value))
                            continue
                        for known in self._values[signature, position]:
                            meet((signature, position, known))
            while todo:
                for index in self._waiting.get(todo.pop(), ()):
                    missing[index] -= 1
                    if missing[index] == 0:
                        fired.append(index)
        return [self._statements[i] for i, count in enumerate(missing) if count == 0]


@lru_cache(maxsize=8)
def relevance(rulebook: Rulebook) -> Relevance:
    """The index of a rulebook's statements, made once."""
    return Relevance(rulebook.statements)


def _outline(statement: AST) -> _Rule:
    needs: dict[_Need, None] = {}
    gives = []
    for use in uses(statement):
        values = tuple(_constant(term) for term in use.arguments)
        if use.in_head:
            gives.append((use.signature, values))
        elif use.place is Place.BODY:
            needs[use.signature, _ANYTHING, None] = None
            for position, value in enumerate(values):
                if value is not None:
                    needs[use.signature, position, value] = None
    return _Rule(tuple(needs), tuple(gives))


def _constant(term: AST) -> clingo.Symbol | None:
    """The value of a term without variables and operations; None may be anything."""
    if term.ast_type == ASTType.SymbolicTerm:
        symbol: clingo.Symbol = term.symbol
        return symbol
    if term.ast_type == ASTType.Function and term.name and not term.arguments:
        return clingo.Function(term.name, [])
    return None
