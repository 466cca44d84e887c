"""Owns looking rules up: by topic, setting, payer and day, and what each reads and gives."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from infusion_asp.author.lint.book import Book, covers, shown_path
from infusion_asp.author.lint.shapes import term
from infusion_asp.rulebook import Rule
from infusion_asp.rulebook.atoms import Use
from infusion_asp.rulebook.errors import did_you_mean
from infusion_asp.rulebook.reading import Reading


class UnknownFilter(ValueError):  # noqa: N818
    """A setting or payer that no rule and no profile knows."""

    def __init__(self, kind: str, asked: str, known: Sequence[str]) -> None:
        self.message = f"no {kind} '{asked}'"
        self.help = did_you_mean(asked, known) or f"one of {', '.join(sorted(known))}"
        super().__init__(self.message)


@dataclass(frozen=True)
class Filter:
    """What a list of rules is narrowed to; an empty part narrows nothing."""

    topic: str = ""
    setting: str = ""
    payer: str = ""
    day: date | None = None

    def takes(self, rule: Rule) -> bool:
        """Whether a rule is wanted: its header allows setting, payer and day, the topic fits."""
        return (
            (not self.setting or not rule.settings or self.setting in rule.settings)
            and (not self.payer or not rule.payers or self.payer in rule.payers)
            and (not self.day or not rule.date_from or rule.date_from <= self.day)
            and (not self.day or not rule.date_to or self.day <= rule.date_to)
            and (not self.topic or self._about(rule))
        )

    def _about(self, rule: Rule) -> bool:
        """A topic is part of the file's name, of the id or title, or a rule of RULES.md."""
        topic = self.topic.lower()
        numbered = {name.lower() for name in rule.implements}
        words = f"{rule.file} {rule.id} {rule.title}".lower()
        return topic in numbered or topic in words


def chosen(reading: Reading, wanted: Filter) -> Iterator[Rule]:
    """The rules that a filter takes; raises UnknownFilter for a setting or payer nobody knows."""
    rules = [covered.rule for covered in reading.rules]
    settings = reading.vocabulary.enums.get("setting", ())
    if wanted.setting and settings and wanted.setting not in settings:
        raise UnknownFilter("setting", wanted.setting, settings)
    payers = {payer for rule in rules for payer in rule.payers}
    payers |= {profile.payer for profile in Book(reading).policies.profiles.values()}
    if wanted.payer and payers and wanted.payer not in payers:
        raise UnknownFilter("payer", wanted.payer, sorted(payers))
    return filter(wanted.takes, rules)


@dataclass(frozen=True)
class Neighbours:
    """What one rule gives, which rules read that, and from which rules it reads."""

    gives: tuple[str, ...]
    readers: tuple[str, ...]
    feeders: tuple[str, ...]
    replaced_by: tuple[str, ...]


def neighbours(reading: Reading, rule: Rule) -> Neighbours:
    """Where a rule is used, and what it rests on."""
    heads: dict[str, list[Use]] = {}
    bodies: dict[str, list[Use]] = {}
    for covered in reading.rules:
        for outline in covered.outlines:
            for use in outline.uses:
                side = heads if use.in_head else bodies
                side.setdefault(covered.rule.id, []).append(use)
    gives, reads = heads.get(rule.id, []), bodies.get(rule.id, [])
    others = [covered.rule.id for covered in reading.rules if covered.rule.id != rule.id]
    return Neighbours(
        tuple(sorted({use.shown for use in gives})),
        tuple(id for id in others if _meet(gives, bodies.get(id, []))),
        tuple(id for id in others if _meet(heads.get(id, []), reads)),
        tuple(covered.rule.id for covered in reading.rules if covered.rule.replaces == rule.id),
    )


def _meet(given: Sequence[Use], read: Sequence[Use]) -> bool:
    """Whether an atom that is given can be one that is read: no two constants differ."""
    return any(
        one.signature == other.signature
        and not any(
            a != b
            for a, b in zip(map(term, one.arguments), map(term, other.arguments), strict=True)
            if isinstance(a, int | str) and isinstance(b, int | str)
        )
        for one in given
        for other in read
    )


def cited(reading: Reading, rule: Rule) -> list[tuple[str, str]]:
    """Each citation of a rule with what it leads to."""
    known = Book(reading).citations
    return [(citation, known.title(citation)) for citation in rule.cites]


def test_paths(reading: Reading, rule: Rule) -> list[Path]:
    """The files of tests that cover a rule by its id or by a numbered rule."""
    book = Book(reading)
    covered = next(each for each in reading.rules if each.rule.id == rule.id)
    return [test.path for test in covers(book.tests_of(covered) or (), rule, book.citations)]


def tests_of(reading: Reading, rule: Rule) -> list[str]:
    """The test files of a rule, and the lines of any that name it: `path:line: text`."""
    book = Book(reading)
    covered = next(each for each in reading.rules if each.rule.id == rule.id)
    found = [shown_path(path) for path in test_paths(reading, rule)]
    for test in book.tests_of(covered) or ():
        lines = test.path.read_text(encoding="utf-8").splitlines()
        for number, line in enumerate(lines, start=1):
            if re.search(rf"\b{rule.id}\b", line):
                found.append(f"{shown_path(test.path)}:{number}: {line.strip()}")
    return found
