"""Owns the checks of spelling: codes that no table knows, constants that are almost another."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterable, Iterator

import clingo
from clingo.ast import AST, ASTType

from infusion_asp.author.lint.book import CODE, Book
from infusion_asp.author.lint.finding import Finding
from infusion_asp.author.lint.firing import POLICY
from infusion_asp.rulebook.vocabulary import Signature

_NEAR = 0.85
_LEAST = 4
_MOST = 3

Slot = tuple[Signature, int]


def check_spelling(book: Book) -> Iterator[Finding]:
    """Codes and constants that are probably slips."""
    if book.codes:
        yield from _codes(book)
    yield from _constants(book)


def _codes(book: Book) -> Iterator[Finding]:
    for covered in book.reading.rules:
        for outline in covered.outlines:
            for node in outline.of_type(ASTType.SymbolicTerm):
                symbol = node.symbol
                if symbol.type != clingo.SymbolType.String or not CODE.match(symbol.string):
                    continue
                if symbol.string not in book.codes:
                    said = f"no table knows the code '{symbol.string}'"
                    near = [f"'{code}'" for code in nearest_codes(symbol.string, book.codes)]
                    cure = f"did you mean {' or '.join(near)}?" if near else ""
                    cure = cure or "add it to tables/more_codes.csv"
                    yield book.at(outline.source, node, "unknown-code", said, cure, covered.rule)


def nearest_codes(code: str, known: Iterable[str]) -> list[str]:
    """Codes with two neighbours swapped, then those with one character changed."""
    swapped, changed = [], []
    for other in sorted(known):
        differing = [at for at, (a, b) in enumerate(zip(code, other, strict=True)) if a != b]
        if len(differing) == 1:
            changed.append(other)
        elif len(differing) == len("ab") and differing[1] == differing[0] + 1:
            first, second = differing
            if code[first] == other[second] and code[second] == other[first]:
                swapped.append(other)
    return [*swapped, *changed][:_MOST]


def _constants(book: Book) -> Iterator[Finding]:
    """A constant that one literal asks for, nothing gives, and that is almost another one there."""
    asked: dict[Slot, Counter[str]] = {}
    given: dict[Slot, set[str]] = {}
    for outline in (*book.reading.outlines, *book.aside):
        for use in outline.uses:
            for at, term in enumerate(use.arguments):
                word = _word(term)
                if use.signature == POLICY:
                    continue  # its values stand in a table: dead.py asks that
                if word and use.in_head:
                    given.setdefault((use.signature, at), set()).add(word)
                elif word:
                    asked.setdefault((use.signature, at), Counter())[word] += 1
    for covered in book.reading.rules:
        for outline in covered.outlines:
            for use in outline.uses:
                for at, term in enumerate(use.arguments):
                    slot, word = (use.signature, at), _word(term)
                    if not word or use.in_head or slot not in asked or asked[slot][word] > 1:
                        continue
                    often = {other for other, count in asked[slot].items() if count > 1}
                    known = given.get(slot, set()) | often
                    near = difflib.get_close_matches(word, sorted(known), 1, _NEAR)
                    if word not in given.get(slot, set()) and near:
                        said = f"'{word}' stands only here as argument {at + 1} of {use.shown}"
                        cure = f"did you mean '{near[0]}'?"
                        id = "misspelt-constant"
                        yield book.at(outline.source, term, id, said, cure, covered.rule)


def _word(term: AST) -> str:
    """The text of a constant long enough to be misspelt, else nothing."""
    if term.ast_type == ASTType.Function and not len(term.arguments):
        word = str(term.name)
    elif term.ast_type == ASTType.SymbolicTerm and term.symbol.type == clingo.SymbolType.Function:
        word = str(term.symbol)
    else:
        return ""
    return word if len(word) >= _LEAST else ""
