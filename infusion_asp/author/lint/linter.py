"""Owns linting a rulebook with its overlays: all checks, in the order of the files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from infusion_asp.author.lint.book import Book, shown_path
from infusion_asp.author.lint.dead import check_dead
from infusion_asp.author.lint.enumerations import check_enumerations
from infusion_asp.author.lint.exceptions import excepted
from infusion_asp.author.lint.finding import Finding
from infusion_asp.author.lint.grounding import Limits, check_safety, check_sample
from infusion_asp.author.lint.growth import check_growth
from infusion_asp.author.lint.headers import check_headers
from infusion_asp.author.lint.predicates import check_predicates
from infusion_asp.author.lint.profiles import check_profiles
from infusion_asp.author.lint.spelling import check_spelling
from infusion_asp.author.lint.statements import check_statements
from infusion_asp.rulebook import shipped_logic
from infusion_asp.rulebook.reading import read_book

_ECHOES = frozenset({"never-fires", "variable-used-once"})
_SPELLING = frozenset({"unknown-code", "misspelt-constant"})


@dataclass(frozen=True)
class Lint:
    """All findings, and what was looked at."""

    findings: tuple[Finding, ...]
    files: tuple[str, ...]
    rules: int


def lint(
    root: Path | None = None,
    overlays: Sequence[Path] = (),
    limits: Limits | None = Limits(),  # noqa: B008 (frozen)
) -> Lint:
    """Lint a rulebook, without limits only what needs no grounding.

    Raises RulebookError where a directory is not there.
    """
    reading = read_book(root or shipped_logic(), tuple(Path(each) for each in overlays))
    book = Book(reading)
    findings = [book.of_problem(problem) for problem in reading.problems]
    findings.extend(check_profiles(book))
    clean = not findings
    findings.extend(excepted(book, [*_read_only(book)]))
    growing = list(check_growth(book))
    findings.extend(growing)
    if limits is not None and not growing:
        check = check_sample if clean and book.choosable else check_safety
        findings.extend(check(book, limits))
    files = {shown_path(source.path): at for at, source in enumerate(reading.sources)}
    ordered = sorted(
        _without_echoes(findings), key=lambda each: (files.get(each.file, len(files)), each)
    )
    return Lint(tuple(ordered), tuple(files), len(reading.rules))


def _read_only(book: Book) -> Iterator[Finding]:
    """The checks that need no solver."""
    yield from check_headers(book)
    yield from check_statements(book)
    yield from check_predicates(book)
    yield from check_enumerations(book)
    yield from check_spelling(book)
    yield from check_dead(book)


def _without_echoes(findings: Sequence[Finding]) -> Iterator[Finding]:
    """A slip is told once: what follows from an error at the same place is left out."""
    errors = {(e.file, e.line, e.column) for e in findings if e.level == "error"}
    named = errors | {(e.file, e.line) for e in findings if e.id in _SPELLING}
    for each in dict.fromkeys(findings):
        place = (each.file, each.line, each.column)
        if each.id in _ECHOES and (place in named or place[:2] in named):
            continue
        yield each
