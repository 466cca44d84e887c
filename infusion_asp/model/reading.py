"""From files and standard input to records: JSON, JSONL and YAML, one record at a time."""

import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO, Literal

from infusion_asp.model.encounter import Encounter
from infusion_asp.model.errors import InputError, shown
from infusion_asp.model.parsing import parse_encounter
from infusion_asp.model.plain import checked, json_value
from infusion_asp.model.yaml_values import yaml_values

LONGEST_LINE = 64 * 1024 * 1024  # bytes of one JSONL record

Form = Literal["json", "jsonl", "yaml"]
_FORMS: dict[str, Form] = {
    ".json": "json",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".yaml": "yaml",
    ".yml": "yaml",
}
_BLANK = re.compile(r"[ \t\r\n]*")


@dataclass(frozen=True)
class Record:
    """One record of a source: its plain data, or the error that stands in its place.

    `line` counts from 1 and is where the record begins; `form` is the format it came in;
    `listed` says that the source was a list of records, `number` counts the records of the source
    from 0.
    """

    source: str
    line: int
    encounter_id: str | None = field(repr=False)
    data: dict[str, Any] | None = field(default=None, repr=False)
    error: InputError | None = None
    form: Form = "json"
    listed: bool = False
    number: int = 0

    def encounter(self) -> Encounter:
        """The encounter of this record; raises InputError."""
        if self.error is not None:
            raise self.error
        return parse_encounter(self.data)


def read_many(sources: Iterable[str | Path], stdin: BinaryIO | None = None) -> Iterator[Record]:
    """The records of all sources in order."""
    for source in sources:
        yield from read_records(source, stdin)


def read_records(source: str | Path, stdin: BinaryIO | None = None) -> Iterator[Record]:
    """The records of one file, or of standard input for `-`, lazily and in order.

    Nothing is raised: whatever cannot be read is a Record with an error. The format follows the
    name (.json, .jsonl, .ndjson, .yaml, .yml), else the first line.
    """
    name = str(source)
    try:
        if name == "-":
            yield from _numbered(_read("standard input", None, stdin or sys.stdin.buffer))
        else:
            with Path(source).open("rb") as stream:
                form = _FORMS.get(Path(source).suffix.lower())
                yield from _numbered(_read(name, form, stream))
    except OSError as caught:
        why = (caught.strerror or "unknown reason").lower()
        error = InputError("$", f"{shown(name)} cannot be read: {why}", kind="unreadable_file")
    except ValueError:  # a NUL in the name
        error = InputError("$", f"{shown(name)} is not a file name", kind="unreadable_file")
    else:
        return
    yield Record(name, 1, None, error=error)


def _numbered(records: Iterable[Record]) -> Iterator[Record]:
    for number, record in enumerate(records):
        yield replace(record, number=number) if number else record


def _read(source: str, form: Form | None, stream: BinaryIO) -> Iterator[Record]:
    lines = _lines(stream)
    if form is None:
        begin = []
        for number, line in lines:
            begin.append((number, line))
            if line.strip(b"\xef\xbb\xbf \t\r\n"):
                break
        form = _guess(begin[-1][1] if begin else b"")
        lines = chain(begin, lines)
    if form == "jsonl":
        yield from _jsonl(source, lines)
        return
    try:
        text = _text(b"".join(line for _, line in lines))
    except InputError as caught:
        yield Record(source, 1, None, error=caught, form=form)
        return
    if not text.strip():
        message = f"{shown(source)} is empty"
        error = InputError("$", message, "a file holds one encounter or more", kind="empty_file")
        yield Record(source, 1, None, error=error, form=form)
    elif form == "json":
        yield from _json(source, text)
    else:
        yield from _yaml(source, text)


def _guess(first: bytes) -> Form:
    """The format of a source without a telling name, by its first line that is not blank."""
    line = first.strip(b"\xef\xbb\xbf \t\r\n")
    if line.startswith(b"{"):
        return "jsonl" if line.endswith(b"}") else "json"
    return "json" if line.startswith(b"[") else "yaml"


def _lines(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    yield from enumerate(stream, 1)


def _text(data: bytes) -> str:
    """`data` as text; raises InputError where it is not UTF-8 or holds a NUL."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as caught:
        line = data.count(b"\n", 0, caught.start) + 1
        message = f"line {line}: byte 0x{data[caught.start]:02x} is not UTF-8"
        error = InputError("$", message, "save the file as UTF-8", kind="not_utf8")
    else:
        if "\0" not in text:
            return text
        line = text.count("\n", 0, text.index("\0")) + 1
        help = "the file is damaged or is not text"
        error = InputError("$", f"line {line}: a NUL character", help, kind="nul_character")
    raise error


def _jsonl(source: str, lines: Iterable[tuple[int, bytes]]) -> Iterator[Record]:
    for number, line in lines:
        try:
            if len(line) > LONGEST_LINE:
                help = f"one record is at most {LONGEST_LINE} bytes"
                raise InputError("$", "the line is too long", help, kind="too_large")
            text = _text(line).strip(" \t\r\n")
        except InputError as error:
            yield Record(source, number, None, error=error, form="jsonl", listed=True)
        else:
            if text:
                yield _of_text(source, number, text)


def read_record(source: str, line: int, data: bytes) -> Record:
    """The record whose JSON `data` is all of; nothing is raised, as by `read_records`."""
    try:
        return _of_text(source, line, _text(data).strip(" \t\r\n"))
    except InputError as error:
        return Record(source, line, None, error=error, form="jsonl", listed=True)


def record_of(source: str, line: int, data: Any) -> Record:
    """The record whose plain data are given; nothing is raised, as by `read_records`."""
    return _record(source, line, data, "jsonl", listed=True)


def _of_text(source: str, line: int, text: str) -> Record:
    try:
        value, end = json_value(text)
        _nothing_after(text, end, "one record on each line")
    except InputError as error:
        return Record(source, line, None, error=error, form="jsonl", listed=True)
    return _record(source, line, value, "jsonl", listed=True)


def _json(source: str, text: str) -> Iterator[Record]:
    at, line, seen = _blank(text, 0), 1, 0
    listed = text.startswith("[", at)
    more = not listed or not text.startswith("]", _blank(text, at + 1))
    if listed:
        at = _blank(text, at + 1)
    try:
        while more:
            line, seen = line + text.count("\n", seen, at), at
            value, at = json_value(text, at)
            if not listed:
                _nothing_after(text, at, "one value in a file; .jsonl has one on each line")
            yield _record(source, line, value, "json", listed=listed)
            at = _blank(text, at)
            more = listed and text.startswith(",", at)
            at = _blank(text, at + 1) if more else at
        if listed:
            if not text.startswith("]", at):
                where = text.count("\n", 0, at) + 1
                typed = f" at {shown(text[at : at + 20])}" if at < len(text) else " at the end"
                message = f"line {where}: the list does not go on with ',' or ']'{typed}"
                raise InputError("$", message, "write JSON", kind="bad_json")
            _nothing_after(text, at + 1, "one list in a file")
    except InputError as error:
        line += text.count("\n", seen, at)
        yield Record(source, line, None, error=error, form="json", listed=listed)


def _yaml(source: str, text: str) -> Iterator[Record]:
    line, listed = 1, False
    try:
        for line, value, listed in yaml_values(text):
            yield _record(source, line, value, "yaml", listed=listed)
    except InputError as error:
        yield Record(source, line, None, error=error, form="yaml", listed=listed)


def _record(source: str, line: int, value: Any, form: Form, *, listed: bool) -> Record:
    try:
        data = checked(value)
        if not isinstance(data, dict):
            help = "a record is an object with encounter_id and administrations"
            raise InputError("$", f"{shown(data)} is not a record", help, kind="not_an_object")
    except InputError as error:
        return Record(source, line, _id_of(value), error=error, form=form, listed=listed)
    return Record(source, line, _id_of(data), data, form=form, listed=listed)


def _id_of(value: Any) -> str | None:
    """The encounter_id of a record that may be wrong elsewhere, if it can be printed."""
    found = value.get("encounter_id") if isinstance(value, dict) else None
    if isinstance(found, str) and 0 < len(found) <= 200 and found.isprintable():
        return found
    return None


def _blank(text: str, at: int) -> int:
    match = _BLANK.match(text, at)
    return match.end() if match else at


def _nothing_after(text: str, at: int, help: str) -> None:
    at = _blank(text, at)
    if at < len(text):
        line = text.count("\n", 0, at) + 1
        typed = shown(text[at : at + 20].partition("\n")[0])
        raise InputError(
            "$", f"line {line}: {typed} after the end of the value", help, kind="bad_json"
        )
