"""Owns where the inputs of a batch are now: as the run named them, or as a person says.

A place that a person names is taken only where the file there is the run's input, byte for byte:
nothing else of the machine can be read that way.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

from infusion_asp.batch.inputs.naming import named
from infusion_asp.batch.journal import digest_of
from infusion_asp.model.errors import shown
from infusion_asp.web.batches.directory import Directory, Input
from infusion_asp.web.batches.errors import BatchError, NotOpenedError

_ELSEWHERE: dict[tuple[Path, str], Path] = {}
"""By directory and name: the inputs that were named anew since the page was started."""
_LOCK = threading.Lock()
STDIN = "standard input"


def place_of(directory: Directory, name: str) -> Path:
    """Where the input of that name is; raises NotOpenedError where it is not, or is another."""
    if directory.converted:
        raise NotOpenedError(
            f"the record was converted from {directory.converted} while the batch ran, and is not"
            " in its tables",
            "they keep records that have a result, unless --no-records is given;"
            " `infusion-asp convert` writes all of them",
        )
    if name == STDIN:
        raise NotOpenedError(
            "the batch read the record from standard input, and it is not in its tables",
            "they keep records that have a result, unless --no-records is given",
        )
    with _LOCK:
        known = _ELSEWHERE.get((directory.path, name))
    journal = _journal(directory, name)
    changed = False
    places: list[Path] = [] if known is None else [known]
    for path in (*places, *_usual(directory, name)):
        if _is_file(path):
            if journal is None or journal.bytes is None or _size(path) == journal.bytes:
                return path
            changed = True
    why = "has changed since the batch" if changed else "is not where the batch read it"
    raise NotOpenedError(
        f"the input {named(name)} {why}",
        "say where the file is now, or start the page where the batch was run",
        nameable=journal is not None and bool(journal.sha256),
    )


def moved(directory: Directory, name: str, typed: str) -> Path:
    """Take `typed`, a file or the directory that holds it, as the place of an input.

    Raises BatchError where it is not that input.
    """
    journal = _journal(directory, name)
    if journal is None or not journal.sha256:
        raise BatchError("nothing tells which file the batch has read", "run the batch again")
    path, given = Path(typed.strip()), Path(name)
    candidates = [path, path / given.name] if typed.strip() else []
    if candidates and not given.is_absolute():
        candidates.append(path / given)
    found = next((each for each in candidates if _is_file(each)), None)
    if found is None or not _same(found, journal):
        raise BatchError(
            f"there is no file at {shown(typed)} that is the input of this batch",
            "the file must have the same bytes; name it, or the directory it is in",
        )
    with _LOCK:
        _ELSEWHERE[directory.path, name] = found
    return found


def _journal(directory: Directory, name: str) -> Input | None:
    return next((each for each in directory.inputs if each.name == name), None)


def _usual(directory: Directory, name: str) -> Iterator[Path]:
    """As the run was told, seen from here, from the directory of the tables, and above it."""
    given = Path(name)
    yield given
    own = directory.path.resolve()
    if not given.is_absolute():
        for above in (own, *own.parents):
            yield above / given


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # ValueError: a NUL in the name
        return False


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except OSError:
        return None


def _same(path: Path, journal: Input) -> bool:
    if _size(path) != journal.bytes:
        return False
    try:
        return bool(digest_of(path)["sha256"] == journal.sha256)
    except OSError:
        return False
