"""Owns what is added to the document: a part with an id and defaults that fit its neighbours."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from typing import Any

from infusion_asp.model import InputError
from infusion_asp.model.errors import shown
from infusion_asp.model.fields import clock_text
from infusion_asp.web.editing.fields import (
    NAMED,
    PARTS,
    kind_of,
    model_of,
    value_of,
    with_field,
)
from infusion_asp.web.editing.places import changed, object_at, parts
from infusion_asp.web.editing.times import placed, read, times_of

NEW_MINUTES = 30  # length of an administration until someone says otherwise
FIRST_HOUR = dt.time(9)  # begin of the first administration of a record without any time
_LIKE_THE_LAST = ("route", "access", "visit")
_FIRST_ID = {"administrations": "a1", "accesses": "line1", "visits": "visit1"}

Object = Mapping[str, Any]


def added(
    document: Object, path: tuple[str, ...], value: Any, at: int | None, today: dt.date | None
) -> dict[str, Any]:
    """The document with a new member of the list at `path`, the last one or at place `at`.

    `value` has the fields that are known. Without an id it gets one, and a new administration
    begins where the last one ends, on the same access, by the same route; with an id it is whole.
    The first access or visit that is listed brings the unlisted one along that stood before it.
    """
    above, name = path[:-1], path[-1]
    if name not in PARTS or _kind_at(above, name) != "parts":
        raise InputError("$", f"{shown(name)} is no list of the encounter", kind="not_there")
    holder = object_at(document, above)
    given = _read(document, path, value or {}, holder, today)
    if name in NAMED and "id" not in given:
        given = {"id": _free_id(document, name), **given}
        if name == "administrations":
            given = _with_defaults(document, given, today)
    listed = list(parts(holder, name))
    if not listed and name in ("accesses", "visits"):
        listed = _unlisted(document, name, given.get("id"))
        given["id"] = _free(given["id"], [each["id"] for each in listed])
    place = len(listed) if at is None else max(0, min(at, len(listed)))
    listed.insert(place, given)
    return changed(document, above, lambda found: with_field(found, model_of(above), name, listed))


def _kind_at(above: tuple[str, ...], name: str) -> str:
    model = model_of(above)
    return kind_of(model, name) if name in model.model_fields else ""


def _read(
    document: Object, path: tuple[str, ...], value: Any, holder: Object, today: dt.date | None
) -> dict[str, Any]:
    """The given fields as values; times in the order of the model, each seen by the next."""
    if not isinstance(value, Mapping):
        raise InputError("$", f"{shown(value)} is no part of an encounter", kind="bad_edit")
    model = PARTS[path[-1]]
    made: dict[str, Any] = {}
    known = [key for key in model.model_fields if key in value]
    for key in (*known, *(key for key in value if key not in model.model_fields)):
        kind = kind_of(model, key) if key in model.model_fields else "text"
        typed = value_of(kind, value[key], key)
        if kind == "time" and isinstance(typed, str):
            owner = holder if path[-1] == "pauses" else None
            typed = placed(typed, (*path, "new", key), document, made, owner, today)
        if typed is not None:
            made[key] = typed
    return made


def _with_defaults(document: Object, given: Object, today: dt.date | None) -> dict[str, Any]:
    last = _last(document)
    made = dict(given)
    for key in _LIKE_THE_LAST:
        if key not in made and last.get(key) is not None:
            made = with_field(made, PARTS["administrations"], key, last[key])
    if "route" not in made and "method" not in made:
        made = with_field(made, PARTS["administrations"], "route", "intravenous")
    if "start" not in made and "stop" not in made:
        start = _end(last) or next(times_of(document), None)
        if start is None and today is not None:
            start = dt.datetime.combine(today, FIRST_HOUR)
        if start is not None:
            stop = start + dt.timedelta(minutes=NEW_MINUTES)
            made = with_field(made, PARTS["administrations"], "start", clock_text(start))
            made = with_field(made, PARTS["administrations"], "stop", clock_text(stop))
    return made


def _last(document: Object) -> Object:
    """The administration that ends last; among equals the one further down."""
    given = [each for each in parts(document, "administrations") if isinstance(each, Mapping)]
    timed = [each for each in given if _end(each) is not None]
    aware = [each for each in timed if (end := _end(each)) and end.tzinfo is not None]
    found = aware or timed
    if not found:
        return given[-1] if given else {}
    return max(reversed(found), key=lambda each: _end(each) or dt.datetime.min)


def _end(given: Object) -> dt.datetime | None:
    return read(given.get("stop")) or read(given.get("start"))


def _unlisted(document: Object, name: str, wanted: Any) -> list[Any]:
    """The access or visit that stood unlisted, by the names that administrations give it."""
    field = {"accesses": "access", "visits": "visit"}[name]
    given = [each for each in parts(document, "administrations") if isinstance(each, Mapping)]
    named = dict.fromkeys(each[field] for each in given if isinstance(each.get(field), str))
    if named:
        return [{"id": each} for each in named if each != wanted]
    return [{"id": _FIRST_ID[name]}] if given else []


def _free_id(document: Object, name: str) -> str:
    ids = [each.get("id") for each in parts(document, name) if isinstance(each, Mapping)]
    texts = [each for each in ids if isinstance(each, str)]
    return _free(texts[-1] if texts else _FIRST_ID[name], texts)


def _free(like: str, taken: Iterable[str]) -> str:
    """`like` if it is free, else with the next number: a3 after a2."""
    used = set(taken)
    if like not in used:
        return like
    stem, digits = re.fullmatch(r"(.*?)(\d*)", like, re.DOTALL).groups()  # type: ignore[union-attr]
    number = int(digits or 1)
    while f"{stem}{number}" in used:
        number += 1
    return f"{stem}{number}"
