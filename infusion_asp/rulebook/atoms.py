"""Owns the outline of a statement: its atoms with their contexts, gathered in one walk."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from clingo.ast import AST, ASTType

from infusion_asp.rulebook.source import Source
from infusion_asp.rulebook.vocabulary import Signature


class Place(Enum):
    """Where an atom stands. BODY: a positive literal of the body itself. POSITIVE: the literal or
    the condition of a choice's or a conditional literal. NEGATIVE: below `not`, in an aggregate
    or behind the colon of a conditional literal."""

    HEAD = "head"
    CHOICE = "choice"
    BODY = "body"
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


@dataclass(frozen=True)
class Outline:
    """One statement of a rule, with its atoms and all of its nodes, walked once."""

    source: Source
    statement: AST
    uses: tuple[Use, ...]
    nodes: tuple[tuple[ASTType, AST], ...]

    def of_type(self, kind: ASTType) -> Iterator[AST]:
        """The nodes of one type, in the order of the text."""
        return (node for found, node in self.nodes if found is kind)


def outline(source: Source, statement: AST) -> Outline:
    """The outline of one statement."""
    nodes: list[tuple[ASTType, AST]] = []
    _walk(statement, nodes)
    found = uses(statement) if statement.ast_type == ASTType.Rule else ()
    return Outline(source, statement, found, tuple(nodes))


_CHILDREN: dict[ASTType, tuple[str, ...]] = {}


def _walk(node: AST, nodes: list[tuple[ASTType, AST]]) -> None:
    """Gather the node and everything below it, parents first; clingo is asked little (slow)."""
    kind = node.ast_type
    nodes.append((kind, node))
    keys = _CHILDREN.get(kind)
    if keys is None:
        keys = _CHILDREN[kind] = tuple(node.child_keys)
    for key in keys:
        child = getattr(node, key)
        if isinstance(child, AST):
            _walk(child, nodes)
        elif child is not None:
            for item in child:
                _walk(item, nodes)


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
        yield from _literal(element, Place.BODY, "")


def _literal(literal: AST, place: Place, why: str) -> Iterator[Use]:
    if literal.ast_type != ASTType.Literal:
        return
    atom = literal.atom
    if atom.ast_type != ASTType.SymbolicAtom or atom.symbol.ast_type != ASTType.Function:
        return
    if literal.sign and place in (Place.BODY, Place.POSITIVE):
        place, why = Place.NEGATIVE, "not"
    symbol = atom.symbol
    yield Use(symbol.name, tuple(symbol.arguments), place, symbol, why)
