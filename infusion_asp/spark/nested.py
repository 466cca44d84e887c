"""Owns the work on one Arrow batch: JSON of encounters in, one result row for each out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache

import pyarrow as pa
import pyarrow.compute as pc

from infusion_asp.batch.outcome import Outcome
from infusion_asp.batch.parts import Part, Raw
from infusion_asp.batch.work import Options
from infusion_asp.model import InputError
from infusion_asp.spark.schema import GIVEN, LISTED, RECORD, inner, schema


@lru_cache(maxsize=4)
def _work(options: Options) -> Callable[[Part], Outcome]:
    """The work with its rulebook, kept while Spark keeps the Python process."""
    return options()


def result_rows(
    batch: pa.RecordBatch, column: str, options: Options, size: int
) -> Iterator[pa.RecordBatch]:
    """One row for each row of `batch`, in its order, as `schema` has it.

    `column` holds the JSON of an encounter, as text or bytes. The columns `record`, `file`, `line`
    and `department` are taken over where the batch has them. `size` records are solved together.
    """
    for start in range(0, batch.num_rows, size):
        yield _piece(batch.slice(start, size), column, options)


def _piece(batch: pa.RecordBatch, column: str, options: Options) -> pa.RecordBatch:
    names = set(batch.schema.names)
    departments = batch["department"].to_pylist() if "department" in names else None
    records = tuple(
        Raw("", 0, _data(text), departments[at] if departments else None)
        for at, text in enumerate(batch[column].to_pylist())
    )
    tables = _work(options)(Part(0, 0, records)).tables
    count = batch.num_rows
    numbers = batch[RECORD].cast(pa.int64()) if RECORD in names else pa.nulls(count, pa.int64())
    columns = [
        numbers,
        _single(tables["encounters"], "encounters", batch),
        *(_lists(tables[name], name, count) for name in LISTED),
        _single(tables["errors"], "errors", batch),
    ]
    return pa.RecordBatch.from_arrays(columns, schema=schema())


def _data(text: str | bytes | None) -> bytes | InputError:
    if text is None:
        return InputError("$", "there is no encounter", kind="empty_text")
    return text.encode("utf-8") if isinstance(text, str) else bytes(text)


def _single(table: pa.Table, name: str, batch: pa.RecordBatch) -> pa.StructArray:
    """For each record its only row of the table, or null."""
    everyone = pa.array(range(batch.num_rows), pa.int64())
    at = pc.index_in(everyone, value_set=table[RECORD].combine_chunks())
    fields = inner(name)
    arrays = [
        _given(batch, field) if field.name in GIVEN else _of(table, field).take(at)
        for field in fields
    ]
    return pa.StructArray.from_arrays(arrays, fields=fields, mask=pc.is_null(at))


def _given(batch: pa.RecordBatch, field: pa.Field) -> pa.Array:
    """A column that the DataFrame may have, null where it has not."""
    if field.name not in batch.schema.names:
        return pa.nulls(batch.num_rows, field.type)
    return batch[field.name].cast(field.type)


def _lists(table: pa.Table, name: str, count: int) -> pa.ListArray:
    """For each record the list of its rows; the rows of the table are in order of records."""
    fields = inner(name)
    rows = pa.StructArray.from_arrays([_of(table, field) for field in fields], fields=fields)
    counted = {
        each["values"]: each["counts"] for each in pc.value_counts(table[RECORD]).to_pylist()
    }
    offsets, end = [0], 0
    for record in range(count):
        end += counted.get(record, 0)
        offsets.append(end)
    kind = pa.list_(pa.struct(fields))
    return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), rows, type=kind)


def _of(table: pa.Table, field: pa.Field) -> pa.Array:
    return table[field.name].combine_chunks().cast(field.type)
