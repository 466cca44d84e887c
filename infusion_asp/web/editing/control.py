"""Owns one control of the page: what it is called, what it holds, and what it edits."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from infusion_asp.model import InputError, terms
from infusion_asp.model.errors import json_path
from infusion_asp.web.editing.fields import kind_of, model_of
from infusion_asp.web.editing.labels import label_of, word_of
from infusion_asp.web.editing.places import numbered
from infusion_asp.web.editing.times import read

CLOSED = {
    "setting": terms.SETTINGS,
    "route": terms.ROUTES,
    "purpose": terms.PURPOSES,
    "need": terms.NEEDS,
    "pump_owner": terms.PUMP_OWNERS,
    "container": terms.CONTAINERS,
    "delivery": terms.DELIVERIES,
}
OPEN = {
    "method": terms.METHODS,
    "category": terms.CATEGORIES,
    "kind": terms.ACCESS_KINDS,
    "indication": terms.INDICATIONS,
}
_LONG = ("notes", "order_reason", "reason")


@dataclass(frozen=True)
class Option:
    """A choice of a select or of a list of suggestions."""

    value: str
    label: str


@dataclass(frozen=True)
class Control:
    """A labelled input that edits one field.

    `kind` is text, area, select, check, day or time; `path` the JSON of the edit's path.
    `suggestions` is the id of a datalist. `empty` says what an empty control means; `aside` stands
    beside the value: the date of a time, or who says what an empty control means. `error` is
    what is wrong with the value.
    """

    id: str
    label: str
    path: str
    kind: str
    value: str = ""
    options: tuple[Option, ...] = ()
    suggestions: str = ""
    empty: str = ""
    aside: str = ""
    title: str = ""
    error: str = ""

    @property
    def described(self) -> str:
        """The ids of the texts that describe the control, for `aria-describedby`."""
        told = [f"{self.id}-aside"] if self.aside else []
        return " ".join(told + ([f"{self.id}-error"] if self.error else []))


def control(
    document: Mapping[str, Any],
    holder: Mapping[str, Any],
    path: tuple[str, ...],
    *,
    id: str,
    problems: Sequence[InputError] = (),
    options: Sequence[Option] | None = None,
    suggestions: str = "",
    empty: str = "",
    by: str = "",
) -> Control:
    """The control of the field at `path` of the document; `holder` is the object that has it.

    With `options` it is a select whose first choice is to say nothing. `by` names who says what
    `empty` is.
    """
    name = path[-1]
    model = model_of(path[:-1])
    kind = kind_of(model, name)
    value = holder.get(name)
    time = read(value) if kind == "time" else None
    shape, choices = _shape(name, kind, options, empty)
    text = f"{time:%H:%M}" if time is not None else _text(value)
    if shape == "select" and text not in {each.value for each in choices}:
        choices = (*choices, Option(text, f"{text} (not known)"))
    place = json_path(numbered(document, path))
    wrong = [each.message for each in problems if each.path == place]
    return Control(
        id=id,
        label=label_of(name),
        path=json.dumps(path),
        kind=shape,
        value=text,
        options=choices,
        suggestions=suggestions or (f"known-{name}" if name in OPEN else ""),
        empty=empty,
        aside=f"{time:%Y-%m-%d}" if time is not None else "" if text else by,
        title=model.model_fields[name].description or "",
        error="; ".join(wrong),
    )


def _shape(
    name: str, kind: str, options: Sequence[Option] | None, empty: str
) -> tuple[str, tuple[Option, ...]]:
    if options is None and name in CLOSED:
        options = [Option(each, word_of(each)) for each in CLOSED[name]]
    if kind == "flag":
        options = [Option("true", "yes"), Option("false", "no")]
    if options is not None:
        return "select", (Option("", empty or "not charted"), *options)
    if name in _LONG:
        return "area", ()
    return {"time": "time", "day": "day", "amount": "number", "count": "number"}.get(
        kind, "text"
    ), ()


def _text(value: Any) -> str:
    """A value as a control holds it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return "; ".join(map(str, value))
    if isinstance(value, float | Decimal):
        return f"{Decimal(str(value)).normalize():f}"
    return str(value)
