"""Owns joining claims to encounters of another source by the number of the patient's account."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from infusion_asp.ingest.common import Converted
from infusion_asp.ingest.x12.claims import Claim
from infusion_asp.model.errors import InputError, shown
from infusion_asp.model.reading import read_record

KEYS = ("patient_control_number", "medical_record_number")
_DATED = re.compile(r"(.+?)[-/_]\d{4}-\d{2}-\d{2}")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_OF_THE_CLAIM = ("setting", "payer", "place_of_service", "type_of_bill")


class Join:
    """Encounters of a JSONL file by their number; an index on disk, not in memory.

    The number of an encounter is its `encounter_id`, without a date that ends it. An encounter
    and a line belong together when they share the number and the line has no date or one from
    the first to the last day of the encounter.
    """

    def __init__(self, path: Path, key: str) -> None:
        """Index the file. Raises InputError where it is not JSONL of encounters."""
        self._key = key
        self._path = path
        self._file: BinaryIO | None = None
        # An empty name is a temporary database on disk that ends with its connection.
        self._index = sqlite3.connect("")

    def __enter__(self) -> Join:
        try:
            self._file = self._path.open("rb")
        except OSError as caught:
            why = (caught.strerror or "unknown reason").lower()
            message = f"{shown(str(self._path))} cannot be read: {why}"
            raise InputError(self._path.name, message, kind="unreadable_file") from None
        self._index.executescript(
            "PRAGMA synchronous=OFF; PRAGMA journal_mode=OFF;"
            "CREATE TABLE charted (key TEXT, first TEXT, last TEXT, at INTEGER, used INTEGER);"
        )
        self._index.executemany("INSERT INTO charted VALUES (?, ?, ?, ?, 0)", self._rows())
        self._index.execute("CREATE INDEX by_key ON charted (key)")
        return self

    def __exit__(self, *_: object) -> None:
        self._index.close()
        if self._file is not None:
            self._file.close()

    def joined(self, item: Converted, claim: Claim) -> Iterator[Converted]:
        """The charted encounters that the claim bills, then the lines that none of them has.

        A charted encounter keeps its id; billed a second time, as by a physician and a hospital,
        it gets `#2` after it. Setting, payer, place and bill type are those of the claim.
        """
        key = claim.record if self._key == KEYS[1] else claim.control
        lines: list[dict[str, Any]] = item.encounter["billed"]
        rows = self._index.execute(
            "SELECT rowid, first, last, at, used FROM charted WHERE key = ? ORDER BY at", (key,)
        ).fetchall()
        notes = item.notes
        for row, first, last, at, used in rows if key else ():
            own = [line for line in lines if _within(line.get("date"), first, last)]
            if not own:
                continue
            lines = [line for line in lines if line not in own]
            self._index.execute("UPDATE charted SET used = used + 1 WHERE rowid = ?", (row,))
            encounter = self._encounter(at)
            if used:
                encounter["encounter_id"] += f"#{used + 1}"
            header = {
                name: item.encounter[name] for name in _OF_THE_CLAIM if name in item.encounter
            }
            if "diagnoses" not in encounter and "diagnoses" in item.encounter:
                header["diagnoses"] = item.encounter["diagnoses"]
            yield Converted({**encounter, **header, "billed": own}, len(own), item.place, notes)
            notes = ()
        if lines:
            rest = {**item.encounter, "billed": lines}
            yield Converted(rest, len(lines), item.place, (*notes, "claim_without_administrations"))

    def left_over(self) -> Iterator[Converted]:
        """The charted encounters that no claim bills."""
        found = self._index.execute("SELECT at FROM charted WHERE used = 0 ORDER BY at")
        for (at,) in found:
            place = f"{self._path.name}: byte {at}"
            yield Converted(self._encounter(at), 0, place, ("encounter_without_a_claim",))

    def _encounter(self, at: int) -> dict[str, Any]:
        assert self._file is not None
        self._file.seek(at)
        found: dict[str, Any] = json.loads(self._file.readline().decode("utf-8-sig"))
        return found

    def _rows(self) -> Iterator[tuple[str, str, str, int]]:
        assert self._file is not None
        at, number = 0, 0
        while line := self._file.readline():
            number += 1
            if line.strip(b"\xef\xbb\xbf \t\r\n"):
                record = read_record(self._path.name, number, line)
                encounter = record.encounter()
                days = sorted(time.date().isoformat() for _, time in encounter.times())
                first, last = (days[0], days[-1]) if days else ("", "")
                dated = _DATED.fullmatch(encounter.encounter_id)
                yield dated[1] if dated else encounter.encounter_id, first, last, at
            at += len(line)


def _within(day: str | None, first: str, last: str) -> bool:
    return day is None or not first or first <= day <= last
