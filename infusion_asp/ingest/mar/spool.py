"""Owns the events of all rows until their encounter is stitched: on disk, sorted, deleted after."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

from infusion_asp.ingest.mar.events import Event
from infusion_asp.ingest.mar.rows import Charted

_AT_ONCE = 2000


class Spool:
    """A private temporary database without a name; it is gone when the process ends.

    What a table holds does not fit in memory, and its rows stand in any order.
    """

    def __init__(self) -> None:
        self._base = sqlite3.connect("", isolation_level=None)
        self._base.execute("PRAGMA journal_mode=OFF")
        self._base.execute("CREATE TABLE charted (encounter TEXT, file INT, line INT, cells TEXT)")
        self._base.execute("BEGIN")
        self._waiting: list[tuple[str, int, int, str]] = []

    def add(self, charted: Charted) -> None:
        """Keep an event."""
        one = charted.event
        cells = [getattr(one, name) for name in _FIELDS]
        text = json.dumps([cells, charted.whole, charted.notes], default=datetime.isoformat)
        self._waiting.append((charted.encounter, one.file, one.line, text))
        if len(self._waiting) >= _AT_ONCE:
            self._flush()

    def encounters(self) -> Iterator[tuple[str, list[Charted]]]:
        """Every encounter with its events in the order of their rows, encounters by id."""
        self._flush()
        self._base.execute("COMMIT")
        rows = self._base.execute(
            "SELECT encounter, cells FROM charted ORDER BY encounter, file, line"
        )
        for encounter, found in groupby(rows, itemgetter(0)):
            yield encounter, [_charted(encounter, text) for _, text in found]

    def close(self) -> None:
        """Delete what was kept."""
        self._base.close()

    def _flush(self) -> None:
        self._base.executemany("INSERT INTO charted VALUES (?, ?, ?, ?)", self._waiting)
        self._waiting.clear()


_FIELDS = tuple(Event.__dataclass_fields__)
_TIMES = ("time", "stop")


def _charted(encounter: str, text: str) -> Charted:
    cells, whole, notes = json.loads(text)
    given: dict[str, Any] = dict(zip(_FIELDS, cells, strict=True))
    for name in _TIMES:
        if given[name] is not None:
            given[name] = datetime.fromisoformat(given[name])
    return Charted(encounter, Event(**given), whole, tuple(notes))
