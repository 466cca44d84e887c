"""Groups of lines that count as one, and what it takes to make a claim's groups the record's.

Lines are compared in groups of one code, one set of compared modifiers and one date. A group with
as many units as the record supports needs nothing; one with too few needs one edit; one with too
many as many edits as lines must be cut. Lines that move to another group need one edit each.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from infusion_asp.model.verification import ClaimLine


@dataclass(frozen=True)
class Billed:
    """A line of the claim and its place in it, from 1."""

    index: int
    line: ClaimLine


@dataclass(frozen=True)
class Key:
    """What makes lines comparable; without a date over all dates."""

    code: str
    modifiers: frozenset[str]
    date: date | None

    @property
    def order(self) -> tuple[str, tuple[str, ...], str]:
        """A sort key from nothing but the values."""
        return self.code, tuple(sorted(self.modifiers)), str(self.date or "")


@dataclass(frozen=True)
class Pairing:
    """What happens to the lines: the fewest edits once it is settled which lines move where."""

    moves: Mapping[int, Key]
    """The group that a billed line moves to, by index."""
    raises: Mapping[int, int]
    """Units to put on a line, by index."""
    cuts: Mapping[int, int]
    """Units to take off a line, by index; all of them: the line goes."""
    adds: Mapping[Key, int]
    """Units of the lines to add."""

    @property
    def edits(self) -> int:
        """How many edits it takes."""
        return len(self.moves) + len(self.raises) + len(self.cuts) + len(self.adds)


@dataclass(frozen=True)
class Groups:
    """Billed lines and supported units of each key."""

    billed: Mapping[Key, tuple[Billed, ...]]
    supported: Mapping[Key, int]
    sources: Mapping[Key, tuple[ClaimLine, ...]]
    key_of: Mapping[int, Key]
    fixed: frozenset[int] = frozenset()
    """Lines with a modifier that is tolerated on their code only."""

    @classmethod
    def of(
        cls,
        billed: Sequence[Billed],
        supported: Sequence[ClaimLine],
        compared: Mapping[str, str],
        tolerated: Mapping[str, str] | None = None,
    ) -> Groups:
        """Groups the lines by code, compared modifiers and date.

        Dates count only for a code that is wrong over all dates, and of which all lines have one.
        One modifier too many, `tolerated` by code, is no difference.
        """
        marks = _marks(billed, supported, compared, tolerated or {})
        pooled = {each.line.code for each in billed if each.line.date is None}
        pooled |= {line.code for line in supported if line.date is None}
        if all(each.line.date is None for each in billed):
            pooled |= {line.code for line in supported}
        pooled |= _equal_over_dates(billed, supported, marks, compared)

        def key(line: ClaimLine, modifiers: frozenset[str]) -> Key:
            return Key(line.code, modifiers, None if line.code in pooled else line.date)

        lines: dict[Key, list[Billed]] = {}
        for each in sorted(billed, key=content):
            lines.setdefault(key(each.line, marks[each.index]), []).append(each)
        sources: dict[Key, list[ClaimLine]] = {}
        for line in supported:
            sources.setdefault(key(line, _compared(line, compared)), []).append(line)
        keys = sorted({*lines, *sources}, key=lambda each: each.order)
        return cls(
            {each: tuple(lines[each]) for each in keys if each in lines},
            {each: sum(line.units for line in sources[each]) for each in keys if each in sources},
            {each: tuple(sources[each]) for each in keys if each in sources},
            {each.index: found for found, several in lines.items() for each in several},
            frozenset(e.index for e in billed if marks[e.index] != _compared(e.line, compared)),
        )

    @cached_property
    def open(self) -> tuple[Key, ...]:
        """The groups that do not have the units that are supported."""
        keys = sorted({*self.billed, *self.supported}, key=lambda each: each.order)
        return tuple(each for each in keys if self.balance(each))

    def balance(self, key: Key) -> int:
        """Units that are billed beyond what is supported; negative where they are too few."""
        return sum(each.line.units for each in self.billed.get(key, ())) - self.supported.get(
            key, 0
        )

    def settle(self, moves: Mapping[int, Key]) -> Pairing | None:
        """What else it takes when these lines move; None where a line would be edited twice."""
        raises: dict[int, int] = {}
        cuts: dict[int, int] = {}
        adds: dict[Key, int] = {}
        moved: dict[Key, int] = {}
        units = {
            each.index: each.line.units for key in self.open for each in self.billed.get(key, ())
        }
        for index, key in moves.items():
            moved[key] = moved.get(key, 0) + units[index]
        for key in self.open:
            stay = [each for each in self.billed.get(key, ()) if each.index not in moves]
            over = sum(each.line.units for each in stay) + moved.get(key, 0)
            over -= self.supported.get(key, 0)
            if over > sum(each.line.units for each in stay):
                return None
            if over > 0:
                cuts.update(cut(stay, over))
            elif over < 0 and stay:
                raises[stay[-1].index] = -over
            elif over < 0:
                adds[key] = -over
        return Pairing(dict(moves), raises, cuts, adds)

    def line_of(self, key: Key, units: int) -> ClaimLine:
        """A line of a supported group as the record writes it; dated where it has one date."""
        source = min(self.sources[key], key=lambda line: line.modifiers)
        days = {line.date for line in self.sources[key]}
        day = days.pop() if len(days) == 1 else None
        return ClaimLine(code=key.code, units=units, modifiers=source.modifiers, date=day)


def _compared(line: ClaimLine, compared: Mapping[str, str]) -> frozenset[str]:
    return frozenset(compared[each] for each in line.modifiers if each in compared)


def _marks(
    billed: Sequence[Billed],
    supported: Sequence[ClaimLine],
    compared: Mapping[str, str],
    tolerated: Mapping[str, str],
) -> dict[int, frozenset[str]]:
    """The compared modifiers of each billed line; those too many are let alone where tolerated."""
    found = {each.index: _compared(each.line, compared) for each in billed}
    left: Counter[tuple[str, frozenset[str]]] = Counter()
    for line in supported:
        left[line.code, _compared(line, compared)] += line.units
    for each in sorted(billed, key=content):
        free = tolerated.get(each.line.code)
        if free not in found[each.index]:
            continue
        key = each.line.code, found[each.index]
        if left[key] >= each.line.units:
            left[key] -= each.line.units
        else:
            found[each.index] -= {free}
    return found


def _equal_over_dates(
    billed: Sequence[Billed],
    supported: Sequence[ClaimLine],
    marks: Mapping[int, frozenset[str]],
    compared: Mapping[str, str],
) -> set[str]:
    """Codes with the units that are supported, whatever their dates."""
    balance: Counter[tuple[str, frozenset[str]]] = Counter()
    for each in billed:
        balance[each.line.code, marks[each.index]] += each.line.units
    for line in supported:
        balance[line.code, _compared(line, compared)] -= line.units
    codes = {code for code, _ in balance}
    return codes - {code for (code, _), units in balance.items() if units}


def content(each: Billed) -> tuple[str, tuple[str, ...], str, int, int]:
    """Sorts lines by what they say, the place on the claim last."""
    line = each.line
    return line.code, line.modifiers, str(line.date or ""), line.units, each.index


def cut(lines: Sequence[Billed], over: int) -> dict[int, int]:
    """The fewest lines to cut, with the units to take off each; a line that fits goes whole."""
    exact = [each for each in lines if each.line.units == over]
    if exact:
        return {exact[-1].index: over}
    found: dict[int, int] = {}
    for each in sorted(reversed(lines), key=lambda each: -each.line.units):
        if over <= 0:
            break
        found[each.index] = min(over, each.line.units)
        over -= found[each.index]
    return found
