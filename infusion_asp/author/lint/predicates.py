"""Owns the checks of predicates: a sentence for each, a reader for each and for each argument."""

from __future__ import annotations

from collections.abc import Iterator

from clingo.ast import AST, ASTType

from infusion_asp.author.lint.book import Book
from infusion_asp.author.lint.finding import Finding
from infusion_asp.author.lint.statements import placeholders
from infusion_asp.rulebook.atoms import Outline, Use
from infusion_asp.rulebook.vocabulary import Predicate, Signature

_BY_PYTHON = frozenset({("violates", 2), ("because", 2), ("in_force", 1)})


def check_predicates(book: Book) -> Iterator[Finding]:
    """Documented predicates without a sentence, and what nothing reads."""
    read = _read(book)
    for signature, entry in book.reading.vocabulary.predicates.items():
        if signature in _BY_PYTHON:
            continue
        if not entry.sentence and not entry.text and "step" not in entry.marks:
            said = f"{_shown(signature)} has no sentence"
            cure = "add '%    sentence: ...' for readers, or a line that describes it to authors"
            yield _at(book, entry, "unsaid-predicate", said, cure)
        if "output" in entry.marks:
            continue
        if signature not in read:
            given = "" if "derived" in entry.marks else " (and Python need not give it)"
            said = f"nothing reads {_shown(signature)}"
            cure = f"delete it{given}, or mark it 'output' if the program reads it"
            yield _at(book, entry, "unused-predicate", said, cure)
            continue
        for index, argument in enumerate(entry.arguments):
            if index not in read[signature] and argument.name not in entry.sentence:
                said = f"nothing reads argument {argument.name} of {_shown(signature)}"
                cure = "take it away where it is derived, or show it in the sentence"
                yield _at(book, entry, "unused-argument", said, cure)
    yield from _local(book, read)


def _local(book: Book, read: dict[Signature, set[int]]) -> Iterator[Finding]:
    """Arguments of undocumented predicates that nothing reads, told where first derived."""
    told: set[Signature] = set()
    for covered in book.reading.rules:
        for outline in covered.outlines:
            for use in outline.uses:
                known = use.signature in book.reading.vocabulary.predicates
                if not use.in_head or known or use.signature in told:
                    continue
                told.add(use.signature)
                for index in range(len(use.arguments)):
                    if use.signature in read and index not in read[use.signature]:
                        node = use.arguments[index]
                        said = f"nothing reads argument {index + 1} of {use.shown}"
                        cure = "take it away: every use of it is '_'"
                        yield book.at(
                            outline.source, node, "unused-argument", said, cure, covered.rule
                        )


def _read(book: Book) -> dict[Signature, set[int]]:
    """The argument positions of each predicate that some body reads."""
    found: dict[Signature, set[int]] = {}
    for covered in book.reading.rules:
        said = placeholders(covered.rule)
        for outline in covered.outlines:
            _uses(outline, said, found)
    for outline in book.aside:
        if outline.statement.ast_type == ASTType.Rule:
            _uses(outline, frozenset(), found)
    return found


def _uses(outline: Outline, said: frozenset[str], found: dict[Signature, set[int]]) -> None:
    counts: dict[str, int] = {}
    for node in outline.of_type(ASTType.Variable):
        counts[node.name] = counts.get(node.name, 0) + 1
    for use in outline.uses:
        if not use.in_head:
            read = found.setdefault(use.signature, set())
            read.update(
                i for i, term in enumerate(use.arguments) if _reads(use, term, counts, said)
            )


def _reads(use: Use, term: AST, counts: dict[str, int], said: frozenset[str]) -> bool:
    """Whether a term takes note of the value; a variable that stands once and unsaid does not."""
    if term.ast_type != ASTType.Variable:
        return True
    return term.name != "_" and (counts[term.name] > 1 or term.name in said)


def _at(book: Book, entry: Predicate, id: str, said: str, cure: str) -> Finding:
    path, text = book.vocabulary_place(entry.file, entry.line)
    return Finding(path, entry.line, 1, id, said, text, cure, _shown(entry.signature))


def _shown(signature: Signature) -> str:
    return f"{signature[0]}/{signature[1]}"
