"""Owns the columns of tables: rows of one encounter become the encounter object."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, get_args

from pydantic import BaseModel

from infusion_asp.batch.inputs.naming import named
from infusion_asp.batch.parts import Rows
from infusion_asp.model import (
    Access,
    Administration,
    BilledLine,
    Encounter,
    InputError,
    OtherService,
    Visit,
)
from infusion_asp.model.errors import did_you_mean, nearest_key, shown
from infusion_asp.model.plain import number

ID, ROW, JSON = "encounter_id", "row", "encounter"
MODIFIERS = "modifiers"
DEPARTMENTS = ("department", "unit")
ALONE, ADMINISTRATION, BILLED = "encounter", "administration", "billed"

_LISTS = {
    ADMINISTRATION: "administrations",
    BILLED: "billed",
    "service": "other_services",
    "access": "accesses",
    "visit": "visits",
}
_MODELS: dict[str, type[BaseModel]] = {
    ADMINISTRATION: Administration,
    BILLED: BilledLine,
    "service": OtherService,
    "access": Access,
    "visit": Visit,
}
KINDS = (ALONE, *_LISTS)
_OWN = tuple(name for name in Encounter.model_fields if name not in _LISTS.values())
_LISTED = re.compile(r"[;,\s]+")
_TRUTH = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
_PATH = re.compile(r"\$\.([a-z_]+)\[(\d+)\]")


def known_columns() -> tuple[str, ...]:
    """All columns that a table may have, those of the encounter first."""
    of_rows = (name for model in _MODELS.values() for name in model.model_fields)
    return tuple(dict.fromkeys((*_OWN, ROW, *DEPARTMENTS, *of_rows)))


def header_of(source: str, names: Iterable[str]) -> tuple[str, ...]:
    """The columns of a table as they are known; raises InputError for one that is not."""
    header = tuple(re.sub(r"[\s-]+", "_", each.strip().lower()) for each in names)
    known = known_columns()
    for name, typed in zip(header, names, strict=True):
        if name not in known:
            help = did_you_mean(nearest_key(name, known)) or "docs/batch.md lists the columns"
            message = f"{named(source)}: the column {shown(typed)} is not known"
            raise InputError(source, message, help, kind="unknown_column")
        if header.count(name) > 1:
            message = f"{named(source)}: the column {shown(typed)} stands twice"
            raise InputError(source, message, kind="unknown_column")
    if ID not in header:
        message = f"{named(source)}: there is no column '{ID}'"
        help = "the first line names the columns; docs/batch.md lists them"
        raise InputError(source, message, help, kind="unknown_column")
    return header


def encounter_of(rows: Rows) -> dict[str, Any]:
    """The encounter object that the rows spell; raises InputError where they contradict."""
    whole: dict[str, Any] = {}
    for cells in rows.cells:
        given = {
            name: cell
            for name, cell in zip(rows.header, cells, strict=True)
            if cell is not None and cell != "" and name not in DEPARTMENTS
        }
        kind = _kind(given)
        own = {name for name in given if name in _OWN and not _of_row(name, kind)}
        for name in own:
            value = _plain(Encounter, name, given.pop(name))
            if whole.setdefault(name, value) != value:
                help = "say it once, or the same in all rows"
                message = f"the rows of one encounter differ in {name}"
                raise InputError(f"$.{name}", message, help, kind="rows_differ")
        if kind == ALONE:
            if given:
                message = f"a row for the encounter alone has a cell in {min(given)}"
                raise InputError(f"$.{min(given)}", message, kind="unknown_key")
        else:
            model = _MODELS[kind]
            entry = {name: _plain(model, name, cell) for name, cell in given.items()}
            if MODIFIERS in rows.header and MODIFIERS in model.model_fields:
                entry.setdefault(MODIFIERS, [])  # a column that is there says so of every line
            whole.setdefault(_LISTS[kind], []).append(entry)
    return whole


def line_at(rows: Rows, path: str) -> int:
    """The line of the row that a JSON path lies in, of another path the first."""
    found = _PATH.match(path)
    if found is None:
        return rows.lines[0]
    at = -1
    for line, cells in zip(rows.lines, rows.cells, strict=True):
        given = {n: c for n, c in zip(rows.header, cells, strict=True) if c not in (None, "")}
        at += _LISTS.get(_kind(given, strict=False)) == found[1]
        if at == int(found[2]):
            return line
    return rows.lines[0]


def _kind(given: dict[str, Any], *, strict: bool = True) -> str:
    """What a row is; without the column a billed line where there is a code."""
    typed = given.pop(ROW, None)
    if typed is None:
        return BILLED if "code" in given else ADMINISTRATION
    kind = str(typed).strip().lower()
    if kind not in KINDS and strict:
        help = f"known are {', '.join(KINDS)}"
        raise InputError("$", f"{shown(typed)} is not a kind of row", help, kind="unknown_row")
    return kind


def _of_row(name: str, kind: str) -> bool:
    return kind in _MODELS and name in _MODELS[kind].model_fields


def _plain(model: type[BaseModel], name: str, cell: Any) -> Any:
    """A cell as JSON would hold it; what cannot be read stays as typed and is refused later."""
    convert = _converters(model).get(name)
    return cell if convert is None else convert(cell)


@cache
def _converters(model: type[BaseModel]) -> dict[str, Callable[[Any], Any]]:
    return {
        name: _SPECIAL.get(name) or _converter(field.annotation)
        for name, field in model.model_fields.items()
    }


def _converter(annotation: Any) -> Callable[[Any], Any]:
    types = _types(annotation)
    if tuple in types:
        return _many
    for kind, convert in ((bool, _truth), (Decimal, _amount), (int, _whole), (date, _day)):
        if kind in types:
            return convert
    return _clock if datetime in types else _text


def _types(annotation: Any) -> set[Any]:
    origin = getattr(annotation, "__origin__", None)
    if hasattr(annotation, "__metadata__"):
        return _types(origin)
    if origin is tuple:
        return {tuple}
    parts = get_args(annotation)
    return set().union(*map(_types, parts)) if parts else {annotation}


def _text(cell: Any) -> Any:
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return str(cell) if isinstance(cell, int) and not isinstance(cell, bool) else cell


def _clock(cell: Any) -> Any:
    return cell


def _day(cell: Any) -> Any:
    return cell.date() if isinstance(cell, datetime) else cell


def _amount(cell: Any) -> Any:
    if not isinstance(cell, str):
        return cell
    text = cell.strip()
    return number(text) if re.fullmatch(r"-?\d{1,40}(\.\d{1,40})?", text) else cell


def _whole(cell: Any) -> Any:
    if isinstance(cell, float) and cell.is_integer():
        return int(cell)
    text = cell.strip() if isinstance(cell, str) else ""
    return int(text) if re.fullmatch(r"-?\d{1,15}", text) else cell


def _truth(cell: Any) -> Any:
    return cell if isinstance(cell, bool) else _TRUTH.get(str(cell).strip().lower(), cell)


def _many(cell: Any) -> Any:
    """Names of drugs hold blanks and commas: where a semicolon stands only it divides."""
    if isinstance(cell, Sequence) and not isinstance(cell, str):
        return [_text(each) for each in cell]
    text = str(_text(cell))
    return [each.strip() for each in text.split(";") if each.strip()]


def _codes(cell: Any) -> Any:
    found = _many(cell)
    return [code for each in found for code in _LISTED.split(each) if code]


def _pauses(cell: Any) -> Any:
    """`start/stop` pairs, divided by semicolons."""
    pauses = []
    for each in _many(cell):
        if isinstance(each, dict):
            pauses.append(each)
            continue
        start, _, stop = str(each).partition("/")
        pauses.append({"start": start.strip(), "stop": stop.strip()})
    return pauses


_SPECIAL = {"pauses": _pauses, MODIFIERS: _codes, "diagnoses": _codes}
