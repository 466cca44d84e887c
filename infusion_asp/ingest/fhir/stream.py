"""Owns the way from files to resources: NDJSON, one resource, or a Bundle of any size."""

from __future__ import annotations

import codecs
import json
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from infusion_asp.ingest.common import Dropped
from infusion_asp.ingest.common.opened import opened
from infusion_asp.model.errors import InputError, shown
from infusion_asp.model.reading import LONGEST_LINE

_CHUNK = 1 << 16
_LINES = re.compile(r"\.(ndjson|jsonl)(\.gz)?$", re.I)
_BLANK = b"\xef\xbb\xbf \t\r\n"


def _no_constant(text: str) -> Any:
    raise ValueError(text)


_JSON = json.JSONDecoder(parse_constant=_no_constant)


@dataclass(frozen=True, slots=True)
class Found:
    """One resource, the name of its file, its place in it and the URL its Bundle gives it."""

    resource: dict[str, Any] = field(repr=False)
    file: str
    at: str
    url: str = ""

    @property
    def place(self) -> str:
        """File and place, as a report names it."""
        return f"{self.file}:{self.at}" if self.at else self.file


def resources(path: Path) -> Iterator[Found | Dropped]:
    """The resources of a file (`-` is standard input), and what could not be read as one.

    Raises InputError where the file cannot be read at all.
    """
    name = "standard input" if str(path) == "-" else path.name
    try:
        with opened(path) as stream:
            yield from _read(stream, name)
    except zlib.error as caught:
        message = f"{shown(name)} cannot be read: the gzip file is damaged"
        raise InputError(name, message, kind="unreadable_file") from caught


def _read(stream: BinaryIO, file: str) -> Iterator[Found | Dropped]:
    line, count = b"\n", 0
    while line and not line.strip(_BLANK):
        line, count = stream.readline(LONGEST_LINE + 1), count + 1
    if not line:
        return
    if not _LINES.search(file) and line.strip(_BLANK).startswith(b"{") and _goes_on(line):
        yield from _document(line, stream, file)
        return
    while line:
        if len(line) > LONGEST_LINE:
            yield Dropped("line_too_long", f"{file}:{count}")
            while line and not line.endswith(b"\n"):
                line = stream.readline(LONGEST_LINE)
        else:
            yield from _line(line, file, count)
        line, count = stream.readline(LONGEST_LINE + 1), count + 1


def _goes_on(line: bytes) -> bool:
    """Whether a first line is only the beginning of a JSON value."""
    if len(line) > LONGEST_LINE:
        return True
    try:
        json.loads(text := line.decode("utf-8-sig").rstrip())
    except json.JSONDecodeError as error:
        return error.pos >= len(text)
    except (ValueError, RecursionError):
        pass
    return False


def _line(line: bytes, file: str, count: int) -> Iterator[Found | Dropped]:
    if not line.strip(_BLANK):
        return
    value = _loaded(line)
    if isinstance(value, dict):
        yield from _flat(Found(value, file, str(count)))
    else:
        yield Dropped("not_json" if value is None else "not_a_resource", f"{file}:{count}")


def _loaded(line: bytes) -> Any:
    """The value of a line, None where it is not JSON in UTF-8."""
    try:
        return _JSON.decode(line.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return None


def _flat(found: Found) -> Iterator[Found | Dropped]:
    """The resource, or those of the Bundle that it is."""
    entries = found.resource.get("entry")
    if found.resource.get("resourceType") != "Bundle":
        yield found
    elif isinstance(entries, list):
        for number, entry in enumerate(entries):
            at = f"{found.at}:entry[{number}]" if found.at else f"entry[{number}]"
            yield from _entry(entry, found.file, at)


def _entry(entry: Any, file: str, at: str) -> Iterator[Found | Dropped]:
    if not isinstance(entry, dict):
        yield Dropped("not_a_resource", f"{file}:{at}")
        return
    resource, url = entry.get("resource"), entry.get("fullUrl")
    if isinstance(resource, dict):
        yield from _flat(Found(resource, file, at, url if isinstance(url, str) else ""))
    elif resource is not None:
        yield Dropped("not_a_resource", f"{file}:{at}")


def _document(begin: bytes, stream: BinaryIO, file: str) -> Iterator[Found | Dropped]:
    """The resources of JSON objects written over several lines, entry by entry."""
    text = _Text(stream)
    try:
        text.begin(begin)
        while text.next():
            yield from _object(text, file)
    except (ValueError, RecursionError) as caught:
        kind = "not_utf8" if isinstance(caught, UnicodeDecodeError) else "not_json"
        help = "what came before this place was read, the rest of the file was not"
        yield Dropped(kind, f"{file}:character {text.passed + text.at}", help=help)


def _object(text: _Text, file: str) -> Iterator[Found | Dropped]:
    text.take("{")
    head: dict[str, Any] = {}
    more = text.next() != "}"
    while more:
        key = text.value()
        if not isinstance(key, str):
            raise ValueError(key)
        text.take(":")
        if key == "entry" and text.next() == "[":
            yield from _entries(text, file)
        else:
            head[key] = text.value()
        more = text.next() == ","
        if more:
            text.take(",")
    text.take("}")
    if head.get("resourceType") != "Bundle":
        yield Found(head, file, "")


def _entries(text: _Text, file: str) -> Iterator[Found | Dropped]:
    text.take("[")
    number, more = 0, text.next() != "]"
    while more:
        yield from _entry(text.value(), file, f"entry[{number}]")
        number += 1
        more = text.next() == ","
        if more:
            text.take(",")
    text.take("]")


class _Text:
    """Text of a stream, read as far as the next JSON value needs."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")()
        self._text = ""
        self._done = False
        self.at = 0
        self.passed = 0

    def begin(self, data: bytes) -> None:
        """Puts what was read before in front of the stream."""
        self._text = self._decoder.decode(data)

    def _more(self) -> bool:
        if self._done:
            return False
        data = self._stream.read(max(_CHUNK, len(self._text) - self.at))
        self._done = not data
        self.passed += self.at
        self._text = self._text[self.at :] + self._decoder.decode(data, final=self._done)
        self.at = 0
        return True

    def next(self) -> str:
        """The next character that is not blank; empty at the end."""
        while True:
            while self.at < len(self._text):
                if (found := self._text[self.at]) not in " \t\r\n":
                    return found
                self.at += 1
            if not self._more():
                return ""

    def take(self, sign: str) -> None:
        """Steps over one sign; raises ValueError where there is another."""
        if self.next() != sign:
            raise ValueError(sign)
        self.at += 1

    def value(self) -> Any:
        """The next JSON value; raises ValueError where there is none."""
        self.next()
        while True:
            try:
                value, end = _JSON.raw_decode(self._text, self.at)
            except ValueError:
                if len(self._text) - self.at > LONGEST_LINE or not self._more():
                    raise
            else:
                if end < len(self._text) or not self._more():
                    self.at = end
                    return value
