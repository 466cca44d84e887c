"""Owns Parquet: the columns of CSV, or one column `encounter` that holds JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from infusion_asp.batch.inputs.columns import DEPARTMENTS, JSON, header_of
from infusion_asp.batch.inputs.grouping import TableRow, grouped, id_of
from infusion_asp.batch.inputs.limits import too_large
from infusion_asp.batch.inputs.naming import named
from infusion_asp.batch.parts import Raw
from infusion_asp.model import InputError

_ROWS = 1024  # read at once
_CELL = 16  # bytes that a cell without text counts for


def parquet_columns(name: str, stream: BinaryIO) -> tuple[str, ...]:
    """The columns of a Parquet file; raises InputError where they cannot be read."""
    try:
        names = pq.read_schema(stream).names
    except (pa.ArrowException, OSError) as caught:
        message = f"{named(name)} is not a Parquet file, or is damaged"
        raise InputError(name, message, kind="unreadable_file") from caught
    return (JSON,) if JSON in names else header_of(name, names)


def parquet_records(name: str, stream: BinaryIO, longest: int) -> Iterator[Raw]:
    """The encounters of a Parquet file, by row or by neighbouring rows; nothing is raised."""
    try:
        header = parquet_columns(name, stream)
        file = pq.ParquetFile(stream)
        if header == (JSON,):
            yield from _of_json(name, file, longest)
        else:
            yield from grouped(name, header, _rows(file, header), longest)
    except InputError as error:
        yield Raw(name, 1, InputError("$", error.message, error.help, kind=error.kind))
    except (pa.ArrowException, OSError):
        message = f"{named(name)} is damaged"
        yield Raw(name, 1, InputError("$", message, kind="unreadable_file"))


def _batches(file: Any, columns: list[str] | None = None) -> Iterator[Any]:
    yield from file.iter_batches(batch_size=_ROWS, columns=columns, use_threads=False)


def _of_json(name: str, file: Any, longest: int) -> Iterator[Raw]:
    beside = next((each for each in DEPARTMENTS if each in file.schema_arrow.names), None)
    columns = [JSON] if beside is None else [JSON, beside]
    line = 0
    for batch in _batches(file, columns):
        places = _cells(batch.column(1)) if beside else [None] * batch.num_rows
        for value, place in zip(_cells(batch.column(0)), places, strict=True):
            line += 1
            department = str(place).strip()[:200] or None if _told(place) else None
            yield Raw(name, line, _data(value, longest), department)


def _data(value: Any, longest: int) -> bytes | dict[str, Any] | InputError:
    if value is None:
        return InputError("$", "the cell is empty", kind="missing_key")
    if isinstance(value, dict):
        whole: dict[str, Any] = _without_nulls(value)
        return whole
    if not isinstance(value, str | bytes):
        return InputError("$", "the cell is not JSON text", kind="not_an_object")
    data = value.encode("utf-8", "surrogatepass") if isinstance(value, str) else value
    return data if len(data) <= longest else too_large(longest, "cell")


def _without_nulls(value: Any) -> Any:
    """A struct as an object: Arrow gives every entry all keys."""
    if isinstance(value, dict):
        return {key: _without_nulls(part) for key, part in value.items() if part is not None}
    return [_without_nulls(each) for each in value] if isinstance(value, list) else value


def _rows(file: Any, header: tuple[str, ...]) -> Iterator[TableRow]:
    line = 0
    for batch in _batches(file):
        columns = [_cells(column) for column in batch.columns]
        texts = [at for at, column in enumerate(batch.columns) if _is_text(column.type)]
        for cells in zip(*columns, strict=True):
            line += 1
            size = _CELL * len(cells) + sum(len(cells[at] or "") for at in texts)
            if any(isinstance(cells[at], bytes) for at in texts):
                yield TableRow(line, _id_of(header, cells), (), _not_utf8())
            else:
                yield TableRow(line, id_of(header, cells), cells, None, size)


def _id_of(header: tuple[str, ...], cells: tuple[Any, ...]) -> str | None:
    plain = tuple(None if isinstance(each, bytes) else each for each in cells)
    return id_of(header, plain)


def _told(place: Any) -> bool:
    return place is not None and not isinstance(place, bytes)


def _not_utf8() -> InputError:
    return InputError("$", "the row is not UTF-8", kind="not_utf8")


def _is_text(kind: Any) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _cells(column: Any) -> list[Any]:
    """The values of a column; a text that is not UTF-8 as bytes."""
    if column.null_count == len(column):
        return [None] * len(column)
    kind = column.type
    if pa.types.is_timestamp(kind) and kind.unit == "ns":
        column = column.cast(pa.timestamp("us", kind.tz), safe=False)
    if pa.types.is_dictionary(kind):
        column = column.dictionary_decode()
    try:
        return list(column.to_pylist())
    except UnicodeDecodeError:
        return [_decoded(each) for each in column.cast(pa.large_binary()).to_pylist()]


def _decoded(data: bytes | None) -> str | bytes | None:
    """The text of a cell; its bytes where they are none."""
    try:
        return None if data is None else data.decode("utf-8")
    except UnicodeDecodeError:
        return data
