"""Owns what the checks look at: a rulebook as read, its tables, and the tests beside it."""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from clingo.ast import AST

from infusion_asp.author.lint.citations import Citations, read_citations
from infusion_asp.author.lint.finding import Finding
from infusion_asp.facts.policies import Policies, Policy, PolicyError, load_policies
from infusion_asp.rulebook.atoms import Outline, outline
from infusion_asp.rulebook.errors import Problem
from infusion_asp.rulebook.headers import Rule
from infusion_asp.rulebook.reading import OUTSIDE, Covered, Reading
from infusion_asp.rulebook.source import Source, read_source

CODE = re.compile(r"^(\d{5}|[A-Z]\d{4})$")


@dataclass(frozen=True)
class TestFile:
    """One file of rule tests with its first line, which says what it covers."""

    path: Path
    first: str


@dataclass(frozen=True)
class Book:
    """A rulebook under examination."""

    reading: Reading

    @cached_property
    def policies(self) -> Policies:
        """Its policies and profiles; those of the rulebook alone where an overlay's are wrong."""
        for overlays in (self.reading.overlays, ()):
            with suppress(PolicyError, OSError):
                return load_policies(self.reading.root, *overlays)
        return Policies({}, {})

    @cached_property
    def choosable(self) -> Mapping[str, Policy]:
        """The policies by name, whatever is wrong with profiles."""
        path = self.reading.root / "profiles" / "policies.csv"
        values: dict[str, list[str]] = {}
        if path.is_file():
            with path.open(encoding="utf-8", newline="") as file:
                for row in csv.DictReader(file):
                    values.setdefault(row["policy"], []).append(row["value"])
        return {name: Policy(name, tuple(several), "") for name, several in values.items()}

    @cached_property
    def citations(self) -> Citations:
        """Its sources and numbered rules."""
        return read_citations((self.reading.root, *self.reading.overlays))

    @cached_property
    def codes(self) -> frozenset[str]:
        """Everything in the columns of its tables that looks like a code."""
        found: set[str] = set()
        for path in sorted((self.reading.root / "tables").glob("*.csv")):
            with path.open(encoding="utf-8", newline="") as file:
                for row in csv.reader(file):
                    for cell in row:
                        found.update(word for word in re.split(r"[;\s]+", cell) if CODE.match(word))
        return frozenset(found)

    @cached_property
    def aside(self) -> tuple[Outline, ...]:
        """Statements outside of the rules that read their predicates: queries and proofs."""
        found: list[Outline] = []
        for name in sorted(OUTSIDE - {"tables"}):
            for path in sorted((self.reading.root / name).rglob("*.lp")):
                source = read_source(path, path.name)
                found.extend(outline(source, statement) for statement in source.statements)
        return tuple(found)

    def tests_of(self, covered: Covered) -> tuple[TestFile, ...] | None:
        """The test files beside the directory that a rule comes from; None: it has none."""
        for overlay in self.reading.overlays:
            top = overlay if overlay.is_dir() else overlay.parent
            if Path(covered.source.path).is_relative_to(top):
                return _test_files(top / "tests") or ()
        return self.shipped_tests

    @cached_property
    def shipped_tests(self) -> tuple[TestFile, ...] | None:
        """The test files of the rulebook itself, where it lies in a checkout."""
        root = self.reading.root
        for place in (root / "tests", root.parent / "tests" / "rules"):
            found = _test_files(place)
            if found is not None:
                return found
        return None

    def at(
        self,
        source: Source,
        node: AST,
        id: str,
        message: str,
        help: str,
        rule: Rule | None = None,
    ) -> Finding:
        """A finding at the place where `node` begins."""
        begin = node.location.begin
        about = rule.id if rule else ""
        text = source.line(begin.line)
        file = shown_path(source.path)
        return Finding(file, begin.line, begin.column, id, message, text, help, about)

    def header(self, covered: Covered, key: str, id: str, message: str, help: str) -> Finding:
        """A finding at the line of a key of a header, or at its first line."""
        rule, source = covered.rule, covered.source
        line = rule.lines.get(key, rule.line)
        file = shown_path(source.path)
        return Finding(file, line, 1, id, message, source.line(line), help, rule.id)

    def of_problem(self, problem: Problem) -> Finding:
        """A problem of the loader as a finding."""
        paths = {source.name: source.path for source in self.reading.sources}
        path = paths.get(problem.file, str(self.reading.root / problem.file))
        return Finding(
            shown_path(path),
            problem.line,
            problem.column,
            problem.id,
            problem.message,
            problem.text,
            problem.help,
        )

    def vocabulary_place(self, file: str, line: int) -> tuple[str, str]:
        """The path and the text of a line of a vocabulary file."""
        for source in self.reading.sources:
            if source.name == file:
                return shown_path(source.path), source.line(line)
        return file, ""


def shown_path(path: str | Path) -> str:
    """A path as an editor started here finds it: relative below this directory, else absolute."""
    whole = Path(os.path.abspath(path))
    here = Path.cwd()
    return whole.relative_to(here).as_posix() if whole.is_relative_to(here) else str(whole)


def _test_files(directory: Path) -> tuple[TestFile, ...] | None:
    if not directory.is_dir():
        return None
    found = []
    for path in sorted(directory.glob("*.yaml")):
        lines = path.read_text(encoding="utf-8").splitlines()
        found.append(TestFile(path, lines[0] if lines and lines[0].startswith("#") else ""))
    return tuple(found)


def covers(tests: Sequence[TestFile], rule: Rule, citations: Citations) -> list[TestFile]:
    """The test files of a rule: of its own id, or of a numbered rule that it carries out."""
    wanted = frozenset(rule.implements)
    return [
        test
        for test in tests
        if test.path.stem == rule.id or wanted & citations.named_in(test.first)
    ]
