"""Owns asking the tables of a batch: DuckDB in this process, over Parquet files, reading only.

Tables that are CSV or JSONL are first written as Parquet into a private directory that is gone when
the process ends.
"""

from __future__ import annotations

import re
import shutil
import tempfile
import threading
import weakref
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from infusion_asp.batch.schema import SCHEMAS
from infusion_asp.report.errors import BatchDirectoryError
from infusion_asp.report.reading import Tables
from infusion_asp.web.batches.directory import Directory
from infusion_asp.web.batches.errors import NoBatchError

T = TypeVar("T")
THREADS, MEMORY = 2, "512MB"
AT_ONCE = 2  # questions that are answered side by side
_KEPT = 64  # answers that are the same for every page of a list
_ROWS = 32_768  # of a row group
_PARAMETER = re.compile(r"\$(\w+)")
_GUARDED = r"^'(\s*[=+\-@\t\r\n＝＋－＠])"  # see batch.outputs
_SAFE: dict[str, Any] = {
    "threads": THREADS,
    "memory_limit": MEMORY,
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "allow_community_extensions": False,
}


class Store:
    """The tables of one directory. `share` tells how far they are read; 1 when they can be asked.

    Every question is fixed text with named parameters.
    """

    def __init__(self, directory: Directory) -> None:
        self.directory = directory
        self.share = 0.0
        self.failed: NoBatchError | None = None
        self.ready = threading.Event()
        self._scratch = Path(tempfile.mkdtemp(prefix="infusion-asp-"))
        self._gone = weakref.finalize(self, shutil.rmtree, self._scratch, ignore_errors=True)
        self._turns = threading.BoundedSemaphore(AT_ONCE)
        self._kept: dict[Any, Any] = {}
        self._lock = threading.Lock()
        self._base: duckdb.DuckDBPyConnection
        threading.Thread(target=self._open, name="batch tables", daemon=True).start()

    def rows(self, question: str, values: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
        """The rows of an answer by the names of their columns; waits until the tables are read.

        Values that the question has no parameter for are left out.

        Raises NoBatchError where they are damaged.
        """
        self.ready.wait()
        if self.failed is not None:
            raise self.failed
        with self._turns:
            cursor = self._base.cursor()
            try:
                asked = set(_PARAMETER.findall(question))
                given = {name: each for name, each in (values or {}).items() if name in asked}
                found = cursor.execute(question, given or None)
                names = [each[0] for each in found.description or ()]
                return [dict(zip(names, row, strict=True)) for row in found.fetchall()]
            except duckdb.Error as error:
                raise _damaged(self.directory, error) from None
            finally:
                cursor.close()

    def one(self, question: str, values: Mapping[str, Any] | None = None) -> dict[str, Any] | None:
        """The first row of an answer."""
        return next(iter(self.rows(question, values)), None)

    def kept(self, key: Any, make: Callable[[], T]) -> T:
        """What `make` gave for this key before; the tables never change under a store."""
        with self._lock:
            if key in self._kept:
                found: T = self._kept[key]
                return found
        made = make()
        with self._lock:
            while len(self._kept) >= _KEPT:
                self._kept.pop(next(iter(self._kept)))
            self._kept[key] = made
        return made

    def known(self, key: Any) -> Any:
        """What is kept for a key; None where nothing is."""
        with self._lock:
            return self._kept.get(key)

    def close(self) -> None:
        """Give the memory and the private directory back; nothing is asked afterwards."""
        self.ready.wait()
        if self.failed is None:
            self._base.close()
        self._gone()

    def _open(self) -> None:
        try:
            for at, (name, path) in enumerate(self.directory.files.items()):
                place = self._scratch / f"{name}.parquet"
                if path.suffix == ".parquet":
                    place.symlink_to(path.resolve())
                else:
                    self._convert(name, place, at)
            self._base = self._connected()
        except (BatchDirectoryError, duckdb.Error, pa.ArrowException, OSError) as error:
            self.failed = _damaged(self.directory, error)
        self.share = 1.0
        self.ready.set()

    def _connected(self) -> duckdb.DuckDBPyConnection:
        """A database in memory that sees the tables and nothing else of the machine."""
        base = duckdb.connect(":memory:", config=_SAFE | {"temp_directory": str(self._scratch)})
        seen = {self._scratch.resolve(), *(p.resolve().parent for p in self._scratch.iterdir())}
        listed = ", ".join(_quoted(f"{each}/") for each in sorted(seen))
        base.execute(f"SET allowed_directories = [{listed}]")
        base.execute("SET enable_external_access = false")
        base.execute("SET lock_configuration = true")
        for name in SCHEMAS:
            path = str(self._scratch / f"{name}.parquet")
            base.read_parquet(path, file_row_number=True).create_view(name)
        return base

    def _convert(self, name: str, place: Path, at: int) -> None:
        """Write a table of text as Parquet, a stretch of rows at a time."""
        tables, schema = Tables(self.directory.path), SCHEMAS[name]
        guarded = self.directory.files[name].suffix == ".csv"
        total = max(1, int(_rows_of(self.directory).get(name, 0)))
        done = 0
        with pq.ParquetWriter(place, schema, compression="zstd", compression_level=1) as writer:
            for rows in tables.rows(name, schema.names):
                table = _freed(rows) if guarded else rows
                writer.write_table(table.cast(schema), row_group_size=_ROWS)
                done += rows.num_rows
                self.share = (at + min(1.0, done / total)) / len(SCHEMAS) * 0.99


def _rows_of(directory: Directory) -> Mapping[str, Any]:
    found = directory.summary.get("rows")
    return found if isinstance(found, Mapping) else {}


def _freed(table: pa.Table) -> pa.Table:
    """The texts without the apostrophe that keeps spreadsheets from calculating."""
    for at, field in enumerate(table.schema):
        if field.type == pa.string():
            column = pc.replace_substring_regex(table.column(at), _GUARDED, r"\1")
            table = table.set_column(at, field, column)
    return table


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _damaged(directory: Directory, error: Exception) -> NoBatchError:
    """Names the kind of the error only: its text may hold values."""
    return NoBatchError(
        f"the tables of {directory.name!r} cannot be read ({type(error).__name__})",
        "run `infusion-asp batch` again",
    )


class Stores:
    """The stores that are open, by directory; a directory that was written anew is opened anew."""

    def __init__(self) -> None:
        self._open: dict[Path, Store] = {}
        self._lock = threading.Lock()

    def of(self, directory: Directory) -> Store:
        """The store of a directory that is whole."""
        with self._lock:
            known = self._open.get(directory.path)
            if known is None or known.directory.stamp != directory.stamp:
                self._open[directory.path] = known = Store(directory)
            return known


STORES = Stores()
"""Those of this process: tables are read once, whoever asks."""
