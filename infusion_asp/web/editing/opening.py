"""Owns what a key opens: a shipped example, a record of a served file, an empty encounter."""

from __future__ import annotations

import json
import re
from itertools import islice
from pathlib import Path
from typing import Any

from infusion_asp.model import InputError
from infusion_asp.model.errors import shown
from infusion_asp.web.editing.examples import path_of
from infusion_asp.web.editing.sources import found_in
from infusion_asp.web.encounter.state import State
from infusion_asp.web.settings import Settings

EMPTY: dict[str, Any] = {"encounter_id": "new", "setting": "facility", "administrations": []}
_FILE = re.compile(r"file-(\d{1,6})-(\d{1,12})")


class NotOpenedError(LookupError):
    """A key that opens nothing; `help` says what to do."""

    def __init__(self, message: str, help: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.help = help


def opened(settings: Settings, key: str) -> str:
    """The text of the state that a key opens; the encounter in it may be wrong.

    Keys: `empty`, `example-NAME`, and `file-N-R` for the record R of the served file N, both from
    1. Reads files; raises NotOpenedError.
    """
    if key == "empty":
        return State(EMPTY).text()
    if key.startswith("example-"):
        path = path_of(key.removeprefix("example-"))
        if path is None:
            raise NotOpenedError(f"{shown(key)} is not an example", "choose one on the start page")
        return State(json.loads(path.read_text("utf-8"))).text()
    match = _FILE.fullmatch(key)
    if match is None:
        raise NotOpenedError(f"{shown(key)} opens nothing", "choose a record on the start page")
    path = file_of(settings, int(match[1]))
    return _record(path, settings.kind, int(match[2]))


def file_of(settings: Settings, number: int) -> Path:
    """The served file of a number that counts from 1; raises NotOpenedError."""
    if not 1 <= number <= len(settings.files):
        raise NotOpenedError(f"there is no file {number}", "choose one on the start page")
    return settings.files[number - 1]


def _record(path: Path, kind: str | None, number: int) -> str:
    try:
        found = next(islice(found_in([path], kind), max(0, number - 1), None), None)
    except InputError as error:
        raise NotOpenedError(error.message, error.help) from None
    if found is None or number < 1:
        raise NotOpenedError(f"the file has no record {number}", "choose one on its page")
    if found.state is None:
        first = found.errors[0]
        raise NotOpenedError(first.message, first.help)
    return found.state
