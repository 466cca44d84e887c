"""Owns the parts of an HL7 v2 message: separators, fields, repetitions, components, escapes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from infusion_asp.ingest.hl7.framing import Line

_USUAL = "^~\\&"
_CHARSETS = {
    "UNICODE UTF-8": "utf-8",
    "UTF-8": "utf-8",
    "ASCII": "utf-8",
    **{f"8859/{part}": f"iso8859-{part}" for part in (*range(1, 12), 13, 14, 15, 16)},
}
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]+")


@dataclass(frozen=True, slots=True)
class Encoding:
    """The separators of one message and its character set."""

    field: str
    component: str
    repetition: str
    escape: str
    subcomponent: str
    charset: str


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment: fields count from 1 as in the standard, MSH-1 being the field separator."""

    number: int
    position: int
    name: str
    fields: Sequence[str]
    encoding: Encoding

    def field(self, index: int) -> str:
        """A field as it stands, with its repetitions; empty where it is absent or `""`."""
        found = self.fields[index] if index < len(self.fields) else ""
        return "" if found == '""' else found

    def repeats(self, index: int) -> list[list[str]]:
        """The repetitions of a field, each as its components in plain text."""
        found = self.field(index)
        mark = self.encoding.repetition
        parts = found.split(mark) if mark and found else [found] if found else []
        return [self._components(part) for part in parts]

    def components(self, index: int) -> list[str]:
        """The components of the first repetition of a field in plain text."""
        found = self.repeats(index)
        return found[0] if found else []

    def text(self, index: int, component: int = 1) -> str:
        """One component of the first repetition of a field, in plain text."""
        found = self.components(index)
        return found[component - 1] if component <= len(found) else ""

    def _components(self, repeat: str) -> list[str]:
        found = []
        for part in repeat.split(self.encoding.component) if self.encoding.component else [repeat]:
            first = part.partition(self.encoding.subcomponent)[0] if self._nested else part
            plain = _CONTROL.sub(" ", plain_text(first, self.encoding)).strip()
            found.append("" if plain == '""' else plain)
        return found

    @property
    def _nested(self) -> bool:
        return bool(self.encoding.subcomponent)


def parse(lines: Sequence[Line]) -> Iterator[Segment]:
    """The segments of a message. Raises ValueError where its MSH names no separators."""
    encoding = encoding_of(lines[0].text)
    for line in lines:
        name, _, rest = line.text.partition(encoding.field)
        fields = rest.split(encoding.field)
        head = (encoding.field,) if name == "MSH" else ()
        yield Segment(line.number, line.position, name, (name, *head, *fields), encoding)


def encoding_of(head: str) -> Encoding:
    """The separators that an MSH names. Raises ValueError where they are not distinct."""
    mark = head[3:4]
    if not mark or mark.isalnum():
        raise ValueError("no field separator")
    fields = head.split(mark)
    named = fields[1] if len(fields) > 1 and fields[1] else _USUAL
    marks = (named + "\0\0\0\0")[:4]
    used = [each for each in (mark, *marks) if each != "\0"]
    if len(set(used)) < len(used) or any(each.isalnum() or each == " " for each in used):
        raise ValueError("the separators are not distinct")
    component, repetition, escape, subcomponent = ("" if each == "\0" else each for each in marks)
    charset = fields[17].split(repetition or "~")[0].strip() if len(fields) > 17 else ""
    return Encoding(
        mark, component, repetition, escape, subcomponent, _CHARSETS.get(charset.upper(), "utf-8")
    )


def plain_text(value: str, encoding: Encoding) -> str:
    """A component without escapes, its bytes as the character set of the message reads them.

    Bytes that the character set does not have are read as Latin-1; an escape that the standard
    does not have stays as it is.
    """
    if encoding.escape and encoding.escape in value:
        mark = re.escape(encoding.escape)
        value = re.sub(f"{mark}([^{mark}]*){mark}", lambda found: _escape(found, encoding), value)
    if value.isascii():
        return value
    try:
        return value.encode("latin-1").decode(encoding.charset)
    except UnicodeError:
        return value


def _escape(found: re.Match[str], encoding: Encoding) -> str:
    name = found[1]
    marks = {
        "F": encoding.field,
        "S": encoding.component,
        "T": encoding.subcomponent,
        "R": encoding.repetition,
        "E": encoding.escape,
        "H": "",  # highlighting begins
        "N": "",  # highlighting ends
    }
    if name in marks:
        return marks[name]
    if name[:1] == "X" and len(name) % 2 and re.fullmatch(r"[0-9A-Fa-f]{2,}", name[1:]):
        return bytes.fromhex(name[1:]).decode("latin-1")
    if name[:1] in (".", "C", "M", "Z"):  # formatting, other character sets, local escapes
        return " "
    return found[0]
