"""Owns exceptions: lines of headers and doc comments that let a finding stand, with a reason."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from infusion_asp.author.lint.book import Book, shown_path
from infusion_asp.author.lint.catalogue import CHECKS
from infusion_asp.author.lint.finding import Finding
from infusion_asp.rulebook.errors import did_you_mean

_WRITTEN = "write 'allow: some-check because of some reason', several parted by ';'"


@dataclass(frozen=True)
class Allowance:
    """One exception: a check, its reason, and what it is about."""

    id: str
    reason: str
    about: str
    file: str
    line: int
    text: str


def exceptions(book: Book) -> list[Allowance]:
    """Every exception of headers and of doc comments."""
    found: list[Allowance] = []
    for covered in book.reading.rules:
        rule, source = covered.rule, covered.source
        line = rule.lines.get("allow", rule.line)
        place = (rule.id, shown_path(source.path), line, source.line(line))
        found.extend(_parsed(rule.allow, *place))
    for (name, arity), entry in book.reading.vocabulary.predicates.items():
        path, text = book.vocabulary_place(entry.file, entry.line)
        found.extend(_parsed(entry.allow, f"{name}/{arity}", path, entry.line, text))
    return found


def _parsed(written: str, about: str, file: str, line: int, text: str) -> Iterator[Allowance]:
    for part in filter(None, map(str.strip, written.split(";"))):
        id, _, reason = part.partition(" because ")
        yield Allowance(id.strip(), reason.strip(), about, file, line, text)


def excepted(book: Book, findings: Sequence[Finding]) -> Iterator[Finding]:
    """The findings that no exception covers, and what is wrong with exceptions."""
    stated = exceptions(book)
    good = {(each.id, each.about) for each in stated if each.reason and _open(each.id)}
    used: set[tuple[str, str]] = set()
    for finding in findings:
        if (finding.id, finding.about) in good:
            used.add((finding.id, finding.about))
        else:
            yield finding
    yield from _wrong(stated, used)


def _open(id: str) -> bool:
    return id in CHECKS and CHECKS[id].open


def _wrong(stated: Iterable[Allowance], used: set[tuple[str, str]]) -> Iterator[Finding]:
    for each in stated:
        place = (each.file, each.line, 1)
        if not _open(each.id):
            allowed = [check.id for check in CHECKS.values() if check.open]
            said = f"no exception can be made to '{each.id}'"
            cure = did_you_mean(each.id, allowed) or f"exceptions are for {', '.join(allowed)}"
            yield Finding(*place, "exception", said, each.text, cure, each.about)
        elif not each.reason:
            said = f"the exception to '{each.id}' gives no reason"
            yield Finding(*place, "exception", said, each.text, _WRITTEN, each.about)
        elif (each.id, each.about) not in used:
            said = f"nothing of '{each.about}' needs the exception to '{each.id}'"
            yield Finding(*place, "idle-exception", said, each.text, "delete it", each.about)
