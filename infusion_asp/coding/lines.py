"""Owns what makes two lines the same: everything that stands on the claim, and no reasons."""

from __future__ import annotations

from dataclasses import dataclass

import clingo

from infusion_asp.engine import Answer
from infusion_asp.facts import Clock
from infusion_asp.model import Line, Result

LINE = ("line", 5)


@dataclass(frozen=True, order=True)
class LineKey:
    """One line as it stands on a claim; without any time the date is empty."""

    section: str
    code: str
    modifiers: tuple[str, ...]
    date: str
    units: int

    @classmethod
    def of(cls, line: Line) -> LineKey:
        """The key of a line of a result."""
        day = "" if line.date is None else line.date.isoformat()
        return cls(line.section, line.code, line.modifiers, day, line.units)


LineSet = frozenset[LineKey]


def line_set(result: Result) -> LineSet:
    """The lines of a result, to be compared."""
    return frozenset(map(LineKey.of, result.lines))


def lines_of(answer: Answer, clock: Clock) -> LineSet:
    """The lines of an answer, without making a result of it."""
    found = set()
    for atom in answer.of(*LINE):
        section, code, mods, day, units = atom.arguments
        found.add(
            LineKey(section.name, code.string, modifiers(mods), _date(clock, day), units.number)
        )
    return frozenset(found)


def modifiers(mods: clingo.Symbol) -> tuple[str, ...]:
    """The modifiers of a line atom; the places that hold none left out."""
    return tuple(each.string for each in mods.arguments if each.type == clingo.SymbolType.String)


def _date(clock: Clock, day: clingo.Symbol) -> str:
    if day.type != clingo.SymbolType.Number:
        return ""
    found = clock.date(day.number)
    return "" if found is None else found.isoformat()
