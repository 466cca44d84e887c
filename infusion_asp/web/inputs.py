"""Owns what the inputs of the page are: files of encounters, and directories that `batch` wrote."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from infusion_asp.batch.journal import DIRECTORY
from infusion_asp.batch.outputs import FORMS
from infusion_asp.ingest.kinds import conversion_of, named_once
from infusion_asp.model import InputError
from infusion_asp.model.errors import shown

_TABLE = "encounters"  # of the tables of a batch the one that every batch has
_BEGUN = "run.json"


@dataclass(frozen=True)
class Inputs:
    """Files and batch directories, each in the order given."""

    files: tuple[Path, ...]
    batches: tuple[Path, ...]


def sorted_inputs(paths: Sequence[Path], kind: str | None) -> Inputs:
    """The inputs of each sort; raises InputError for one that isn't there, or is neither.

    `kind` is the `--from` of the command line; a directory that `batch` wrote is never converted.
    """
    named_once(paths)
    files: list[Path] = []
    batches: list[Path] = []
    for path in paths:
        if not path.exists():
            raise InputError("INPUT", f"{shown(path)} is not there", kind="unreadable_file")
        if is_batch(path):
            batches.append(path)
        elif path.is_dir() and kind is None:
            help = "give a directory that `infusion-asp batch` wrote, or files of encounters"
            message = f"{shown(path)} holds no tables of a batch"
            raise InputError("INPUT", message, help, kind="not_a_batch")
        else:
            files.append(path)
    if kind is not None:
        conversion_of(kind, files)
    return Inputs(tuple(files), tuple(batches))


def is_batch(path: Path) -> bool:
    """Whether a directory holds the tables of a batch, or those of one that was broken off."""
    return (path / DIRECTORY / _BEGUN).is_file() or any(
        (path / f"{_TABLE}.{form}").is_file() for form in FORMS
    )
