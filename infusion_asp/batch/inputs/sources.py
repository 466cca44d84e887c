"""Owns which files a batch reads, in which order and form, and how far it has come."""

from __future__ import annotations

import gzip
import io
import sys
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from glob import glob, has_magic
from pathlib import Path
from typing import BinaryIO, Literal, cast

from infusion_asp.batch.inputs.json_list import json_records
from infusion_asp.batch.inputs.jsonl import jsonl_records
from infusion_asp.batch.inputs.limits import LONGEST
from infusion_asp.batch.inputs.naming import named
from infusion_asp.batch.inputs.parquet import parquet_columns, parquet_records
from infusion_asp.batch.inputs.tables import csv_columns, csv_records
from infusion_asp.batch.parts import Raw
from infusion_asp.ingest.kinds import Conversion
from infusion_asp.model import InputError, read_records

Form = Literal["jsonl", "json", "csv", "parquet", "yaml"]
FORMS: dict[str, Form] = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "json",
    ".csv": "csv",
    ".tsv": "csv",
    ".parquet": "parquet",
    ".yaml": "yaml",
    ".yml": "yaml",
}
_FOUND = frozenset(FORMS) - {".yaml", ".yml"}  # in a directory
_PACKED = ".gz"
_BLANK = b"\xef\xbb\xbf \t\r\n"
_MAGIC = b"PAR1"
_PEEK = 1 << 16


@dataclass(frozen=True)
class Source:
    """One file to read, or standard input for the path None."""

    name: str
    path: Path | None
    form: Form | None

    @property
    def size(self) -> int:
        """Its bytes on disk; 0 for standard input and what cannot be read."""
        try:
            return self.path.stat().st_size if self.path else 0
        except OSError:
            return 0


def sources_of(inputs: Sequence[str]) -> list[Source]:
    """The files that the inputs name, in their order; directories and globs sorted by name.

    A directory stands for every file below it that a batch can read, hidden ones left out. Raises
    InputError where an input is not there or stands for nothing.
    """
    found: list[Source] = []
    for each in inputs:
        found += _of_input(each)
    names = [source.name for source in found]
    twice = next((name for at, name in enumerate(names) if name in names[:at]), None)
    if twice is not None:
        message = f"{named(twice)} is named twice"
        raise InputError("INPUT", message, "name each file once", kind="named_twice")
    return found


def converted_sources_of(inputs: Sequence[str]) -> list[Source]:
    """The files that a conversion reads: the inputs, and all files below those that are folders."""
    found: list[Source] = []
    for path in map(Path, inputs):
        files = sorted(each for each in path.rglob("*") if each.is_file()) if path.is_dir() else ()
        found += [_source(each) for each in files or (path,)]
    return found


def _of_input(text: str) -> Iterable[Source]:
    if text == "-":
        return [Source("standard input", None, None)]
    path = Path(text)
    if path.is_dir():
        below = (each for each in path.rglob("*") if each.is_file() and _readable(each, path))
        files = sorted(below)
        help = f"a batch reads {', '.join(sorted(_FOUND))}, also with {_PACKED}"
    elif has_magic(text) and not path.exists():
        files = [Path(name) for name in sorted(glob(text, recursive=True)) if Path(name).is_file()]
        help = "no file has such a name"
    elif path.exists():
        return [_source(path)]
    else:
        raise InputError("INPUT", f"{named(text)} is not there", kind="unreadable_file")
    if not files:
        raise InputError("INPUT", f"{named(text)} holds no file to read", help, kind="no_input")
    return [_source(each) for each in files]


def _source(path: Path) -> Source:
    """A file under a name that can be written; names of files need not be UTF-8."""
    name = str(path).encode("utf-8", "replace").decode("utf-8")
    return Source(name, path, _form(path))


def _readable(path: Path, top: Path) -> bool:
    hidden = any(part.startswith((".", "_")) for part in path.relative_to(top).parts)
    return not hidden and _suffix(path) in _FOUND


def _suffix(path: Path) -> str:
    packed = path.suffix.lower() == _PACKED
    return Path(path.stem).suffix.lower() if packed else path.suffix.lower()


def _form(path: Path) -> Form | None:
    return FORMS.get(_suffix(path))


class Reader:
    """The raw records of all sources in order; nothing is raised for what is in the files.

    `longest` is the most bytes of one record. `done` and `total` are bytes read and to be read,
    for the share of the work that is behind.
    """

    def __init__(
        self,
        sources: Sequence[Source],
        longest: int = LONGEST,
        stdin: BinaryIO | None = None,
        conversion: Conversion | None = None,
    ) -> None:
        self._sources = sources
        self._conversion = conversion
        self._longest = longest
        self._stdin = stdin
        self._before = 0
        self._at: BinaryIO | None = None
        self.total = sum(source.size for source in sources)

    @property
    def done(self) -> int:
        """Bytes of the sources that are behind."""
        at = self._at
        return self._before + (at.tell() if at is not None and not at.closed else 0)

    def check(self) -> None:
        """Look at the header of every table; raises InputError for one that nobody can read."""
        for source in () if self._conversion else self._sources:
            if source.path is None or source.form not in ("csv", "parquet"):
                continue
            with source.path.open("rb") as stream:
                if source.form == "parquet":
                    parquet_columns(source.name, stream)
                else:
                    csv_columns(source.name, _unpacked(source, stream), self._longest)

    def __iter__(self) -> Iterator[Raw]:
        if self._conversion is not None:
            yield from _converted(self._conversion)
            self._before = self.total
            return
        for source in self._sources:
            try:
                yield from self._read(source)
            except (OSError, EOFError, zlib.error) as caught:
                why = "it is damaged" if isinstance(caught, EOFError | zlib.error) else "no access"
                message = f"{named(source.name)} cannot be read: {why}"
                error = InputError("$", message, kind="unreadable_file")
                yield Raw(source.name, 1, error)
            self._before += source.size

    def _read(self, source: Source) -> Iterator[Raw]:
        if source.path is None:
            raw = self._stdin or sys.stdin.buffer
            stream = cast(BinaryIO, io.BufferedReader(_Unseekable(raw), _PEEK))
            yield from self._records(source.name, source.form or _guess(stream), stream)
            return
        with source.path.open("rb") as file:
            self._at = file
            if source.form == "yaml":
                yield from _yaml(source)
            elif source.form == "parquet":
                yield from parquet_records(source.name, file, self._longest)
            else:
                stream = _unpacked(source, file)
                form = source.form or _guess(stream)
                yield from self._records(source.name, form, stream)
        self._at = None

    def _records(self, name: str, form: Form, stream: BinaryIO) -> Iterator[Raw]:
        if form == "jsonl":
            yield from jsonl_records(name, stream, self._longest)
        elif form == "json":
            yield from json_records(name, stream, self._longest)
        elif form == "csv":
            yield from csv_records(name, stream, self._longest)
        else:
            message = f"{named(name)} is Parquet, which is read from files only"
            yield Raw(name, 1, InputError("$", message, kind="unreadable_file"))


def _converted(conversion: Conversion) -> Iterator[Raw]:
    """The encounters of a conversion, numbered from 1; one error where it cannot go on."""
    name = conversion.kind.name
    try:
        for number, encounter in enumerate(conversion.encounters(), 1):
            yield Raw(name, number, encounter)
    except InputError as error:
        yield Raw(name, conversion.tally.encounters + 1, error)


class _Unseekable(io.RawIOBase):
    """Standard input as a raw stream, which is buffered here so that its begin can be looked at."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(cast(bytearray, buffer))
        read = getattr(self._stream, "read1", self._stream.read)
        data = read(len(view))
        view[: len(data)] = data
        return len(data)


def _unpacked(source: Source, file: BinaryIO) -> BinaryIO:
    packed = source.path is not None and source.path.suffix.lower() == _PACKED
    return cast(BinaryIO, gzip.open(file, "rb")) if packed else file


def _guess(stream: BinaryIO) -> Form:
    """The form of a source without a telling name, by how it begins."""
    begin = cast(io.BufferedReader, stream).peek(_PEEK)
    if begin.startswith(_MAGIC):
        return "parquet"
    begin = begin.lstrip(_BLANK)
    if begin.startswith(b"["):
        return "json"
    if not begin.startswith(b"{"):
        return "csv"
    first, _, more = begin.partition(b"\n")
    return "jsonl" if first.rstrip().endswith(b"}") or not more else "json"


def _yaml(source: Source) -> Iterator[Raw]:
    for record in read_records(source.path or source.name):
        yield Raw(source.name, record.line, record.error or record.data or {})
