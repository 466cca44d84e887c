"""Owns the outline of a statement: its atoms with their contexts, gathered in one walk."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from clingo.ast import AST, ASTSequence, ASTType

from infusion_asp.rulebook.vocabulary import Signature


class Place(Enum):
    """Where an atom stands; NEGATIVE also means below an aggregate or in a condition's guard."""

    HEAD = "head"
    CHOICE = "choice"
    POSITIVE = "positive"
    NEGATIVE = "negative"


@dataclass(frozen=True)
class Use:
    """One atom of a statement; `node` is its term (a clingo Function node)."""

    name: str
    arguments: tuple[AST, ...]
    place: Place
    node: AST
    why: str = ""

    @property
    def signature(self) -> Signature:
        return self.name, len(self.arguments)

    @property
    def shown(self) -> str:
        return f"{self.name}/{len(self.arguments)}"

    @property
    def in_head(self) -> bool:
        return self.place in (Place.HEAD, Place.CHOICE)


def walk(node: AST) -> Iterator[AST]:
    """The node and everything below it, parents first, in the order of the text."""
    yield node
    for key in node.child_keys:
        child = getattr(node, key)
        if isinstance(child, AST):
            yield from walk(child)
        elif isinstance(child, ASTSequence):
            for item in child:
                yield from walk(item)


def uses(rule: AST) -> tuple[Use, ...]:
    """Every plain atom of a Rule node with its place; pools and theory atoms are left out."""
    found = list(_head(rule.head))
    for element in rule.body:
        found.extend(_element(element))
    return tuple(found)


def _head(head: AST) -> Iterator[Use]:
    if head.ast_type == ASTType.Literal:
        yield from _literal(head, Place.HEAD, "")
    elif head.ast_type == ASTType.Aggregate:
        for element in head.elements:
            yield from _literal(element.literal, Place.CHOICE, "")
            for literal in element.condition:
                yield from _literal(literal, Place.POSITIVE, "")


def _element(element: AST) -> Iterator[Use]:
    if element.ast_type == ASTType.ConditionalLiteral:
        yield from _literal(element.literal, Place.POSITIVE, "")
        for literal in element.condition:
            yield from _literal(literal, Place.NEGATIVE, "condition")
        return
    atom = element.atom
    if atom.ast_type == ASTType.BodyAggregate:
        for part in atom.elements:
            for literal in part.condition:
                yield from _literal(literal, Place.NEGATIVE, "aggregate")
    elif atom.ast_type == ASTType.Aggregate:
        for part in atom.elements:
            for literal in (part.literal, *part.condition):
                yield from _literal(literal, Place.NEGATIVE, "aggregate")
    else:
        yield from _literal(element, Place.POSITIVE, "")


def _literal(literal: AST, place: Place, why: str) -> Iterator[Use]:
    if literal.ast_type != ASTType.Literal:
        return
    atom = literal.atom
    if atom.ast_type != ASTType.SymbolicAtom or atom.symbol.ast_type != ASTType.Function:
        return
    if literal.sign and place is Place.POSITIVE:
        place, why = Place.NEGATIVE, "not"
    symbol = atom.symbol
    yield Use(symbol.name, tuple(symbol.arguments), place, symbol, why)
