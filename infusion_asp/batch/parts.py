"""Owns what travels to a worker: numbered parts of records that nobody has parsed yet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from infusion_asp.model import InputError

SIZE = 1000  # records of one part, whatever the number of workers

Cell = str | int | float | bool | None | object


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of one encounter in a table with one row for each administration and line.

    `first` is the line of the first row in the file; `numbers`, where given, those of all rows.
    """

    header: tuple[str, ...]
    cells: tuple[tuple[Cell, ...], ...] = field(repr=False)
    numbers: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Raw:
    """One record as it lies in its source: the bytes of its JSON, its rows, or why neither.

    `line` counts from 1 and is where the record begins (a row of a Parquet file).
    """

    file: str
    line: int
    data: bytes | Rows | InputError = field(repr=False)
    department: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Part:
    """Some neighbouring records of a run: `number` counts parts, `first` records, both from 0."""

    number: int
    first: int
    records: tuple[Raw, ...] = field(repr=False)

    def __len__(self) -> int:
        return len(self.records)

    def slice(self, start: int, stop: int) -> Part:
        """The records from `start` to before `stop`, numbered as in the whole part."""
        return Part(self.number, self.first + start, self.records[start:stop])

    def halves(self) -> tuple[Part, Part]:
        """The same records in two parts; raises ValueError for a single record."""
        if len(self.records) < 2:
            raise ValueError("one record has no halves")
        middle = len(self.records) // 2
        return self.slice(0, middle), self.slice(middle, len(self.records))


def parts_of(records: Iterable[Raw], size: int = SIZE) -> Iterator[Part]:
    """The records in parts of `size`, the last one shorter; one part in memory at a time."""
    waiting = iter(records)
    number = 0
    while found := tuple(islice(waiting, size)):
        yield Part(number, number * size, found)
        number += 1
