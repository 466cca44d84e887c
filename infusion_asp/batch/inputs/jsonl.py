"""Owns JSONL: every line that is not blank is one record."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from infusion_asp.batch.inputs.limits import lines_of, too_large
from infusion_asp.batch.parts import Raw


def jsonl_records(name: str, stream: BinaryIO, longest: int) -> Iterator[Raw]:
    """The lines of a stream as raw records; one that is too long as its error."""
    for line in lines_of(stream, longest):
        if line.cut:
            yield Raw(name, line.number, too_large(longest))
        elif data := line.data.strip(b" \t\r\n"):
            yield Raw(name, line.number, data)
