"""Owns the tables behind citations: sources by id, and the numbered rules of RULES.md."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

SOURCES = "sources.csv"
SPECIFICATION = "specification.csv"
RULES = "RULES"
_NUMBERED = re.compile(r"\b([A-Z])(\d+)(?:\s+to\s+\1?(\d+))?\b")
_SECTIONS = re.compile(r"\bsections?\s+(\d+)(?:\s+(?:to|and)\s+(\d+))?", re.IGNORECASE)


@dataclass(frozen=True)
class CitedSource:
    """One source: its id, its title in our words, where it is, and its year."""

    id: str
    title: str
    address: str = ""
    year: str = ""


@dataclass(frozen=True)
class Numbered:
    """A numbered rule or a section of the specification, with its line of the table."""

    id: str
    section: str
    title: str
    line: int


@dataclass(frozen=True)
class Citations:
    """All sources and numbered rules of a rulebook and its overlays."""

    sources: dict[str, CitedSource] = field(default_factory=dict)
    numbered: dict[str, Numbered] = field(default_factory=dict)

    @cached_property
    def rules(self) -> dict[str, Numbered]:
        """The numbered rules by id, without the sections."""
        return {id: each for id, each in self.numbered.items() if not id.isdigit()}

    def resolves(self, citation: str) -> bool:
        """Whether a citation, `S10` or `RULES:T5` or `CONTRACT:4.2`, leads somewhere."""
        name, _, locator = citation.partition(":")
        if name not in self.sources:
            return False
        return name != RULES or locator in self.numbered

    def title(self, citation: str) -> str:
        """What a citation leads to, in words; empty where it leads nowhere."""
        name, _, locator = citation.partition(":")
        source = self.sources.get(name)
        if source is None or not self.resolves(citation):
            return ""
        if name == RULES:
            return self.numbered[locator].title
        said = ", ".join(filter(None, (source.title, source.year)))
        return f"{said} ({source.address})" if source.address else said

    def named_in(self, text: str) -> frozenset[str]:
        """The sections and numbered rules that a text names: `T4, C1 to C5, sections 3 to 5`."""
        named: set[str] = set()
        for letter, first, last in _NUMBERED.findall(text):
            named.update(f"{letter}{n}" for n in range(int(first), int(last or first) + 1))
        for first, last in _SECTIONS.findall(text):
            wanted = {str(n) for n in range(int(first), int(last or first) + 1)}
            named.update(e.id for e in self.numbered.values() if e.section in wanted)
        return frozenset(named & self.numbered.keys())


def read_citations(directories: Iterable[Path]) -> Citations:
    """The tables of a rulebook's directory and of its overlays; a missing table is empty."""
    found = Citations()
    for directory in directories:
        for row, _ in _rows(directory / SOURCES):
            source = CitedSource(row["id"], row["title"], row["address"], row["year"])
            found.sources[source.id] = source
        for row, line in _rows(directory / SPECIFICATION):
            found.numbered[row["id"]] = Numbered(row["id"], row["section"], row["title"], line)
    return found


def _rows(path: Path) -> Iterable[tuple[dict[str, str], int]]:
    if not path.is_file():
        return
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        for row in reader:
            yield {key: value or "" for key, value in row.items() if key}, reader.line_num
