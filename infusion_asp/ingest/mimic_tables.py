"""Owns the tables of intensive care of MIMIC-IV: their rows as values."""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from infusion_asp.model.errors import InputError

_COLUMNS = {
    "d_items": ("itemid", "label"),
    "procedureevents": ("stay_id", "starttime", "endtime", "itemid", "orderid"),
    "inputevents": (
        *("stay_id", "starttime", "endtime", "itemid", "orderid", "linkorderid"),
        *("amount", "amountuom", "rate", "rateuom"),
        *("ordercategoryname", "ordercomponenttypedescription"),
    ),
}


@dataclass(frozen=True, slots=True)
class Given:
    """One row of inputevents."""

    line: int
    stay: str
    chain: str
    order: int
    item: str
    label: str
    component: str
    category: str
    start: datetime
    stop: datetime
    amount: float
    unit: str
    rate: float | None
    rate_unit: str


@dataclass(frozen=True, slots=True)
class Line:
    """One venous line of procedureevents: from placing (or arrival) to removal."""

    id: str
    kind: str
    start: datetime
    stop: datetime


def given_of(place: str, row: Mapping[str, str], labels: Mapping[str, str]) -> Given:
    """The row of inputevents at a place (`file:line`); raises InputError."""
    start, stop = span_of(place, row)
    return Given(
        line=int(place.rpartition(":")[2]),
        stay=row["stay_id"],
        chain=row["linkorderid"],
        order=int(_number(place, row, "orderid") or 0),
        item=row["itemid"],
        label=labels.get(row["itemid"], f"item {row['itemid']}"),
        component=row["ordercomponenttypedescription"].split("  ")[0].strip(),
        category=row["ordercategoryname"],
        start=start,
        stop=stop,
        amount=max(_number(place, row, "amount") or 0.0, 0.0),
        unit=row["amountuom"],
        rate=_number(place, row, "rate"),
        rate_unit=row["rateuom"],
    )


def span_of(place: str, row: Mapping[str, str]) -> tuple[datetime, datetime]:
    """Start and end of a row, the end not before the start; raises InputError."""
    try:
        start, stop = _time(row["starttime"]), _time(row["endtime"])
    except ValueError as error:
        message = "the start or end is not a date and time"
        raise InputError(place, message, "write 2025-03-03 10:00:00", kind="bad_time") from error
    return start, max(start, stop)


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(second=0, microsecond=0)


def _number(place: str, row: Mapping[str, str], name: str) -> float | None:
    try:
        return float(row[name]) if row[name] else None
    except ValueError as error:
        message = f"the {name} is not a number"
        raise InputError(place, message, kind="bad_number") from error


def rows_of(directory: Path, table: str) -> Iterator[tuple[str, dict[str, str]]]:
    """The rows of a table, each with its file name and row for messages."""
    names = [f"{folder}{table}.csv{end}" for folder in ("icu/", "") for end in (".gz", "")]
    path = next((directory / name for name in names if (directory / name).is_file()), None)
    if path is None:
        message = f"there is no {table}.csv or {table}.csv.gz in the directory"
        help = "give the directory that holds the folder icu of MIMIC-IV"
        raise InputError(table, message, help, kind="missing_table")
    try:
        with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as raw:
            file = io.TextIOWrapper(raw, encoding="utf-8", errors="replace", newline="")
            reader = csv.DictReader(file, restval="")
            missing = [name for name in _COLUMNS[table] if name not in (reader.fieldnames or ())]
            if missing:
                message = f"{path.name} has no column {missing[0]}"
                raise InputError(table, message, kind="missing_column")
            for number, row in enumerate(reader, 2):
                yield f"{path.name}:{number}", row
    except (OSError, EOFError, zlib.error, csv.Error) as error:
        message = f"{path.name} cannot be read"
        raise InputError(table, message, "is it damaged?", kind="unreadable_file") from error


def numeric(text: str) -> tuple[int, str]:
    """A key that sorts texts by the number in them."""
    digits = "".join(c for c in text if c.isdigit())
    return int(digits or 0), text
