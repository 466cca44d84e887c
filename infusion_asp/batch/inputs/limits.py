"""Owns reading lines of bounded length: what is longer is skipped, not read into memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from infusion_asp.model import InputError

LONGEST = 8 * 1024 * 1024  # bytes of one record; 2,000 administrations have about one
_CHUNK = 1 << 20
MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Physical:
    """One line of a file; of one that is longer than allowed only its first bytes."""

    number: int
    data: bytes
    cut: bool = False


def lines_of(stream: BinaryIO, longest: int) -> Iterator[Physical]:
    """The lines of a stream from 1, without the byte order mark before the first."""
    number = 0
    read = stream.readline
    while line := read(longest + 1):
        number += 1
        if number == 1 and line.startswith(MARK):
            line = line[len(MARK) :]
        if len(line) <= longest or line.endswith(b"\n"):
            yield Physical(number, line)
            continue
        while (more := read(_CHUNK)) and not more.endswith(b"\n"):
            pass
        yield Physical(number, line, cut=True)


def too_large(longest: int, what: str = "line") -> InputError:
    """The refusal of a record that is longer than allowed."""
    help = f"one record has at most {longest} bytes; --longest-record allows more"
    return InputError("$", f"the {what} is too long", help, kind="too_large")
