"""Encounters written as tables: the columns of docs/batch.md, as CSV or Parquet."""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from typing import Any

Record = dict[str, Any]
_LISTS = {
    "accesses": "access",
    "visits": "visit",
    "administrations": "administration",
    "other_services": "service",
    "billed": "billed",
}


def rows_of(record: Record, department: str = "") -> Iterator[Record]:
    """The rows of one encounter: what it says of itself stands in the first."""
    own = {name: _cell(name, value) for name, value in record.items() if name not in _LISTS}
    if department:
        own["department"] = department
    rows = [
        {"row": kind, **{name: _cell(name, value) for name, value in entry.items()}}
        for name, kind in _LISTS.items()
        for entry in record.get(name, ())
    ]
    if not rows or rows[0]["row"] == "visit":
        rows.insert(0, {"row": "encounter"})
    for at, row in enumerate(rows):
        yield {**row, **(own if at == 0 else {"encounter_id": record["encounter_id"]})}


def csv_of(records: Iterable[Record], departments: Iterable[str] = (), delimiter: str = ",") -> str:
    """A CSV file of the encounters."""
    named = iter(departments)
    rows = [row for each in records for row in rows_of(each, next(named, ""))]
    header = list(dict.fromkeys(name for row in rows for name in row))
    stream = io.StringIO()
    table = csv.DictWriter(stream, header, delimiter=delimiter, lineterminator="\n")
    table.writeheader()
    table.writerows(rows)
    return stream.getvalue()


def jsonl_of(records: Iterable[Record]) -> str:
    """A JSONL file of the encounters."""
    return "".join(json.dumps(each) + "\n" for each in records)


def _cell(name: str, value: Any) -> Any:
    if name == "pauses":
        return ";".join(f"{each['start']}/{each['stop']}" for each in value)
    if isinstance(value, list):
        return ";".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else value
