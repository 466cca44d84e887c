"""Owns what is kept between the two passes: a private database that spills to disk.

Resources that belong together may stand anywhere in the input, so they are kept until it ends.
The database has no name, is deleted with the process, and holds little of itself in memory.
"""

from __future__ import annotations

import marshal
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from infusion_asp.ingest.common import Dropped
from infusion_asp.ingest.fhir.stream import Found
from infusion_asp.ingest.fhir.values import part, word

ENCOUNTER, GIVEN, CLAIM = 0, 1, 2
_CACHE = 16 * 1024  # KiB of pages in memory

_SCHEMA = """
CREATE TABLE item (seq INTEGER PRIMARY KEY, key TEXT UNIQUE, kind INTEGER, whole TEXT,
  patient TEXT, first TEXT, last TEXT, file TEXT, at TEXT, updated TEXT);
CREATE TABLE body (seq INTEGER PRIMARY KEY, body BLOB);
CREATE TABLE lookup (key TEXT PRIMARY KEY, place TEXT, used INTEGER, body BLOB) WITHOUT ROWID;
CREATE TABLE alias (name TEXT PRIMARY KEY, key TEXT) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class Kept:
    """One resource of an encounter as it was kept; `key` is its `Type/id`."""

    seq: int
    key: str
    kind: int
    whole: str
    patient: str
    file: str
    at: str
    resource: dict[str, Any] = field(repr=False)

    @property
    def named(self) -> list[str]:
        """The resource as an origin names it: type and id, else its place and type."""
        if "#" not in self.key:
            return [self.key]
        return [text for text in (self.at, self.key.partition("#")[0]) if text]

    @property
    def place(self) -> str:
        """File and place, as a report names it."""
        return f"{self.file}:{self.at}" if self.at else self.file


class Store:
    """Resources by the encounter they belong to, and those that others refer to."""

    def __init__(self) -> None:
        self._db = sqlite3.connect("", isolation_level=None)
        for name, value in (("journal_mode", "OFF"), ("cache_size", -_CACHE)):
            self._db.execute(f"PRAGMA {name}={value}")
        self._db.executescript(_SCHEMA)
        self._db.execute("BEGIN")
        self._seen: dict[str, Any] = {}
        self._last = 0

    def close(self) -> None:
        """Deletes everything."""
        self._db.close()

    def keep(
        self,
        found: Found,
        key: str,
        kind: int,
        whole: str,
        patient: str,
        days: tuple[str, str],
    ) -> Dropped | None:
        """Keeps a resource of an encounter; the older one, where the key was kept before.

        `whole` is what it belongs to: a reference, or empty. Of two versions the one updated
        later stays, else the one that came later.
        """
        updated = _updated(found.resource)
        earlier = self._db.execute(
            "SELECT seq, updated, file, at FROM item WHERE key=?", (key,)
        ).fetchone()
        place = found.place
        if earlier:
            if updated and earlier[1] and updated < earlier[1]:
                return Dropped("superseded", place, fault=False)
            place = f"{earlier[2]}:{earlier[3]}" if earlier[3] else earlier[2]
            self._db.execute("DELETE FROM item WHERE seq=?", (earlier[0],))
            self._db.execute("DELETE FROM body WHERE seq=?", (earlier[0],))
        self._last += 1
        self._db.execute(
            "INSERT INTO item VALUES (?,?,?,?,?,?,?,?,?,?)",
            (self._last, key, kind, whole, patient, *days, found.file, found.at, updated),
        )
        body = marshal.dumps(found.resource)
        self._db.execute("INSERT INTO body VALUES (?,?)", (self._last, body))
        return Dropped("superseded", place, fault=False) if earlier else None

    def keep_lookup(self, found: Found, key: str) -> Dropped | None:
        """Keeps a resource that others refer to; says what it took the place of."""
        earlier = self._db.execute("SELECT place FROM lookup WHERE key=?", (key,)).fetchone()
        self._db.execute(
            "INSERT OR REPLACE INTO lookup VALUES (?,?,0,?)",
            (key, found.place, marshal.dumps(found.resource)),
        )
        return Dropped("superseded", earlier[0], fault=False) if earlier else None

    def name(self, alias: str, key: str) -> None:
        """Lets a reference by another name find the resource of a key."""
        if alias and alias != key:
            self._db.execute("INSERT OR REPLACE INTO alias VALUES (?,?)", (alias, key))

    def resolve(self, *, join: bool) -> None:
        """Replaces names by keys and gives every resource its encounter.

        An administration without one belongs to the day of its patient, a claim without one to
        itself, or with `join` to the only encounter of its patient that spans its days.
        """
        run = self._db.execute
        for column in ("whole", "patient"):
            run(
                f"UPDATE item SET {column}=(SELECT key FROM alias WHERE name={column})"
                f" WHERE {column} IN (SELECT name FROM alias)"
            )
        run(
            "UPDATE item SET whole='day|' || first || '|' || patient"
            f" WHERE whole='' AND kind={GIVEN} AND patient<>'' AND first<>''"
        )
        run("CREATE INDEX by_whole ON item (whole, kind, seq)")
        if join:
            self._join()
        run("UPDATE item SET whole='alone|' || key WHERE whole=''")

    def _join(self) -> None:
        run = self._db.execute
        run(
            "CREATE TABLE span AS SELECT whole, MAX(patient) AS patient,"
            " MIN(NULLIF(first, '')) AS first, MAX(last) AS last FROM item"
            f" WHERE kind<>{CLAIM} AND whole<>'' GROUP BY whole"
        )
        run("CREATE INDEX by_patient ON span (patient, first)")
        run(
            "UPDATE item SET whole=(SELECT CASE WHEN COUNT(*)=1 THEN MAX(s.whole) ELSE '' END"
            " FROM span s WHERE s.patient=item.patient AND s.first<=item.first"
            " AND s.last>=item.last)"
            f" WHERE whole='' AND kind={CLAIM} AND patient<>'' AND first<>''"
        )

    def wholes(self) -> Iterator[Iterator[Kept]]:
        """The resources of each encounter, encounters in the order of their first resource."""
        order = self._db.execute(
            "SELECT whole FROM item GROUP BY whole ORDER BY MIN(seq)",
        )
        for (whole,) in order:
            yield self._rows(whole)

    def _rows(self, whole: str) -> Iterator[Kept]:
        rows = self._db.execute(
            "SELECT seq, key, kind, whole, patient, file, at, body FROM item JOIN body USING (seq)"
            " WHERE whole=? ORDER BY kind, seq",
            (whole,),
        )
        for seq, key, kind, group, patient, file, at, body in rows:
            yield Kept(seq, key, kind, group, patient, file, at, marshal.loads(body))

    def has(self, key: str) -> bool:
        """Whether a resource of an encounter, such as a claim, is in the input."""
        key = self._key(key)
        found = self._db.execute("SELECT 1 FROM item WHERE key=?", (key,)).fetchone()
        return found is not None

    def look_up(self, key: str) -> tuple[dict[str, Any] | None, int]:
        """The resource of a reference, or None, and 1 where it is used for the first time."""
        key = self._key(key)
        if key in self._seen:
            return self._seen[key], 0
        row = self._db.execute("SELECT used, body FROM lookup WHERE key=?", (key,)).fetchone()
        if row is None:
            return None, 0
        if not row[0]:
            self._db.execute("UPDATE lookup SET used=1 WHERE key=?", (key,))
        if len(self._seen) >= 1024:
            self._seen.clear()
        self._seen[key] = marshal.loads(row[1])
        return self._seen[key], 1 - row[0]

    def unused(self) -> Iterator[Dropped]:
        """Resources that nothing referred to."""
        for (place,) in self._db.execute("SELECT place FROM lookup WHERE used=0 ORDER BY key"):
            yield Dropped("not_referred_to", place, fault=False)

    def _key(self, name: str) -> str:
        row = self._db.execute("SELECT key FROM alias WHERE name=?", (name,)).fetchone()
        return str(row[0]) if row else name


def _updated(resource: dict[str, Any]) -> str:
    return word(part(resource, "meta"), "lastUpdated")
