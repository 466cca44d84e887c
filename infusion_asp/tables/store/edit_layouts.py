"""The layouts of the payer edits as CMS publishes them: NCCI pairs, MUE, add-on codes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from infusion_asp.tables.store.files import Head, Source
from infusion_asp.tables.store.layouts import (
    NONE,
    Cells,
    Layout,
    code_of,
    coded_rows,
    day_of,
    header,
    julian_of,
    patterns,
)

CONTRACTOR = "CCCCC"
_PAIR = 6  # cells of a pair before the rationale
_PART = re.compile(r"-f(\d)\b", re.IGNORECASE)
_PAIRS_OF = (
    (re.compile(r"ccipra|practitioner", re.IGNORECASE), "professional"),
    (re.compile(r"ccioph|hospital", re.IGNORECASE), "facility"),
)
_LIMITS_OF = (
    (re.compile(r"practitioner", re.IGNORECASE), "professional"),
    (re.compile(r"outpatient|hospital|facility", re.IGNORECASE), "facility"),
    (re.compile(r"dme|supplier", re.IGNORECASE), "supplier"),
)
_CLAUSE = re.compile(r"[;.]")
_NAMED_CODE = re.compile(r"\b[A-Z0-9]\d{3}[A-Z0-9]\b")
_ONLY = re.compile(r"\b(facilit|practitioner)\w*\s+only", re.IGNORECASE)

_LIMITS = patterns(
    code=r"hcpcs(cpt)?code?s?", units=r".*mue(value|unit)s?.*", indicator=r".*(adjudication|mai).*"
)
_ADDONS = patterns(
    addon=r"(addon|aoc)(code)?",
    parent=r"primary(procedure)?code",
    type=r".*type.*",
)
_ADDON_DATES = patterns(
    note=r".*(special|instruction|note).*",
    ended=r"(addon|aoc)(code)?deletiondate.*",
    parent_ended=r"primary(procedure)?(code)?deletiondate.*",
    effective=r".*effectivedate.*",
    deleted=r".*editdeletiondate.*",
)
_JULIAN_DAYS = re.compile(r"(?<!\d)(?:(?:19|20)\d{5})+(?!\d)")
_SEVEN = re.compile(r"\d{7}")
_ADDON_LINE = slice(0, 5), slice(11, 16), slice(16, None)


def _by_name(
    names: tuple[tuple[re.Pattern[str], str], ...],
) -> Callable[[Source, Head], str]:
    def setting(source: Source, head: Head) -> str:
        for text in (*reversed(source.names), *(" ".join(row) for row in head[:12])):
            found = {name for pattern, name in names if pattern.search(text)}
            if len(found) == 1:
                return found.pop()
        return ""

    return setting


def _pair(row: list[str]) -> Cells | None:
    if len(row) < _PAIR:
        return None
    one, two, _, effective, deleted, indicator = row[:_PAIR]
    begun, ended = day_of(effective), day_of(deleted)
    column2 = code_of(two)
    if not column2 or begun is None or ended is None or indicator not in ("0", "1", "9"):
        return None
    return code_of(one), column2, begun, ended, int(indicator)


def _pairs_fit(source: Source, head: Head) -> bool:
    return any(code_of(row[0]) and _pair(list(row)) for row in head if len(row) >= _PAIR)


def _read_pairs(source: Source) -> Iterator[Cells | None]:
    with source.rows() as rows:
        for row in rows:
            if row and code_of(row[0]):
                yield _pair(row)


def _part(source: Source) -> str:
    found = [each for name in reversed(source.names) for each in _PART.findall(name)]
    return f"f{found[0]}" if found else ""


def _read_limits(source: Source) -> Iterator[Cells | None]:
    columns = header(source.head(), _LIMITS) or {}

    def form(cell: Callable[[str], str]) -> Cells | None:
        units, indicator = cell("units").replace(",", ""), cell("indicator")[:1]
        if not units.isdecimal() or indicator not in ("1", "2", "3"):
            return None
        return code_of(cell("code")), int(units), int(indicator)

    return coded_rows(source, columns, "code", form)


def _addons_fit(source: Source, head: Head) -> bool:
    return header(head, _ADDONS) is not None or _fixed_addons(source)


def _fixed_addons(source: Source) -> bool:
    if source.suffix == ".xlsx":
        return False
    with source.lines() as lines:
        return any(_addon_line(line) for line, _ in zip(lines, range(40), strict=False))


def _addon_line(line: str) -> tuple[str, str, str] | None:
    addon, parent, rest = (line[part].strip() for part in _ADDON_LINE)
    if code_of(addon) and len(addon) == len(CONTRACTOR) and _parent(parent):
        return addon, _parent(parent), rest
    return None


def _parent(text: str) -> str:
    return CONTRACTOR if text.upper() == CONTRACTOR else code_of(text)


def _only(addon: str, parent: str, note: str) -> str:
    """The setting that a note keeps the pair to; a clause that names codes is about these."""
    for clause in _CLAUSE.split(note):
        only = _ONLY.search(clause)
        named = _NAMED_CODE.findall(clause.upper())
        if only and (not named or addon in named or parent in named):
            return "facility" if only.group(1).lower() == "facilit" else "professional"
    return ""


def _read_addons(source: Source) -> Iterator[Cells | None]:
    head = source.head()
    columns = header(head, _ADDONS)
    if columns is None:
        return _read_addon_lines(source)
    optional = {
        key: found[key]
        for key, pattern in _ADDON_DATES.items()
        if (found := header(head, {**_ADDONS, key: pattern}))
    }
    # The deletion date of the edit may be the only deletion date that a heading names.
    places = {**optional, **columns}

    def form(cell: Callable[[str], str]) -> Cells | None:
        addon, parent = code_of(cell("addon")), _parent(cell("parent"))
        dates = {key: julian_of(cell(key)) for key in _ADDON_DATES if key in places}
        dates.pop("note", None)
        if not parent or None in dates.values() or cell("type")[:1] not in ("1", "2", "3"):
            return None
        ends = [each for key, each in dates.items() if each and key != "effective"]
        note = cell("note") if "note" in places else ""
        return (
            addon,
            parent,
            _only(addon, parent, note),
            dates.get("effective") or NONE,
            min(ends, default=NONE),
            int(cell("type")[:1]),
        )

    return coded_rows(source, places, "addon", form)


def _read_addon_lines(source: Source) -> Iterator[Cells | None]:
    """The fixed text; behind the two codes stand type, note and days, in places that vary."""
    with source.lines() as lines:
        for line in lines:
            if not code_of(line[:5]) or len(line[:5].strip()) < len(CONTRACTOR):
                continue
            found = _addon_line(line)
            if found is None:
                yield None
                continue
            addon, parent, rest = found
            words = rest.split()
            julian = [each for run in _JULIAN_DAYS.findall(rest) for each in _SEVEN.findall(run)]
            days = sorted(day for each in julian if (day := julian_of(each)))
            kind = next((int(word) for word in words if word in ("1", "2", "3")), NONE)
            ended = days[1] if len(days) > 1 else NONE
            begun = days[0] if days else NONE
            yield addon, parent, _only(addon, parent, rest), begun, ended, kind


EDITS = (
    Layout(
        kind="ptp",
        title="NCCI pairs",
        table="column1 TEXT, column2 TEXT, effective INTEGER, deleted INTEGER, indicator INTEGER, "
        "PRIMARY KEY (column1, column2, effective)",
        fits=_pairs_fit,
        read=_read_pairs,
        settings=("professional", "facility"),
        setting=_by_name(_PAIRS_OF),
        part=_part,
        parts=4,
        dated=2,
    ),
    Layout(
        kind="mue",
        title="medically unlikely edits",
        table="code TEXT, units INTEGER, indicator INTEGER, PRIMARY KEY (code)",
        fits=lambda source, head: header(head, _LIMITS) is not None,
        read=_read_limits,
        settings=("professional", "facility", "supplier"),
        setting=_by_name(_LIMITS_OF),
    ),
    Layout(
        kind="aoc",
        title="add-on code edits",
        table="addon TEXT, parent TEXT, setting TEXT, effective INTEGER, deleted INTEGER, "
        "type INTEGER, PRIMARY KEY (addon, parent, setting, effective)",
        fits=_addons_fit,
        read=_read_addons,
    ),
)
