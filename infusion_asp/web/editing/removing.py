"""Owns what is removed from the document, and what referred to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from infusion_asp.web.editing.fields import PARTS, model_of, with_field
from infusion_asp.web.editing.places import changed, number_of, object_at, parts

Object = Mapping[str, Any]


def removed(document: Object, path: tuple[str, ...]) -> dict[str, Any]:
    """The document without the part at `path`, and without references to it.

    What came from the same bag as a removed administration stays one bag; what stood on a
    removed access or in a removed visit goes where the format puts what names none. A list that
    becomes empty is left out, except the administrations.
    """
    above, name, key = path[:-2], path[-2], path[-1]
    holder = object_at(document, above)
    at = number_of(holder, name, key)
    gone = parts(holder, name)[at]
    left = [each for number, each in enumerate(parts(holder, name)) if number != at]
    value = left if left or name == "administrations" else None
    made = changed(document, above, lambda found: with_field(found, model_of(above), name, value))
    if name == "administrations":
        return _without_administration(made, key, gone)
    if name == "accesses":
        made = _each(made, "accesses", "replaces", key, _reference(gone, "replaces"))
        return _each(made, "administrations", "access", key, None)
    if name == "visits":
        return _each(made, "administrations", "visit", key, None)
    return made


def _without_administration(document: dict[str, Any], key: str, gone: Any) -> dict[str, Any]:
    made = document
    if made.get("primary_reason") == key:
        made = with_field(made, model_of(()), "primary_reason", None)
    made = _each(made, "administrations", "integral_to", key, None)
    heir = _reference(gone, "same_bag_as")
    if heir is None:
        heir = next(
            (
                each["id"]
                for each in parts(made, "administrations")
                if isinstance(each, Mapping) and each.get("same_bag_as") == key and "id" in each
            ),
            None,
        )
    return _each(made, "administrations", "same_bag_as", key, heir)


def _reference(gone: Any, field: str) -> Any:
    return gone.get(field) if isinstance(gone, Mapping) else None


def _each(document: dict[str, Any], name: str, field: str, key: str, value: Any) -> dict[str, Any]:
    """Every member that names `key` in a field names `value` there; the heir itself nothing."""
    listed = parts(document, name)
    made = [
        with_field(each, PARTS[name], field, None if value == each.get("id") else value)
        if isinstance(each, Mapping) and each.get(field) == key
        else each
        for each in listed
    ]
    return {**document, name: made} if name in document and made != list(listed) else document
