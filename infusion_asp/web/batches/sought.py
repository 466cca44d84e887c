"""Owns reading one record of a batch's input by the file and the line that its tables name."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from infusion_asp.batch.inputs import Reader, Source
from infusion_asp.batch.inputs.columns import JSON, encounter_of
from infusion_asp.batch.inputs.json_list import json_records
from infusion_asp.batch.inputs.jsonl import jsonl_records
from infusion_asp.batch.inputs.limits import LONGEST
from infusion_asp.batch.inputs.parquet import parquet_records
from infusion_asp.batch.inputs.sources import FORMS, Form
from infusion_asp.batch.inputs.tables import csv_records
from infusion_asp.batch.parts import Raw, Rows
from infusion_asp.model import InputError
from infusion_asp.web.batches.errors import NotOpenedError
from infusion_asp.web.batches.offsets import lines_in

_NEAR = 64  # records after the one expected that are looked through
_BATCH = 1024  # rows of Parquet that are decoded at once
_ROWS = 8192  # rows of Parquet that one encounter may have
_BEGIN = 1 << 16


@dataclass(frozen=True)
class Sought:
    """A record: its file by the name in the tables, where that is now, its line, its id if known.

    `skip` counts the records of the same line before it, `turn` those of the same id among them.
    """

    path: Path
    line: int
    id: str | None = None
    skip: int = 0
    turn: int = 0


def document(sought: Sought) -> dict[str, Any]:
    """The record as plain JSON values, right or wrong. Raises NotOpenedError, OSError."""
    form = FORMS.get(sought.path.suffix.lower())  # none for .gz
    with closing(
        _direct(sought, form) if form not in (None, "yaml") else _plainly(sought)
    ) as found:
        turn = sought.turn
        for raw in islice(found, sought.skip + _NEAR):
            read = _read(raw)
            if read is None or not _is(read, sought.id):
                continue
            if not turn:
                return read
            turn -= 1
    raise NotOpenedError(
        f"line {sought.line} of the input holds no record, or another one",
        "the input has changed since the batch; run `infusion-asp batch` again",
    )


def _direct(sought: Sought, form: Form | None) -> Iterator[Raw]:
    """The records from the line on, without those before."""
    name = sought.path.name
    if form == "parquet":
        yield from _parquet(sought)
        return
    start = lines_in(sought.path).offset(sought.path, sought.line)
    if start is None:
        return
    with sought.path.open("rb") as file:
        if form == "csv":
            header = _header(file)
            file.seek(start)
            yield from csv_records(name, _Joined(header, file), LONGEST)
            return
        file.seek(start)
        if form == "jsonl":
            yield from islice(jsonl_records(name, file, LONGEST), 1)
        elif sought.line == 1:
            yield from json_records(name, file, LONGEST)
        else:
            yield from _elements(name, file, start)


def _elements(name: str, file: BinaryIO, start: int) -> Iterator[Raw]:
    """Records of a list from within it; of a single object that begins later in the file, that."""
    begin = file.read(_BEGIN).lstrip()
    file.seek(0)
    whole = file.read(_BEGIN).removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{")
    file.seek(start)
    if whole or begin.startswith(b"["):
        yield from json_records(name, file, LONGEST)
    else:
        yield from json_records(name, _Joined(b"[", file), LONGEST)


def _header(file: BinaryIO) -> bytes:
    """The first line that is not blank."""
    return next((line for line in file if line.strip(b"\xef\xbb\xbf \t\r\n")), b"")


def _parquet(sought: Sought) -> Iterator[Raw]:
    """The encounter whose first row is given, read from its row group on."""
    with pq.ParquetFile(sought.path) as file:
        skip, groups = sought.line - 1, file.metadata.num_row_groups
        group = 0
        while group < groups and skip >= file.metadata.row_group(group).num_rows:
            skip -= file.metadata.row_group(group).num_rows
            group += 1
        names = file.schema_arrow.names
        rows = 1 if JSON in names else _ROWS
        taken: list[pa.RecordBatch] = []
        for batch in file.iter_batches(_BATCH, row_groups=list(range(group, groups))):
            if skip >= batch.num_rows:
                skip -= batch.num_rows
                continue
            taken.append(batch.slice(skip, rows))
            rows -= taken[-1].num_rows
            skip = 0
            if rows <= 0:
                break
    if taken:
        buffer = io.BytesIO()
        pq.write_table(pa.Table.from_batches(taken), buffer)
        buffer.seek(0)
        yield from islice(parquet_records(sought.path.name, buffer, LONGEST), 1)


def _plainly(sought: Sought) -> Iterator[Raw]:
    """All records of the file in turn, those of the line given: packed files have no other way."""
    path = sought.path
    inner = FORMS.get(Path(path.stem if path.suffix.lower() == ".gz" else path.name).suffix.lower())
    for raw in Reader([Source(path.name, path, inner)]):
        if raw.line == sought.line:
            yield raw
        elif raw.line > sought.line:
            return


def _read(raw: Raw) -> dict[str, Any] | None:
    """A raw record as plain data; None where it is no object."""
    data: Any = raw.data
    if isinstance(data, InputError):
        return None
    try:
        if isinstance(data, Rows):
            data = encounter_of(data)
        elif isinstance(data, bytes):
            data = json.loads(data.decode("utf-8-sig"), parse_float=Decimal)
    except (InputError, ValueError, RecursionError):
        return None
    return dict(data) if isinstance(data, Mapping) else None


def _is(read: Mapping[str, Any], id: str | None) -> bool:
    return id is None or str(read.get("encounter_id", "")).strip() == id


def text(read: Mapping[str, Any]) -> str:
    """A document as JSON."""
    return json.dumps(read, ensure_ascii=False, separators=(",", ":"), default=_json)


def _json(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat(timespec="minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    raise TypeError("no JSON value")


class _Joined(io.RawIOBase):
    """Some bytes, then the rest of a file; as a stream that reads whole lines."""

    def __init__(self, first: bytes, file: BinaryIO) -> None:
        self._first = io.BytesIO(first if first.endswith(b"\n") or first == b"[" else first + b"\n")
        self._file = file

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        """Bytes of the first, when that is used up of the file."""
        return self._first.read(size) or self._file.read(size)

    def readline(self, size: int | None = -1) -> bytes:
        """A line of the first, when that is used up of the file."""
        limit = -1 if size is None else size
        return self._first.readline(limit) or self._file.readline(limit)
