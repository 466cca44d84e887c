"""Owns JSON files: one record, or a list whose records are cut out without parsing them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from infusion_asp.batch.inputs.limits import MARK, too_large
from infusion_asp.batch.parts import Raw
from infusion_asp.model import InputError

_CHUNK = 1 << 18
_BLANK = b" \t\r\n"
_OUTSIDE = re.compile(rb'["{}\[\],]')
_INSIDE = re.compile(rb'["\\]')
_ENDED, _CUT = b"$", b"?"  # the end of a file after a record, and within one


def json_records(name: str, stream: BinaryIO, longest: int) -> Iterator[Raw]:
    """The records of a JSON file; what follows a broken one belongs to it."""
    text = _Text(stream)
    first = text.begin()
    if first is None:
        help = "a file holds one encounter or more"
        yield Raw(name, 1, InputError("$", "the file is empty", help, kind="empty_file"))
    elif first == b"[":
        yield from _listed(name, text, longest)
    else:
        data = text.rest(longest)
        yield Raw(name, text.line, too_large(longest, "record") if data is None else data)


def _listed(name: str, text: _Text, longest: int) -> Iterator[Raw]:
    text.skip(1)
    end, first = b",", True
    while end == b",":
        data, end = text.element(longest)
        if data is None:
            yield Raw(name, text.line, too_large(longest, "record"))
        elif data:
            yield Raw(name, text.line, data)
        elif end != _ENDED and not (first and end == b"]"):
            yield Raw(name, text.line, _broken("a record is missing between two commas"))
        first = False
    if end == _ENDED:
        yield Raw(name, text.line, _broken("the list does not end with a bracket"))
    elif end == b"]" and text.rest(0) != b"":
        yield Raw(name, text.line, _broken("something follows the end of the list"))


def _broken(message: str) -> InputError:
    return InputError("$", message, "write JSON", kind="bad_json")


class _Text:
    """A stream of JSON read in pieces; `line` is where what was taken last began."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._held = b""
        self._next = 1
        self.line = 1

    def begin(self) -> bytes | None:
        """The first byte that is not blank, left in place; None where there is none."""
        self._held = self._stream.read(_CHUNK)
        if self._held.startswith(MARK):
            self._held = self._held[len(MARK) :]
        self._blank()
        return self._held[:1] or None

    def skip(self, count: int) -> None:
        """Leave out bytes."""
        self._next += self._held.count(b"\n", 0, count)
        self._held = self._held[count:]

    def rest(self, longest: int) -> bytes | None:
        """All that is left, without blanks around; None where it is longer than allowed."""
        self._blank()
        self.line = self._next
        while len(self._held.rstrip(_BLANK)) <= longest:
            more = self._stream.read(_CHUNK)
            if not more:
                return self._held.rstrip(_BLANK)
            self._held = self._held.rstrip(_BLANK) + more if longest == 0 else self._held + more
        return None

    def element(self, longest: int) -> tuple[bytes | None, bytes]:
        """The next element of a list and what ends it: a comma, a bracket, or the file.

        None in place of an element that is longer than allowed, which is passed over.
        """
        self._blank()
        self.line = self._next
        kept: list[bytes] = []
        size, depth, quoted = 0, 0, False
        at = 0
        while True:
            found = (_INSIDE if quoted else _OUTSIDE).search(self._held, at)
            if found is None or (found.group() == b"\\" and found.end() == len(self._held)):
                escape = found is not None
                cut = found.start() if found else len(self._held)
                size += cut
                if size <= longest:
                    kept.append(self._held[:cut])
                self.skip(cut)
                more = self._stream.read(_CHUNK)
                at = 0
                if not more:
                    kept.append(self._held if escape else b"")
                    self.skip(len(self._held))
                    end = _CUT if depth or quoted else _ENDED
                    return self._joined(kept, size, longest), end
                self._held += more
                continue
            mark, at = found.group(), found.end()
            if quoted:
                if mark == b"\\":
                    at += 1
                else:
                    quoted = False
            elif mark == b'"':
                quoted = True
            elif mark in b"{[":
                depth += 1
            elif depth and mark in b"}]":
                depth -= 1
            elif not depth and mark in b",]":
                start = found.start()
                size += start
                kept.append(self._held[:start] if size <= longest else b"")
                self.skip(start + 1)
                return self._joined(kept, size, longest), mark

    def _joined(self, kept: list[bytes], size: int, longest: int) -> bytes | None:
        return None if size > longest else b"".join(kept).strip(_BLANK)

    def _blank(self) -> None:
        while True:
            left = self._held.lstrip(_BLANK)
            self.skip(len(self._held) - len(left))
            if self._held:
                return
            self._held = self._stream.read(_CHUNK)
            if not self._held:
                return
