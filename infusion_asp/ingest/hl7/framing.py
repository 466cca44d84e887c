"""Owns the way from bytes to HL7 v2 messages: MLLP frames and plain files, in a stream."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

CHUNK = 1 << 16  # bytes read at a time
LONGEST = 1 << 20  # characters of one segment
MOST = 1 << 24  # characters of one message
_BEGIN, _END = "\x0b", "\x1c"  # of an MLLP frame
_TEXT = re.compile(r"[^\r\n\x0b\x1c]+")
_BREAK = re.compile(r"[\r\n\x0b\x1c]")
_LAST_BREAK = re.compile(r"[\r\n\x0b\x1c](?=[^\r\n\x0b\x1c]*\Z)")
_HEAD = "MSH"
_BATCH = frozenset({"FHS", "BHS", "BTS", "FTS"})  # envelopes of files and batches
_MARK = "\xef\xbb\xbf"  # of UTF-8


class Line(NamedTuple):
    """One segment as text: its number in the file from 1 and the byte at which it begins."""

    number: int
    position: int
    text: str


class Fault(NamedTuple):
    """Something wrong at a place: a short name, the segment and byte, and what to do."""

    reason: str
    number: int
    position: int
    help: str = ""


def messages(stream: BinaryIO) -> Iterator[list[Line] | Fault]:
    """The messages in order, each a list of segments that begins with its MSH.

    Bytes are read as Latin-1, so that a position counts bytes. Segments may end with CR, LF or
    both. Memory does not grow with the stream; a message of more than MOST characters is a
    fault.
    """
    message: list[Line] = []
    size, too_long = 0, False
    framed = ended = False
    for line in _lines(stream):
        if isinstance(line, Fault):
            if line.reason != "frame":
                yield line
                too_long = True
                message = []
                continue
            framed, ended = framed or line.help == _BEGIN, line.help == _END
            continue
        name = line.text[:3]
        if name == _HEAD:
            if message:
                yield message
            message, size, too_long, ended = [line], len(line.text), False, False
        elif name in _BATCH:
            continue
        elif message:
            size += len(line.text)
            if size > MOST:
                yield Fault("message_too_long", line.number, line.position)
                message, too_long = [], True
            else:
                message.append(line)
        elif not too_long:
            yield Fault("segment_outside_message", line.number, line.position, "MSH comes first")
            too_long = True
    if message and framed and not ended:
        last = message[-1]
        yield Fault("message_cut_off", last.number, last.position, "the file ends inside a frame")
    elif message:
        yield message


def _lines(stream: BinaryIO) -> Iterator[Line | Fault]:
    """The segments, and a Fault `frame` for each beginning and end of an MLLP frame."""
    text, base, number, skipping = "", 0, 0, False
    while True:
        chunk = stream.read(CHUNK)
        text += chunk.decode("latin-1")
        if chunk:
            found = _LAST_BREAK.search(text, max(0, len(text) - len(chunk)))
            end = found.end() if found else 0
        else:
            end = len(text)
        for piece in re.finditer(r"[^\r\n\x0b\x1c]+|[\x0b\x1c]", text[:end]):
            whole = piece[0]
            if whole in (_BEGIN, _END):
                yield Fault("frame", number, base + piece.start(), whole)
                continue
            if skipping:
                skipping = False
                continue
            clean = whole.removeprefix(_MARK).strip(" \t\0")
            if clean:
                number += 1
                yield Line(number, base + piece.start() + whole.index(clean), clean)
        text, base = text[end:], base + end
        if not chunk:
            return
        if len(text) > LONGEST:
            if not skipping:
                number += 1
                yield Fault("segment_too_long", number, base, f"at most {LONGEST} characters")
            skipping, base, text = True, base + len(text) - 1, text[-1:]
