"""Owns statements as plain Python values: what the search for dead rules runs on, fast."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import clingo
from clingo.ast import AST, ASTType, BinaryOperator, ComparisonOperator, Sign, UnaryOperator

from infusion_asp.rulebook.vocabulary import Signature

Known = int | str
Value = Known | None
"""A number, the text of any other known value, or None for what may be anything."""


@dataclass(frozen=True)
class Var:
    """A variable; `_` is a new one each time."""

    name: str


@dataclass(frozen=True)
class Sum:
    """Arithmetic on two terms."""

    operator: BinaryOperator
    left: Term
    right: Term


Term = Var | Sum | Known | None


@dataclass(frozen=True)
class Atom:
    """One atom of a body or head; `text` is how it was written."""

    signature: Signature
    terms: tuple[Term, ...]
    text: str
    node: AST = field(compare=False, repr=False)


@dataclass(frozen=True)
class Compared:
    """One comparison of two terms."""

    operator: ComparisonOperator
    left: Term
    right: Term
    node: AST = field(compare=False, repr=False)


@dataclass(frozen=True)
class Shape:
    """One statement: its heads, and the literals of its body that can be judged alone."""

    heads: tuple[Atom, ...]
    needs: tuple[Atom, ...]
    denies: tuple[Atom, ...]
    compares: tuple[Compared, ...]


def shape(rule: AST) -> Shape:
    """The shape of a Rule node; aggregates and conditions are taken to hold."""
    needs: list[Atom] = []
    denies: list[Atom] = []
    compares: list[Compared] = []
    for literal in rule.body:
        if literal.ast_type != ASTType.Literal:
            continue
        inner = literal.atom
        if inner.ast_type == ASTType.SymbolicAtom and inner.symbol.ast_type == ASTType.Function:
            (needs if literal.sign == Sign.NoSign else denies).append(_atom(inner.symbol))
        elif inner.ast_type == ASTType.Comparison and literal.sign == Sign.NoSign:
            left = inner.term
            for guard in inner.guards:
                compares.append(
                    Compared(guard.comparison, term(left), term(guard.term), guard.term)
                )
                left = guard.term
    return Shape(tuple(_heads(rule.head)), tuple(needs), tuple(denies), tuple(compares))


def _heads(head: AST) -> list[Atom]:
    atoms = []
    if head.ast_type == ASTType.Literal:
        atoms = [head.atom]
    elif head.ast_type == ASTType.Aggregate:
        atoms = [element.literal.atom for element in head.elements]
    return [
        _atom(atom.symbol)
        for atom in atoms
        if atom.ast_type == ASTType.SymbolicAtom and atom.symbol.ast_type == ASTType.Function
    ]


def _atom(symbol: AST) -> Atom:
    arguments = tuple(symbol.arguments)
    signature = (symbol.name, len(arguments))
    return Atom(signature, tuple(term(argument) for argument in arguments), str(symbol), symbol)


def known(symbol: clingo.Symbol) -> Known:
    """A symbol as a number or as its text."""
    return symbol.number if symbol.type == clingo.SymbolType.Number else str(symbol)


def term(node: AST) -> Term:
    """A term as a value; what cannot be followed may be anything."""
    kind = node.ast_type
    if kind == ASTType.Variable:
        return Var(node.name)
    if kind == ASTType.SymbolicTerm:
        return known(node.symbol)
    if kind == ASTType.Function:
        inner = [term(argument) for argument in node.arguments]
        texts = [str(value) for value in inner if isinstance(value, int | str)]
        shown = f"{node.name}({','.join(texts)})" if inner else str(node.name)
        return shown if len(texts) == len(inner) else None
    if kind == ASTType.BinaryOperation:
        return Sum(node.operator_type, term(node.left), term(node.right))
    if kind == ASTType.UnaryOperation and node.operator_type == UnaryOperator.Minus:
        return Sum(BinaryOperator.Minus, 0, term(node.argument))
    return None


def value(of: Term, bound: Mapping[str, Value]) -> Value:
    """What a term comes to where variables are bound."""
    if isinstance(of, Var):
        return bound.get(of.name)
    if not isinstance(of, Sum):
        return of
    left, right = value(of.left, bound), value(of.right, bound)
    if not isinstance(left, int) or not isinstance(right, int):
        return None
    return {
        BinaryOperator.Plus: left + right,
        BinaryOperator.Minus: left - right,
        BinaryOperator.Multiplication: left * right,
    }.get(of.operator)


def holds(operator: ComparisonOperator, left: Known, right: Known) -> bool:
    """Whether a comparison of two known values can be true; only numbers are put in order."""
    if operator == ComparisonOperator.Equal:
        return left == right
    if operator == ComparisonOperator.NotEqual:
        return left != right
    if not isinstance(left, int) or not isinstance(right, int):
        return True
    return {
        ComparisonOperator.LessThan: left < right,
        ComparisonOperator.LessEqual: left <= right,
        ComparisonOperator.GreaterThan: left > right,
        ComparisonOperator.GreaterEqual: left >= right,
    }[operator]
