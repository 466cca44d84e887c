"""Opening table files: what an archive holds, and rows of cells from text, CSV and workbooks."""

from __future__ import annotations

import csv
import hashlib
import io
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import IO, Any

from infusion_asp.tables.store.endings import cut_off
from infusion_asp.tables.store.errors import TableError, Truncated, Unrecognised

Head = Sequence[Sequence[str]]

HEAD = 40  # rows among which a table has to begin
_TEXT = (".txt", ".csv")
_SHEET = (".xlsx",)
_MOST = 4 * 2**30  # bytes of one member of an archive
_NOISE = " \t\r\n\v\f\"'\u00a0\u200b\ufeff\ufffd"
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True)
class Source:
    """One table file: a file of its own, or a member of an archive."""

    path: Path
    member: str = ""

    @property
    def name(self) -> str:
        """The name of the file itself."""
        return PurePosixPath(self.member).name if self.member else self.path.name

    @property
    def names(self) -> tuple[str, ...]:
        """All names that may say what it is: of the archive, and its own."""
        return (self.path.name, self.name) if self.member else (self.name,)

    @property
    def suffix(self) -> str:
        """The ending of its name, in lower case."""
        return PurePosixPath(self.name).suffix.lower()

    @property
    def stem(self) -> str:
        """Its name without the ending, in lower case."""
        return PurePosixPath(self.name).stem.lower()

    def head(self) -> list[list[str]]:
        """The first rows, as cells."""
        with self.rows() as rows:
            return list(islice(rows, HEAD))

    def stops_short(self) -> bool:
        """Whether it is a text that stops in the middle of a row; archives tell by themselves."""
        return not self.member and self.suffix in _TEXT and cut_off(self.path)

    @contextmanager
    def lines(self) -> Iterator[Iterator[str]]:
        """The lines of a text file, ends of line taken off."""
        with self._opened() as stream:
            text = io.TextIOWrapper(stream, _encoding(stream), errors="replace", newline="")
            yield (line.rstrip("\r\n") for line in _guarded(text, self.name))

    @contextmanager
    def rows(self) -> Iterator[Iterator[list[str]]]:
        """The rows of the table, cells trimmed; lines of a fixed layout are one cell."""
        if self.suffix in _SHEET:
            with self._opened() as stream:
                yield _sheet_rows(stream, self.name)
            return
        with self._opened() as stream:
            text = io.TextIOWrapper(stream, _encoding(stream), errors="replace", newline="")
            yield _text_rows(_guarded(text, self.name))

    @contextmanager
    def _opened(self) -> Iterator[Any]:
        if not self.member:
            with self.path.open("rb") as file:
                yield file
            return
        with zipfile.ZipFile(self.path) as archive:
            if archive.getinfo(self.member).file_size > _MOST:
                raise Unrecognised(
                    f"'{self.name}' in '{self.path.name}' is larger than any published table"
                )
            with archive.open(self.member) as packed:
                if self.suffix in _SHEET:  # a workbook is read from back to front
                    yield io.BytesIO(_unpacked(packed, self.name))
                else:
                    yield packed


def sources(path: Path) -> list[Source]:
    """The files that may be tables: the file itself, or those of an archive, texts first."""
    if path.is_dir():
        raise Unrecognised(f"'{path.name}' is a directory", "name the files in it")
    with path.open("rb") as file:
        start = file.read(len(_OLE))
    suffix = path.suffix.lower()
    if suffix in _SHEET:
        if not start.startswith(_ZIP):
            raise Truncated(f"'{path.name}' is not a workbook", "download it again")
        return [Source(path)]
    if suffix == ".zip" or start.startswith(_ZIP):
        return _members(path)
    if not start:
        raise Truncated(f"'{path.name}' is empty", "download it again")
    if suffix not in _TEXT or start.startswith((b"%PDF", _OLE)):
        raise Unrecognised(
            f"'{path.name}' is not a text, CSV, xlsx or zip file",
            "give the archive as published, or the .txt, .csv or .xlsx file in it",
        )
    return [Source(path)]


def digest(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def clean(value: str) -> str:
    """A cell without blanks, quotes and marks of an encoding around it."""
    return value.strip(_NOISE)


def _members(path: Path) -> list[Source]:
    try:
        with zipfile.ZipFile(path) as archive:
            names = [each.filename for each in archive.infolist() if not each.is_dir()]
    except zipfile.BadZipFile:
        raise Truncated(
            f"'{path.name}' is not a zip archive, or it is damaged", "download it again"
        ) from None
    order = (*_TEXT, *_SHEET)
    found = [Source(path, name) for name in names]
    found = [each for each in found if each.suffix in order and not each.name.startswith("._")]
    if not found:
        raise Unrecognised(
            f"'{path.name}' holds no .txt, .csv or .xlsx file", "give the archive as published"
        )
    return sorted(found, key=lambda each: (order.index(each.suffix), each.member))


def _unpacked(packed: IO[bytes], name: str) -> bytes:
    try:
        return packed.read()
    except (zipfile.BadZipFile, zlib.error, EOFError):
        raise Truncated(f"'{name}' is damaged", "download it again") from None


def _encoding(stream: Any) -> str:
    try:
        start = bytes(stream.peek(2)[:2])
    except (zipfile.BadZipFile, zlib.error, EOFError):
        start = b""
    return "utf-16" if start in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"


def _guarded(lines: Iterator[str] | io.TextIOWrapper, name: str) -> Iterator[str]:
    try:
        for line in lines:
            yield line.replace("\0", "")
    except (zipfile.BadZipFile, zlib.error, EOFError):
        raise Truncated(f"'{name}' is damaged", "download it again") from None


def _text_rows(lines: Iterator[str]) -> Iterator[list[str]]:
    """Rows of a delimited text: tabs where any of the first lines has some, else commas."""
    first = list(islice(lines, HEAD))
    if any(line.count("\t") > 1 for line in first):
        for line in _again(first, lines):
            yield [clean(cell) for cell in line.split("\t")]
        return
    csv.field_size_limit(2**20)
    try:
        for row in csv.reader(_again(first, lines)):
            yield [clean(cell) for cell in row]
    except csv.Error as error:
        raise TableError(f"the rows can't be read as CSV: {error}", "download it again") from None


def _again(first: Sequence[str], lines: Iterator[str]) -> Iterator[str]:
    yield from first
    yield from lines


def _sheet_rows(stream: IO[bytes], name: str) -> Iterator[list[str]]:
    """Rows of the first sheet that has any."""
    from openpyxl import load_workbook  # noqa: PLC0415

    try:
        book = load_workbook(stream, read_only=True, data_only=True)
        for sheet in book.worksheets:
            sheet.reset_dimensions()
            rows = sheet.iter_rows(values_only=True)
            first = next(rows, None)
            if first is None:
                continue
            yield [_cell(value) for value in first]
            for row in rows:
                yield [_cell(value) for value in row]
            return
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, OSError, SyntaxError):
        raise Truncated(
            f"'{name}' is not a workbook, or it is damaged", "download it again"
        ) from None


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, datetime | date):
        return value.strftime("%Y%m%d")
    return clean(str(value))
