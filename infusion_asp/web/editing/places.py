"""Owns the way to a part of the document by ids, and the document with that part changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from infusion_asp.model import InputError
from infusion_asp.model.errors import did_you_mean, json_path, nearest, shown
from infusion_asp.web.editing.fields import NAMED, PARTS

Object = Mapping[str, Any]
Change = Callable[[Any], Any]


def parts(found: Object, name: str) -> Sequence[Any]:
    """The members of a list of the document; none where it is absent or no list."""
    listed = found.get(name)
    return listed if isinstance(listed, list | tuple) else ()


def number_of(found: Object, name: str, key: str, above: tuple[str | int, ...] = ()) -> int:
    """The place of the member with this id, or of this number. Raises InputError for none."""
    listed = parts(found, name)
    if name in NAMED:
        ids = [each.get("id") if isinstance(each, Mapping) else None for each in listed]
        if key in ids:
            return ids.index(key)
        known = [each for each in ids if isinstance(each, str)]
        help = did_you_mean(nearest(key, known, 0.6))
    else:
        if key.isdecimal() and int(key) < len(listed):
            return int(key)
        help = ""
    message = f"{shown(key)} is not among the {name.replace('_', ' ')}"
    raise InputError(json_path((*above, name)), message, help, kind="not_there")


def object_at(document: Object, path: tuple[str, ...]) -> Object:
    """The object that `path` leads to; `()` is the document. Raises InputError for none."""
    found: Any = document
    for name, key in zip(path[::2], path[1::2], strict=True):
        _known(name)
        found = parts(found, name)[number_of(found, name, key)]
        if not isinstance(found, Mapping):
            raise InputError("$", f"{shown(key)} is not an object", kind="not_there")
    return found if isinstance(found, Mapping) else {}


def numbered(document: Object, path: tuple[str, ...]) -> tuple[str | int, ...]:
    """The path with numbers for ids, as the checks of the encounter name places."""
    found: Any = document
    made: tuple[str | int, ...] = ()
    for name, key in zip(path[::2], path[1::2], strict=False):
        _known(name)
        number = number_of(found, name, key, made)
        made, found = (*made, name, number), parts(found, name)[number]
    return made if len(path) % 2 == 0 else (*made, path[-1])


def changed(document: Object, path: tuple[str, ...], change: Change) -> dict[str, Any]:
    """A copy of the document in which the object at `path` is what `change` makes of it.

    Everything beside the path is the same object as before.
    """
    if not path:
        made: dict[str, Any] = change(document)
        return made
    name, key = path[0], path[1]
    _known(name)
    at = number_of(document, name, key)
    listed = list(parts(document, name))
    inner = listed[at]
    if not isinstance(inner, Mapping):
        raise InputError("$", f"{shown(key)} is not an object", kind="not_there")
    listed[at] = changed(inner, path[2:], change)
    return {**document, name: listed}


def _known(name: str) -> None:
    if name not in PARTS:
        raise InputError("$", f"{shown(name)} is no list of the encounter", kind="not_there")
