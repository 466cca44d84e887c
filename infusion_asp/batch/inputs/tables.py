"""Owns CSV: rows of a text table, read so that a broken row costs no other one."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator
from typing import BinaryIO

from infusion_asp.batch.inputs.columns import ID, header_of
from infusion_asp.batch.inputs.grouping import TableRow, grouped, id_of
from infusion_asp.batch.inputs.limits import Physical, lines_of, too_large
from infusion_asp.batch.inputs.naming import named
from infusion_asp.batch.parts import Raw
from infusion_asp.model import InputError

_DELIMITERS = ",;\t|"
_MOST_LINES = 64  # that one row may have; a quote that nobody closes would take the whole file
_BEGIN = 4096  # bytes of an unreadable row in which its id is looked for
_UNCLOSED = "unexpected end of data"


def csv_columns(name: str, stream: BinaryIO, longest: int) -> tuple[str, ...]:
    """The columns of a CSV file; raises InputError where its header cannot be read."""
    return _Table(name, stream, longest).header


def csv_records(name: str, stream: BinaryIO, longest: int) -> Iterator[Raw]:
    """The encounters of a CSV file; nothing is raised."""
    try:
        table = _Table(name, stream, longest)
    except InputError as error:
        yield Raw(name, 1, InputError("$", error.message, error.help, kind=error.kind))
        return
    yield from grouped(name, table.header, table.rows(), longest)


class _Table:
    """A CSV file whose header is read."""

    def __init__(self, name: str, stream: BinaryIO, longest: int) -> None:
        self._lines = lines_of(stream, longest)
        self._again: deque[Physical] = deque()
        self._longest = longest
        csv.field_size_limit(max(csv.field_size_limit(), longest))
        first = next((line for line in self._lines if line.data.strip()), None)
        if first is None:
            help = "the first line names the columns"
            raise InputError(name, f"{named(name)} is empty", help, kind="empty_file")
        text = _text(first)
        self._delimiter = max(_DELIMITERS, key=text.count) if text else ","
        cells = self._cells([text]) if text else None
        if cells is None:
            message = f"{named(name)}: the header cannot be read"
            raise InputError(name, message, "the first line names the columns", kind="bad_csv")
        self.header = header_of(name, cells)

    def rows(self) -> Iterator[TableRow]:
        """All rows after the header; those that cannot be read with their error."""
        width = len(self.header)
        while (line := self._next()) is not None:
            if not line.data.strip():
                continue
            text = None if line.cut else _text(line)
            if text is None:
                yield self._refused(line, too_large(self._longest) if line.cut else _unfit(line))
                continue
            cells: list[str] | None
            size = len(line.data)
            if '"' not in text:
                cells = text.rstrip("\r\n").split(self._delimiter)
            else:
                taken = [text]
                cells = self._cells(taken, line.number)
                size = sum(map(len, taken))
            if cells is None or len(cells) != width:
                message = f"the row has not the {width} cells of the header"
                yield self._refused(line, InputError("$", message, kind="bad_row"))
                continue
            row = tuple(cells)
            yield TableRow(line.number, id_of(self.header, row), row, None, size)

    def _next(self) -> Physical | None:
        return self._again.popleft() if self._again else next(self._lines, None)

    def _cells(self, taken: list[str], number: int = 0) -> list[str] | None:
        """The cells of a row that may go on over further lines, which are added to `taken`.

        None where it is no row; then only its first line is used up.
        """
        further: list[Physical] = []
        while True:
            try:
                found = list(csv.reader(taken, delimiter=self._delimiter, strict=True))
            except csv.Error as error:
                more = self._next() if number and str(error) == _UNCLOSED else None
                text = None if more is None or more.cut else _text(more)
                if more is not None:
                    further.append(more)
                if text is None or len(further) > _MOST_LINES:
                    found = []
                else:
                    taken.append(text)
                    continue
            if number and further and (not found or len(found[0]) != len(self.header)):
                found = []
            if not found:
                self._again.extendleft(reversed(further))
            return found[0] if found else None

    def _refused(self, line: Physical, error: InputError) -> TableRow:
        """A row with its error, and with its id where that stands before what is wrong."""
        cells = line.data[:_BEGIN].decode("utf-8", "replace").split(self._delimiter)
        at = self.header.index(ID)
        before = self._delimiter.join(cells[: at + 1])
        ended = at + 1 < len(cells)
        readable = ended and not any(mark in before for mark in ('"', "\0", "\ufffd"))
        id = cells[at].strip() if readable else ""
        return TableRow(line.number, id or None, (), error)


def _text(line: Physical) -> str | None:
    try:
        text = line.data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else text


def _unfit(line: Physical) -> InputError:
    if b"\0" in line.data:
        return InputError("$", "the row has a NUL character", kind="nul_character")
    return InputError("$", "the row is not UTF-8", "save the file as UTF-8", kind="not_utf8")
