"""The payer edits, chosen by the day: NCCI pairs, medically unlikely units, add-on parents."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from infusion_asp.tables.quarters import (
    LimitOf,
    PairsOf,
    ParentsOf,
    Quarters,
    TableQuarter,
    left_to_contractor,
    shipped_limits,
    shipped_pairs,
    shipped_parents,
    stored_limits,
    stored_pairs,
    stored_parents,
)
from infusion_asp.tables.rows import AddonRow, MueRow, PtpRow
from infusion_asp.tables.store.quarter import Quarter
from infusion_asp.tables.store.release import Release

Row = Mapping[str, str]
_NONE: Quarters[PairsOf] = Quarters(())
_NO_LIMITS: Quarters[LimitOf] = Quarters(())


@dataclass(frozen=True)
class Edits:
    """The edits of every quarter that is loaded.

    The quarter of the day decides. On a day outside all of them the last one before it is used,
    else the first; `quarters` says so.
    """

    _pairs: Mapping[str, Quarters[PairsOf]]
    _limits: Mapping[str, Quarters[LimitOf]]
    _parents: Quarters[ParentsOf]

    def ptp(self, codes: Iterable[str], setting: str, day: date | None) -> tuple[PtpRow, ...]:
        """The pairs in force among the codes of one date, in the order of the codes."""
        wanted = frozenset(codes)
        return self.between(wanted, wanted, setting, day)

    def between(
        self, first: Set[str], second: Set[str], setting: str, day: date | None
    ) -> tuple[PtpRow, ...]:
        """The pairs in force of `first` codes in column 1 with `second` codes in column 2."""
        chosen = self._pairs.get(setting, _NONE).chosen(day)
        if chosen is None or not first or not second:
            return ()
        found = [row for row in chosen.of(first, second) if row.in_force(day)]
        return tuple(sorted(found, key=_codes_of))

    def same_as(self, day: date | None) -> date | None:
        """The first of the days on which every edit and every chosen quarter is as on `day`."""
        if day is None:
            return None
        at = bisect_right(self._days, day)
        return self._days[at - 1] if at else date.min

    @cached_property
    def _days(self) -> list[date]:
        return sorted(self.changes)

    @cached_property
    def changes(self) -> frozenset[date]:
        """The days on which an edit begins to hold, or holds no longer."""
        return frozenset().union(
            *(table.changes for table in self._pairs.values()),
            *(table.changes for table in self._limits.values()),
            self._parents.changes,
        )

    def mue(self, code: str, setting: str, day: date | None = None) -> MueRow | None:
        """The unit limit of a code in a setting; None where none is published."""
        chosen = self._limits.get(setting, _NO_LIMITS).chosen(day)
        return None if chosen is None else chosen.of(code)

    def parents(self, code: str, setting: str, day: date | None = None) -> tuple[AddonRow, ...]:
        """The codes that an add-on code may stand beside; empty for other codes.

        Empty too where the table leaves it to the contractor, with or without a list.
        """
        chosen = self._parents.chosen(day)
        rows = () if chosen is None else chosen.of(code)
        holding = [row for row in rows if row.setting in ("", setting) and row.in_force(day)]
        return () if any(map(left_to_contractor, holding)) else tuple(holding)

    def is_addon(self, code: str, day: date | None = None) -> bool:
        """Whether the add-on table lists the code."""
        chosen = self._parents.chosen(day)
        return chosen is not None and bool(chosen.of(code))

    def quarters(self, setting: str, day: date | None) -> tuple[TableQuarter, ...]:
        """The quarter of each table that is used for a day."""
        tables: dict[str, Quarters[PairsOf] | Quarters[LimitOf] | Quarters[ParentsOf]]
        tables = {
            "ptp": self._pairs.get(setting, _NONE),
            "mue": self._limits.get(setting, _NO_LIMITS),
            "aoc": self._parents,
        }
        found = []
        for name, table in tables.items():
            chosen = table.chosen(day)
            if chosen is not None:
                found.append(
                    TableQuarter(name, chosen.quarter, table.relation(day), chosen.partial)
                )
        return tuple(found)

    def adding(self, releases: Sequence[Release]) -> Edits:
        """The same with imported quarters, which take the place of shipped ones."""

        def of(kind: str, setting: str) -> list[Release]:
            return [each for each in releases if (each.kind, each.setting) == (kind, setting)]

        return replace(
            self,
            _pairs={
                setting: table.adding(map(stored_pairs, of("ptp", setting)))
                for setting, table in self._pairs.items()
            },
            _limits={
                setting: table.adding(map(stored_limits, of("mue", setting)))
                for setting, table in self._limits.items()
            },
            _parents=self._parents.adding(map(stored_parents, of("aoc", ""))),
        )


def read_edits(
    ptp: Sequence[Row], mue: Sequence[Row], addons: Sequence[Row], versions: Mapping[str, str]
) -> Edits:
    """Builds the edits from the shipped rows, of the quarters that `versions` names."""
    pairs = [
        PtpRow(
            row["column1"],
            row["column2"],
            row["modifier_indicator"],
            row["setting"],
            _day(row["effective_date"]),
            _day(row["deletion_date"]),
        )
        for row in ptp
    ]
    limits = [MueRow(r["code"], r["setting"], int(r["units"]), r["indicator"]) for r in mue]
    parents = [
        AddonRow(
            row["addon_code"],
            row["primary_code"],
            row["type"],
            row["setting"],
            row["quarter"],
            row["certainty"],
        )
        for row in addons
    ]
    quarter = {name: Quarter.read(versions[name]) or _unknown(name) for name in _SHIPPED}
    settings = sorted({row.setting for row in pairs} | {row.setting for row in limits})
    return Edits(
        {
            each: Quarters(
                (
                    shipped_pairs(
                        [row for row in pairs if row.setting == each], quarter["ptp_edits"]
                    ),
                )
            )
            for each in settings
        },
        {
            each: Quarters(
                (shipped_limits([row for row in limits if row.setting == each], quarter["mue"]),)
            )
            for each in settings
        },
        Quarters((shipped_parents(parents, quarter["addon_edits"]),)),
    )


_SHIPPED = ("ptp_edits", "mue", "addon_edits")


def _codes_of(row: PtpRow) -> tuple[str, str]:
    return row.column1, row.column2


def _unknown(name: str) -> Quarter:
    raise ValueError(f"versions.csv names no quarter of {name}")


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
