"""Owns opening a record of a batch in the encounter view: its state, found by its number."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from infusion_asp.model.plain import one_line
from infusion_asp.web.batches.choices import chosen_in
from infusion_asp.web.batches.directory import Directory, Kind, look
from infusion_asp.web.batches.errors import NoBatchError, NotOpenedError
from infusion_asp.web.batches.sought import Sought, document
from infusion_asp.web.batches.store import STORES, Store
from infusion_asp.web.batches.whereabouts import place_of
from infusion_asp.web.settings import Settings

KEY = re.compile(r"batch-([1-9]\d{0,4})-(\d{1,13})", re.ASCII)
_KEPT = "SELECT record, encounter_id, file, line, encounter FROM encounters WHERE record = $record"
_REFUSED = "SELECT record, file, line FROM errors WHERE record = $record"
_BEFORE = """
    SELECT count(*) AS skip, count(*) FILTER (encounter_id = $id) AS turn FROM (
        SELECT encounter_id FROM encounters
        WHERE file = $file AND line = $line AND record < $record
        UNION ALL SELECT NULL FROM errors WHERE file = $file AND line = $line AND record < $record)
"""
_EARLIER = """
    SELECT line FROM (SELECT record, file, line FROM encounters
        UNION ALL SELECT record, file, line FROM errors)
    WHERE record = $record - 1 AND file = $file AND line <= $line
"""


@dataclass(frozen=True)
class Opened:
    """A record as it was read: its document as JSON, and whether it had a result."""

    record: int
    document: str
    refused: bool


def key_of(batch: int, record: int) -> str:
    """The key under which the encounter view opens a record."""
    return f"batch-{batch}-{record}"


def opened(settings: Settings, key: str) -> str:
    """The state of the record that a key names, as text, under the choices of the run.

    The encounter may be one that was refused. It reads files: call it in a thread. Raises
    NoBatchError, and NotOpenedError with the address that says what can be done.
    """
    found = KEY.fullmatch(key)
    if found is None:
        raise NoBatchError("there is no such record", "choose one from the list")
    batch, record = int(found[1]), int(found[2])
    directory = directory_of(settings, batch)
    try:
        read = record_of(directory, STORES.of(directory), record)
    except NotOpenedError as error:
        error.address = f"/batches/{batch}/records/{record}"
        raise
    profile, policies = chosen_in(directory)
    choices = json.dumps({"profile": profile, "policies": policies}, ensure_ascii=False)
    return f'{{"encounter":{read.document},{choices[1:]}'


def directory_of(settings: Settings, batch: int) -> Directory:
    """A batch by its number from 1; raises NoBatchError where it is not whole."""
    if not 1 <= batch <= len(settings.batches):
        count = len(settings.batches)
        raise NoBatchError(
            f"there is no batch {batch}",
            f"the page was started with {count} of them" if count else "see /batches",
        )
    directory = look(settings.batches[batch - 1])
    if directory.kind is not Kind.WHOLE:
        raise NoBatchError(f"batch {batch} cannot be browsed", "see /batches")
    return directory


def record_of(directory: Directory, store: Store, record: int) -> Opened:
    """A record from the tables, where they kept it, else from the input; raises NotOpenedError."""
    row = store.one(_KEPT, {"record": record})
    refused = row is None
    if row is None:
        row = store.one(_REFUSED, {"record": record})
    if row is None:
        raise NotOpenedError(f"the batch has no record {record}", "choose one from the list")
    if row.get("encounter"):
        return Opened(record, row["encounter"], refused)
    try:
        read = document(_sought(directory, store, row))
    except OSError as error:
        raise NotOpenedError(
            f"the input cannot be read ({type(error).__name__})", "look at its permissions"
        ) from None
    return Opened(record, one_line(read), refused)


def input_of(store: Store, record: int) -> str:
    """The input that a record was read from; raises NotOpenedError where there is no record."""
    row = store.one(_KEPT, {"record": record}) or store.one(_REFUSED, {"record": record})
    if row is None:
        raise NotOpenedError(f"the batch has no record {record}", "choose one from the list")
    return str(row["file"])


def _sought(directory: Directory, store: Store, row: dict[str, Any]) -> Sought:
    path = place_of(directory, row["file"])
    id = row.get("encounter_id")
    before = store.one(_BEFORE, {**row, "id": id}) or {"skip": 0, "turn": 0}
    earlier = None if id else store.one(_EARLIER, row)
    line = earlier["line"] if earlier else None
    return Sought(path, row["line"], id, before["skip"], before["turn"], line)
