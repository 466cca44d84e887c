"""Owns the invariants: the rulebook with the files of logic/invariants, and what each rests on."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from clingo.ast import AST

from infusion_asp.author.layers import PLAYS, VIOLATES, Signature, closure, heads
from infusion_asp.author.proving.space import can_fire
from infusion_asp.rulebook import Rule, Rulebook, load_rulebook, shipped_logic
from infusion_asp.rulebook.atoms import Use, uses

BROKEN: Signature = ("broken", 2)
VOCABULARY = "vocabulary.lp"


@dataclass(frozen=True)
class Invariant:
    """What holds of every encounter: the rule that derives `broken` where it doesn't."""

    rule: Rule

    @property
    def id(self) -> str:
        """The id of its rule."""
        return self.rule.id

    @property
    def title(self) -> str:
        """What it says."""
        return self.rule.title


@dataclass(frozen=True)
class Judged:
    """A rulebook together with its invariants."""

    book: Rulebook
    invariants: tuple[Invariant, ...]

    @cached_property
    def _rules(self) -> list[tuple[AST, tuple[Use, ...], str]]:
        found = []
        statements = iter(self.book.statements)
        for rule in self.book.rules:
            for _ in rule.statements:
                statement = next(statements)
                found.append((statement, uses(statement), rule.id))
        return found

    def behind(self, ids: Collection[str], fixed: Mapping[str, str]) -> tuple[AST, ...]:
        """The statements on which these invariants and the roles rest, under these policies."""
        kept = [
            (statement, found)
            for statement, found, rule in self._rules
            if (BROKEN not in heads(found) or rule in ids) and can_fire(statement, fixed)
        ]
        needed = closure({VIOLATES, PLAYS, BROKEN} if ids else {VIOLATES, PLAYS}, kept)
        return tuple(statement for statement, found in kept if heads(found) & needed)


def files_of(logic: Path) -> list[Path]:
    """The files of the invariants of a directory of rules, the vocabulary first."""
    place = logic / "invariants"
    found = sorted(place.glob("*.lp"), key=lambda path: (path.name != VOCABULARY, path.name))
    return found


def judged(directory: Path | None = None, overlays: Sequence[Path] = ()) -> Judged:
    """The rulebook of a directory (the shipped one) and its overlays, with the invariants."""
    logic = directory or shipped_logic()
    files = files_of(logic) or files_of(shipped_logic())
    more = [path for each in overlays for path in files_of(each) if path.name != VOCABULARY]
    book = load_rulebook(directory, [*overlays, *files, *more])
    found = []
    statements = iter(book.statements)
    for rule in book.rules:
        own = [uses(next(statements)) for _ in rule.statements]
        if any(BROKEN in heads(each) for each in own):
            found.append(Invariant(rule))
    return Judged(book, tuple(found))
