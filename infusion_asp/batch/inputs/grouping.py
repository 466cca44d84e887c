"""Owns which rows of a table are one encounter: neighbours with the same id."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

from infusion_asp.batch.inputs.columns import DEPARTMENTS, ID
from infusion_asp.batch.inputs.limits import too_large
from infusion_asp.batch.parts import Raw, Rows
from infusion_asp.model import InputError

_FIRST_SLOTS = 1 << 16
_CELL = 8  # bytes that a cell counts for besides its text


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row: its cells, or why there are none; then `id` is what could be read of it."""

    line: int
    id: str | None
    cells: tuple[Any, ...] = ()
    error: InputError | None = None
    size: int = 0


@dataclass
class _Group:
    """The rows of one encounter."""

    id: str | None
    line: int
    error: InputError | None = None
    rows: list[TableRow] = field(default_factory=list)
    size: int = 0


def grouped(
    name: str, header: tuple[str, ...], rows: Iterable[TableRow], longest: int
) -> Iterator[Raw]:
    """The encounters of a table in order.

    A row that cannot be read makes its whole encounter an error; where its id cannot be read
    either, it is an error by itself, and so are the encounters beside it, since it may be theirs.
    """
    seen = _Seen()
    group: _Group | None = None
    unread: list[TableRow] = []
    for row in rows:
        if row.id is None:
            unread.append(row)
            continue
        if group is None or row.id != group.id:
            yield from _ended(name, header, group, unread)
            error = _beside() if unread else None
            unread = []
            earlier = seen.add(row.id, row.line)
            group = _Group(row.id, row.line, error)
            if earlier:
                message = f"the rows of one encounter stand apart, the first ones from {earlier}"
                help = "sort the file by encounter_id"
                group.error = InputError("$", message, help, kind="rows_apart")
        group.size += row.size + _CELL * len(row.cells)
        if group.error is None:
            group.error = row.error
            group.rows.append(row)
            if group.size > longest:
                group.error = too_large(longest, "encounter")
        if group.error is not None:
            group.rows.clear()
    yield from _ended(name, header, group, unread)


def _ended(
    name: str, header: tuple[str, ...], group: _Group | None, unread: list[TableRow]
) -> Iterator[Raw]:
    """The record of a group, and those of the rows after it that belong to nobody."""
    if group is not None:
        error = group.error or (_beside() if unread else None)
        if error is not None:
            yield Raw(name, group.line, error)
        else:
            cells = tuple(row.cells for row in group.rows)
            lines = tuple(row.line for row in group.rows)
            rows = Rows(header, cells, lines, group.size)
            yield Raw(name, group.line, rows, _department(header, cells))
    for row in unread:
        missing = InputError("$", "the row has no encounter_id", kind="missing_key")
        yield Raw(name, row.line, row.error or missing)


def _beside() -> InputError:
    message = "a row beside it cannot be read and may belong to it"
    return InputError("$", message, "repair the row", kind="row_beside")


def _department(header: tuple[str, ...], cells: tuple[tuple[Any, ...], ...]) -> str | None:
    """The first department or unit that a row of the encounter gives."""
    for name in DEPARTMENTS:
        if name in header:
            at = header.index(name)
            for row in cells:
                if row[at] not in (None, ""):
                    return str(row[at]).strip()[:200] or None
    return None


def id_of(header: tuple[str, ...], cells: tuple[Any, ...]) -> str | None:
    """The encounter that a row belongs to, if that can be read."""
    at = header.index(ID)
    found = str(cells[at]).strip() if at < len(cells) and cells[at] is not None else ""
    return found or None


class _Seen:
    """The ids of a file with their first lines: 16 bytes a place, however long the ids are."""

    def __init__(self) -> None:
        self._count = 0
        self._slots = _FIRST_SLOTS
        self._keys = array("Q", bytes(8 * self._slots))
        self._lines = array("Q", bytes(8 * self._slots))

    def add(self, id: str, line: int) -> int:
        """The line under which an id was added before, else 0."""
        digest = blake2b(id.encode("utf-8", "surrogatepass"), digest_size=8).digest()
        key = int.from_bytes(digest, "little") or 1
        at = self._place(key)
        if self._keys[at]:
            return self._lines[at]
        self._keys[at], self._lines[at] = key, line
        self._count += 1
        if self._count * 3 > self._slots * 2:
            self._grow()
        return 0

    def _place(self, key: int) -> int:
        at = key % self._slots
        while self._keys[at] and self._keys[at] != key:
            at = (at + 1) % self._slots
        return at

    def _grow(self) -> None:
        keys, lines = self._keys, self._lines
        self._slots *= 2
        self._keys = array("Q", bytes(8 * self._slots))
        self._lines = array("Q", bytes(8 * self._slots))
        for key, line in zip(keys, lines, strict=True):
            if key:
                at = self._place(key)
                self._keys[at], self._lines[at] = key, line
