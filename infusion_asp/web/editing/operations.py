"""Owns what an edit does to the encounter document: a document in, another document out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from infusion_asp.model import InputError, parse_encounter
from infusion_asp.model.errors import did_you_mean, json_path, nearest, shown
from infusion_asp.web.editing.adding import added
from infusion_asp.web.editing.edits import Edit
from infusion_asp.web.editing.fields import NAMED, kind_of, model_of, value_of, with_field
from infusion_asp.web.editing.labels import label_of
from infusion_asp.web.editing.places import changed, number_of, numbered, object_at, parts
from infusion_asp.web.editing.removing import removed
from infusion_asp.web.editing.times import placed, read, shifted

Object = Mapping[str, Any]
_TYPE_IT = "type a time first"


def apply(document: Object, edit: Edit, today: dt.date | None = None) -> dict[str, Any]:
    """The document after one edit of it (`set`, `add`, `remove` or `move`); the old one stays.

    `today` is the day of a typed HH:MM where nothing in the encounter has a time. Raises
    InputError, with the place in the document, for a place that is not there, a value that the
    field cannot take, and a change after which the encounter has an error that it did not have.
    """
    made = _APPLIED[edit.op](document, edit, today)
    fresh = _new_problem(document, made)
    if fresh is not None:
        raise fresh
    return made


def _set(document: Object, edit: Edit, today: dt.date | None) -> dict[str, Any]:
    if len(edit.path) % 2 == 0:
        raise InputError("$", "a value is set at a field", kind="bad_edit")
    *above, name = edit.path
    holder_path = tuple(above)
    holder = object_at(document, holder_path)
    model = model_of(holder_path)
    if name not in model.model_fields:
        help = did_you_mean(nearest(name, model.model_fields))
        raise InputError(_at(document, holder_path), f"no field {shown(name)}", help, kind="no_key")
    kind = kind_of(model, name)
    if name == "id" or kind == "parts":
        what = "an id never changes" if name == "id" else f"{name} are added and removed singly"
        raise InputError(_at(document, edit.path), what, kind="bad_edit")
    value = value_of(kind, edit.value, name)
    if kind == "time" and isinstance(value, str):
        owner = object_at(document, holder_path[:2]) if len(holder_path) > 2 else None
        try:
            value = placed(value, edit.path, document, holder, owner, today)
        except InputError as error:
            place = _at(document, edit.path)
            raise InputError(place, error.message, error.help, kind=error.kind) from None
    if value == []:
        value = None
    return changed(document, holder_path, lambda found: with_field(found, model, name, value))


def _add(document: Object, edit: Edit, today: dt.date | None) -> dict[str, Any]:
    if len(edit.path) % 2 == 0:
        raise InputError("$", "a part is added to a list", kind="bad_edit")
    return added(document, edit.path, edit.value, edit.at, today)


def _remove(document: Object, edit: Edit, today: dt.date | None) -> dict[str, Any]:
    if len(edit.path) % 2 or not edit.path:
        raise InputError("$", "a part of a list is removed", kind="bad_edit")
    number_of(object_at(document, edit.path[:-2]), edit.path[-2], edit.path[-1])
    return removed(document, edit.path)


def _move(document: Object, edit: Edit, today: dt.date | None) -> dict[str, Any]:
    """Times moved by `minutes`: one time, or all of an administration, its pauses with it."""
    if len(edit.path) not in (2, 3) or edit.path[0] != "administrations":
        raise InputError("$", "an administration or a time of it is moved", kind="bad_edit")
    *_, name = edit.path
    keys = ("start", "stop", "last_charted") if len(edit.path) == 2 else (name,)
    holder = object_at(document, edit.path[:2])
    if not any(read(holder.get(key)) for key in keys):
        place = _at(document, edit.path)
        raise InputError(place, f"{label_of(keys[0])} is not charted", _TYPE_IT, kind="no_time")

    def moved(found: Object) -> dict[str, Any]:
        made = {
            key: shifted(value, edit.minutes) if key in keys else value
            for key, value in found.items()
        }
        if len(edit.path) == 2 and (pauses := parts(found, "pauses")):
            made["pauses"] = [
                moved(pause) if isinstance(pause, Mapping) else pause for pause in pauses
            ]
        return made

    try:
        return changed(document, edit.path[:2], moved)
    except OverflowError:
        message = f"{shown(edit.minutes)} minutes are too far"
        raise InputError(_at(document, edit.path), message, kind="bad_time") from None


_APPLIED = {"set": _set, "add": _add, "remove": _remove, "move": _move}


def _at(document: Object, path: tuple[str, ...]) -> str:
    return json_path(numbered(document, path))


def _new_problem(before: Object, after: Object) -> InputError | None:
    """The first error of the document that was none before; places may have moved."""
    problems = _problems(after)
    if not problems:
        return None
    known = {(each.kind, each.message) for each in _problems(before)}
    return next((each for each in problems if (each.kind, each.message) not in known), None)


def _problems(document: Object) -> tuple[InputError, ...]:
    try:
        parse_encounter(document)
    except InputError as error:
        return error.all()
    return ()


def ids_of(document: Object, name: str) -> tuple[str, ...]:
    """The ids of a list of the document, in order."""
    assert name in NAMED
    found = (each.get("id") for each in parts(document, name) if isinstance(each, Mapping))
    return tuple(each for each in found if isinstance(each, str))
