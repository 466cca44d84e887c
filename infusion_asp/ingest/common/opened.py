"""Owns how an input of bytes is opened: a file, a gzip file, or standard input for `-`."""

from __future__ import annotations

import gzip
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from infusion_asp.model.errors import InputError, shown

_GZIP = b"\x1f\x8b"


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """The bytes of `path`, unpacked where they are gzip. Raises InputError where it cannot."""
    name = str(path)
    if name == "-":
        yield sys.stdin.buffer
        return
    try:
        with path.open("rb") as raw:
            packed = raw.read(len(_GZIP)) == _GZIP
        with gzip.open(path, "rb") if packed else path.open("rb") as stream:
            yield cast(BinaryIO, stream)
    except (OSError, EOFError, zlib.error) as caught:
        why = (getattr(caught, "strerror", None) or "the gzip file is damaged").lower()
        message = f"{shown(name)} cannot be read: {why}"
        raise InputError(path.name, message, kind="unreadable_file") from None
