"""Owns where the lines of a text file begin: one pass over it, then any line at once."""

from __future__ import annotations

import threading
from array import array
from bisect import bisect_left
from dataclasses import dataclass
from pathlib import Path

CHUNK = 1 << 20
_KEPT = 8  # files whose places are remembered


@dataclass(frozen=True)
class Lines:
    """How many lines end before each stretch of `CHUNK` bytes; 8 bytes for each."""

    before: array[int]

    def offset(self, path: Path, line: int) -> int | None:
        """The byte where a line (from 1) begins; None where the file has fewer. Raises OSError."""
        if line <= 1:
            return 0
        at = bisect_left(self.before, line - 1) - 1  # the line before ends in this stretch
        with path.open("rb") as file:
            start = max(0, at) * CHUNK
            file.seek(start)
            data = file.read(CHUNK)
        place = -1
        for _ in range(line - 1 - self.before[max(0, at)]):
            place = data.find(b"\n", place + 1)
            if place < 0:
                return None
        return start + place + 1


def lines_in(path: Path) -> Lines:
    """The lines of a file; kept while its size and time stay the same. Raises OSError."""
    found = path.stat()
    key = (str(path), found.st_size, found.st_mtime_ns)
    with _LOCK:
        known = _KNOWN.get(key)
    if known is None:
        known = _counted(path)
        with _LOCK:
            while len(_KNOWN) >= _KEPT:
                _KNOWN.pop(next(iter(_KNOWN)))
            _KNOWN[key] = known
    return known


_KNOWN: dict[tuple[str, int, int], Lines] = {}
_LOCK = threading.Lock()


def _counted(path: Path) -> Lines:
    before = array("Q")
    ended = 0
    with path.open("rb", buffering=0) as file:
        while data := file.read(CHUNK):
            while len(data) < CHUNK and (more := file.read(CHUNK - len(data))):
                data += more
            before.append(ended)
            ended += data.count(b"\n")
    return Lines(before if before else array("Q", [0]))
