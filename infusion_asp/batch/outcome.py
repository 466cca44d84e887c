"""Owns what a worker hands back for a part: its tables as bytes, and their counts."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pyarrow as pa

from infusion_asp.batch.counts import Counts
from infusion_asp.batch.parts import Part
from infusion_asp.batch.schema import SCHEMAS

Key = tuple[bytes | None, bool]

_COUNTS = pa.schema((("counts", pa.string()),))
_OPTIONS = pa.ipc.IpcWriteOptions(compression="lz4")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a part came to; `data` is written to disk as it is and read by `tables_in`.

    `hits` and `keys` depend on who worked on the part, and are not written.
    """

    counts: Counts
    data: bytes = field(repr=False)
    hits: int = 0  # records whose answer was used again
    keys: tuple[Key, ...] = field(default=(), repr=False)  # of a sample: see `memo.HitRate`

    @classmethod
    def of(
        cls,
        tables: Mapping[str, pa.Table],
        counts: Counts,
        hits: int = 0,
        keys: tuple[Key, ...] = (),
    ) -> Outcome:
        """The tables by name as Arrow streams one after another, the counts before them."""
        counts.rows.update({name: tables[name].num_rows for name in SCHEMAS})
        buffer = io.BytesIO()
        said = pa.Table.from_pylist([{"counts": counts.text()}], _COUNTS)
        for table in (said, *(tables[name] for name in SCHEMAS)):
            with pa.ipc.new_stream(buffer, table.schema, options=_OPTIONS) as stream:
                stream.write_table(table.combine_chunks())
        return cls(counts, buffer.getvalue(), hits, keys)

    @property
    def tables(self) -> dict[str, pa.Table]:
        """The tables by name."""
        return tables_in(self.data)[1]


def tables_in(data: bytes | pa.Buffer) -> tuple[Counts, dict[str, pa.Table]]:
    """Counts and tables of an outcome's bytes; raises ArrowInvalid where they are damaged."""
    source = pa.BufferReader(data)
    counts = Counts.parse(pa.ipc.open_stream(source).read_all()["counts"][0].as_py())
    return counts, {name: pa.ipc.open_stream(source).read_all() for name in SCHEMAS}


def joined(outcomes: Sequence[Outcome]) -> Outcome:
    """One outcome of a part that was worked on in pieces; byte for byte that of the whole."""
    if len(outcomes) == 1:
        return outcomes[0]
    pieces = [tables_in(each.data)[1] for each in outcomes]
    counts = Counts.total(each.counts for each in outcomes)
    counts.rows.clear()
    tables = {name: pa.concat_tables([each[name] for each in pieces]) for name in SCHEMAS}
    keys = tuple(key for each in outcomes for key in each.keys)
    return Outcome.of(tables, counts, sum(each.hits for each in outcomes), keys)


def refused(part: Part, kind: str, message: str, path: str = "$") -> Outcome:
    """The outcome of a part none of whose records has a result; `message` holds no values."""
    rows = {
        "record": list(range(part.first, part.first + len(part))),
        "file": [raw.file for raw in part.records],
        "line": [raw.line for raw in part.records],
        "path": [path] * len(part),
        "kind": [kind] * len(part),
        "message": [message] * len(part),
    }
    tables = {name: schema.empty_table() for name, schema in SCHEMAS.items()}
    tables["errors"] = pa.Table.from_pydict(rows, SCHEMAS["errors"])
    counts = Counts(records=len(part))
    counts.errors[kind] += len(part)
    return Outcome.of(tables, counts)
