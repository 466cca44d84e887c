"""Owns one page of a list of encounters: its rows with what they came to, and its counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from infusion_asp.render.view import LEVELS
from infusion_asp.report.limits import Population
from infusion_asp.web.batches.filters import SIZE, Asked, Filter, Place
from infusion_asp.web.batches.questions import Question, counting, question
from infusion_asp.web.batches.store import Store

_OWN = (
    "record, encounter_id, department, verdict, setting, administrations, findings,"
    " over_usd, under_usd"
)
_LINES = "SELECT record, code, sum(units) AS units FROM lines WHERE source = 'derived'"
_FINDINGS = "SELECT record, rule_id, level, risk FROM findings WHERE true"
_PAST = (
    "SELECT record, administration, charted_minutes AS minutes FROM evidence"
    " WHERE list_contains($kinds, kind) AND charted_minutes BETWEEN $first AND $last"
)
_THESE = " AND record BETWEEN $least AND $most AND list_contains($records, record)"


@dataclass(frozen=True)
class Units:
    """A code with all units that a record supports of it."""

    code: str
    units: int


@dataclass(frozen=True)
class Found:
    """A finding of a row."""

    rule: str
    level: str
    risk: str


@dataclass(frozen=True)
class Past:
    """An administration that ran `minutes`, `more` than a limit."""

    administration: str
    minutes: int
    more: int


@dataclass(frozen=True)
class Row:
    """One encounter of the list."""

    record: int
    encounter_id: str
    department: str | None
    verdict: str | None
    setting: str | None
    administrations: int
    over_usd: Decimal | None
    under_usd: Decimal | None
    lines: tuple[Units, ...] = ()
    findings: tuple[Found, ...] = ()
    past: tuple[Past, ...] = ()


@dataclass(frozen=True)
class Counted:
    """How many encounters a filter leaves, and their money."""

    rows: int = 0
    over_usd: Decimal = Decimal(0)
    under_usd: Decimal = Decimal(0)


@dataclass(frozen=True)
class Listed:
    """One page: its rows, how many stand before them, how many there are in all.

    The places lead to other pages; None where there is none.
    """

    rows: tuple[Row, ...]
    before: int
    counted: Counted
    first: Place | None = None
    previous: Place | None = None
    next: Place | None = None
    last: Place | None = None
    shown: range = field(default=range(0))


def listed(store: Store, asked: Asked, held: Sequence[Population], size: int = SIZE) -> Listed:
    """A page of the list; at most `size` rows are read. Raises FilterError, NoBatchError."""
    counted = count(store, asked.filter, held)
    made = question(asked, held)
    records, start = window(store, made, asked.place, counted.rows, size)
    rows = _rows(store, records, made)
    return Listed(rows, start, counted, **places(records, start, counted.rows, size))


def count(store: Store, filter: Filter, held: Sequence[Population]) -> Counted:
    """What a filter leaves; kept for the next page unless it holds a part of an id."""

    def make() -> Counted:
        made = counting(filter, held)
        what = "count(*) AS n, sum(e.over_usd) AS over_usd, sum(e.under_usd) AS under_usd"
        found = store.one(made.text(what), made.values) or {"n": 0}
        nothing = Decimal(0)
        return Counted(
            found["n"], found.get("over_usd") or nothing, found.get("under_usd") or nothing
        )

    return make() if filter.id else store.kept(("count", filter), make)


def window(
    store: Store, made: Question, place: Place, total: int, size: int = SIZE
) -> tuple[list[int], int]:
    """The records of a page in their order, and how many stand before them."""
    back = place.last or place.before is not None
    at = place.before if place.before is not None else place.after
    beyond: tuple[str, ...] = ()
    values = dict(made.values)
    if at is not None and not place.last:
        values["at"] = at
        known = store.one(
            f"SELECT {made.key} AS key FROM encounters e {made.join} WHERE e.record = $at", values
        )
        if known is None:
            back = False
        else:
            values["key"] = known["key"]
            beyond = (made.beyond(known["key"], back=back),)
    values["size"] = (total % size or size) if place.last else size
    text = made.text("e.record", *beyond, end=f"{made.order(back=back)} LIMIT $size")
    records = [each["record"] for each in store.rows(text, values)]
    if back:
        records.reverse()
    if place.last:
        return records, max(0, total - len(records))
    if not beyond:
        return records, 0
    if back and len(records) < size:  # the begin was reached: a whole page is shown
        return window(store, made, Place(), total, size)
    return records, min(place.row, max(0, total - len(records)))


def places(records: Sequence[int], start: int, total: int, size: int = SIZE) -> dict[str, Any]:
    """The places of the neighbouring pages, and the numbers of the rows shown, from 1."""
    shown = range(start + 1, start + 1 + len(records))
    found: dict[str, Any] = {"shown": shown}
    if not records:
        return found
    if start > 0:
        found["first"] = Place()
        found["previous"] = Place(before=records[0], row=max(0, start - size))
    if start + len(records) < total:
        found["next"] = Place(after=records[-1], row=start + len(records))
        found["last"] = Place(last=True, row=max(0, total - (total % size or size)))
    return found


def _rows(store: Store, records: Sequence[int], made: Question) -> tuple[Row, ...]:
    if not records:
        return ()
    values = {
        **made.values,
        "records": list(records),
        "least": min(records),
        "most": max(records),
    }
    own = {
        row["record"]: row
        for row in store.rows(f"SELECT {_OWN} FROM encounters WHERE true{_THESE}", values)
    }
    lines = _by_record(
        store.rows(f"{_LINES}{_THESE} GROUP BY record, code ORDER BY record, code", values)
    )
    findings = _by_record(
        store.rows(
            f"{_FINDINGS}{_THESE} ORDER BY record, list_position($levels, level), number",
            {**values, "levels": list(LEVELS)},
        )
    )
    past: Mapping[int, list[dict[str, Any]]] = {}
    if "minute" in values:
        past = _by_record(store.rows(f"{_PAST}{_THESE} ORDER BY record, minutes", values))
    return tuple(
        Row(
            record=record,
            encounter_id=own[record]["encounter_id"],
            department=own[record]["department"],
            verdict=own[record]["verdict"],
            setting=own[record]["setting"],
            administrations=own[record]["administrations"],
            over_usd=own[record]["over_usd"],
            under_usd=own[record]["under_usd"],
            lines=tuple(Units(e["code"], int(e["units"])) for e in lines.get(record, ())),
            findings=_different(
                Found(e["rule_id"], e["level"], e["risk"]) for e in findings.get(record, ())
            ),
            past=tuple(
                Past(e["administration"], e["minutes"], e["minutes"] - values["minute"])
                for e in past.get(record, ())
            ),
        )
        for record in records
    )


def _different(found: Iterable[Found]) -> tuple[Found, ...]:
    return tuple(dict.fromkeys(found))


def _by_record(rows: Iterable[dict[str, Any]]) -> dict[int, list[dict[str, Any]]]:
    found: dict[int, list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(row["record"], []).append(row)
    return found
