"""Owns the sums of a batch: one pass over its tables, whose memory does not grow with them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from infusion_asp.report.cases import Ranking
from infusion_asp.report.reading import Stream, Tables, cents

DEPARTMENTS = 500  # names that are kept apart; those that come later are one
OTHERS = "all others"
NOT_GIVEN = "not given"
PLACES = 3  # records named for each kind of error
_FINDINGS = ("number", "rule_id", "level", "risk", "code", "amount_usd")


@dataclass
class Sums:
    """What one row of a table of the page has come to; money in cents."""

    rows: int = 0
    records: int = 0
    units: int = 0
    over: int = 0
    under: int = 0


Key = tuple[Any, ...]


@dataclass
class Tally:
    """The sums of a batch: each a mapping from what is counted to its sums."""

    encounters: int = 0
    administrations: int = 0
    lines: int = 0
    findings: int = 0
    errors: int = 0
    over: int = 0
    under: int = 0
    priced: bool = False  # whether any amount is known
    orphans: int = 0  # rows whose record is not among the encounters
    verdicts: Counter[str] = field(default_factory=Counter)
    levels: Counter[str] = field(default_factory=Counter)
    rules: dict[Key, Sums] = field(default_factory=dict)  # rule id, level, risk
    codes: dict[Key, Sums] = field(default_factory=dict)  # source, code
    found: dict[Key, Sums] = field(default_factory=dict)  # code of findings
    departments: dict[Key, Sums] = field(default_factory=dict)
    differing: Counter[str] = field(default_factory=Counter)  # claims that differ by department
    unreported: dict[Key, Sums] = field(default_factory=dict)  # rule id
    minutes: Counter[tuple[str, int]] = field(default_factory=Counter)  # kind, minutes
    where: dict[str, Counter[tuple[str, int]]] = field(default_factory=dict)  # by department
    kinds: dict[Key, Sums] = field(default_factory=dict)  # kind of error
    places: dict[str, list[dict[str, Any]]] = field(default_factory=dict)  # of errors by kind
    ranking: Ranking = field(default_factory=Ranking)

    def department(self, name: str | None) -> str:
        """The name under which a department is counted."""
        shown = name or NOT_GIVEN
        return shown if (shown,) in self.departments else OTHERS


def tally(tables: Tables, near: Iterable[int]) -> Tally:
    """The sums of all tables; minutes by department only for those in `near` (any others, all).

    Raises BatchDirectoryError where a table can't be read.
    """
    made, close = Tally(), frozenset(near)
    streams = {
        "findings": Stream(tables, "findings", _FINDINGS),
        "lines": Stream(tables, "lines", ("source", "code", "units", "amount_usd")),
        "not_reported": Stream(tables, "not_reported", ("rule_id",)),
        "evidence": Stream(tables, "evidence", ("kind", "charted_minutes")),
    }
    wanted = ("record", "department", "verdict", "administrations", "over_usd", "under_usd")
    for window in tables.rows("encounters", wanted):
        _encounters(made, window)
        last = window["record"][window.num_rows - 1].as_py()
        taken = {name: stream.until(last) for name, stream in streams.items()}
        placed = {name: _placed(made, rows, window) for name, rows in taken.items() if rows}
        if "findings" in placed:
            _findings(made, placed["findings"])
        if "lines" in placed:
            _lines(made, placed["lines"])
        if "not_reported" in placed:
            for rule, sums in _grouped(placed["not_reported"], ("rule_id",)):
                _into(made.unreported, rule, sums)
        if "evidence" in placed:
            _minutes(made, placed["evidence"], close)
    made.orphans += sum(each.rest() for each in streams.values())
    for found in tables.rows("errors", ("record", "file", "line", "path", "kind")):
        _errors(made, found)
    return made


def _encounters(made: Tally, window: pa.Table) -> None:
    table = window.append_column("over", cents(window["over_usd"]))
    table = table.append_column("under", cents(window["under_usd"]))
    table = table.append_column("differs", pc.cast(pc.equal(window["verdict"], "differs"), "int8"))
    made.encounters += table.num_rows
    made.administrations += pc.sum(table["administrations"]).as_py() or 0
    made.priced = made.priced or table["over"].null_count < table.num_rows
    for each in pc.value_counts(table["verdict"]).to_pylist():
        if each["values"] is not None:
            made.verdicts[each["values"]] += each["counts"]
    sums = [("record", "count"), ("over", "sum"), ("under", "sum"), ("differs", "sum")]
    for each in table.group_by("department", use_threads=False).aggregate(sums).to_pylist():
        name = each["department"] or NOT_GIVEN
        if (name,) not in made.departments and len(made.departments) >= DEPARTMENTS:
            name = OTHERS
        here = made.departments.setdefault((name,), Sums())
        here.records += each["record_count"]
        here.over += each["over_sum"] or 0
        here.under += each["under_sum"] or 0
        made.over += each["over_sum"] or 0
        made.under += each["under_sum"] or 0
        made.differing[name] += each["differs_sum"] or 0


def _findings(made: Tally, found: pa.Table) -> None:
    made.findings += found.num_rows
    amounts = cents(found["amount_usd"])
    sides = {side: pc.equal(found["risk"], side) for side in ("over", "under")}
    table = found.append_column("cents", amounts)
    for side, ours in sides.items():
        table = table.append_column(side, pc.if_else(ours, amounts, 0))
    for key, sums in _grouped(table, ("rule_id", "level", "risk")):
        _into(made.rules, key, sums)
        made.levels[key[1]] += sums.rows
    for (code,), sums in _grouped(table, ("code",)):
        if code is not None:
            _into(made.found, (code,), sums)
    for (name,), sums in _grouped(table, ("department",)):
        made.departments[(made.department(name),)].rows += sums.rows
    made.ranking.add(table)


def _lines(made: Tally, found: pa.Table) -> None:
    """A line billed has what it is paid too much, negative what too little; a missed one lacks."""
    amounts = pc.fill_null(cents(found["amount_usd"]), 0)
    missed = pc.equal(found["source"], "missed")
    change = pc.if_else(missed, pc.negate(amounts), amounts)
    table = found.append_column("over", pc.max_element_wise(change, 0))
    table = table.append_column("under", pc.max_element_wise(pc.negate(change), 0))
    for key, sums in _grouped(table, ("source", "code")):
        _into(made.codes, key, sums)
        made.lines += sums.rows if key[0] == "derived" else 0


def _minutes(made: Tally, found: pa.Table, close: frozenset[int]) -> None:
    for (kind, minutes, name), sums in _grouped(found, ("kind", "charted_minutes", "department")):
        if kind is None or minutes is None:
            continue
        made.minutes[kind, minutes] += sums.rows
        if minutes in close:
            here = made.where.setdefault(made.department(name), Counter())
            here[kind, minutes] += sums.rows


def _errors(made: Tally, found: pa.Table) -> None:
    made.errors += found.num_rows
    for (kind,), sums in _grouped(found, ("kind",)):
        _into(made.kinds, (kind or "unknown",), sums)
        known = made.places.setdefault(kind or "unknown", [])
        if len(known) < PLACES:
            ours = found.filter(pc.equal(found["kind"], kind)).slice(0, PLACES - len(known))
            known.extend(ours.to_pylist())


def _placed(made: Tally, found: pa.Table, window: pa.Table) -> pa.Table:
    """The rows with the department of their record; rows of no record of the window go."""
    at = pc.index_in(found["record"], value_set=window["record"].combine_chunks())
    known = pc.is_valid(at)
    if at.null_count:
        made.orphans += at.null_count
        found, at = found.filter(known), at.filter(known)
    return found.append_column("department", window["department"].take(at))


def _grouped(table: pa.Table, keys: Sequence[str]) -> Iterator[tuple[Key, Sums]]:
    """The sums for each key; units and money where the table has such columns."""
    wanted: list[tuple[str, str]] = [("record", "count"), ("record", "count_distinct")]
    wanted += [(name, "sum") for name in ("units", "over", "under") if name in table.column_names]
    for row in table.group_by(list(keys), use_threads=False).aggregate(wanted).to_pylist():
        yield (
            tuple(row[key] for key in keys),
            Sums(
                rows=row["record_count"],
                records=row["record_count_distinct"],
                units=row.get("units_sum") or 0,
                over=row.get("over_sum") or 0,
                under=row.get("under_sum") or 0,
            ),
        )


def _into(many: dict[Key, Sums], key: Key, more: Sums) -> None:
    here = many.setdefault(key, Sums())
    for name in ("rows", "records", "units", "over", "under"):
        setattr(here, name, getattr(here, name) + getattr(more, name))
