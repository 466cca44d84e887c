"""Owns the files that a batch ends with: the tables of all parts, one after another."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal, Protocol, Self

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from infusion_asp.batch.counts import Counts
from infusion_asp.batch.outcome import tables_in
from infusion_asp.batch.schema import SCHEMAS

Form = Literal["parquet", "csv", "jsonl"]
FORMS: tuple[Form, ...] = ("parquet", "csv", "jsonl")
ROWS = 32_768  # of a row group; a group ends with a part
BYTES = 32 * 1024 * 1024  # of a row group that ends earlier
BETWEEN = ";"  # the entries of a list in a CSV cell
_FORMULA = r"^(\s*[=+\-@\t\r\n＝＋－＠])"
_UNDONE = ".new"


class _Writer(Protocol):
    def write(self, table: pa.Table) -> None: ...
    def close(self) -> None: ...


def merge(parts: Iterable[Path], out: Path, scratch: Path, form: Form) -> Counts:
    """Write the tables of `out` from the parts, in their order; returns the counts of all.

    The bytes depend on the parts alone. Every file is there whole or not at all; those of the
    other forms, left by an earlier run, are taken away.
    """
    counts = Counts(rows=Counter(dict.fromkeys(SCHEMAS, 0)))
    with ExitStack() as stack:
        groups = {}
        for name, schema in SCHEMAS.items():
            writer = _WRITERS[form](scratch / f"{name}.{form}{_UNDONE}", schema)
            groups[name] = stack.enter_context(_Group(writer))
        for path in parts:
            found, tables = tables_in(pa.py_buffer(path.read_bytes()))
            counts.add(found)
            for name, group in groups.items():
                group.add(tables[name])
    for name in SCHEMAS:
        done = scratch / f"{name}.{form}{_UNDONE}"
        _synced(done)
        done.replace(out / f"{name}.{form}")
    for other in FORMS:
        for name in SCHEMAS if other != form else ():
            (out / f"{name}.{other}").unlink(missing_ok=True)
    return counts


def _synced(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


class _Group:
    """Collects the tables of parts until they are worth a row group."""

    def __init__(self, writer: _Writer) -> None:
        self._writer = writer
        self._waiting: list[pa.Table] = []
        self._rows = self._bytes = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        if kind is None:
            self._flush()
        self._writer.close()

    def add(self, table: pa.Table) -> None:
        """Take a table; what is collected is written when it is enough."""
        if not table.num_rows:
            return
        self._waiting.append(table)
        self._rows += table.num_rows
        self._bytes += sum(_bytes_of(column) for column in table.columns)
        if self._rows >= ROWS or self._bytes >= BYTES:
            self._flush()

    def _flush(self) -> None:
        if self._waiting:
            self._writer.write(pa.concat_tables(self._waiting).combine_chunks())
        self._waiting.clear()
        self._rows = self._bytes = 0


def _bytes_of(column: Any) -> int:
    """The bytes of a column's texts, which alone can be large."""
    if column.type != pa.string():
        return 0
    return int(pc.sum(pc.binary_length(column)).as_py() or 0)


class _Parquet:
    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._writer = pq.ParquetWriter(
            path,
            schema,
            version="2.6",
            compression="zstd",
            compression_level=3,
            use_dictionary=[name for name in schema.names if name not in ("record", "encounter")],
            write_statistics=[name for name in schema.names if name != "encounter"],
        )

    def write(self, table: pa.Table) -> None:
        self._writer.write_table(table, row_group_size=max(1, table.num_rows))

    def close(self) -> None:
        self._writer.close()


class _Csv:
    """Lists joined in their cell, and no cell that a spreadsheet would calculate."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        lists = {name for name in schema.names if pa.types.is_list(schema.field(name).type)}
        fields = [(each.name, pa.string() if each.name in lists else each.type) for each in schema]
        self._writer = pacsv.CSVWriter(path, pa.schema(fields))

    def write(self, table: pa.Table) -> None:
        for at, field in enumerate(table.schema):
            column = table.column(at)
            if pa.types.is_list(field.type):
                column = pc.binary_join(column, BETWEEN)
            if column.type == pa.string():
                column = pc.replace_substring_regex(column, _FORMULA, r"'\1")
                table = table.set_column(at, field.name, column)
        self._writer.write(table)

    def close(self) -> None:
        self._writer.close()


class _Jsonl:
    """One object on each line; null where there is nothing."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._file = path.open("w", encoding="utf-8", newline="\n", errors="surrogatepass")

    def write(self, table: pa.Table) -> None:
        for batch in table.to_batches(max_chunksize=1024):
            self._file.writelines(_line(row) for row in batch.to_pylist())

    def close(self) -> None:
        self._file.close()


def _line(row: dict[str, Any]) -> str:
    return json.dumps(row, ensure_ascii=False, separators=(",", ":"), default=_plain) + "\n"


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError("no JSON value")


_WRITERS: dict[Form, Callable[[Path, pa.Schema], _Writer]] = {
    "parquet": _Parquet,
    "csv": _Csv,
    "jsonl": _Jsonl,
}
