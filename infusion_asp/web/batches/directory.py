"""Owns what a directory of `batch` holds: its tables, summary and journal, whole or not."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from infusion_asp.batch.journal import DIRECTORY
from infusion_asp.batch.schema import SCHEMAS
from infusion_asp.batch.summary import RUN, SUMMARY

FORMS = ("parquet", "csv", "jsonl")
_PARTS = "*.part"


class Kind(Enum):
    """Whether a directory can be browsed."""

    WHOLE = "whole"
    UNFINISHED = "unfinished"  # a run goes on in it, or was broken off
    MISSING = "missing"  # no directory
    FOREIGN = "foreign"  # none that `batch` has written


@dataclass(frozen=True)
class Input:
    """One file that the run has read; without `bytes` and `sha256` it was standard input."""

    name: str
    bytes: int | None = None
    sha256: str = ""


@dataclass(frozen=True)
class Directory:
    """A directory as it is now.

    `files` are the tables by name, `kept` the parts of a run that has not ended, `stamp` changes
    when any file does.
    """

    path: Path
    kind: Kind
    files: Mapping[str, Path]
    summary: Mapping[str, Any]
    timing: Mapping[str, Any]
    run: Mapping[str, Any]
    kept: int
    stamp: tuple[Any, ...]

    @property
    def name(self) -> str:
        """What people call it."""
        return self.path.resolve().name

    @property
    def form(self) -> str:
        """The form of its tables."""
        return next((each.suffix[1:] for each in self.files.values()), "")

    @property
    def inputs(self) -> tuple[Input, ...]:
        """The files that the run has read, in order; none where its journal is not there."""
        listed = self.run.get("the input")
        return tuple(
            Input(str(each.get("name", "")), each.get("bytes"), str(each.get("sha256", "")))
            for each in (listed if isinstance(listed, list) else ())
            if isinstance(each, Mapping)
        )

    @property
    def converted(self) -> str:
        """The kind that the records were converted from while the batch ran; empty for none."""
        options = self.run.get("the options")
        return str(options.get("from") or "") if isinstance(options, Mapping) else ""


def look(path: Path) -> Directory:
    """What is in a directory; nothing is raised for what is not there or broken.

    It is read again when the size or the time of a file changes.
    """
    if not path.is_dir():
        return Directory(path, Kind.MISSING, {}, {}, {}, {}, 0, ())
    files = {name: found for name in SCHEMAS if (found := _table(path, name))}
    beside = (path / SUMMARY, path / RUN, path / DIRECTORY / RUN)
    kept = len(list((path / DIRECTORY).glob(_PARTS)))
    seen = (path.resolve(), kept, *map(_stamp, (*files.values(), *beside)))
    known = _SEEN.get(path)
    if known is None or known[0] != seen:
        _SEEN[path] = known = (seen, _read(path, files, kept))
    return known[1]


_SEEN: dict[Path, tuple[tuple[Any, ...], Directory]] = {}
"""The directories of this run as they were when they were looked at last."""


def _read(path: Path, files: Mapping[str, Path], kept: int) -> Directory:
    journal = _json(path / DIRECTORY / RUN)
    if (journal and not journal.get("finished")) or (kept and not journal):
        kind = Kind.UNFINISHED
    else:
        kind = Kind.WHOLE if len(files) == len(SCHEMAS) else Kind.FOREIGN
    run = journal.get("run")
    return Directory(
        path,
        kind,
        files,
        _json(path / SUMMARY),
        _json(path / RUN),
        run if isinstance(run, Mapping) else {},
        kept,
        tuple(map(_stamp, files.values())),
    )


def _table(path: Path, name: str) -> Path | None:
    places = (path / f"{name}.{form}" for form in FORMS)
    return next((each for each in places if each.is_file()), None)


def _json(path: Path) -> Mapping[str, Any]:
    with suppress(OSError, ValueError):
        found = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(found, dict):
            return found
    return {}


def _stamp(path: Path) -> tuple[str, int, int]:
    try:
        found = path.stat()
    except OSError:
        return (str(path), -1, 0)
    return (str(path), found.st_size, found.st_mtime_ns)
