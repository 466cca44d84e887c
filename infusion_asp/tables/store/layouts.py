"""What a layout of published files is, and what all of them share: codes, dates, headers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from itertools import islice

from infusion_asp.tables.store.files import HEAD, Head, Source
from infusion_asp.tables.store.quarter import Quarter

Cells = tuple[str | int | None, ...]
Columns = Mapping[str, int]

_CODE = re.compile(r"[A-Z0-9]\d{3}[A-Z0-9]")
_DAY = re.compile(r"(19|20)\d{6}")
_JULIAN = re.compile(r"(19|20)\d{5}")
_SHORT = 5  # characters of a code
_SHORTEST = 3  # of one that begins with zeros, as a number
_YEAR_DAYS = 366
NONE = 0  # a day that is not given


@dataclass(frozen=True)
class Layout:
    """How one kind of table is published.

    `table` declares the columns that are kept. `fits` says whether the first rows are those of
    such a table; `read` gives one tuple for each row, None for one that can't be read, nothing
    for notes and headings. `setting` and `part` read what a file covers, from its names or head.
    `dated` is the column of a day that can't lie after the quarter.
    """

    kind: str
    title: str
    table: str
    fits: Callable[[Source, Head], bool]
    read: Callable[[Source], Iterator[Cells | None]]
    settings: tuple[str, ...] = ()
    setting: Callable[[Source, Head], str] = lambda source, head: ""
    part: Callable[[Source], str] = lambda source: ""
    parts: int = 1
    dated: int | None = None

    @property
    def width(self) -> int:
        """The number of columns that are kept."""
        return self.table.split("PRIMARY KEY")[0].count(",")


def code_of(cell: str) -> str:
    """The billing code in a cell, with the zeros that a workbook drops; empty if there is none."""
    text = cell.strip().upper()
    if text.isdecimal() and _SHORTEST <= len(text) < _SHORT:
        text = text.zfill(_SHORT)
    return text if _CODE.fullmatch(text) else ""


@lru_cache(maxsize=4096)
def day_of(text: str) -> int | None:
    """A day written YYYYMMDD as a number; NONE for `*` or blank, None for anything else."""
    if text in ("", "*", "0", "00000000"):
        return NONE
    return int(text) if _DAY.fullmatch(text) and real_day(int(text)) else None


@lru_cache(maxsize=4096)
def julian_of(text: str) -> int | None:
    """A Julian day (year, then the day of the year) as YYYYMMDD; as `day_of` otherwise."""
    if text.strip("0*. ") == "":
        return NONE
    if not _JULIAN.fullmatch(text):
        return day_of(text)
    year, number = int(text[:4]), int(text[4:])
    if not 1 <= number <= _YEAR_DAYS:
        return None
    return as_number(date(year, 1, 1) + timedelta(days=number - 1))


def as_number(day: date) -> int:
    """A day as the number YYYYMMDD."""
    return day.year * 10000 + day.month * 100 + day.day


def real_day(number: int) -> date | None:
    """The day of a number YYYYMMDD; None for NONE and for a day that does not exist."""
    try:
        return date(number // 10000, number // 100 % 100, number % 100)
    except ValueError:
        return None


def amount_of(text: str) -> Decimal | None:
    """An amount of US dollars such as `$1,331.690`; None where none is given.

    Raises InvalidOperation for anything else.
    """
    plain = text.replace("$", "").replace(",", "").strip()
    if plain.upper() in ("", "-", "NA", "N/A", "."):
        return None
    number = Decimal(plain)
    if not number.is_finite() or number < 0:
        raise InvalidOperation
    return number


def plain(cell: str) -> str:
    """The letters and digits of a heading, in lower case."""
    return re.sub(r"[^a-z0-9]", "", cell.lower())


def header(head: Head, wanted: Mapping[str, re.Pattern[str]]) -> Columns | None:
    """The columns of the first row that has all `wanted` headings, each the first that fits."""
    for row in head:
        names = [plain(cell) for cell in row]
        found = {
            key: next((at for at, name in enumerate(names) if pattern.fullmatch(name)), None)
            for key, pattern in wanted.items()
        }
        columns = {key: at for key, at in found.items() if at is not None}
        if len(columns) == len(wanted):
            return columns
    return None


def patterns(**headings: str) -> Mapping[str, re.Pattern[str]]:
    """Compiled patterns of plain headings."""
    return {key: re.compile(text) for key, text in headings.items()}


def coded_rows(
    source: Source, columns: Columns, key: str, form: Callable[[Callable[[str], str]], Cells | None]
) -> Iterator[Cells | None]:
    """What `form` makes of each row that has a code under `key`; it gets a reader of cells."""
    with source.rows() as rows:
        for row in rows:
            if not code_of(_cell(row, columns[key])):
                continue
            yield form(lambda name, row=row: _cell(row, columns[name]))  # type: ignore[misc]


def stated_quarters(head: Iterable[Sequence[str]]) -> frozenset[Quarter]:
    """The quarters that the headings of a file state as those it is effective in."""
    months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
    text = " ".join(" ".join(row) for row in islice(head, HEAD)).lower()
    found = re.findall(
        rf"effective\s+(?:from\s+|date:?\s*)?({'|'.join(months)})[a-z]*\.?\s+\d{{1,2}},?\s+(20\d\d)",
        text,
    )
    return frozenset(Quarter.of(date(int(y), months.index(m) + 1, 1)) for m, y in found)


def _cell(row: Sequence[str], at: int) -> str:
    return row[at] if at < len(row) else ""
