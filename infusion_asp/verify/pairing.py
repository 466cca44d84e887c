"""Which lines of a claim stay, go or become another line: the pairing with the fewest edits.

Lines are compared in groups of one code, one set of compared modifiers and one date. A group with
as many units as the record supports needs nothing; one with too few needs one edit; one with too
many as many edits as lines must be cut. One edit less is needed for each missing line that surplus
lines become by another code or other modifiers alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from infusion_asp.model.verification import ClaimLine

_MOST_STEPS = 20_000  # of the search for the best pairing; claims that people bill need few


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
class Want:
    """Units of a key that the claim lacks, with the modifiers and the date to write."""

    key: Key
    units: int
    modifiers: tuple[str, ...]
    date: date | None

    @property
    def line(self) -> ClaimLine:
        """The line that would be added."""
        return ClaimLine(
            code=self.key.code, units=self.units, modifiers=self.modifiers, date=self.date
        )


@dataclass(frozen=True)
class Pairing:
    """The wants that a billed line becomes, by index; the wants left; what each group drops."""

    become: Mapping[int, Want]
    missing: tuple[Want, ...]
    cut: Mapping[int, int]
    """Units to take off a line, by index; all of them: the line goes."""

    @property
    def edits(self) -> int:
        """How many edits it takes."""
        return len(self.become) + len(self.missing) + len(self.cut)


@dataclass(frozen=True)
class Groups:
    """Billed lines and supported units of each key."""

    billed: Mapping[Key, tuple[Billed, ...]]
    supported: Mapping[Key, int]
    wants: tuple[Want, ...]
    key_of: Mapping[int, Key]

    @classmethod
    def of(
        cls,
        billed: Sequence[Billed],
        supported: Sequence[ClaimLine],
        compared: Mapping[str, str],
    ) -> Groups:
        """Groups the lines; a code with an undated line is compared over all dates."""
        undated = all(each.line.date is None for each in billed)
        pooled = {each.line.code for each in billed if each.line.date is None}
        pooled |= {line.code for line in supported if line.date is None}

        def key(line: ClaimLine) -> Key:
            marks = frozenset(compared[each] for each in line.modifiers if each in compared)
            over_dates = undated or line.code in pooled
            return Key(line.code, marks, None if over_dates else line.date)

        lines: dict[Key, list[Billed]] = {}
        for each in billed:
            lines.setdefault(key(each.line), []).append(each)
        units: dict[Key, int] = {}
        sources: dict[Key, list[ClaimLine]] = {}
        for line in supported:
            units[key(line)] = units.get(key(line), 0) + line.units
            sources.setdefault(key(line), []).append(line)
        wants = []
        for found, count in sorted(units.items(), key=lambda item: item[0].order):
            lacking = count - sum(each.line.units for each in lines.get(found, ()))
            if lacking > 0:
                days = {line.date for line in sources[found]}
                first = min(sources[found], key=lambda line: line.modifiers)
                day = days.pop() if len(days) == 1 else None
                wants.append(Want(found, lacking, first.modifiers, day))
        ordered = {found: tuple(sorted(several, key=_content)) for found, several in lines.items()}
        key_of = {each.index: found for found, several in ordered.items() for each in several}
        return cls(ordered, units, tuple(wants), key_of)

    def excess(self, key: Key, without: frozenset[int]) -> int:
        """Units of a group beyond what is supported, some lines left out."""
        units = sum(each.line.units for each in self.billed[key] if each.index not in without)
        return units - self.supported.get(key, 0)

    def cuts(self, key: Key, without: frozenset[int]) -> dict[int, int]:
        """The fewest lines to cut so that nothing is over, with the units to take off each."""
        over = self.excess(key, without)
        found: dict[int, int] = {}
        left = [each for each in self.billed[key] if each.index not in without]
        exact = [each for each in left if each.line.units == over]
        if exact and over > 0:
            return {exact[-1].index: over}
        for each in sorted(reversed(left), key=lambda each: -each.line.units):
            if over <= 0:
                break
            found[each.index] = min(over, each.line.units)
            over -= found[each.index]
        return found


Worth = Callable[[ClaimLine, ClaimLine], Decimal]


def pair(groups: Groups, worth: Worth) -> Pairing:
    """The pairing with the fewest edits; among those with the least money moved, then by content.

    `worth` is the money moved by making one line another.
    """
    search = _Search(groups, worth)
    search.run(0, {})
    become = search.best
    taken = frozenset(become)
    cut: dict[int, int] = {}
    for key in groups.billed:
        cut.update(groups.cuts(key, taken))
    matched = {want.key for want in become.values()}
    missing = tuple(want for want in groups.wants if want.key not in matched)
    return Pairing(become, missing, cut)


class _Search:
    """Tries which surplus lines become which want, within a number of steps."""

    def __init__(self, groups: Groups, worth: Worth) -> None:
        self.groups = groups
        self.worth = worth
        over = [key for key in groups.billed if groups.excess(key, frozenset()) > 0]
        self.base = {key: len(groups.cuts(key, frozenset())) for key in over}
        surplus = [each for key in sorted(over, key=_order) for each in _surplus(groups, key)]
        self.choices = [
            [each for each in surplus if _one_change(each, groups.key_of[each.index], want)]
            for want in groups.wants
        ]
        self.steps = 0
        self.best: dict[int, Want] = {}
        self.score: tuple[int, int, Decimal] = (0, 0, Decimal(0))

    def run(self, at: int, become: dict[int, Want]) -> None:
        """Decides the wants from place `at` on."""
        if at == len(self.choices):
            self._keep(become)
            return
        filled = len({want.key for want in become.values()})
        if filled + sum(1 for each in self.choices[at:] if each) < -self.score[0]:
            return
        want = self.groups.wants[at]
        for several in self._fillings(self.choices[at], want.units, become):
            self.run(at + 1, {**become, **dict.fromkeys(several, want)})
        self.run(at + 1, become)

    def _fillings(
        self, lines: Sequence[Billed], units: int, become: Mapping[int, Want]
    ) -> Iterator[tuple[int, ...]]:
        """Lines that have exactly these units together, the fewest lines first."""
        free = [each for each in lines if each.index not in become]
        for count in range(1, min(len(free), units) + 1):
            yield from self._of_count(free, units, count, frozenset(become))

    def _of_count(
        self, lines: Sequence[Billed], units: int, count: int, taken: frozenset[int]
    ) -> Iterator[tuple[int, ...]]:
        """The choices of `count` lines; of lines that are alike only the first is tried."""
        tried: set[tuple[object, ...]] = set()
        for at, each in enumerate(lines):
            self.steps += 1
            if self.steps > _MOST_STEPS:
                return
            rest = units - each.line.units
            alike = _content(each)[:-1]
            fits = rest == 0 if count == 1 else rest > 0
            if not fits or alike in tried:
                continue
            if self.groups.excess(self.groups.key_of[each.index], taken) < each.line.units:
                continue
            tried.add(alike)
            if count == 1:
                yield (each.index,)
                continue
            chosen = taken | {each.index}
            for others in self._of_count(lines[at + 1 :], rest, count - 1, chosen):
                yield (each.index, *others)

    def _keep(self, become: dict[int, Want]) -> None:
        taken = frozenset(become)
        keys = {self.groups.key_of[index] for index in become}
        saved = sum(self.base[key] - len(self.groups.cuts(key, taken)) for key in keys)
        gain = len({want.key for want in become.values()}) + saved - len(become)
        lines = {each.index: each.line for key in keys for each in self.groups.billed[key]}
        moved = sum(
            (self.worth(lines[index], want.line) for index, want in become.items()), Decimal(0)
        )
        score = (-gain, len(become), moved)
        if score < self.score:
            self.best, self.score = become, score


def _order(key: Key) -> tuple[str, tuple[str, ...], str]:
    return key.order


def _surplus(groups: Groups, key: Key) -> list[Billed]:
    """Lines of a group that may go, one after the other; of equal lines the last first."""
    over = groups.excess(key, frozenset())
    return [each for each in reversed(groups.billed[key]) if each.line.units <= over]


def _one_change(billed: Billed, key: Key, want: Want) -> bool:
    """Whether another code, or other modifiers, alone make the line the want."""
    if billed.line.units > want.units or want.key.date not in (None, billed.line.date):
        return False
    return (key.code == want.key.code) != (key.modifiers == want.key.modifiers)


def _content(each: Billed) -> tuple[str, tuple[str, ...], str, int, int]:
    line = each.line
    return line.code, line.modifiers, str(line.date or ""), line.units, each.index
