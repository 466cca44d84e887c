"""Owns the check of repeated enumerations: the same constants listed in several places."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from clingo.ast import AST, ASTType, ComparisonOperator

from infusion_asp.author.lint.book import Book
from infusion_asp.author.lint.finding import Finding
from infusion_asp.rulebook.atoms import Outline
from infusion_asp.rulebook.reading import Covered

_ID = "repeated-enumeration"
_CURE = "name the set once, by a predicate with one fact for each member, and read that"
_TABLE = 3

Set = frozenset[str]


def check_enumerations(book: Book) -> Iterator[Finding]:
    """The second and later listing of one set, and rules that differ in one constant only."""
    first: dict[Set, str] = {}
    for covered in book.reading.rules:
        for outline in covered.outlines:
            for node, members in _listed(outline):
                begin = node.location.begin
                place = f"{outline.source.name}:{begin.line}"
                if members in first and first[members] != place:
                    shown = ", ".join(sorted(members))
                    said = f"the set {shown} is listed at {first[members]} already"
                    yield book.at(outline.source, node, _ID, said, _CURE, covered.rule)
                first.setdefault(members, place)
        yield from _tables(book, covered)


def _listed(outline: Outline) -> Iterator[tuple[AST, Set]]:
    """Pools of constants, and the constants that one variable is compared with in a statement."""
    for node in outline.of_type(ASTType.Pool):
        members = frozenset(str(term) for term in node.arguments)
        if len(members) > 1 and all(map(_constant, node.arguments)):
            yield node, members
    compared: dict[str, dict[str, AST]] = {}
    for node in outline.of_type(ASTType.Comparison):
        for guard in node.guards:
            if (
                guard.comparison == ComparisonOperator.NotEqual
                and node.term.ast_type == ASTType.Variable
                and _constant(guard.term)
            ):
                compared.setdefault(node.term.name, {})[str(guard.term)] = guard.term
    for several in compared.values():
        if len(several) > 1:
            yield next(iter(several.values())), frozenset(several)


def _constant(term: AST) -> bool:
    return term.ast_type == ASTType.SymbolicTerm or (
        term.ast_type == ASTType.Function and not term.arguments
    )


def _tables(book: Book, covered: Covered) -> Iterator[Finding]:
    """Three or more statements in a row that are equal but for one constant of the body."""
    rules = [
        outline
        for outline in covered.outlines
        if outline.statement.ast_type == ASTType.Rule and len(outline.statement.body)
    ]
    for _, group in groupby(rules, key=_shape):
        several = list(group)
        differing = _columns(several) if len(several) >= _TABLE else set()
        if len(differing) == 1 and min(differing) >= _in_head(several[0]):
            said = f"{len(several)} statements differ in one constant only: a set without a name"
            node = several[0].statement
            yield book.at(several[0].source, node, _ID, said, _CURE, covered.rule)


def _in_head(outline: Outline) -> int:
    """The number of constants in the head: where they differ, the head names the set."""
    return sum(_constant(term) for use in outline.uses if use.in_head for term in use.arguments)


def _constants(outline: Outline) -> list[str]:
    return [str(node) for _, node in outline.nodes if _constant(node)]


def _shape(outline: Outline) -> str:
    """The statement with every constant blotted out."""
    parts = []
    for kind, node in outline.nodes:
        if kind == ASTType.Variable:
            parts.append(node.name)
        elif kind == ASTType.Function:
            parts.append(f"{node.name}/{len(node.arguments)}" if node.arguments else "constant")
        elif kind == ASTType.SymbolicTerm:
            parts.append("constant")
        elif kind == ASTType.Literal:
            parts.append(f"{kind}{node.sign}")
        elif kind in (ASTType.Guard, ASTType.BinaryOperation, ASTType.Comparison):
            parts.append(f"{kind}{getattr(node, 'comparison', '')}")
        else:
            parts.append(str(kind))
    return " ".join(parts)


def _columns(several: list[Outline]) -> set[int]:
    """The places at which the constants of the statements differ."""
    rows = [_constants(outline) for outline in several]
    return {at for at, column in enumerate(zip(*rows, strict=True)) if len(set(column)) > 1}
