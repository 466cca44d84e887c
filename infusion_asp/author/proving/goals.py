"""Owns the programs of a proof: what must have no model, for a part of the grid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from infusion_asp.author.layers import PLAYS, SECOND, layers_of
from infusion_asp.author.proof import CHOOSE, OPTION, invariant, size_of
from infusion_asp.author.proving.invariants import BROKEN, Judged
from infusion_asp.author.proving.space import (
    Space,
    boundaries_of,
    facts_of,
    fields_of,
    generator,
    policies_read,
)
from infusion_asp.engine import search
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


@dataclass(frozen=True)
class Goals:
    """The searches of one rulebook over one space."""

    judged: Judged
    space: Space
    choices: Policies
    seconds: float
    megabytes: int

    def drawn(self, space: Space, ids: Sequence[str]) -> str:
        """The generator with its facts: every encounter of the space, nothing derived."""
        fixed = self.fixed
        statements = self.judged.behind(ids, fixed)
        if not space.boundaries:
            space = bounded(space, statements, fixed)
        given = facts_of(space, [self.judged.book], self.choices, policies_read(statements))
        return "\n".join([*map(str, self.judged.book.defined), *given, generator()])

    @property
    def fixed(self) -> dict[str, str]:
        """The policies that have one value."""
        profile = self.choices.profile("cpt")
        values = self.choices.in_effect(profile, self.space.policies)
        return {name: value for name, value in values.items() if name not in self.space.opened}

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

    def look(self, space: Space, ids: Sequence[str]) -> Searched:
        """Search one part for an encounter that breaks a half or one of several invariants.

        Raises TimeLimit or MemoryLimit.
        """
        halves = [each for each in ids if each in HALVES]
        wanted = [each for each in ids if each not in HALVES]
        statements = self.judged.behind(wanted, self.fixed)
        parts = [self.drawn(space, wanted)]
        if halves:
            layers = layers_of(statements)
            parts += map(str, layers.below)
            if halves == [AT_MOST_ONE]:
                parts += map(str, (*layers.choice, *layers.above, *layers.second()))
                parts.append(invariant("search/at_most_one.lp"))
            else:
                parts += map(str, layers.above)
                parts.append(invariant("search/witness.lp"))
        else:
            parts += map(str, statements)
            parts.append(_REFUTED)
        shown = [CHOOSE, PLAYS, (SECOND + PLAYS[0], 2), BROKEN]
        found = search(
            "\n".join(parts),
            shown=shown,
            facts=[OPTION],
            seconds=self.seconds,
            megabytes=self.megabytes,
        )
        size = size_of(found.facts)
        took = found.grounding + found.solving
        if not found.models:
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


def bounded(space: Space, statements: Sequence[object], fixed: dict[str, str]) -> Space:
    """The space with the instants of the thresholds that these statements read."""
    from dataclasses import replace  # noqa: PLC0415

    return replace(space, boundaries=boundaries_of(statements, fixed))  # type: ignore[arg-type]
