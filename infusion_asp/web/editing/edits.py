"""Owns the edits that the page sends: their JSON, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from infusion_asp.model import InputError
from infusion_asp.model.errors import did_you_mean, nearest, shown
from infusion_asp.model.plain import checked, json_value

MOST_EDITS = 500  # edits in one request; a key held down for a minute makes fewer
_KEYS = ("op", "path", "value", "minutes", "at", "name")

OPS = (
    "set",
    "add",
    "remove",
    "move",
    "set_profile",
    "set_policy",
    "bill_derived",
)


@dataclass(frozen=True)
class Edit:
    """One change.

    `path` leads through the document by the ids of its parts, and by numbers where parts have no
    id: `("administrations", "a1", "stop")`, `("billed", "0", "units")`. `value` is what a control
    holds (text) or a JSON value; `minutes` is how far a `move` takes a time or an
    administration, `at` the place of an `add`, `name` that of a policy.
    """

    op: str
    path: tuple[str, ...] = ()
    value: Any = field(default=None, repr=False)
    minutes: int = 0
    at: int | None = None
    name: str = ""


def read_edits(text: str) -> tuple[Edit, ...]:
    """The edits of a request: one object or a list. Raises InputError with kind `bad_edit`."""
    try:
        value, end = json_value(text, len(text) - len(text.lstrip()))
        whole = not text[end:].strip()
        plain = checked(value)
    except InputError as error:
        raise _refused(error.message) from None
    listed = plain if isinstance(plain, list) else [plain]
    if not whole or not 0 < len(listed) <= MOST_EDITS:
        raise _refused("this is not an edit, or too many at once")
    return tuple(_edit(each) for each in listed)


def _edit(data: Any) -> Edit:
    if not isinstance(data, Mapping):
        raise _refused(f"{shown(data)} is not an edit")
    op = data.get("op")
    if op not in OPS:
        raise _refused(f"{shown(op)} is not a change", did_you_mean(nearest(str(op), OPS)))
    for key in data:
        if key not in _KEYS:
            raise _refused(f"an edit has no {shown(key)}")
    path, minutes, at, name = (data.get(key) for key in ("path", "minutes", "at", "name"))
    steps = path if isinstance(path, list) else []
    if not all(isinstance(step, str | int) and not isinstance(step, bool) for step in steps):
        raise _refused(f"{shown(path)} is not a path")
    if len(steps) != len(path if path is not None else []):
        raise _refused(f"{shown(path)} is not a path")
    if not _whole(minutes) or not _whole(at):
        raise _refused("minutes and place of an edit are whole numbers")
    return Edit(
        op,
        tuple(str(step) for step in steps),
        data.get("value"),
        minutes or 0,
        at,
        name if isinstance(name, str) else "",
    )


def _whole(value: Any) -> bool:
    return value is None or (isinstance(value, int) and not isinstance(value, bool))


def _refused(message: str, help: str = "") -> InputError:
    return InputError("$", message, help, kind="bad_edit")
