"""Owns the provenance program of a rulebook: for each statement, a rule that says how it fired.

A statement `head :- body` of index 7 becomes

    _f7(Head, (positive body atoms), (bindings)) :- _w_head_2(head), body.

`_w_...` holds the atoms whose reasons are asked for, so that only these are grounded. The atoms
inside of an aggregate that carry its value come from a second rule, `_s7`, of the same shape.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import clingo
from clingo.ast import AST, AggregateFunction, ASTType, ComparisonOperator

from infusion_asp.engine.answer import Signature
from infusion_asp.justify import terms
from infusion_asp.rulebook import Rule, Rulebook

IN_FORCE: Signature = ("in_force", 1)
_EXTREMES = (AggregateFunction.Min, AggregateFunction.Max)


@dataclass(frozen=True)
class Traced:
    """One statement with its place: rule, head predicate and what its firings look like."""

    index: int
    rule: Rule
    head: Signature
    variables: tuple[str, ...]
    reads: frozenset[Signature]
    statements: tuple[AST, ...]
    supported: bool
    fixed: tuple[tuple[int, clingo.Symbol], ...]
    needs: frozenset[Signature]

    @property
    def wanted(self) -> str:
        """Predicate of the atoms whose reasons are asked for."""
        return _wanted(self.head)

    def may_derive(self, arguments: Sequence[clingo.Symbol]) -> bool:
        """Whether the constants of the statement's head fit an atom's arguments."""
        return all(arguments[place] == value for place, value in self.fixed)

    @property
    def fired(self) -> tuple[str, int]:
        """Predicate of the firings: head, positive body atoms, bindings."""
        return (f"_f{self.index}", 3)

    @property
    def support(self) -> tuple[str, int]:
        """Predicate of the atoms inside of aggregates: the same, and the atom."""
        return (f"_s{self.index}", 4)


class Provenance:
    """The provenance program of a rulebook; what a predicate needs is made when asked for.

    Choices and constraints have no part in it.
    """

    def __init__(self, pairs: Iterable[tuple[Rule, AST]]) -> None:
        self._heads: dict[Signature, list[tuple[int, Rule, AST]]] = {}
        self._traced: dict[Signature, tuple[Traced, ...]] = {}
        for index, (rule, statement) in enumerate(pairs, start=1):
            head = terms.head_of(statement)
            if head is not None:
                self._heads.setdefault(head, []).append((index, rule, statement))

    def __contains__(self, head: Signature) -> bool:
        return head in self._heads

    def of(self, head: Signature) -> tuple[Traced, ...]:
        """The statements that derive one predicate."""
        if head not in self._traced:
            self._traced[head] = tuple(_traced(head, *one) for one in self._heads[head])
        return self._traced[head]

    @property
    def heads(self) -> tuple[Signature, ...]:
        """The predicates that rules derive, in the order of the rulebook."""
        return tuple(self._heads)


def statements_of(rulebook: Rulebook) -> Iterator[tuple[Rule, AST]]:
    """Every statement with its rule, in order, gated as it is solved."""
    statements = iter(rulebook.statements)
    return ((rule, next(statements)) for rule in rulebook.rules for _ in rule.statements)


def _wanted(head: Signature) -> str:
    return f"_w_{head[0]}_{head[1]}"


class _Fresh:
    """Names for anonymous variables and for terms taken out of an atom."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self) -> str:
        self.count += 1
        return f"_Any{self.count}"

    def named(self, node: AST) -> AST:
        return terms.rename(node, lambda name: self() if name == "_" else name)


def _traced(signature: Signature, index: int, rule: Rule, statement: AST) -> Traced:
    literals = list(statement.body)
    fresh = _Fresh()
    variables = terms.global_variables(statement.head, literals)
    shape, equations = _opened(statement.head.atom, fresh)
    body: list[str] = []
    reads: set[Signature] = set()
    positive: list[str] = []
    needs: set[Signature] = set()
    for literal in literals:
        reads |= terms.signatures_below(literal)
        if terms.is_positive_atom(literal):
            needs |= terms.signatures_below(literal)
        if not terms.is_positive_atom(literal) or terms.signature_of(literal.atom) == IN_FORCE:
            body.append(str(literal))
            continue
        atom, more = _opened(literal.atom, fresh)
        positive.append(atom)
        body += [atom, *more]
    wanted = f"{_wanted(signature)}({shape})"
    fired = f"{shape},{terms.tuple_text(positive)},{terms.tuple_text(variables)}"
    text = [_rule_text(f"_f{index}({fired})", [wanted, *equations, *body])]
    for carrier, conditions in _carriers(literals, variables, fresh):
        support = f"_s{index}({fired},{carrier})"
        text.append(_rule_text(support, [wanted, *equations, *body, *conditions]))
    return Traced(
        index,
        rule,
        signature,
        variables,
        frozenset(reads),
        terms.parse("\n".join(text)),
        len(text) > 1,
        tuple(terms.constants(statement.head.atom)),
        frozenset(needs),
    )


def _opened(atom: AST, fresh: _Fresh) -> tuple[str, list[str]]:
    """An atom as one term: anonymous variables named, intervals and pools as equations."""
    text = str(atom)
    if not terms.is_special(text):
        return text, []
    opened, equations = terms.opened(fresh.named(atom), fresh)
    return str(opened), equations


def _rule_text(head: str, body: Iterable[str]) -> str:
    return f"{head} :- {'; '.join(body)}."


def _carriers(
    literals: Iterable[AST], variables: tuple[str, ...], fresh: _Fresh
) -> Iterator[tuple[str, list[str]]]:
    """Atoms inside of aggregates and conditions, each with the literals that make it count."""
    for literal in literals:
        if not terms.is_scope(literal):
            continue
        if literal.ast_type is ASTType.ConditionalLiteral:
            yield from _element([literal.literal, *literal.condition], variables, fresh, shown=1)
            continue
        if literal.sign:
            continue
        aggregate = literal.atom
        for element in aggregate.elements:
            if aggregate.ast_type is ASTType.Aggregate:
                yield from _element([element.literal, *element.condition], variables, fresh)
            else:
                yield from _element(
                    list(element.condition), variables, fresh, equal=_value(aggregate, element)
                )


def _value(aggregate: AST, element: AST) -> tuple[AST, AST] | None:
    """Weight and guard of a minimum or maximum that is bound to a value."""
    guard = aggregate.left_guard
    if aggregate.function not in _EXTREMES or not element.terms:
        return None
    if guard is None or guard.comparison != ComparisonOperator.Equal:
        return None
    return element.terms[0], guard.term


def _element(
    literals: list[AST],
    variables: tuple[str, ...],
    fresh: _Fresh,
    *,
    shown: int | None = None,
    equal: tuple[AST, AST] | None = None,
) -> Iterator[tuple[str, list[str]]]:
    """The positive atoms among the first literals, with all literals, local names kept apart."""
    outer = frozenset(variables)

    def local(node: AST) -> AST:
        keep = not terms.is_positive_atom(node)

        def apart(name: str) -> str:
            if name == "_":
                return name if keep else fresh()
            return name if name in outer else f"_In{name}"

        return terms.rename(node, apart)

    conditions: list[str] = []
    atoms: list[str] = []
    for number, literal in enumerate(literals):
        renamed = local(literal)
        if not terms.is_positive_atom(renamed):
            conditions.append(str(renamed))
            continue
        atom, more = _opened(renamed.atom, fresh)
        conditions += [atom, *more]
        if shown is None or number < shown:
            atoms.append(atom)
    if equal is not None:
        conditions.append(f"{local(equal[0])} = {equal[1]}")
    yield from ((atom_text, conditions) for atom_text in atoms)
