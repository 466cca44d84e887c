"""Owns the checks of single statements: variables used once, bare numbers."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

import clingo
import jinja2
import jinja2.meta
from clingo.ast import ASTType

from infusion_asp.author.lint.book import Book
from infusion_asp.author.lint.finding import Finding
from infusion_asp.rulebook.atoms import Outline
from infusion_asp.rulebook.headers import Rule
from infusion_asp.rulebook.reading import Covered

_NEAR = 0.8
_SMALL = frozenset({0, 1, 2})  # none, one, a pair or a half: no limit of anybody
_ENVIRONMENT = jinja2.Environment(autoescape=True)
_ENVIRONMENT.filters.update(dict.fromkeys(("clock", "name", "drug", "when"), str))


def check_statements(book: Book) -> Iterator[Finding]:
    """The findings of each statement by itself."""
    for covered in book.reading.rules:
        said = placeholders(covered.rule)
        for outline in covered.outlines:
            if outline.statement.ast_type == ASTType.Rule:
                yield from _once(book, covered, outline, said)
                yield from _numbers(book, covered, outline)


def placeholders(rule: Rule) -> frozenset[str]:
    """The variables that the sentence and the help of a rule show."""
    return _variables(rule.sentence) | _variables(rule.help)


@lru_cache(maxsize=4096)
def _variables(template: str) -> frozenset[str]:
    if "{" not in template:
        return frozenset()
    try:
        return frozenset(jinja2.meta.find_undeclared_variables(_ENVIRONMENT.parse(template)))
    except jinja2.TemplateError:
        return frozenset()  # the loader says so


def _once(
    book: Book, covered: Covered, outline: Outline, said: frozenset[str]
) -> Iterator[Finding]:
    variables = list(outline.of_type(ASTType.Variable))
    counts = Counter(node.name for node in variables)
    for node in variables:
        if counts[node.name] > 1 or node.name.startswith("_") or node.name in said:
            continue
        message = f"variable '{node.name}' stands only once in its statement"
        near = difflib.get_close_matches(node.name, set(counts) - {node.name}, 1, _NEAR)
        cure = f"did you mean '{near[0]}'? else " if near else ""
        cure += f"write '_' in its place, or show {{{{ {node.name} }}}} in the sentence"
        yield book.at(outline.source, node, "variable-used-once", message, cure, covered.rule)


def _numbers(book: Book, covered: Covered, outline: Outline) -> Iterator[Finding]:
    if not len(outline.statement.body):
        return  # a fact is where a number gets its name
    for node in outline.of_type(ASTType.SymbolicTerm):
        symbol = node.symbol
        if symbol.type != clingo.SymbolType.Number or abs(symbol.number) in _SMALL:
            continue
        message = f"the number {symbol.number} stands in a rule without a name"
        cure = (
            f"give it one: threshold(some_name, {symbol.number}). in thresholds.lp, and read that"
        )
        yield book.at(outline.source, node, "bare-number", message, cure, covered.rule)
