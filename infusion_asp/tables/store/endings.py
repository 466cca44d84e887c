"""Whether a text file stops in the middle of its last row, where no row says so itself."""

from __future__ import annotations

import re
from pathlib import Path

_TAIL = 2**16  # bytes that are looked at
_CODED = re.compile(r'"?[A-Z0-9]\d{3}[A-Z0-9]')
_PIECE = re.compile(r'"?[A-Z0-9]{1,4}')
_WORDS = re.compile(r"[A-Za-z][^\t,]*")
_FIXED = 100  # characters from which lines of one length are a fixed layout
_NEARLY = 2  # characters by which their lengths may differ


def cut_off(path: Path) -> bool:
    """Whether the last line, having no end, is a piece of a row such as those before it."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - _TAIL))
        text = file.read().replace(b"\0", b"").decode("latin-1")
    if text.endswith(("\n", "\r")):
        return False
    *others, last = text.splitlines() or [""]
    rows = [line for line in others[1:] if _CODED.match(line)]
    if not rows or not last:
        return False
    shortest, longest = min(map(len, rows)), max(map(len, rows))
    if shortest >= _FIXED and longest - shortest <= _NEARLY and len(last) < shortest:
        return True
    if not _CODED.match(last):
        return bool(_PIECE.fullmatch(last))
    mark = "\t" if any("\t" in line for line in rows) else ","
    if last.count(mark) < min(line.count(mark) for line in rows):
        return True
    end = last.rpartition(mark)[2]
    known = {line.rpartition(mark)[2] for line in rows}
    if end in known or (end and not _WORDS.fullmatch(end)):
        return False
    return any(each.startswith(end) for each in known)
