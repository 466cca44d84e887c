"""Owns the rows of the table of lines: units with what earned them, amount, reasons, change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from infusion_asp.model import Line
from infusion_asp.render.claim_view import money
from infusion_asp.verify.money import Money
from infusion_asp.web.encounter.difference import Difference, LineChange
from infusion_asp.web.encounter.shown import Shown, ShownLine

SECTIONS = {"administration": "", "neighbour": "beside the administration", "drug": "drugs"}
GONE = LineChange("gone", "gone")


@dataclass(frozen=True)
class Unit:
    """One unit of a line and what earned it; `number` counts from 1 within the line."""

    number: int
    administration: str
    minutes: int | None


@dataclass(frozen=True)
class LineRow:
    """One line as the table shows it; `id` is empty for a line that is gone or not judged."""

    id: str
    section: str
    code: str
    modifiers: tuple[str, ...]
    units: int
    date: str
    label: str
    amount: str
    note: str
    change: LineChange
    earned: tuple[Unit, ...] = ()
    administrations: tuple[str, ...] = ()
    sentences: tuple[str, ...] = ()
    because: tuple[Mapping[str, Any], ...] = ()

    @property
    def order(self) -> int:
        """The place of the line's section."""
        return list(SECTIONS).index(self.section) if self.section in SECTIONS else len(SECTIONS)

    @property
    def heading(self) -> str:
        """What stands above the lines of the section."""
        return SECTIONS.get(self.section, "")

    @property
    def reason(self) -> Mapping[str, Any]:
        """What the reasons are folded under: the first of them, or a sentence without a rule."""
        if self.because:
            return self.because[0]
        sentence = self.sentences[0] if self.sentences else "amount"
        return {"sentence": sentence, "rule": "", "citations": (), "children": ()}

    @property
    def further(self) -> tuple[Mapping[str, Any], ...]:
        """The reasons below the first one, then the others."""
        return (*self.reason["children"], *self.because[1:])


def line_rows(
    lines: Sequence[Line],
    data: Sequence[Mapping[str, Any]],
    shown: Shown,
    found: Difference,
    money_of: Money | None,
) -> tuple[LineRow, ...]:
    """The rows of an answer, lines that are gone at the end of their section.

    `data` are the same lines as render/view.py shows them, in the same order.
    """
    rows = [
        _row(f"L{at}", line, each, said, found.of(said), money_of)
        for at, (line, each, said) in enumerate(zip(lines, data, shown.lines, strict=True), 1)
    ]
    rows += plain_rows(found.gone, GONE)
    return tuple(sorted(rows, key=lambda row: row.order))


def plain_rows(lines: Sequence[ShownLine], change: LineChange) -> Iterator[LineRow]:
    """Rows of lines of a state before, without reasons."""
    for line in lines:
        yield LineRow(
            "",
            line.section,
            line.code,
            line.modifiers,
            line.units,
            line.date,
            line.label,
            money(line.amount),
            "",
            change,
        )


def _row(
    name: str,
    line: Line,
    data: Mapping[str, Any],
    shown: ShownLine,
    change: LineChange,
    money_of: Money | None,
) -> LineRow:
    earned = tuple(
        Unit(number, unit.administration, unit.minutes)
        for number, unit in enumerate(line.units_by, 1)
    )
    note = "" if money_of is None else money_of.price(line.code, line.units).note
    return LineRow(
        name,
        line.section,
        line.code,
        line.modifiers,
        line.units,
        shown.date,
        line.label,
        money(shown.amount),
        note.removeprefix(f"{line.code}: ").removeprefix(f"{line.code} "),
        change,
        earned,
        line.administrations,
        tuple(data["own_sentences"]),
        tuple(data["because"]),
    )
