"""Owns the rows that results and errors give to the tables of a part."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pyarrow as pa

from infusion_asp.batch.counts import Counts
from infusion_asp.batch.outcome import Key, Outcome
from infusion_asp.batch.parts import Raw
from infusion_asp.batch.schema import SCHEMAS
from infusion_asp.model import Encounter, Line, Result, Timeline, Verification

_CENT = Decimal("0.01")
_BETWEEN = "; "
DERIVED, BILLED, MISSED = "derived", "billed", "missed"


def _columns() -> dict[str, dict[str, list[Any]]]:
    return {name: {column: [] for column in schema.names} for name, schema in SCHEMAS.items()}


@dataclass
class Rows:
    """The tables of a part while they are filled, and its counts."""

    counts: Counts = field(default_factory=Counts)
    _tables: dict[str, dict[str, list[Any]]] = field(default_factory=_columns)

    def outcome(self, hits: int = 0, keys: tuple[Key, ...] = ()) -> Outcome:
        """All that was added."""
        tables = {
            name: pa.Table.from_pydict(self._tables[name], schema)
            for name, schema in SCHEMAS.items()
        }
        return Outcome.of(tables, self.counts, hits, keys)

    def error(
        self, record: int, raw: Raw, kind: str, message: str, path: str = "$", line: int = 0
    ) -> None:
        """A record without a result; `message` holds no values."""
        self._add("errors", record, raw.file, line or raw.line, path, kind, message)
        self.counts.records += 1
        self.counts.errors[kind] += 1

    def coded(
        self, record: int, raw: Raw, encounter: Encounter, result: Result, text: str | None
    ) -> None:
        """A coded encounter; `text` is its JSON."""
        for at, found in enumerate(result.findings, 1):
            self._finding(record, result.encounter_id, at, found, found.sentence)
        self._record(record, raw, encounter, result, result.lines, text)

    def verified(
        self,
        record: int,
        raw: Raw,
        encounter: Encounter,
        result: Verification,
        words: Result | None,
        text: str | None,
    ) -> None:
        """A verified claim; `words` is its record coded with reasons, where they are wanted."""
        id = result.encounter_id
        for line in result.billed:
            self._add(
                "lines",
                *(record, id, line.index, BILLED, line.section, line.code, line.units),
                *(line.modifiers, line.date, line.administrations, None, line.status),
                *(line.supported_units, line.rules, None, _money(line.amount)),
            )
        for at, missed in enumerate(result.missed, 1):
            self._add(
                "lines",
                *(record, id, at, MISSED, missed.section, missed.code, missed.units),
                *(missed.modifiers, missed.date, missed.administrations, None, None, None),
                *((missed.rule,), missed.sentence, _money(missed.amount)),
            )
        for at, found in enumerate(result.findings, 1):
            self._finding(record, id, at, found, found.message, found.code, found.amount)
        self.counts.verdicts[result.verdict] += 1
        self.counts.over += result.over
        self.counts.under += result.under
        lines = words.lines if words is not None else result.supported
        self._record(record, raw, encounter, result, lines, text, words)

    def _record(
        self,
        record: int,
        raw: Raw,
        encounter: Encounter,
        result: Result | Verification,
        lines: Sequence[Line],
        text: str | None,
        words: Result | None = None,
    ) -> None:
        claim = result if isinstance(result, Verification) else None
        coded = result if isinstance(result, Result) else words
        id = result.encounter_id
        for at, line in enumerate(lines, 1):
            self._add(
                "lines",
                *(record, id, at, DERIVED, line.section, line.code, line.units, line.modifiers),
                *(line.date, line.administrations, _minutes(line), None, None, line.rules),
                *(_BETWEEN.join(line.sentences) or None, None),
            )
            self.counts.lines[line.code] += 1
            self.counts.units[line.code] += line.units
        for each in coded.not_reported if coded is not None else ():
            self._add("not_reported", record, id, each.administration, each.rule, each.sentence)
        self._evidence(record, id, result.timeline, lines)
        self._add(
            "encounters",
            *(record, id, raw.file, raw.line, result.profile, result.setting, raw.department),
            *(len(encounter.administrations), claim.verdict if claim else None, len(lines)),
            *(len(result.findings), _money(claim.over if claim else None)),
            _money(claim.under if claim else None),
            text,
        )
        self.counts.records += 1
        self.counts.encounters += 1

    def _finding(
        self,
        record: int,
        id: str,
        number: int,
        found: Any,
        sentence: str,
        code: str | None = None,
        amount: Decimal | None = None,
    ) -> None:
        self._add(
            "findings",
            *(record, id, number, found.rule, found.level, found.risk, found.administrations),
            *(code, sentence, found.help or None, _money(amount)),
        )
        self.counts.findings[found.rule] += 1
        self.counts.levels[found.level] += 1

    def _evidence(
        self, record: int, id: str, timeline: Timeline | None, lines: Iterable[Line]
    ) -> None:
        units: dict[str, int] = {}
        minutes: dict[str, int] = {}
        for line in lines:
            for unit in line.units_by:
                name = unit.administration
                units[name] = units.get(name, 0) + 1
                if unit.minutes is not None:
                    minutes[name] = minutes.get(name, 0) + unit.minutes
        for row in timeline.rows if timeline else ():
            for bar in row.bars:
                if bar.stop > bar.start:
                    name = bar.administration
                    self._add(
                        "evidence",
                        *(record, id, name, bar.kind, bar.code, units.get(name, 0)),
                        *(minutes.get(name), bar.stop - bar.start),
                    )

    def _add(self, table: str, *cells: Any) -> None:
        for column, cell in zip(self._tables[table].values(), cells, strict=True):
            column.append(cell)


def _minutes(line: Line) -> int | None:
    timed = [unit.minutes for unit in line.units_by if unit.minutes is not None]
    return sum(timed) if timed else None


def _money(amount: Decimal | None) -> Decimal | None:
    return None if amount is None else amount.quantize(_CENT)
