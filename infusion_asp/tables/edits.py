"""The payer edits: NCCI pairs, medically unlikely units and parents of add-on codes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from infusion_asp.tables.rows import AddonRow, MueRow, PtpRow

Row = Mapping[str, str]


@dataclass(frozen=True)
class Edits:
    """The edits of one quarter; dates outside it still use its rows (the result says which)."""

    _pairs: Mapping[str, Mapping[str, tuple[PtpRow, ...]]]
    _mue: Mapping[tuple[str, str], MueRow]
    _addons: Mapping[str, tuple[AddonRow, ...]]

    def ptp(self, codes: Iterable[str], setting: str, day: date | None) -> tuple[PtpRow, ...]:
        """The pairs in force among the codes of one date, in the order of the codes."""
        wanted = sorted(set(codes))
        return tuple(
            row
            for column1 in wanted
            for column2 in wanted
            for row in self._pairs.get(column1, {}).get(column2, ())
            if row.setting == setting and row.in_force(day)
        )

    @cached_property
    def changes(self) -> frozenset[date]:
        """The days on which a pair begins to hold, or holds no longer."""
        rows = [row for others in self._pairs.values() for each in others.values() for row in each]
        begun = {row.effective for row in rows if row.effective is not None}
        ended = {row.deleted + timedelta(days=1) for row in rows if row.deleted is not None}
        return frozenset(begun | ended)

    def mue(self, code: str, setting: str, day: date | None = None) -> MueRow | None:
        """The unit limit of a code in a setting; None where none is published."""
        return self._mue.get((code, setting))

    def parents(self, code: str, setting: str) -> tuple[AddonRow, ...]:
        """The codes that an add-on code may stand beside; empty for other codes."""
        return tuple(row for row in self._addons.get(code, ()) if row.setting in ("", setting))

    def is_addon(self, code: str) -> bool:
        """Whether the add-on table lists the code."""
        return code in self._addons


def read_edits(ptp: Sequence[Row], mue: Sequence[Row], addons: Sequence[Row]) -> Edits:
    """Builds the edits from the rows of their tables."""
    pairs: dict[str, dict[str, list[PtpRow]]] = {}
    for row in ptp:
        pair = PtpRow(
            row["column1"],
            row["column2"],
            row["modifier_indicator"],
            row["setting"],
            _day(row["effective_date"]),
            _day(row["deletion_date"]),
        )
        pairs.setdefault(pair.column1, {}).setdefault(pair.column2, []).append(pair)
    parents: dict[str, list[AddonRow]] = {}
    for row in addons:
        parents.setdefault(row["addon_code"], []).append(
            AddonRow(
                row["addon_code"],
                row["primary_code"],
                row["type"],
                row["setting"],
                row["quarter"],
                row["certainty"],
            )
        )
    limits = [MueRow(r["code"], r["setting"], int(r["units"]), r["indicator"]) for r in mue]
    return Edits(
        {one: {two: tuple(rows) for two, rows in other.items()} for one, other in pairs.items()},
        {(limit.code, limit.setting): limit for limit in limits},
        {code: tuple(rows) for code, rows in parents.items()},
    )


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
