"""Owns the columns of a result row in Spark: one row for each record, its tables inside it."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from infusion_asp.batch.schema import SCHEMAS

RECORD, RESULT, ERROR = "record", "result", "error"
LISTED = ("lines", "findings", "not_reported", "evidence")
"""The tables of a batch of which a record has any number of rows."""

TABLES = ("encounters", *LISTED, "errors")
GIVEN = ("file", "line", "department")
"""Columns that say more of a record, where the DataFrame has them."""

_PLAIN = {
    pa.string(): "string",
    pa.int32(): "int",
    pa.int64(): "bigint",
    pa.date32(): "date",
    pa.bool_(): "boolean",
    pa.float64(): "double",
}


def inner(name: str) -> list[pa.Field]:
    """The columns that a row of a table has inside its record: all but those of the record."""
    outside = {RECORD} if name in ("encounters", "errors") else {RECORD, "encounter_id"}
    return [field for field in SCHEMAS[name] if field.name not in outside]


def schema() -> pa.Schema:
    """A result row: its record, its result or its error, and the tables of the result.

    `result` is the row of `encounters`, `error` that of `errors`: one of the two is null.
    """
    return pa.schema(
        (
            (RECORD, pa.int64()),
            (RESULT, pa.struct(inner("encounters"))),
            *((name, pa.list_(pa.struct(inner(name)))) for name in LISTED),
            (ERROR, pa.struct(inner("errors"))),
        )
    )


def ddl(fields: Sequence[pa.Field] | pa.Schema | None = None) -> str:
    """The columns as Spark writes them: `record bigint, result struct<...>, ...`."""
    return ", ".join(f"`{each.name}` {_type(each.type)}" for each in fields or schema())


def _type(kind: pa.DataType) -> str:
    if pa.types.is_list(kind):
        return f"array<{_type(kind.value_type)}>"
    if pa.types.is_struct(kind):
        return f"struct<{', '.join(f'`{each.name}`: {_type(each.type)}' for each in kind)}>"
    if pa.types.is_decimal(kind):
        return f"decimal({kind.precision},{kind.scale})"
    return _PLAIN[kind]
