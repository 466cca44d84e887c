"""Owns the checks of headers: complete, cited, dated, carried out, tested."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from infusion_asp.author.lint.book import Book, covers, shown_path
from infusion_asp.author.lint.citations import SPECIFICATION
from infusion_asp.author.lint.finding import Finding
from infusion_asp.rulebook.errors import did_you_mean
from infusion_asp.rulebook.reading import Covered

_SAID = frozenset({("finding", 3), ("claim_finding", 4)})
_OF_A_FINDING = ("sentence", "level", "risk", "help")


def check_headers(book: Book) -> Iterator[Finding]:
    """Everything about headers, and the numbered rules that none of them carries out."""
    for covered in book.reading.rules:
        yield from _complete(book, covered)
        yield from _cited(book, covered)
        yield from _numbered(book, covered)
        yield from _dates(book, covered)
        yield from _tested(book, covered)
    yield from _unimplemented(book)
    yield from _stray_tests(book)


def _complete(book: Book, covered: Covered) -> Iterator[Finding]:
    """A rule of one's own may rest on a contract, so that it carries out nothing of RULES.md."""
    rule = covered.rule
    shipped = Path(covered.source.path).is_relative_to(book.reading.root)
    wanted = ["implements", "cites"] if shipped else ["cites"]
    if any(u.in_head and u.signature in _SAID for o in covered.outlines for u in o.uses):
        wanted.extend(_OF_A_FINDING)
    missing = [key for key in wanted if not rule.lines.get(key)]
    if missing:
        said = f"the header of '{rule.id}' lacks {', '.join(missing)}"
        cure = "; ".join(f"add '% {key}: ...'" for key in missing)
        yield book.header(covered, "@rule", "incomplete-header", said, cure)


def _cited(book: Book, covered: Covered) -> Iterator[Finding]:
    for citation in covered.rule.cites:
        if book.citations.resolves(citation):
            continue
        known = [*book.citations.sources, *(f"RULES:{n}" for n in book.citations.numbered)]
        cure = did_you_mean(citation, known) or "name it in sources.csv of this directory"
        said = f"'{citation}' leads to no source"
        yield book.header(covered, "cites", "unresolved-citation", said, cure)


def _numbered(book: Book, covered: Covered) -> Iterator[Finding]:
    known = book.citations.rules
    for name in covered.rule.implements if known else ():
        if name not in known:
            cure = did_you_mean(name, known) or f"{SPECIFICATION} lists the numbered rules"
            said = f"RULES.md has no rule '{name}'"
            yield book.header(covered, "implements", "unknown-specification", said, cure)


def _dates(book: Book, covered: Covered) -> Iterator[Finding]:
    """A replacement that is never in force on a day of the rule that it replaces."""
    rule = covered.rule
    others = {each.rule.id: each.rule for each in book.reading.rules}
    other = others.get(rule.replaces or "")
    if other is None:
        return
    starts = [day for day in (rule.date_from, other.date_from) if day]
    ends = [day for day in (rule.date_to, other.date_to) if day]
    if starts and ends and min(ends) < max(starts):
        said = f"'{rule.id}' replaces '{other.id}', which is never in force on the same day"
        cure = f"let their dates meet; {other.file}:{other.line} has the other header"
        key = "from" if rule.date_from else "to"
        yield book.header(covered, key, "inconsistent-dates", said, cure)


def _tested(book: Book, covered: Covered) -> Iterator[Finding]:
    tests = book.tests_of(covered)
    if tests is None or covers(tests, covered.rule, book.citations):
        return
    rule = covered.rule
    near = did_you_mean(rule.id, [test.path.stem for test in tests])
    said = f"no test file for '{rule.id}'"
    cure = near or f"write tests/{rule.id}.yaml, or name a rule that it carries out in one"
    yield book.header(covered, "@rule", "untested-rule", said, cure)


def _stray_tests(book: Book) -> Iterator[Finding]:
    ids = {covered.rule.id for covered in book.reading.rules}
    seen = set()
    for covered in book.reading.rules:
        for test in book.tests_of(covered) or ():
            if test.path in seen:
                continue
            seen.add(test.path)
            if test.path.stem in ids or book.citations.named_in(test.first):
                continue
            said = f"'{test.path.name}' is the test of no rule"
            cure = did_you_mean(test.path.stem, ids) or (
                "call it as the rule, or begin it with '# T4, T5: ...', the numbered rules it tests"
            )
            yield Finding(shown_path(test.path), 1, 1, "stray-test", said, test.first, cure)


def _unimplemented(book: Book) -> Iterator[Finding]:
    done = {name for covered in book.reading.rules for name in covered.rule.implements}
    for numbered in book.citations.rules.values():
        if numbered.id in done:
            continue
        path = shown_path(book.reading.root / SPECIFICATION)
        said = f"no rule carries out {numbered.id}"
        text = f"{numbered.id}: {numbered.title}"
        cure = f"add '% implements: {numbered.id}' to the header of the rule that does"
        yield Finding(path, numbered.line, 1, "unimplemented", said, text, cure)
