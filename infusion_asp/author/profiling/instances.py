"""Owns the program that counts: beside each statement, one that has an atom for each instance.

A statement `head :- body` of index 7 gives, in a part of its own that is ground after the rest,

    n__7(bindings) :- body.
    e__7_1(bindings, local bindings) :- body, condition.

one `e__` for each element of an aggregate, a choice or a conditional literal. Body literals that
are decided then are gone, as they are in the statement's own instances.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from clingo.ast import AST, ASTType

from infusion_asp.justify import terms
from infusion_asp.rulebook import Rule, Rulebook

PART = "counting"
_INSTANCE, _ELEMENT = "n__", "e__"


@dataclass(frozen=True)
class Counting:
    """The text of the whole program, and the statement behind each of its lines."""

    program: str
    statements: tuple[tuple[Rule, AST], ...]


def counting(rulebook: Rulebook) -> Counting:
    """The program of a rulebook with its counting part; statement n stands on line n, from 1."""
    statements = iter(rulebook.statements)
    pairs = tuple((rule, next(statements)) for rule in rulebook.rules for _ in rule.statements)
    lines = [str(statement) for _, statement in pairs]
    lines.append(f"#program {PART}.")
    for index, (_, statement) in enumerate(pairs):
        lines.extend(_told(index, statement))
    return Counting("\n".join(lines) + "\n", pairs)


def statement_of(predicate: str) -> int | None:
    """The index of the statement that an atom of the counting part stands for."""
    name = predicate.rpartition("/")[0]
    if name.startswith(_INSTANCE):
        return int(name[len(_INSTANCE) :])
    return None


def element_of(predicate: str) -> int | None:
    """The same for an atom of an element."""
    name = predicate.rpartition("/")[0]
    if name.startswith(_ELEMENT):
        return int(name[len(_ELEMENT) :].partition("_")[0])
    return None


def _told(index: int, statement: AST) -> Iterator[str]:
    body = list(statement.body)
    outer = terms.global_variables(*_outside(statement.head, body))
    texts = [str(literal) for literal in body]
    yield _rule(f"{_INSTANCE}{index}", outer, texts)
    for number, element in enumerate(_elements(statement)):
        apart = [terms.rename(each, lambda name: _local(name, outer)) for each in element]
        conditions = [str(literal) for literal in apart]
        local = terms.global_variables(apart[0], apart[1:])
        variables = (*outer, *(name for name in local if name not in outer))
        yield _rule(f"{_ELEMENT}{index}_{number}", variables, [*texts, *conditions])


def _outside(head: AST, body: list[AST]) -> tuple[AST, list[AST]]:
    """Head and body without a choice in the head: its variables are its own or the body's."""
    if head.ast_type is ASTType.Aggregate and body:
        return body[0], body
    return head, body


def _elements(statement: AST) -> Iterator[Sequence[AST]]:
    """The conditions of everything that is gathered in a statement."""
    head = statement.head
    if head.ast_type is ASTType.Aggregate:
        for element in head.elements:
            if element.condition:
                yield list(element.condition)
    for literal in statement.body:
        if literal.ast_type is ASTType.ConditionalLiteral:
            if literal.condition:
                yield list(literal.condition)
        elif literal.atom.ast_type is ASTType.BodyAggregate:
            for element in literal.atom.elements:
                if element.condition:
                    yield list(element.condition)
        elif literal.atom.ast_type is ASTType.Aggregate:
            for element in literal.atom.elements:
                yield [element.literal, *element.condition]


def _local(name: str, outer: Sequence[str]) -> str:
    """A variable of an element, kept apart from one of the same name in another element."""
    return name if name == "_" or name in outer else f"In__{name}"


def _rule(name: str, variables: Sequence[str], body: Sequence[str]) -> str:
    named = [each for each in variables if each != "_"]
    head = f"{name}({','.join(named)})" if named else name
    return f"{head} :- {'; '.join(body)}." if body else f"{head}."
