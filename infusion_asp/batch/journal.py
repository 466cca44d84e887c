"""Owns what a run leaves on disk while it goes on, so that a later one goes on from there.

A part is there whole or not at all: it's written beside its place, synced, and renamed.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import infusion_asp
from infusion_asp.model.errors import shown

DIRECTORY = ".parts"
_RUN, _LOCK, _PART, _UNDONE = "run.json", "lock", ".part", ".new"
_FORMAT = 1  # of the journal itself


class JournalError(ValueError):
    """A run can't begin or go on in a directory; `help` says what to do instead."""

    def __init__(self, message: str, help: str) -> None:
        self.message = message
        self.help = help
        super().__init__(message)


def digest_of(path: Path) -> dict[str, Any]:
    """What tells whether a file is still the same: bytes and SHA-256. Raises OSError."""
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
        return {"bytes": file.tell(), "sha256": found}


def program_digest() -> str:
    """SHA-256 over the program's own source: a version in the making changes without its number."""
    found = hashlib.sha256()
    package = Path(infusion_asp.__file__).parent
    for path in sorted(package.rglob("*.py")):
        data = path.read_bytes()
        found.update(f"{path.relative_to(package).as_posix()} {len(data)}\n".encode() + data)
    return found.hexdigest()


def write_whole(path: Path, data: bytes) -> None:
    """Write a file that is there with all of `data` or not at all, also after a power cut."""
    new = path.with_name(path.name + _UNDONE)
    with new.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)


class Journal:
    """The parts of one run in its output directory; only one process can have it open.

    `run` is what the parts depend on: inputs, options, rulebook, versions, as JSON holds them.
    With `resume` a run that was broken off goes on, else it's an error that there is one, unless
    `anew`. Raises JournalError, and OSError where the directory can't be written.
    """

    def __init__(
        self, out: Path, run: Mapping[str, Any], *, resume: bool = False, anew: bool = False
    ) -> None:
        self._out = out
        self._place = out / DIRECTORY
        self._place.mkdir(parents=True, exist_ok=True)
        self._lock = self._locked()
        try:
            self.finished = self._begin(_plain(run), resume, anew)
        except BaseException:
            self._lock.close()
            raise
        self.done = frozenset(int(path.stem) for path in self._place.glob(f"*{_PART}"))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._lock.close()

    def path(self, number: int) -> Path:
        """Where a part is, or will be."""
        return self._place / f"{number:08d}{_PART}"

    @property
    def count(self) -> int:
        """How many parts are kept."""
        return len(list(self._place.glob(f"*{_PART}")))

    def write(self, number: int, data: bytes) -> None:
        """Keep a part."""
        write_whole(self.path(number), data)

    def finish(self) -> None:
        """Say that the results are written, and drop the parts."""
        self._say(self._run, finished=True)
        self._drop()

    def _locked(self) -> Any:
        file = (self._place / _LOCK).open("ab")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            raise JournalError(
                f"another run is writing to {shown(self._out)}", "wait for it, or choose another"
            ) from None
        return file

    def _begin(self, run: dict[str, Any], resume: bool, anew: bool) -> bool:
        """Whether the run was finished before."""
        self._run = run
        for left in self._place.glob(f"*{_UNDONE}"):
            left.unlink()
        known = self._known()
        if resume and known is not None:
            self._compare(known["run"])
            return bool(known["finished"])
        unfinished = known is None or not known["finished"]
        if unfinished and not anew and any(self._place.glob(f"*{_PART}")):
            raise JournalError(
                f"{shown(self._out)} holds a run that was broken off",
                "--overwrite begins anew"
                if known is None
                else "--resume goes on with it, --overwrite begins anew",
            )
        self._drop()
        self._say(run, finished=False)
        return False

    def _compare(self, known: Mapping[str, Any]) -> None:
        other = [name for name in self._run if self._run[name] != known.get(name)]
        other += [name for name in known if name not in self._run]
        if other:
            raise JournalError(
                f"the run in {shown(self._out)} can't go on: {_joined(other)} changed since",
                "begin anew with --overwrite, or in another directory",
            )

    def _known(self) -> dict[str, Any] | None:
        with suppress(OSError, ValueError):
            known = json.loads((self._place / _RUN).read_text(encoding="utf-8"))
            if isinstance(known, dict) and known.get("journal") == _FORMAT:
                return known
        return None

    def _say(self, run: Mapping[str, Any], *, finished: bool) -> None:
        said = {"journal": _FORMAT, "finished": finished, "run": run}
        write_whole(self._place / _RUN, json.dumps(said, indent=1).encode())

    def _drop(self) -> None:
        for path in self._place.glob(f"*{_PART}"):
            path.unlink()


def _plain(run: Mapping[str, Any]) -> dict[str, Any]:
    """As it will be when it's read again: lists for tuples, texts for keys."""
    plain: dict[str, Any] = json.loads(json.dumps(run))
    return plain


def _joined(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
