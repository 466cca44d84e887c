"""Owns the medication record of MIMIC-IV: `emar` with `emar_detail` to encounters by day.

Stress data, not billable encounters. An event takes its route from the kind of administration,
else from its details or its order; the doses of the packages scanned for it add up.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infusion_asp.ingest.common import Dropped, Item, Kind, Tally
from infusion_asp.ingest.mar.mapping import load_mapping
from infusion_asp.ingest.mar.read import Explain, stitched
from infusion_asp.ingest.mar.rows import Charted, Rows
from infusion_asp.ingest.mar.spool import Spool
from infusion_asp.ingest.mar.table import Table, open_table
from infusion_asp.ingest.mar.words import folded
from infusion_asp.model.errors import InputError

_COLUMNS = (
    "hadm_id",
    "charttime",
    "event_txt",
    "poe_id",
    "medication",
    "route",
    "infusion_rate",
    "infusion_rate_unit",
    "dose_given",
    "dose_given_unit",
    "volume_ml",
)
_NEW_BAG, _CONFIRMED = "New Bag", ("confirmed", "infusion reconciliation")
_KEPT = (
    "administration_type",
    "route",
    "infusion_rate",
    "infusion_rate_unit",
    "new_iv_bag_hung",
    "dose_given",
    "dose_given_unit",
    "product_amount_given",
    "product_unit",
    "product_description",
    "product_description_other",
)


def read(
    directory: Path, tally: Tally, explain: Explain | None = None, *, details: bool = True
) -> Iterator[Item]:
    """The encounters of the tables below `directory` and the rows of `emar` that are in none.

    Needs `emar`; `emar_detail` and `pharmacy` are used where they are. Tables are .csv or
    .csv.gz, in the directory or in its folder `hosp`. A patient without a stay in hospital is
    one encounter a day. Raises InputError for a table that is missing or cannot be read.
    """
    mapping = load_mapping("mimic-emar", None)
    path = _path(directory, "emar")
    if path is None:
        message = "there is no emar.csv or emar.csv.gz in the directory"
        help = "give the directory that holds the folder hosp of MIMIC-IV"
        raise InputError("emar", message, help, kind="missing_table")
    spool, known = Spool(), _Details(mapping.routes)
    try:
        if details:
            known.load(directory)
        table = open_table(path)
        rows = Rows(mapping, 0, table.name, _COLUMNS)
        for line, cells in table.rows:
            tally.see()
            if cells is None:
                yield Dropped("unreadable_row", f"{table.name}:{line}")
                continue
            found = rows.event(line, known.merged(dict(zip(table.columns, cells, strict=True))))
            if isinstance(found, Charted):
                spool.add(found)
            else:
                yield Dropped(found.reason, f"{table.name}:{line}", fault=found.fault)
        yield from stitched(mapping, spool, [table.name], explain)
    finally:
        spool.close()
        known.close()


def kind_with(explain: Explain | None = None) -> Kind:
    """The kind of source for the commands; its only input is the directory."""

    def read_all(
        inputs: Sequence[Path], options: Mapping[str, str], tally: Tally
    ) -> Iterator[Item]:
        for directory in inputs:
            yield from read(directory, tally, explain)

    return Kind("mimic-emar", "rows", read_all)


@dataclass
class _Details:
    """The details of every event and the route of every order, on disk."""

    routes: Mapping[str, str]

    def __post_init__(self) -> None:
        self._typed = {folded(word) for word in self.routes}
        self._base = sqlite3.connect("", isolation_level=None)
        self._base.execute("PRAGMA journal_mode=OFF")
        self._base.execute("CREATE TABLE detail (event TEXT, cells TEXT)")
        self._base.execute("CREATE TABLE pharmacy (id TEXT PRIMARY KEY, route TEXT)")

    def close(self) -> None:
        self._base.close()

    def load(self, directory: Path) -> None:
        """Keep the tables that are there."""
        self._base.execute("BEGIN")
        for row in _rows(directory, "emar_detail"):
            cells = {name: row[name] for name in _KEPT if row.get(name)}
            if cells:
                self._base.execute(
                    "INSERT INTO detail VALUES (?, ?)", (row.get("emar_id"), json.dumps(cells))
                )
        for row in _rows(directory, "pharmacy"):
            if row.get("route"):
                self._base.execute(
                    "INSERT OR IGNORE INTO pharmacy VALUES (?, ?)",
                    (row.get("pharmacy_id"), row["route"]),
                )
        self._base.execute("COMMIT")
        self._base.execute("CREATE INDEX by_event ON detail (event)")

    def merged(self, row: dict[str, Any]) -> list[Any]:
        """The cells of an event and its details, in the order of `_COLUMNS`."""
        found = [
            json.loads(cells)
            for (cells,) in self._base.execute(
                "SELECT cells FROM detail WHERE event = ?", (row.get("emar_id"),)
            )
        ]
        own = {name: row.get(name) for name in _COLUMNS}
        for name in ("infusion_rate", "infusion_rate_unit"):
            own[name] = _first(found, name)
        own["hadm_id"] = row.get("hadm_id") or f"subject-{row.get('subject_id', '')}"
        for name in ("product_description", "product_description_other"):
            own["medication"] = own["medication"] or _first(found, name)
        own["route"] = self._route(row, found)
        own["dose_given"], own["dose_given_unit"] = _sum(found, "dose_given", "dose_given_unit")
        volume, unit = _sum(found, "product_amount_given", "product_unit")
        own["volume_ml"] = volume if unit.lower() == "ml" else None
        event = folded(str(row.get("event_txt") or ""))
        if event in _CONFIRMED and _first(found, "new_iv_bag_hung") == "Y":
            own["event_txt"] = _NEW_BAG
        return [own[name] for name in _COLUMNS]

    def _route(self, row: dict[str, Any], found: Sequence[dict[str, str]]) -> str:
        kind = _first(found, "administration_type")
        if folded(kind) in self._typed:
            return kind
        charted = _first(found, "route")
        if charted:
            return charted
        order = self._base.execute(
            "SELECT route FROM pharmacy WHERE id = ?", (row.get("pharmacy_id"),)
        ).fetchone()
        return str(order[0]) if order else ""


def _first(found: Sequence[dict[str, str]], name: str) -> str:
    return next((each[name] for each in found if each.get(name)), "")


def _sum(found: Sequence[dict[str, str]], name: str, unit: str) -> tuple[str, str]:
    """The sum of an amount over the packages of an event; empty where units differ."""
    given = [(each[name], each.get(unit, "")) for each in found if each.get(name)]
    units = {each for _, each in given}
    if len(units) != 1:
        return "", ""
    try:
        total = sum(float(amount) for amount, _ in given)
    except ValueError:
        return (given[0][0], units.pop()) if len(given) == 1 else ("", "")
    return f"{total:.6f}".rstrip("0").rstrip("."), units.pop()


def _rows(directory: Path, name: str) -> Iterator[dict[str, Any]]:
    path = _path(directory, name)
    if path is None:
        return
    table: Table = open_table(path)
    for _, cells in table.rows:
        if cells is not None:
            yield dict(zip(table.columns, cells, strict=True))


def _path(directory: Path, table: str) -> Path | None:
    names = [f"{folder}{table}.csv{end}" for folder in ("hosp/", "") for end in (".gz", "")]
    return next((directory / name for name in names if (directory / name).is_file()), None)


KIND = kind_with()
