"""Owns where results go: standard output, or a file that appears whole or not at all."""

from __future__ import annotations

import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_PLAIN = str.maketrans(
    {"█": "#", "▲": "^", "░": ".", "▒": "=", "─": "-", "┬": "+", "×": "x", "·": "-", "…": "~"}
)
_WIDEST = 140


@contextmanager
def sink(output: Path | None) -> Iterator[Callable[[str], None]]:
    """A function that writes text to `output`, or to standard output where it is None or `-`.

    A file is written beside its place and renamed when all went well; after a failure the old
    one is untouched. A device or a pipe is written directly.
    """
    if output is None or str(output) == "-":
        yield _print
        return
    target = output.resolve()
    if target.exists() and not stat.S_ISREG(target.stat().st_mode):
        with target.open("w", encoding="utf-8", newline="\n") as stream:
            yield lambda text: _write(stream.write, text)
        return
    handle, name = tempfile.mkstemp(prefix=f".{target.name[:80]}.", dir=target.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as stream:
            yield lambda text: _write(stream.write, text)
            stream.flush()
            os.fsync(stream.fileno())
        os.chmod(name, _mode(target))
        os.replace(name, target)
    except BaseException:
        with suppress(FileNotFoundError):
            os.unlink(name)
        raise


def colored(no_color: bool, output: Path | None) -> bool:
    """Whether colour is wanted: on a terminal, unless an option or NO_COLOR says otherwise."""
    return (
        not no_color
        and (output is None or str(output) == "-")
        and not os.environ.get("NO_COLOR")
        and os.environ.get("TERM") != "dumb"
        and sys.stdout.isatty()
    )


def width_of_terminal() -> int:
    """The columns to fill: those of the terminal, 80 where there is none, at most 140."""
    if not sys.stdout.isatty():
        return 80
    return min(shutil.get_terminal_size((80, 24)).columns, _WIDEST)


def _print(text: str) -> None:
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    try:
        data = text.encode(encoding, "surrogatepass" if encoding == "utf-8" else "strict")
    except UnicodeEncodeError:
        data = text.translate(_PLAIN).encode(encoding, "replace")
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def _write(write: Callable[[str], int], text: str) -> None:
    write(text)


def _mode(target: Path) -> int:
    if target.exists():
        return stat.S_IMODE(target.stat().st_mode)
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
