"""Owns the check of growing recursion: a number or term that a cycle makes larger without limit."""

from __future__ import annotations

from collections.abc import Iterator

from clingo.ast import AST, ASTType, ComparisonOperator

from infusion_asp.author.lint.book import Book
from infusion_asp.author.lint.finding import Finding
from infusion_asp.rulebook.atoms import Outline, Place
from infusion_asp.rulebook.reading import Covered
from infusion_asp.rulebook.recursion import components
from infusion_asp.rulebook.vocabulary import Signature

ENDLESS = "endless-grounding"
_CURE = "give it a limit: a literal that binds the new value, or a comparison with a known one"
_LIMITS = (
    ComparisonOperator.LessThan,
    ComparisonOperator.LessEqual,
    ComparisonOperator.GreaterThan,
    ComparisonOperator.GreaterEqual,
)


def check_growth(book: Book) -> Iterator[Finding]:
    """Statements that derive a new value from their own result, and no limit for it."""
    group = components(book.reading.outlines)
    for covered in book.reading.rules:
        for outline in covered.outlines:
            if outline.statement.ast_type == ASTType.Rule:
                yield from _grows(book, covered, outline, group)


def _grows(
    book: Book, covered: Covered, outline: Outline, group: dict[Signature, int]
) -> Iterator[Finding]:
    body = [use for use in outline.uses if use.place is Place.BODY]
    for head in (use for use in outline.uses if use.in_head):
        turning = [use for use in body if group[use.signature] == group[head.signature]]
        if not turning:
            continue
        carried = {name for use in turning for term in use.arguments for name in _names(term)}
        settled = {
            name for use in body if use not in turning for t in use.arguments for name in _names(t)
        }
        settled |= _limited(outline)
        equations = _equations(outline)
        for term in head.arguments:
            made = _made(term, equations)
            grown = {name for each in made for name in _names(each)} & carried
            named = _names(term) if term.ast_type == ASTType.Variable else set()
            if grown and not grown & settled and not named & settled:
                said = f"{head.shown} makes itself grow without a limit: {made[0]}"
                yield book.at(outline.source, term, ENDLESS, said, _CURE, covered.rule)


def _made(term: AST, equations: dict[str, AST]) -> list[AST]:
    """The arithmetic or function by which an argument of a head is a new value."""
    if term.ast_type == ASTType.Variable and term.name in equations:
        term = equations[term.name]
    if term.ast_type == ASTType.BinaryOperation:
        return [term]
    if term.ast_type == ASTType.Function and len(term.arguments):
        return [term]
    return []


def _equations(outline: Outline) -> dict[str, AST]:
    found: dict[str, AST] = {}
    for node in outline.of_type(ASTType.Comparison):
        for guard in node.guards:
            if guard.comparison == ComparisonOperator.Equal:
                for one, other in ((node.term, guard.term), (guard.term, node.term)):
                    if one.ast_type == ASTType.Variable and other.ast_type != ASTType.Variable:
                        found[one.name] = other
    return found


def _limited(outline: Outline) -> set[str]:
    """Variables of comparisons that could end the growth."""
    return {
        name
        for node in outline.of_type(ASTType.Comparison)
        for guard in node.guards
        if guard.comparison in _LIMITS
        for name in _names(node.term) | _names(guard.term)
    }


def _names(term: AST) -> set[str]:
    if term.ast_type == ASTType.Variable:
        return {term.name}
    found: set[str] = set()
    for key in term.child_keys:
        child = getattr(term, key)
        for each in [child] if isinstance(child, AST) else (child or ()):
            found |= _names(each)
    return found
