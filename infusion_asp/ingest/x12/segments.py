"""Owns the way from bytes to X12 segments: delimiters, numbers and positions, in a stream."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

CHUNK = 1 << 16  # bytes read at a time
LONGEST = 1 << 16  # characters of one segment
_ISA_PARTS = 17  # the segment identifier and sixteen elements
_ISA_LONGEST = 512  # characters in which an ISA ends; 106 where it is padded as it should be
_BLANK = " \t\r\n\0\x1a\xef\xbb\xbf"  # between interchanges; the last three are a UTF-8 mark


class Delimiters(NamedTuple):
    """The separators that an ISA names; `repetition` is empty where it names none."""

    element: str
    component: str
    repetition: str
    terminator: str


class Segment(NamedTuple):
    """One segment: its number in the file from 1, the byte at which it begins, its elements."""

    number: int
    position: int
    elements: list[str]
    delimiters: Delimiters


class Fault(NamedTuple):
    """Something wrong at a place: a short name, the segment and byte, and what to do."""

    reason: str
    number: int
    position: int
    help: str = ""


def segments(stream: BinaryIO) -> Iterator[Segment | Fault]:
    """The segments of all interchanges in order, with the faults of the envelope's text.

    Bytes are read as Latin-1, so that a position counts bytes; see `text_of`. After a fault
    reading goes on with the next ISA. Memory does not grow with the stream.
    """
    return _Scanner(stream).scan()


def text_of(value: str) -> str:
    """An element as text: UTF-8 where its bytes are, else Latin-1."""
    if value.isascii():
        return value
    try:
        return value.encode("latin-1").decode("utf-8")
    except UnicodeDecodeError:
        return value


class _Scanner:
    """A window on the stream: `text` begins at byte `base`, everything before `at` is read."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._text = ""
        self._base = 0
        self._at = 0
        self._ended = False
        self._number = 0

    def scan(self) -> Iterator[Segment | Fault]:
        while self._to_text():
            if not self._text.startswith("ISA", self._at):
                yield self._fault("not_a_segment", 0, "an interchange begins with ISA")
                if not self._to_isa():
                    return
            delimiters = self._delimiters()
            if delimiters is None:
                yield self._fault("bad_isa", 1, "an ISA has 16 elements and distinct separators")
                self._at += 3
                if not self._to_isa():
                    return
                continue
            yield from self._interchange(delimiters)

    def _more(self) -> bool:
        """Read one chunk more; False at the end of the stream."""
        if not self._ended:
            chunk = self._stream.read(CHUNK)
            self._ended = not chunk
            self._base += self._at
            self._text = self._text[self._at :] + chunk.decode("latin-1")
            self._at = 0
        return not self._ended

    def _to_text(self) -> bool:
        """Go to the next character that is not blank; False where there is none."""
        while True:
            rest = self._text[self._at :]
            self._at += len(rest) - len(rest.lstrip(_BLANK))
            if len(self._text) - self._at >= 3 or not self._more():
                return self._at < len(self._text)

    def _to_isa(self) -> bool:
        """Go to the next text that can be an ISA; False where there is none."""
        while True:
            found = self._text.find("ISA", self._at)
            while found >= 0:
                mark = self._text[found + 3 : found + 4]
                if not mark or not mark.isalnum():
                    self._at = found
                    return True
                found = self._text.find("ISA", found + 1)
            self._at = max(self._at, len(self._text) - 2)
            if not self._more():
                return False

    def _delimiters(self) -> Delimiters | None:
        while len(self._text) - self._at < _ISA_LONGEST and self._more():
            pass
        head = self._text[self._at : self._at + _ISA_LONGEST]
        element = head[3:4]
        parts = head.split(element, _ISA_PARTS - 1) if element else []
        if len(parts) < _ISA_PARTS or len(parts[-1]) < 2:
            return None
        component, terminator = parts[-1][0], parts[-1][1]
        marks = (element, component, terminator)
        if len(set(marks)) < len(marks) or any(mark.isalnum() or mark == " " for mark in marks):
            return None
        repetition = parts[11]
        if len(repetition) != 1 or repetition.isalnum() or repetition in (*marks, " "):
            repetition = ""
        return Delimiters(element, component, repetition, terminator)

    def _interchange(self, delimiters: Delimiters) -> Iterator[Segment | Fault]:
        element, _, _, terminator = delimiters
        close = "IEA" + element
        first = True
        while True:
            end = self._block(close, terminator)
            if end < 0:
                yield from self._cut_off(delimiters, close)
                return
            start = self._at
            position = self._base + start
            for piece in self._text[start:end].split(terminator)[:-1]:
                begin, position = position, position + len(piece) + 1
                text = piece.strip("\r\n\t ")
                if not text:
                    continue
                elements = text.split(element)
                name = elements[0]
                if name == "ISA" and not first:
                    self._at = begin - self._base
                    yield self._fault("interchange_not_closed", 1, "an IEA is missing before it")
                    return
                first = False
                self._number += 1
                if text is not piece:
                    begin += len(piece) - len(piece.lstrip("\r\n\t "))
                yield Segment(self._number, begin, elements, delimiters)
                if name == "IEA":
                    self._at = position - self._base
                    return
            self._at = end

    def _block(self, close: str, terminator: str) -> int:
        """The end of whole segments in the window, none of them after an IEA; -1: no more."""
        while True:
            closing = self._text.find(close, self._at)
            if closing >= 0:
                end = self._text.find(terminator, closing)
            else:
                end = self._text.rfind(terminator, self._at)
            if end >= 0:
                return end + 1
            end = self._text.rfind(terminator, self._at)
            if end >= 0:
                return end + 1
            if len(self._text) - self._at > LONGEST or not self._more():
                return -1

    def _cut_off(self, delimiters: Delimiters, close: str) -> Iterator[Segment | Fault]:
        """What is left where no terminator follows: an IEA at the end, else a fault."""
        rest = self._text[self._at :].strip(_BLANK)
        if self._ended and rest.startswith(close):
            self._number += 1
            elements = rest.split(delimiters.element)
            yield Segment(self._number, self._base + self._at, elements, delimiters)
            self._at = len(self._text)
            return
        if not self._ended:
            yield self._fault("segment_too_long", 1, f"a segment has at most {LONGEST} characters")
        elif rest:
            yield self._fault("segment_cut_off", 1, "the file ends inside a segment")
        yield self._fault("interchange_not_closed", 1, "the file ends before its IEA")
        self._at += min(1, len(self._text) - self._at)
        self._to_isa()

    def _fault(self, reason: str, ahead: int, help: str) -> Fault:
        """A fault at the place that is read next, `ahead` segments after the last one."""
        return Fault(reason, self._number + ahead, self._base + self._at, help)
