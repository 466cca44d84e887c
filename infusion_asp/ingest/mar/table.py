"""Owns the tables that are read: CSV, TSV and Parquet, row by row with their numbers."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import zlib
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

from infusion_asp.model.errors import InputError, shown

_DELIMITERS = ",;\t|"
_MOST_LINES = 64  # that one row may have; a quote that nobody closes would take the whole file
_LONGEST = 1 << 20  # bytes of one line
_BLOCK = 1 << 20
_GZIP, _PARQUET = b"\x1f\x8b", b"PAR1"
_UNCLOSED = "unexpected end of data"
_ROWS = 4096  # of Parquet that are in memory


@dataclass(frozen=True)
class Table:
    """A table: its columns, and its rows as number and cells; None stands for an unreadable row.

    `noted` says what was detected and may matter, such as `read_as_windows_1252`.
    """

    name: str
    columns: tuple[str, ...]
    rows: Iterator[tuple[int, Sequence[Any] | None]]
    noted: tuple[str, ...] = ()


def open_table(path: Path, delimiter: str | None = None, encoding: str | None = None) -> Table:
    """The table of a file, also packed with gzip; what is not given is detected.

    The number of a row is that of its line, in Parquet that of the row, from 1. Raises
    InputError where the file or its header cannot be read.
    """
    try:
        if path.suffix.lower() == ".parquet" or _begins(path, _PARQUET):
            return _parquet(path)
        return _text_table(path, delimiter, encoding)
    except (OSError, EOFError, zlib.error) as error:
        raise _unreadable(path) from error
    except UnicodeError as error:
        message = f"{shown(path.name)} is not in the encoding that is given"
        raise InputError(path.name, message, kind="wrong_encoding") from error


def _unreadable(path: Path) -> InputError:
    message = f"{shown(path.name)} cannot be read"
    return InputError(path.name, message, "is it damaged?", kind="unreadable_file")


def _text_table(path: Path, delimiter: str | None, encoding: str | None) -> Table:
    noted: tuple[str, ...] = ()
    if encoding is None:
        encoding = _encoding(path)
        noted = ("read_as_windows_1252",) if encoding == "cp1252" else ()
    else:
        try:
            "".encode(encoding)
        except LookupError:
            message = f"{shown(encoding)} is not an encoding that is known"
            raise InputError("--encoding", message, kind="unknown_encoding") from None
    lines = _Lines(path, encoding)
    first = next((text for _, text in lines if text is None or text.strip()), None)
    if first is None:
        message = f"{shown(path.name)} has no header"
        raise InputError(path.name, message, "the first line names the columns", kind="empty_file")
    if delimiter is None:
        delimiter = max(_DELIMITERS, key=first.count)
    cells = _cells(first, delimiter)
    if cells is None:
        message = f"the header of {shown(path.name)} cannot be read"
        raise InputError(path.name, message, "the first line names the columns", kind="bad_csv")
    columns = tuple(cell.strip() for cell in cells)
    return Table(path.name, columns, _rows(lines, delimiter, len(columns)), noted)


def _encoding(path: Path) -> str:
    """UTF-8 or UTF-16 by its mark, UTF-8 where all of the file is that, else Windows 1252."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    with _opened(path) as stream:
        block = stream.read(_BLOCK)
        if block.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        if block.startswith(codecs.BOM_UTF8):
            return "utf-8-sig"
        try:
            while block:
                decoder.decode(block)
                block = stream.read(_BLOCK)
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8"


def _begins(path: Path, mark: bytes) -> bool:
    with path.open("rb") as stream:
        return stream.read(len(mark)) == mark


def _opened(path: Path) -> BinaryIO:
    if path.suffix.lower() == ".gz" or _begins(path, _GZIP):
        return cast(BinaryIO, gzip.open(path, "rb"))
    return path.open("rb")


class _Lines:
    """The lines of a text file with their numbers, None for one that cannot be read."""

    def __init__(self, path: Path, encoding: str) -> None:
        self._read = self._lines(path, encoding)
        self._again: deque[tuple[int, str | None]] = deque()

    def __iter__(self) -> Iterator[tuple[int, str | None]]:
        return self

    def __next__(self) -> tuple[int, str | None]:
        return self._again.popleft() if self._again else next(self._read)

    def back(self, lines: Sequence[tuple[int, str | None]]) -> None:
        """Give lines back, to be read again."""
        self._again.extendleft(reversed(lines))

    @staticmethod
    def _lines(path: Path, encoding: str) -> Iterator[tuple[int, str | None]]:
        try:
            yield from _Lines._all(path, encoding)
        except (OSError, EOFError, zlib.error) as error:
            raise _unreadable(path) from error

    @staticmethod
    def _all(path: Path, encoding: str) -> Iterator[tuple[int, str | None]]:
        with _opened(path) as raw:
            stream = io.TextIOWrapper(raw, encoding=encoding, errors="replace", newline="")
            number = 0
            while text := stream.readline(_LONGEST):
                number += 1
                cut = False
                while not text.endswith(("\n", "\r")) and len(text) >= _LONGEST:
                    cut = True
                    text = stream.readline(_LONGEST)
                unfit = cut or "\0" in text or "\ufffd" in text
                yield number, None if unfit else text


def _rows(lines: _Lines, delimiter: str, width: int) -> Iterator[tuple[int, Sequence[str] | None]]:
    for number, text in lines:
        if text is None:
            yield number, None
            continue
        if not text.strip():
            continue
        cells = _cells(text, delimiter) if '"' not in text else _quoted(lines, text, delimiter)
        yield number, cells if cells is not None and len(cells) == width else None


def _quoted(lines: _Lines, text: str, delimiter: str) -> list[str] | None:
    """The cells of a row with quotes, which may go on over further lines."""
    taken: list[tuple[int, str | None]] = []
    parts = [text]
    while True:
        try:
            return next(csv.reader(parts, delimiter=delimiter, strict=True))
        except csv.Error as error:
            more = next(lines, None) if str(error) == _UNCLOSED else None
            if more is not None:
                taken.append(more)
            if more is None or more[1] is None or len(taken) > _MOST_LINES:
                lines.back(taken)
                return None
            parts.append(more[1])


def _cells(text: str, delimiter: str) -> list[str] | None:
    try:
        return next(csv.reader([text.rstrip("\r\n")], delimiter=delimiter, strict=True), None)
    except csv.Error:
        return None


def _parquet(path: Path) -> Table:
    try:
        import pyarrow as pa  # noqa: PLC0415
        import pyarrow.parquet as pq  # noqa: PLC0415
    except ImportError as error:
        help = "pip install 'infusion-asp[batch]'"
        raise InputError(path.name, "Parquet needs pyarrow", help, kind="no_pyarrow") from error
    try:
        file = pq.ParquetFile(path)
        columns = tuple(file.schema_arrow.names)
    except pa.ArrowException as error:
        message = f"{shown(path.name)} is not Parquet"
        raise InputError(path.name, message, kind="bad_parquet") from error
    return Table(path.name, columns, _parquet_rows(path, file, columns))


def _parquet_rows(
    path: Path, file: Any, columns: Sequence[str]
) -> Iterator[tuple[int, Sequence[Any] | None]]:
    import pyarrow as pa  # noqa: PLC0415

    number = 0
    try:
        for batch in file.iter_batches(batch_size=_ROWS):
            for cells in zip(*(_values(batch.column(name)) for name in columns), strict=True):
                number += 1
                yield number, cells
    except (pa.ArrowException, UnicodeDecodeError) as error:
        raise _unreadable(path) from error


def _values(column: Any) -> list[Any]:
    import pyarrow as pa  # noqa: PLC0415

    if pa.types.is_timestamp(column.type) and column.type.unit == "ns":
        column = column.cast(pa.timestamp("us", column.type.tz), safe=False)
    return list(column.to_pylist())
