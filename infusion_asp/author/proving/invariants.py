"""Owns the invariants: the rulebook with the files of logic/invariants, and what each rests on."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from clingo.ast import AST

from infusion_asp.author.layers import (
    PLAYS,
    VIOLATES,
    Layers,
    Signature,
    closure,
    heads,
    layers_of,
)
from infusion_asp.author.proving.space import Reads, fires, instants_of
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


class _Read(NamedTuple):
    statement: AST
    text: str
    uses: tuple[Use, ...]
    rule: str


@dataclass(frozen=True)
class Slice:
    """The statements on which something rests, their texts, what these read and where they turn.

    `boundaries` are minutes.
    """

    statements: tuple[AST, ...]
    whole: tuple[str, ...]
    reads: Reads
    boundaries: tuple[int, ...]

    @cached_property
    def twice(self) -> tuple[str, ...]:
        """What roles rest on, with a second copy of the choice and of everything above it."""
        layers = self._layers
        found = (*layers.below, *layers.choice, *layers.above, *layers.second())
        return tuple(map(str, found))

    @cached_property
    def unchosen(self) -> tuple[str, ...]:
        """What roles rest on, without their choice."""
        return tuple(map(str, (*self._layers.below, *self._layers.above)))

    @cached_property
    def _layers(self) -> Layers:
        return layers_of(self.statements)


@dataclass(frozen=True)
class Judged:
    """A rulebook together with its invariants."""

    book: Rulebook
    invariants: tuple[Invariant, ...]

    @cached_property
    def _rules(self) -> list[_Read]:
        found = []
        statements = iter(self.book.statements)
        for rule in self.book.rules:
            for _ in rule.statements:
                statement = next(statements)
                found.append(_Read(statement, str(statement), uses(statement), rule.id))
        return found

    def behind(self, ids: Collection[str], fixed: Mapping[str, str]) -> Slice:
        """What these invariants and the roles rest on under these policies."""
        key = (frozenset(ids), frozenset(fixed.items()))
        if key not in self._slices:
            fired = [
                each
                for each in self._rules
                if (BROKEN not in heads(each.uses) or each.rule in ids) and fires(each.uses, fixed)
            ]
            pairs = [(each.statement, each.uses) for each in fired]
            needed = closure({VIOLATES, PLAYS, BROKEN} if ids else {VIOLATES, PLAYS}, pairs)
            kept = [each for each in fired if heads(each.uses) & needed]
            founds = [each.uses for each in kept]
            self._slices[key] = Slice(
                tuple(each.statement for each in kept),
                tuple(each.text for each in kept),
                Reads.of(founds),
                instants_of(founds, fixed),
            )
        return self._slices[key]

    @cached_property
    def _slices(self) -> dict[tuple[frozenset[str], frozenset[tuple[str, str]]], Slice]:
        return {}


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
