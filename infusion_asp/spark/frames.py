"""Owns coding and verifying a Spark DataFrame, and taking the tables of a batch from the result."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pyarrow as pa

from infusion_asp.batch.parts import SIZE
from infusion_asp.batch.work import Explain, Options
from infusion_asp.spark.nested import result_rows
from infusion_asp.spark.schema import ERROR, GIVEN, LISTED, RECORD, RESULT, TABLES, ddl, inner

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

COLUMN = "encounter"


class FrameError(ValueError):
    """A DataFrame that lacks what is needed; `message` names it, `help` says what to do."""

    def __init__(self, message: str, help: str = "") -> None:
        super().__init__(f"{message}: {help}" if help else message)
        self.message = message
        self.help = help


def verify_dataframe(
    df: DataFrame,
    column: str = COLUMN,
    *,
    keep: Sequence[str] = (),
    profile: str | None = None,
    policies: Mapping[str, str] | None = None,
    rules: Sequence[str | Path] = (),
    explain: Explain = "words",
    part_size: int = SIZE,
) -> DataFrame:
    """One row for each claim: its verification, or why there is none.

    `column` holds the JSON of an encounter with its billed lines, as string or binary. Columns
    `record` (long), `file`, `line` and `department` are taken over where there are any, and those
    named in `keep` stand first. `result` is null where `error` is not. `table` gives the tables
    that `batch` writes. `profile`, `policies` and `explain` are those of `batch`; `rules` are
    directories that every executor can read. `part_size` records are solved together.

    Raises FrameError for a column that is not there or is no text, or that stands in its place.
    """
    return _mapped(
        df, column, keep, _options("verify", profile, policies, rules, explain), part_size
    )


def code_dataframe(
    df: DataFrame,
    column: str = COLUMN,
    *,
    keep: Sequence[str] = (),
    profile: str | None = None,
    policies: Mapping[str, str] | None = None,
    rules: Sequence[str | Path] = (),
    explain: Explain = "words",
    part_size: int = SIZE,
) -> DataFrame:
    """One row for each encounter: what its record supports, or why it has no result.

    Everything else is as in `verify_dataframe`.
    """
    return _mapped(df, column, keep, _options("code", profile, policies, rules, explain), part_size)


def table(results: DataFrame, name: str, keep: Sequence[str] = ()) -> DataFrame:
    """The rows of one table of a batch (one of `TABLES`), after the columns in `keep`.

    `results` comes from `verify_dataframe` or `code_dataframe`; cache it before taking several.
    Raises FrameError for an unknown name.
    """
    if name not in TABLES:
        raise FrameError(f"no table {name!r}", f"tables are: {', '.join(TABLES)}")
    from pyspark.sql import functions as f  # noqa: PLC0415

    before = [*keep, RECORD]
    if name in LISTED:
        rows = results.select(*before, f"{RESULT}.encounter_id", f.inline(name))
        return rows
    found = RESULT if name == "encounters" else ERROR
    there = results.where(f.col(found).isNotNull())
    return there.select(*before, *(f"{found}.{each.name}" for each in inner(name)))


def _options(
    task: Literal["code", "verify"],
    profile: str | None,
    policies: Mapping[str, str] | None,
    rules: Sequence[str | Path],
    explain: Explain,
) -> Options:
    """The options of a batch; raises what a wrong profile or policy raises, before Spark starts."""
    options = Options(
        task=task,
        profile=profile,
        policies=tuple((policies or {}).items()),
        overlays=tuple(Path(each) for each in rules),
        explain=explain,
        records=False,
    )
    options()
    return options


def _mapped(
    df: DataFrame, column: str, keep: Sequence[str], options: Options, size: int
) -> DataFrame:
    types = dict(df.dtypes)
    _checked(types, column, keep)
    taken = dict.fromkeys([*keep, *(each for each in (RECORD, *GIVEN) if each in types), column])
    kept = "".join(f"`{name}` {types[name]}, " for name in keep)
    work = partial(_batches, column=column, keep=tuple(keep), options=options, size=size)
    return df.select(*taken).mapInArrow(work, f"{kept}{ddl()}")


def _checked(types: Mapping[str, str], column: str, keep: Sequence[str]) -> None:
    for name in (column, *keep):
        if name not in types:
            raise FrameError(f"no column {name!r}", f"columns are: {', '.join(types)}")
    if types[column] not in ("string", "binary"):
        raise FrameError(
            f"column {column!r} is {types[column]}, not text",
            "it holds JSON; of other columns to_json(struct(...)) makes it",
        )
    ours = {RECORD, RESULT, ERROR, *LISTED}
    for name in keep:
        if name in ours:
            raise FrameError(f"column {name!r} can't be kept", "results have one of that name")


def _batches(
    batches: Iterable[pa.RecordBatch],
    *,
    column: str,
    keep: tuple[str, ...],
    options: Options,
    size: int,
) -> Iterator[pa.RecordBatch]:
    for batch in batches:
        start = 0
        for rows in result_rows(batch, column, options, size):
            before = [batch[name].slice(start, rows.num_rows) for name in keep]
            yield pa.RecordBatch.from_arrays(
                [*before, *rows.columns], names=[*keep, *rows.schema.names]
            )
            start += rows.num_rows
