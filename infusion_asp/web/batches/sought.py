"""Owns reading one record of a batch's input by the file and the line that its tables name."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, cast

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
    Of a record without a result the line is that of the row at fault; `before` is a line of the
    record before it.
    """

    path: Path
    line: int
    id: str | None = None
    skip: int = 0
    turn: int = 0
    before: int | None = None

    @property
    def first(self) -> int:
        """The line from which CSV is read, after its header."""
        return self.line if self.id is not None else self.before or 2


def document(sought: Sought) -> dict[str, Any]:
    """The record as plain JSON values, right or wrong. Raises NotOpenedError, OSError."""
    form = FORMS.get(sought.path.suffix.lower())  # none for .gz
    with sought.path.open("rb") as file:
        if form in (None, "yaml"):
            records = _plainly(sought)
        elif form == "parquet":
            records = _parquet(sought, file)
        else:
            records = _direct(sought, file, form)
        turn = sought.turn
        for raw in islice(records, sought.skip + _NEAR):
            read = _read(raw) if _holds(raw, sought.line) else None
            if read is None or not _is(read, sought.id):
                continue
            if not turn:
                return read
            turn -= 1
    if sought.id is None:
        message = f"line {sought.line} of the input holds no record that could be shown"
        raise NotOpenedError(message, "mend the file, and run `infusion-asp batch` again")
    raise NotOpenedError(
        f"line {sought.line} of the input holds another record",
        "the input has changed since the batch; run `infusion-asp batch` again",
    )


def _direct(sought: Sought, file: BinaryIO, form: Form | None) -> Iterator[Raw]:
    """The records from the line on, without those before."""
    line = sought.first if form == "csv" else sought.line
    start = lines_in(sought.path).offset(sought.path, line)
    name = sought.path.name
    if start is None:
        return
    if form == "csv":
        header = _header(file)
        file.seek(start)
        for raw in csv_records(name, joined(header, file), LONGEST):
            yield _shifted(raw, line - 2)  # the header is line 1 of what was read
    elif form == "jsonl":
        file.seek(start)
        yield from islice(jsonl_records(name, file, LONGEST), 1)
    elif line == 1:
        yield from json_records(name, file, LONGEST)
    else:
        yield from _elements(name, file, start)


def _elements(name: str, file: BinaryIO, start: int) -> Iterator[Raw]:
    """Records of a list from within it; of a single object that begins later in the file, that."""
    file.seek(0)
    whole = file.read(_BEGIN).removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{")
    file.seek(start)
    begin = file.read(_BEGIN).lstrip()
    file.seek(start)
    if whole or begin.startswith(b"["):
        yield from json_records(name, file, LONGEST)
    else:
        yield from json_records(name, joined(b"[", file), LONGEST)


def _header(file: BinaryIO) -> bytes:
    """The first line that is not blank."""
    return next((line for line in file if line.strip(b"\xef\xbb\xbf \t\r\n")), b"")


def _parquet(sought: Sought, stream: BinaryIO) -> Iterator[Raw]:
    """The encounters from the first row on, read from its row group on."""
    with pq.ParquetFile(stream) as file:
        single = JSON in file.schema_arrow.names
        known = single or sought.id is not None
        first = sought.line if known else sought.before or 1
        skip, group = first - 1, 0
        while group < file.num_row_groups and skip >= file.metadata.row_group(group).num_rows:
            skip -= file.metadata.row_group(group).num_rows
            group += 1
        rows = 1 if single else _ROWS
        taken: list[pa.RecordBatch] = []
        groups = list(range(group, file.num_row_groups))
        for batch in file.iter_batches(_BATCH, row_groups=groups) if groups else ():
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
        for raw in parquet_records(sought.path.name, buffer, LONGEST):
            yield _shifted(raw, first - 1)


def _shifted(raw: Raw, by: int) -> Raw:
    """A record that was read from within a file, with its lines in the whole file."""
    data = raw.data
    if isinstance(data, Rows):
        data = replace(data, lines=tuple(each + by for each in data.lines))
    return replace(raw, line=raw.line + by, data=data)


def _holds(raw: Raw, line: int) -> bool:
    """Whether a record may be the one of the line; lines of a list are not counted here."""
    if isinstance(raw.data, Rows):
        return raw.data.lines[0] <= line <= raw.data.lines[-1]
    return True


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


def joined(first: bytes, file: BinaryIO) -> BinaryIO:
    """Some bytes, then the rest of a file, as one stream; a header is given its end of line."""
    ended = first == b"[" or first.endswith(b"\n")
    stream = _Joined(first if ended else first + b"\n", file)
    return cast(BinaryIO, io.BufferedReader(stream, _BEGIN))


class _Joined(io.RawIOBase):
    def __init__(self, first: bytes, file: BinaryIO) -> None:
        self._first, self._file = io.BytesIO(first), file

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(cast(bytearray, buffer))
        data = self._first.read(len(view)) or self._file.read(len(view))
        view[: len(data)] = data
        return len(data)
