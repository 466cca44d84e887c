"""Owns the reader of medication administration records: rows of events to encounters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from infusion_asp.ingest.common import Item, Kind, Tally


def _read(inputs: Sequence[Path], options: Mapping[str, str], tally: Tally) -> Iterator[Item]:
    from infusion_asp.ingest.mar.read import read  # noqa: PLC0415

    return read(inputs, options, tally)


KIND = Kind("mar", "rows", _read)
