"""Importing published files: all of them or nothing, and what is stored stays as it is."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from infusion_asp.tables.store.catalog import Catalog
from infusion_asp.tables.store.choosing import described, quarter_of, setting_of
from infusion_asp.tables.store.errors import (
    AlreadyImported,
    BadRows,
    TableError,
    Truncated,
    Unrecognised,
    WrongKind,
    WrongQuarter,
)
from infusion_asp.tables.store.files import Head, Source, digest, sources
from infusion_asp.tables.store.layouts import Cells, Layout, as_number
from infusion_asp.tables.store.place import data_directory
from infusion_asp.tables.store.quarter import Quarter
from infusion_asp.tables.store.rate_layouts import for_others
from infusion_asp.tables.store.release import (
    KINDS,
    LAYOUTS,
    Release,
    StoredFile,
    create,
    file_name,
    finish,
    insert,
    writable,
)

_BAD_ROWS = 1000  # of so many rows one may be unreadable
_ASIDE = re.compile(r"correct|transaction|change|report|\bnoc|notes|layout|readme", re.IGNORECASE)


@dataclass(frozen=True)
class Piece:
    """A published file with what it covers."""

    source: Source
    setting: str
    quarter: Quarter
    part: str
    sha256: str

    @property
    def place(self) -> tuple[str, Quarter]:
        """The release that it belongs to."""
        return self.setting, self.quarter


def import_files(
    kind: str,
    files: Sequence[Path],
    *,
    quarter: Quarter | None = None,
    setting: str = "",
    replace: bool = False,
    directory: Path | None = None,
) -> tuple[Release, ...]:
    """Stores the tables of `files` and returns the releases that are new or have grown.

    Raises a TableError, with everything as it was, where any file is not a table of this kind,
    is cut off, or is stored already (`replace` puts it in the place of what is stored).
    """
    layout = LAYOUTS[kind]
    place = data_directory() if directory is None else directory
    pieces = [
        piece for file in files for piece in _pieces(layout, file, quarter=quarter, setting=setting)
    ]
    groups: dict[tuple[str, Quarter], list[Piece]] = {}
    for piece in pieces:
        groups.setdefault(piece.place, []).append(piece)
    place.mkdir(parents=True, exist_ok=True)
    with _alone(place), tempfile.TemporaryDirectory(prefix=".import-", dir=place) as aside:
        catalog = Catalog.read(place)
        written = []
        for (found, of), members in groups.items():
            known = None if replace else catalog.find(kind, found, of)
            _refuse_repeated(layout, members, known)
            path = Path(aside) / file_name(kind, found, of)
            _write(layout, path, members, known)
            written.append(path)
        for path in written:
            os.replace(path, place / path.name)
    return tuple(Release.read(place / path.name) for path in written)


def _pieces(layout: Layout, file: Path, *, quarter: Quarter | None, setting: str) -> list[Piece]:
    """The tables of one file or archive; of several forms of one table the plainest."""
    heads: dict[Source, Head] = {}
    fitting: list[Source] = []
    for each in sources(file):
        if each.stem in {other.stem for other in fitting}:
            continue  # the same table in another form
        heads[each] = each.head()
        if layout.fits(each, heads[each]):
            fitting.append(each)
    if layout.kind == "pfs":
        fitting = _of_most(file, fitting)
    fitting = [each for each in fitting if not _ASIDE.search(each.name)] or fitting
    if not fitting:
        raise _unfitting(layout, file, heads)
    sha256 = digest(file)
    found: dict[tuple[str, Quarter, str], Piece] = {}
    for each in fitting:
        piece = Piece(
            each,
            setting_of(layout, each, heads[each], setting),
            quarter_of(each, heads[each], quarter),
            layout.part(each),
            sha256,
        )
        found.setdefault((*piece.place, piece.part), piece)
    return list(found.values())


def _of_most(file: Path, fitting: list[Source]) -> list[Source]:
    """Without the fee schedule of qualifying groups, which has a conversion factor of its own."""
    kept = [each for each in fitting if not for_others(each)]
    if fitting and not kept:
        raise WrongKind(
            f"'{file.name}' holds the amounts of qualifying participants of alternative models",
            "import the file whose name ends in nonQPP",
        )
    return kept


def _unfitting(layout: Layout, file: Path, heads: Mapping[Source, Head]) -> TableError:
    for source, head in heads.items():
        for kind in KINDS:
            if LAYOUTS[kind].fits(source, head):
                return WrongKind(
                    f"'{file.name}' is a table of {LAYOUTS[kind].title} ({kind}), not of "
                    f"{layout.title} ({layout.kind})",
                    f"use 'tables import {kind}'",
                )
        other = described(head)
        if other:
            return WrongKind(f"'{file.name}' is {other}, not a table of {layout.title}")
    return Unrecognised(
        f"'{file.name}' does not look like a table of {layout.title}: its first rows have no "
        "such headings or codes",
        "give the archive, or the .csv or .xlsx file, as it is published; 'tables import --help' "
        "names the files",
    )


def _refuse_repeated(layout: Layout, pieces: Sequence[Piece], known: Release | None) -> None:
    stored = list(known.files) if known else []
    of = f"{layout.kind} {pieces[0].quarter}" + (
        f" {pieces[0].setting}" if pieces[0].setting else ""
    )
    for number, piece in enumerate(pieces):
        before = [*stored, *(_stored(each) for each in pieces[:number])]
        same = [each for each in before if each.sha256 == piece.sha256 and each.part == piece.part]
        if same:
            raise AlreadyImported(
                f"'{piece.source.path.name}' is stored already as {of}",
                "nothing to do; --replace imports it again",
            )
        if any(each.part == piece.part or not (each.part and piece.part) for each in before):
            name = f"part {piece.part} of {of}" if piece.part else of
            raise AlreadyImported(
                f"another file is stored already as {name}",
                "--replace puts this one in its place"
                + ("; then give all parts in one command" if layout.parts > 1 else ""),
            )


def _stored(piece: Piece, rows: int = 0, unreadable: int = 0) -> StoredFile:
    return StoredFile(
        piece.source.path.name, piece.source.member, piece.part, piece.sha256, rows, unreadable
    )


def _write(layout: Layout, path: Path, pieces: Sequence[Piece], known: Release | None) -> None:
    if known is not None:
        shutil.copyfile(known.path, path)
    with closing(writable(path)) as base:
        if known is None:
            create(base, layout)
        stored = list(known.files) if known else []
        stored += [_insert(base, layout, piece) for piece in pieces]
        first = pieces[0]
        now = datetime.now(UTC).isoformat(timespec="seconds")
        finish(base, layout, first.setting, first.quarter, now, stored)


def _insert(base: sqlite3.Connection, layout: Layout, piece: Piece) -> StoredFile:
    """Adds the rows of one file, and refuses it where they are not what they should be."""
    name, last_day = piece.source.name, as_number(piece.quarter.end)
    rows = unreadable = 0
    cut_off = False

    def readable() -> Iterator[Cells]:
        nonlocal rows, unreadable, cut_off
        for row in layout.read(piece.source):
            cut_off = row is None
            if row is None:
                unreadable += 1
                continue
            if layout.dated is not None and int(row[layout.dated] or 0) > last_day:
                raise WrongQuarter(
                    f"'{name}' holds a row that begins on {row[layout.dated]}, after "
                    f"{piece.quarter}",
                    "name the right quarter with --quarter",
                )
            rows += 1
            yield row

    insert(base, layout, readable())
    if cut_off or piece.source.stops_short():
        raise Truncated(f"'{name}' ends in the middle of a row", "download it again")
    if not rows:
        raise Unrecognised(f"'{name}' has no row with a code", "download it again")
    if unreadable * _BAD_ROWS > rows:
        raise BadRows(
            f"'{name}' has {unreadable} of {rows + unreadable} rows that can't be read",
            "download it again, or give the file as it is published",
        )
    return _stored(piece, rows, unreadable)


@contextmanager
def _alone(place: Path) -> Iterator[None]:
    """Keeps two imports from writing at once, where the system can."""
    try:
        import fcntl  # noqa: PLC0415
    except ImportError:
        yield
        return
    with (place / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
