"""Owns reading the tables of a batch: Parquet, CSV or JSONL, a stretch of rows at a time."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.json
import pyarrow.parquet

from infusion_asp.batch.outputs import BETWEEN
from infusion_asp.batch.schema import SCHEMAS
from infusion_asp.report.errors import BatchDirectoryError

FORMATS = ("parquet", "csv", "jsonl")
ROWS = 16_384  # rows of one table that are in memory at once
_BLOCK = 16 << 20  # bytes of text read at once; a row of CSV is never longer

_HUNDRED = pa.scalar(Decimal(100))


class Tables:
    """The tables of one output directory of `batch`."""

    def __init__(self, directory: Path) -> None:
        if not directory.is_dir():
            raise BatchDirectoryError(
                f"no directory at {str(directory)!r}", "give the directory that `batch --out` wrote"
            )
        self.directory = directory
        self._files = {name: self._file(name) for name in SCHEMAS}
        for name in ("encounters", "findings", "errors"):
            if self._files[name] is None:
                raise BatchDirectoryError(
                    f"{str(directory)!r} has no table {name!r}",
                    "give the directory that `batch --out` wrote; an unfinished run ends with "
                    "`batch --resume`",
                )

    def has(self, table: str) -> bool:
        """Whether the table was written."""
        return self._files[table] is not None

    def summary(self) -> dict[str, Any]:
        """What summary.json says; empty where there is none."""
        path = self.directory / "summary.json"
        if not path.is_file():
            return {}
        try:
            found = json.loads(path.read_text("utf-8"))
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise BatchDirectoryError(f"{str(path)!r} is not a JSON object", "run `batch` again")
        return found

    def rows(self, table: str, columns: Sequence[str]) -> Iterator[pa.Table]:
        """The columns of a table in the order of its rows, at most `ROWS` of them at once.

        A column that the file does not have is null. Raises BatchDirectoryError where the file is
        damaged.
        """
        path = self._files[table]
        if path is None:
            return
        schema = pa.schema([SCHEMAS[table].field(name) for name in columns])
        read = {".parquet": _parquet, ".csv": _csv, ".jsonl": _jsonl}[path.suffix]
        try:
            for batch in read(path, schema):
                if batch.num_rows:
                    yield pa.Table.from_batches([batch])
        except (pa.ArrowException, UnicodeDecodeError) as error:
            raise BatchDirectoryError(
                f"{path.name} can't be read ({type(error).__name__})", "run `batch` again"
            ) from error

    def _file(self, name: str) -> Path | None:
        places = (self.directory / f"{name}.{form}" for form in FORMATS)
        return next((each for each in places if each.is_file()), None)


class Stream:
    """The rows of one table, taken record by record: all tables are in the order of records."""

    def __init__(self, tables: Tables, table: str, columns: Sequence[str]) -> None:
        self._rows = tables.rows(table, ("record", *columns))
        self._waiting: pa.Table | None = None
        self._name = table

    def until(self, record: int) -> pa.Table | None:
        """The rows not yet taken whose record is at most `record`; None where there is none."""
        taken = []
        while True:
            found = self._waiting if self._waiting is not None else next(self._rows, None)
            self._waiting = None
            if found is None:
                break
            ours = pc.sum(pc.less_equal(found["record"], record)).as_py() or 0
            taken.append(found.slice(0, ours))
            if ours < found.num_rows:
                self._waiting = found.slice(ours)
                break
        whole = pa.concat_tables(taken) if taken else None
        return whole if whole is not None and whole.num_rows else None

    def rest(self) -> int:
        """How many rows are left that no record took."""
        waiting = 0 if self._waiting is None else self._waiting.num_rows
        self._waiting = None
        left: int = waiting + sum(each.num_rows for each in self._rows)
        return left


def cents(amounts: pa.ChunkedArray) -> pa.ChunkedArray:
    """US dollars as whole cents, so that sums are exact; null stays null."""
    return pc.cast(pc.multiply(pc.cast(amounts, pa.decimal128(20, 2)), _HUNDRED), pa.int64())


def _parquet(path: Path, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    with pa.parquet.ParquetFile(path) as file:
        known = [name for name in schema.names if name in file.schema_arrow.names]
        for batch in file.iter_batches(batch_size=ROWS, columns=known):
            yield _shaped(batch, schema)


def _csv(path: Path, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    """Lists are texts in a cell."""
    types = {
        field.name: pa.string() if pa.types.is_list(field.type) else field.type for field in schema
    }
    options = pa.csv.ConvertOptions(
        column_types=types,
        include_columns=list(types),
        include_missing_columns=True,
        strings_can_be_null=True,
        null_values=[""],
    )
    reader = pa.csv.open_csv(
        path,
        read_options=pa.csv.ReadOptions(block_size=_BLOCK),
        parse_options=pa.csv.ParseOptions(newlines_in_values=True),
        convert_options=options,
    )
    for batch in reader:
        yield from _cut(_shaped(batch, schema))


def _jsonl(path: Path, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    """Amounts are numbers."""
    fields = [
        pa.field(field.name, pa.float64()) if pa.types.is_decimal(field.type) else field
        for field in schema
    ]
    options = pa.json.ParseOptions(
        explicit_schema=pa.schema(fields), unexpected_field_behavior="ignore"
    )
    with path.open("rb") as file:
        while lines := file.readlines(_BLOCK):
            whole = pa.json.ReadOptions(block_size=sum(map(len, lines)))
            block = pa.BufferReader(b"".join(lines))
            table = pa.json.read_json(block, read_options=whole, parse_options=options)
            for batch in table.to_batches():
                yield from _cut(_shaped(batch, schema))


def _shaped(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    """The batch with the columns of the schema, null where it has none of that name."""
    columns = [
        _cast(batch.column(field.name), field.type)
        if field.name in batch.schema.names
        else pa.nulls(batch.num_rows, field.type)
        for field in schema
    ]
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def _cast(column: pa.Array, kind: pa.DataType) -> pa.Array:
    if pa.types.is_list(kind) and not pa.types.is_list(column.type):
        column = pc.split_pattern(column, BETWEEN)
    if pa.types.is_decimal(kind) and pa.types.is_floating(column.type):
        column = pc.round(column, 2)
    return column.cast(kind)


def _cut(batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
    for start in range(0, batch.num_rows, ROWS):
        yield batch.slice(start, ROWS)
