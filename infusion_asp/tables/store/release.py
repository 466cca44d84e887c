"""One stored table of one quarter: an SQLite file that is written once and then only read."""

from __future__ import annotations

import json
import os
import sqlite3
import threading
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from infusion_asp.tables.store.edit_layouts import EDITS
from infusion_asp.tables.store.errors import Damaged
from infusion_asp.tables.store.layouts import Cells, Layout
from infusion_asp.tables.store.quarter import Quarter
from infusion_asp.tables.store.rate_layouts import RATES

LAYOUTS = {layout.kind: layout for layout in (*EDITS, *RATES)}
KINDS = tuple(LAYOUTS)
SUFFIX = ".sqlite"
_VERSION = 1
_BOTH = "both"


@dataclass(frozen=True)
class StoredFile:
    """A published file that a release was read from; `unreadable` rows were left out."""

    name: str
    member: str
    part: str
    sha256: str
    rows: int
    unreadable: int = 0


@dataclass(frozen=True)
class Release:
    """A table of one quarter and setting (empty: both) with the files it came from.

    `days` are those, as YYYYMMDD, on which a row begins to hold, or holds for the last time;
    `stamp` tells this state of the file from a later one.
    """

    kind: str
    setting: str
    quarter: Quarter
    imported: str
    rows: int
    files: tuple[StoredFile, ...]
    days: tuple[tuple[int, ...], tuple[int, ...]]
    path: Path
    stamp: tuple[int, int] = (0, 0)

    @property
    def layout(self) -> Layout:
        """How tables of its kind are published and kept."""
        return LAYOUTS[self.kind]

    @property
    def missing(self) -> tuple[str, ...]:
        """The parts that are not there, where some of the parts are."""
        there = {each.part for each in self.files if each.part}
        if not there or self.layout.parts == 1:
            return ()
        wanted = (f"f{number}" for number in range(1, self.layout.parts + 1))
        return tuple(each for each in wanted if each not in there)

    @classmethod
    def read(cls, path: Path) -> Release:
        """The release in a file; Damaged where it is none."""
        try:
            status = path.stat()
            with closing(_opened(path)) as base:
                about: dict[str, Any] = json.loads(
                    base.execute("SELECT about FROM release").fetchone()[0]
                )
            if about.pop("version") != _VERSION:
                raise Damaged(
                    f"'{path.name}' was stored by another version of the program",
                    "remove it and import the table again",
                )
            year, number = about.pop("quarter")
            begins, ends = about.pop("days")
            return cls(
                quarter=Quarter(year, number),
                days=(tuple(begins), tuple(ends)),
                files=tuple(StoredFile(**each) for each in about.pop("files")),
                path=path,
                stamp=(status.st_mtime_ns, status.st_size),
                **about,
            )
        except (sqlite3.Error, TypeError, ValueError, KeyError, OSError) as error:
            raise _damaged(path) from error

    def select(self, columns: str, where: str = "", values: Sequence[Any] = ()) -> list[Any]:
        """Rows of the table."""
        clause = f" WHERE {where}" if where else ""
        try:
            base = _connection(self.path, self.stamp, os.getpid(), threading.get_ident())
            return base.execute(f"SELECT {columns} FROM data{clause}", values).fetchall()
        except (sqlite3.Error, OSError) as error:
            raise _damaged(self.path) from error


def file_name(kind: str, setting: str, quarter: Quarter) -> str:
    """The name of the file that a release is kept in."""
    return f"{kind}-{setting or _BOTH}-{quarter}{SUFFIX}"


def create(base: sqlite3.Connection, layout: Layout) -> None:
    """Makes the two tables of a release."""
    base.execute("CREATE TABLE release (about TEXT)")
    base.execute(f"CREATE TABLE data ({layout.table}) WITHOUT ROWID")


def insert(base: sqlite3.Connection, layout: Layout, rows: Iterable[Cells]) -> None:
    """Adds rows; one with the key of an earlier row takes its place."""
    marks = ", ".join("?" * layout.width)
    base.executemany(f"INSERT OR REPLACE INTO data VALUES ({marks})", rows)


def finish(
    base: sqlite3.Connection,
    layout: Layout,
    setting: str,
    quarter: Quarter,
    imported: str,
    files: Sequence[StoredFile],
) -> None:
    """Writes down what the rows are."""
    (rows,) = base.execute("SELECT count(*) FROM data").fetchone()
    about = {
        "version": _VERSION,
        "kind": layout.kind,
        "setting": setting,
        "quarter": [quarter.year, quarter.number],
        "imported": imported,
        "rows": rows,
        "files": [asdict(each) for each in files],
        "days": [_days(base, layout, name) for name in ("effective", "deleted")],
    }
    base.execute("DELETE FROM release")
    base.execute("INSERT INTO release VALUES (?)", [json.dumps(about)])
    base.commit()


def writable(path: Path) -> sqlite3.Connection:
    """A connection to a file that nobody else sees yet: no journal, no waiting for the disk."""
    base = sqlite3.connect(path)
    base.execute("PRAGMA journal_mode = OFF")
    base.execute("PRAGMA synchronous = OFF")
    return base


def _days(base: sqlite3.Connection, layout: Layout, name: str) -> list[int]:
    if f"{name} INTEGER" not in layout.table:
        return []
    found = base.execute(f"SELECT DISTINCT {name} FROM data WHERE {name} > 0 ORDER BY 1")
    return [row[0] for row in found]


def _opened(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)


@lru_cache(maxsize=64)
def _connection(
    path: Path, stamp: tuple[int, int], process: int, thread: int
) -> sqlite3.Connection:
    """A connection of this process and thread to this state of a file."""
    return _opened(path)


def _damaged(path: Path) -> Damaged:
    return Damaged(
        f"the stored table '{path.name}' can't be read",
        f"remove '{path}' and import the table again",
    )
