"""The payer edits of one quarter: the shipped rows, or those of an imported table."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from typing import Generic, Literal, TypeVar

from infusion_asp.tables.rows import AddonRow, MueRow, PtpRow
from infusion_asp.tables.store.edit_layouts import CONTRACTOR
from infusion_asp.tables.store.layouts import real_day
from infusion_asp.tables.store.quarter import Quarter
from infusion_asp.tables.store.release import Release

_T = TypeVar("_T")
_Of = TypeVar("_Of")
_REMEMBERED = 2048  # codes of one table whose rows are kept in memory
Relation = Literal["covers", "later", "earlier", "between", "undated"]

PairsOf = Callable[[Set[str], Set[str]], Iterable[PtpRow]]
"""The pairs of codes in column 1 with codes in column 2."""
LimitOf = Callable[[str], MueRow | None]
ParentsOf = Callable[[str], tuple[AddonRow, ...]]


@dataclass(frozen=True)
class OfQuarter(Generic[_Of]):
    """What one table of one quarter says of a code.

    `days` are those on which rows begin and those on which they hold for the last time;
    `partial` says that parts of the published table are missing.
    """

    quarter: Quarter
    of: _Of
    begins: frozenset[date] = frozenset()
    ends: frozenset[date] = frozenset()
    imported: bool = False
    partial: bool = False

    @property
    def changes(self) -> frozenset[date]:
        """The days on which what it says changes, and those on which its quarter does."""
        after = {day + timedelta(days=1) for day in self.ends}
        return self.begins | after | {self.quarter.start, self.quarter.next.start}


@dataclass(frozen=True)
class TableQuarter:
    """The quarter of a table that is used for a day, and where the day lies from it."""

    table: str
    used: Quarter
    relation: Relation
    partial: bool


@dataclass(frozen=True)
class Quarters(Generic[_Of]):
    """One table in all its quarters, oldest first; an imported one stands after a shipped one."""

    tables: tuple[OfQuarter[_Of], ...]

    def chosen(self, day: date | None) -> OfQuarter[_Of] | None:
        """The table of the day's quarter, else the last one before it, else the first one."""
        if not self.tables:
            return None
        if day is None:
            return self.tables[-1]
        begun = [each for each in self.tables if each.quarter.start <= day]
        return begun[-1] if begun else self.first

    @property
    def first(self) -> OfQuarter[_Of]:
        """The oldest table; of one quarter the imported one."""
        oldest = [each for each in self.tables if each.quarter == self.tables[0].quarter]
        return oldest[-1]

    def relation(self, day: date | None) -> Relation:
        """Where a day lies from the quarters that are there."""
        chosen = self.chosen(day)
        if day is None or chosen is None:
            return "undated"
        if day < chosen.quarter.start:
            return "earlier"
        if day <= chosen.quarter.end:
            return "covers"
        return "later" if chosen.quarter == self.tables[-1].quarter else "between"

    def used(self, name: str, day: date | None) -> TableQuarter | None:
        """The quarter that is used for a day; None where there is no table."""
        chosen = self.chosen(day)
        if chosen is None:
            return None
        return TableQuarter(name, chosen.quarter, self.relation(day), chosen.partial)

    @property
    def changes(self) -> frozenset[date]:
        """The days on which what any quarter says changes."""
        return frozenset().union(*(each.changes for each in self.tables))

    def adding(self, more: Iterable[OfQuarter[_Of]]) -> Quarters[_Of]:
        """The same with further quarters."""
        both = (*self.tables, *more)
        return Quarters(tuple(sorted(both, key=lambda each: (each.quarter, each.imported))))


@dataclass
class _Memory(Generic[_T]):
    """Answers that were given before."""

    ask: Callable[[str], _T]
    known: dict[str, _T] = field(default_factory=dict)

    def __call__(self, code: str) -> _T:
        if code not in self.known:
            if len(self.known) >= _REMEMBERED:
                self.known.clear()
            self.known[code] = self.ask(code)
        return self.known[code]


def shipped_pairs(rows: Sequence[PtpRow], quarter: Quarter) -> OfQuarter[PairsOf]:
    """The shipped pairs of one setting."""
    pairs: dict[str, dict[str, list[PtpRow]]] = {}
    for row in rows:
        pairs.setdefault(row.column1, {}).setdefault(row.column2, []).append(row)

    def of(first: Set[str], second: Set[str]) -> Iterable[PtpRow]:
        for one in first & pairs.keys():
            others = pairs[one]
            for two in others.keys() & second:
                yield from others[two]

    return OfQuarter(
        quarter,
        of,
        frozenset(row.effective for row in rows if row.effective is not None),
        frozenset(row.deleted for row in rows if row.deleted is not None),
    )


def stored_pairs(release: Release) -> OfQuarter[PairsOf]:
    """The pairs of an imported table."""
    columns = "column1, column2, effective, deleted, indicator"
    listed = "IN (SELECT value FROM json_each(?))"

    def of(first: Set[str], second: Set[str]) -> Iterable[PtpRow]:
        rows = release.select(
            columns, f"column1 {listed} AND column2 {listed}", [_texts(first), _texts(second)]
        )
        for one, two, begun, ended, indicator in rows:
            yield PtpRow(one, two, str(indicator), release.setting, _day(begun), _day(ended))

    return _stored(release, of)


def shipped_limits(rows: Sequence[MueRow], quarter: Quarter) -> OfQuarter[LimitOf]:
    """The shipped limits of one setting."""
    return OfQuarter(quarter, {row.code: row for row in rows}.get)


def stored_limits(release: Release) -> OfQuarter[LimitOf]:
    """The limits of an imported table."""

    def ask(code: str) -> MueRow | None:
        rows = release.select("units, indicator", "code = ?", [code])
        return MueRow(code, release.setting, rows[0][0], str(rows[0][1])) if rows else None

    return _stored(release, _Memory(ask))


def shipped_parents(rows: Sequence[AddonRow], quarter: Quarter) -> OfQuarter[ParentsOf]:
    """The shipped parents of add-on codes."""
    found: dict[str, tuple[AddonRow, ...]] = {}
    for row in rows:
        found[row.addon] = (*found.get(row.addon, ()), row)
    return OfQuarter(quarter, lambda code: found.get(code, ()))


def stored_parents(release: Release) -> OfQuarter[ParentsOf]:
    """The parents of an imported table."""

    def ask(code: str) -> tuple[AddonRow, ...]:
        return tuple(
            AddonRow(
                code,
                parent,
                str(kind or ""),
                setting,
                str(release.quarter),
                "confirmed",
                _day(begun),
                _day(ended),
            )
            for parent, setting, begun, ended, kind in release.select(
                "parent, setting, effective, deleted, type", "addon = ?", [code]
            )
        )

    return _stored(release, _Memory(ask))


def left_to_contractor(row: AddonRow) -> bool:
    """Whether the row stands for the codes that a contractor chooses, not for one code."""
    return row.primary == CONTRACTOR


def _stored(release: Release, of: _Of) -> OfQuarter[_Of]:
    begins, ends = release.days
    return OfQuarter(
        release.quarter,
        of,
        frozenset(day for each in begins if (day := _day(each))),
        frozenset(day for each in ends if (day := _day(each))),
        imported=True,
        partial=bool(release.missing),
    )


def _texts(codes: Set[str]) -> str:
    return json.dumps(sorted(codes))


@lru_cache(maxsize=4096)
def _day(number: int) -> date | None:
    return real_day(number)
