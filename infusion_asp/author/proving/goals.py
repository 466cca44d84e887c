"""Owns the programs of a proof: what must have no model, for a part of the grid."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from infusion_asp.author.layers import PLAYS, SECOND
from infusion_asp.author.proof import CHOOSE, OPTION, invariant, size_of
from infusion_asp.author.proving.invariants import BROKEN, Judged, Slice
from infusion_asp.author.proving.ledger import PROVED, TOO_LARGE, Entry, Ledger, digest_of
from infusion_asp.author.proving.space import (
    Space,
    facts_of,
    fields_of,
    generator,
)
from infusion_asp.engine import MemoryLimit, TimeLimit, search
from infusion_asp.facts.policies import Policies

AT_MOST_ONE = "at_most_one"
AT_LEAST_ONE = "at_least_one"
HALVES = {
    AT_MOST_ONE: "No encounter has two answers",
    AT_LEAST_ONE: "Every encounter has an answer",
}
CELL = ("part", 3)
_REFUTED = "refuted_here :- broken(_, _). :- not refuted_here. :- violates(_, _)."


@dataclass(frozen=True)
class Searched:
    """One search: the fields of the encounter that it found, or none; `size` of what it covered."""

    fields: dict[str, str] | None
    evidence: tuple[str, ...]
    size: int
    seconds: float
    rules: int
    recorded: bool = False


@dataclass(frozen=True)
class Goals:
    """The searches of one rulebook over one space."""

    judged: Judged
    space: Space
    choices: Policies
    seconds: float
    megabytes: int
    ledger: Ledger = field(default_factory=Ledger)
    until: float = math.inf  # on the monotonic clock

    @property
    def left(self) -> float:
        """Seconds that a search may take now."""
        return min(self.seconds, self.until - time.monotonic())

    def drawn(self, space: Space, ids: Sequence[str]) -> str:
        """The generator with its facts: every encounter of the space, nothing derived."""
        behind = self.behind(space, ids)
        if not space.boundaries:
            space = replace(space, boundaries=behind.boundaries)
        given = facts_of(space, self.judged.book, self.choices, behind.reads)
        return "\n".join([*given, generator()])

    def behind(self, space: Space, ids: Sequence[str]) -> Slice:
        """What a half or invariants rest on in a space."""
        wanted = [each for each in ids if each not in HALVES]
        return self.judged.behind(wanted, self.fixed(space))

    def fixed(self, space: Space) -> dict[str, str]:
        """The policies that have one value in a space."""
        values = self.choices.in_effect(self.choices.profile("cpt"), space.policies)
        return {name: value for name, value in values.items() if name not in space.opened}

    def cells(self) -> list[Space]:
        """The parts of the space that are looked at one after the other."""
        found = search(
            self.drawn(self.space, ()), shown=[], facts=[CELL], seconds=60, megabytes=self.megabytes
        ).facts
        parts: dict[str, dict[str, list[str]]] = {}
        for atom in found:
            kind, part, value = (str(each) for each in atom.arguments)
            parts.setdefault(kind, {}).setdefault(part, []).append(value)
        spaces = [self.space]
        for kind, named in sorted(parts.items()):
            if kind not in self.space.kinds:
                continue
            for at in range(1, self.space.administrations + 1):
                spaces = [
                    each.within({f'{kind}("a{at}")': values})
                    for each in spaces
                    for values in named.values()
                ]
        return spaces

    def program(self, space: Space, ids: Sequence[str]) -> tuple[str, ...]:
        """What must have no model in one part: a half, or answers that break an invariant."""
        behind = self.behind(space, ids)
        drawn = self.drawn(space, ids)
        if list(ids) == [AT_MOST_ONE]:
            return (drawn, *behind.twice, invariant("search/at_most_one.lp"))
        if list(ids) == [AT_LEAST_ONE]:
            return (drawn, *behind.unchosen, invariant("search/witness.lp"))
        return (drawn, *behind.whole, _REFUTED)

    def digest(self, space: Space, ids: Sequence[str]) -> str:
        """The digest of the program of one part."""
        return _digest(self.program(space, ids))

    def known(self, space: Space, ids: Sequence[str]) -> Entry | None:
        """What the record has of this very search."""
        return self.ledger.get(self.digest(space, ids))

    def look(self, space: Space, ids: Sequence[str]) -> Searched:
        """Search one part for an encounter that breaks a half or one of several invariants.

        Raises TimeLimit or MemoryLimit.
        """
        program = self.program(space, ids)
        digest = _digest(program)
        known = self.ledger.get(digest)
        if known is not None and known.how == PROVED:
            return Searched(None, (), known.size, known.seconds, known.rules, recorded=True)
        if known is not None and known.tried(self.seconds, self.megabytes):
            raise TimeLimit(known.seconds)
        seconds = self.left
        if seconds <= 0:
            raise TimeLimit(0)
        entry = Entry(digest, TOO_LARGE, about(space, ids), 0, 0, 0, seconds, self.megabytes)
        shown = [CHOOSE, PLAYS, (SECOND + PLAYS[0], 2), BROKEN]
        try:
            found = search(
                "\n".join(program),
                shown=shown,
                facts=[OPTION],
                seconds=seconds,
                megabytes=self.megabytes,
            )
        except (TimeLimit, MemoryLimit):
            self.ledger.keep(entry)
            raise
        size = size_of(found.facts, one_other=space.one_other)
        took = round(found.grounding + found.solving, 1)
        if not found.models:
            self.ledger.keep(replace(entry, how=PROVED, size=size, rules=found.rules, seconds=took))
            return Searched(None, (), size, took, found.rules)
        model = found.models[0]
        rest = tuple(str(atom) for atom in model if atom.name != CHOOSE[0])
        return Searched(fields_of(model), rest, size, took, found.rules)

    def options(self, space: Space, ids: Sequence[str]) -> dict[str, list[str]]:
        """The values of each field in a part, to draw from."""
        drawn = self.drawn(space, ids)
        facts = search(drawn, shown=[], facts=[OPTION], seconds=60, megabytes=self.megabytes).facts
        found: dict[str, list[str]] = {}
        for atom in facts:
            found.setdefault(str(atom.arguments[0]), []).append(str(atom.arguments[1]))
        return found


def about(space: Space, ids: Sequence[str]) -> str:
    """What a search is about, for readers of the record."""
    parts = ", ".join(f"{name} {values[0]}" for name, values in sorted(space.cells.items()))
    return f"{space}: {', '.join(ids)}" + (f" ({parts})" if parts else "")


def _digest(program: Sequence[str]) -> str:
    """The digest of a program without the lines that are comments."""
    text = "\n".join(program)
    return digest_of(line for line in text.splitlines() if line and line[0] != "%")
