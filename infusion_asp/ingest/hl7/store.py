"""Owns the pieces of all messages until their encounter is made: on disk, corrected in place."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby, islice
from operator import itemgetter
from typing import Any, NamedTuple

from infusion_asp.ingest.common import Dropped
from infusion_asp.ingest.hl7 import terms
from infusion_asp.ingest.hl7.pieces import BILLED, Piece

_TABLE = """
PRAGMA journal_mode=OFF;
CREATE TABLE piece (
    seq INTEGER PRIMARY KEY, visit TEXT, kind TEXT, orders TEXT, counter TEXT, what TEXT,
    file TEXT, place TEXT, number INTEGER, data TEXT, notes TEXT, units INTEGER
);
CREATE INDEX by_what ON piece (visit, kind, what, orders);
CREATE INDEX by_counter ON piece (visit, kind, orders, counter);
CREATE INDEX by_data ON piece (visit, kind, orders, data);
CREATE TABLE visit (
    id TEXT PRIMARY KEY, seq INTEGER, arrival TEXT, departure TEXT
);
"""


MOST = 10_000  # pieces of one visit; the encounter format holds fewer
_CREDITED = 1000  # charges of one code and day that a credit may take back


class Kept(NamedTuple):
    """One piece that stands after all corrections."""

    kind: str
    file: str
    place: str
    number: int
    data: dict[str, Any]
    notes: list[str]


class Store:
    """A private temporary database on disk; it is gone when it is closed or the process ends."""

    def __init__(self) -> None:
        self._base = sqlite3.connect("", isolation_level=None)
        self._base.executescript(_TABLE)
        self._base.execute("BEGIN")
        self._next = 0

    def take(self, piece: Piece, file: str, place: str) -> Iterator[Dropped]:
        """Keep a piece, or correct earlier ones with it; yields every piece that goes."""
        visit = piece.visit
        self._next += 1
        self._base.execute(
            "INSERT INTO visit VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET "
            "arrival = coalesce(excluded.arrival, arrival), "
            "departure = coalesce(excluded.departure, departure)",
            (visit.id, self._next, visit.arrival, visit.departure),
        )
        if piece.kind == BILLED:
            if piece.action == terms.CREDIT:
                yield from self._credit(piece, place)
                return
        elif piece.action == terms.ADD:
            if self._repeats(piece):
                yield Dropped("repeated_message", place, fault=False)
                return
        else:
            earlier = self._earlier(piece)
            if earlier is None and piece.action == terms.UPDATE and self._first(piece):
                notes = (*piece.notes, "update_without_the_original")
                self._insert(self._next, replace(piece, notes=notes), file, place)
                return
            if earlier is None:
                yield Dropped(
                    "correction_of_nothing", place, help="what RXA-21 corrects is missing"
                )
                return
            seq, old = earlier
            if piece.action == terms.DELETE:
                self._base.execute("DELETE FROM piece WHERE seq = ?", (seq,))
                yield Dropped("deleted_by_a_correction", old, fault=False)
                yield Dropped("deletion", place, fault=False)
                return
            yield Dropped("replaced_by_a_correction", old, fault=False)
            self._base.execute("DELETE FROM piece WHERE seq = ?", (seq,))
            self._insert(seq, piece, file, place)
            return
        self._insert(self._next, piece, file, place)

    def visits(self) -> Iterator[tuple[str, str | None, str | None, list[Kept], int]]:
        """Id, arrival, departure, the first MOST pieces and their whole number, of every visit in
        the order of the messages."""
        rows = self._base.execute(
            "SELECT v.id, v.arrival, v.departure, p.kind, p.file, p.place, p.number, p.data, "
            "p.notes FROM visit v JOIN piece p ON p.visit = v.id ORDER BY v.seq, p.seq"
        )
        for (id, arrival, departure), found in groupby(rows, itemgetter(0, 1, 2)):
            kept = [
                Kept(kind, file, place, number, json.loads(data), json.loads(notes))
                for _, _, _, kind, file, place, number, data, notes in islice(found, MOST)
            ]
            yield id, arrival, departure, kept, len(kept) + sum(1 for _ in found)

    def close(self) -> None:
        """Delete what was kept."""
        self._base.close()

    def _insert(self, seq: int, piece: Piece, file: str, place: str) -> None:
        row = (seq, piece.visit.id, piece.kind, piece.order, piece.counter, piece.what, file,
               place, piece.number, json.dumps(piece.data), json.dumps(piece.notes),
               piece.data.get("units"))  # fmt: skip
        self._base.execute(f"INSERT INTO piece VALUES ({','.join('?' * len(row))})", row)

    def _repeats(self, piece: Piece) -> bool:
        """Whether the same administration of the same order was sent before, word by word."""
        found = self._base.execute(
            "SELECT 1 FROM piece WHERE visit = ? AND kind = ? AND orders = ? AND counter = ? "
            "AND what = ? AND data = ? AND orders <> ''",
            (*_key(piece), piece.order, piece.counter, piece.what, json.dumps(piece.data)),
        )
        return found.fetchone() is not None

    def _earlier(self, piece: Piece) -> tuple[int, str] | None:
        """The piece that is corrected: of its order and counter, else of its order and time."""
        asked = "SELECT seq, place FROM piece WHERE visit = ? AND kind = ? AND orders = ? AND "
        for more, by in (
            ("counter = ? AND what = ?", (piece.counter, piece.what)),
            ("what = ?", (piece.what,)),
            ("counter = ? AND counter <> ''", (piece.counter,)),
        ):
            key = (*_key(piece), piece.order, *by)
            found = self._base.execute(f"{asked}{more} LIMIT 2", key).fetchall()
            if len(found) == 1:
                return found[0][0], found[0][1]
        return None

    def _first(self, piece: Piece) -> bool:
        """Whether an update is all that is known of its order, so that nothing is counted twice."""
        found = self._base.execute(
            "SELECT 1 FROM piece WHERE visit = ? AND kind = ? AND orders = ?",
            (*_key(piece), piece.order),
        )
        return bool(piece.order) and found.fetchone() is None

    def _credit(self, piece: Piece, place: str) -> Iterator[Dropped]:
        """Take units off the latest charges of the same code, modifiers and date."""
        charged = (
            "FROM piece WHERE visit = ? AND kind = ? AND what = ? AND orders = ? ORDER BY seq DESC"
        )
        key = (*_key(piece), piece.what, piece.order, _CREDITED)
        left: int = piece.data["units"]
        total = f"SELECT sum(units) FROM (SELECT units {charged} LIMIT ?)"
        if (self._base.execute(total, key).fetchone()[0] or 0) < left:
            yield Dropped("credit_of_nothing", place, help="no charge that it could take back")
            return
        rows = self._base.execute(f"SELECT seq, place, data {charged} LIMIT ?", key)
        taken: list[tuple[int, str, dict[str, Any]]] = []
        wanted = left
        for seq, at, text in rows:
            taken.append((seq, at, json.loads(text)))
            wanted -= taken[-1][2]["units"]
            if wanted <= 0:
                break
        for seq, at, data in taken:
            units = min(left, data["units"])
            left -= units
            data["units"] -= units
            if data["units"]:
                changed = (json.dumps(data), data["units"], seq)
                self._base.execute("UPDATE piece SET data = ?, units = ? WHERE seq = ?", changed)
            else:
                self._base.execute("DELETE FROM piece WHERE seq = ?", (seq,))
                yield Dropped("credited", at, fault=False)
        yield Dropped("credit", place, fault=False)


def _key(piece: Piece) -> tuple[str, str]:
    return piece.visit.id, piece.kind
