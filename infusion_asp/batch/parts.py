"""Owns what travels to a worker: numbered parts of records that nobody has parsed yet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from infusion_asp.model import InputError

Memo = Literal["off", "sample", "on"]
"""Whether answers are used again; `sample`: only what would tell whether that pays."""

SIZE = 4000  # most records of one part, whatever the number of workers
FIRST = 500  # records of the first parts, so that a small file keeps every worker busy
SHARE = 8  # a part holds at most one in so many of the records before it
LARGE = 48 * 1024  # bytes of a record from which it is a part by itself; most have about 1,000
BYTES = 32 * 1024 * 1024  # of a part's records, so that large ones do not fill the memory


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of one encounter in a table with one row for each administration and line.

    `lines` are the places of the rows in the file, from 1.
    """

    header: tuple[str, ...]
    cells: tuple[tuple[Any, ...], ...] = field(repr=False)
    lines: tuple[int, ...]
    weight: int = 0  # about the bytes of all cells


@dataclass(frozen=True, slots=True)
class Raw:
    """One record as it lies in its source: its JSON, its data, its rows, or why none of them.

    `line` counts from 1 and is where the record begins (a row of a Parquet file).
    """

    file: str
    line: int
    data: bytes | dict[str, Any] | Rows | InputError = field(repr=False)
    department: str | None = field(default=None, repr=False)

    @property
    def weight(self) -> int:
        """About its bytes."""
        if isinstance(self.data, bytes):
            return len(self.data)
        return self.data.weight if isinstance(self.data, Rows) else 0


@dataclass(frozen=True, slots=True)
class Part:
    """Some neighbouring records of a run: `number` counts parts, `first` records, both from 0."""

    number: int
    first: int
    records: tuple[Raw, ...] = field(repr=False)
    memo: Memo = "off"

    def __len__(self) -> int:
        return len(self.records)

    def slice(self, start: int, stop: int) -> Part:
        """The records from `start` to before `stop`, numbered as in the whole part."""
        return Part(self.number, self.first + start, self.records[start:stop], self.memo)

    def halves(self) -> tuple[Part, Part]:
        """The same records in two parts; raises ValueError for a single record."""
        if len(self.records) < 2:
            raise ValueError("one record has no halves")
        middle = len(self.records) // 2
        return self.slice(0, middle), self.slice(middle, len(self.records))


def parts_of(records: Iterable[Raw], size: int = SIZE, most: int = BYTES) -> Iterator[Part]:
    """The records in parts of at most `size`, ended earlier by the record that brings `most` bytes.

    Parts grow with what came before them: solving many records together is cheaper for each, but
    the last parts of a file must not keep one worker busy while the others have nothing left.
    A large record stands alone: what it takes is limited for it, not for a thousand others.
    """
    waiting: list[Raw] = []
    number = first = weight = 0
    for each in records:
        large = each.weight > LARGE
        room = min(size, max(FIRST, first // SHARE))
        if waiting and (large or len(waiting) >= room or weight >= most):
            yield Part(number, first, tuple(waiting))
            number, first, weight = number + 1, first + len(waiting), 0
            waiting = []
        waiting.append(each)
        weight += most if large else each.weight
    if waiting:
        yield Part(number, first, tuple(waiting))
