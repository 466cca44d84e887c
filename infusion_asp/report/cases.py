"""Owns which findings are shown with their encounters, and what is shown of them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from infusion_asp.coding.draw import timeline
from infusion_asp.engine.answer import Answer, Atoms
from infusion_asp.facts import Clock
from infusion_asp.model import InputError, Line, UnitBy, parse_encounter
from infusion_asp.render.timeline import draw_plan
from infusion_asp.render.view import LEVELS, cleaned
from infusion_asp.report.reading import Tables

OF_A_RULE = 3  # findings of one rule that are shown
_LINES = ("number", "source", "section", "code", "units", "modifiers", "administrations", "minutes")
_FINDINGS = ("number", "rule_id", "level", "risk", "code", "sentence", "help", "amount_usd")
_ENCOUNTERS = (
    "record",
    "encounter_id",
    "file",
    "line",
    "profile",
    "setting",
    "department",
    "verdict",
    "over_usd",
    "under_usd",
    "encounter",
)

Place = tuple[int, int, int, int]
"""What findings are ranked by: money (most first), level (gravest first), record, number."""


@dataclass
class Ranking:
    """The first findings of each rule, at most `OF_A_RULE` of them, each of another record."""

    best: dict[str, list[Place]] = field(default_factory=dict)

    def add(self, found: pa.Table) -> None:
        """Rank the rows of `found`: record, number, rule_id, level, cents."""
        for rule in pc.unique(found["rule_id"]).to_pylist():
            ours = found.filter(pc.equal(found["rule_id"], rule))
            money = pc.negate(pc.abs(pc.fill_null(ours["cents"], 0)))
            ours = ours.append_column("money", money)
            order = [("money", "ascending"), ("record", "ascending"), ("number", "ascending")]
            first = ours.take(pc.sort_indices(ours, order)[: 20 * OF_A_RULE])
            self._rank(rule, first.to_pylist())

    def _rank(self, rule: str, rows: Iterable[Mapping[str, Any]]) -> None:
        places = [
            (row["money"], LEVELS.index(row["level"]), row["record"], row["number"]) for row in rows
        ]
        kept: dict[int, Place] = {}
        for place in sorted([*self.best.get(rule, ()), *places]):
            kept.setdefault(place[2], place)
        self.best[rule] = sorted(kept.values())[:OF_A_RULE]

    def records(self, most: int) -> list[int]:
        """The records of the first findings of all rules, at most `most`, in their order.

        Where money and level are equal, another rule comes before another record of the same.
        """
        placed = [
            (place[0], place[1], turn, place[2], rule)
            for rule, places in self.best.items()
            for turn, place in enumerate(places)
        ]
        return list(dict.fromkeys(record for *_, record, _ in sorted(placed)))[:most]


def cases(tables: Tables, records: Sequence[int]) -> list[dict[str, Any]]:
    """What the page shows of each of these records, in their order."""
    wanted = pa.array(sorted(records), pa.int64())
    rows = {row["record"]: row for row in _of(tables, "encounters", _ENCOUNTERS, wanted)}
    for row in rows.values():
        row["lines"], row["findings"] = [], []
    for table, columns in (("lines", _LINES), ("findings", _FINDINGS)):
        for each in _of(tables, table, ("record", *columns), wanted):
            rows[each["record"]][table].append(each)
    return [_case(rows[record]) for record in records]


def _of(
    tables: Tables, table: str, columns: Sequence[str], wanted: pa.Array
) -> Iterator[dict[str, Any]]:
    if not len(wanted):
        return
    last = wanted[-1].as_py()
    for found in tables.rows(table, columns):
        yield from found.filter(pc.is_in(found["record"], value_set=wanted)).to_pylist()
        if found["record"][found.num_rows - 1].as_py() > last:
            return


def _case(row: dict[str, Any]) -> dict[str, Any]:
    """A record with its timeline; without one where the encounter was not kept or has no times."""
    drawn = _drawn(row.pop("encounter"), row["lines"])
    row["findings"].sort(key=lambda each: (LEVELS.index(each["level"]), each["number"]))
    shown: dict[str, Any] = cleaned(row)
    shown["timeline"] = drawn
    shown["by_source"] = {
        source: [each for each in shown["lines"] if each["source"] == source]
        for source in ("billed", "derived", "missed")
    }
    return shown


def _drawn(text: str | None, lines: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    if not text:
        return None
    try:
        encounter = parse_encounter(json.loads(text))
    except (ValueError, InputError):
        return None
    known = {each.id for each in encounter.administrations}
    made = [_line(each, known) for each in lines if each["source"] in (None, "derived")]
    drawn = timeline(encounter, Clock.of(encounter), Answer(Atoms(())), made)
    return None if drawn is None else draw_plan(cleaned(drawn.model_dump(mode="json")))


def _line(row: Mapping[str, Any], known: set[str]) -> Line:
    members = tuple(each for each in row["administrations"] or () if each in known)
    return Line(
        section=row["section"] or "drug",
        code=row["code"],
        label="",
        units=row["units"],
        administrations=members,
        units_by=tuple(UnitBy(administration=each) for each in members),
    )
