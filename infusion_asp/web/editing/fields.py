"""Owns what each field of the encounter document takes, and a control's text as its value."""

from __future__ import annotations

import datetime as dt
import re
import types
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from infusion_asp.model import (
    Access,
    Administration,
    BilledLine,
    Encounter,
    OtherService,
    Pause,
    Visit,
)

Kind = Literal["time", "day", "amount", "count", "flag", "texts", "parts", "text"]

PARTS: Mapping[str, type[BaseModel]] = {
    "accesses": Access,
    "administrations": Administration,
    "billed": BilledLine,
    "other_services": OtherService,
    "pauses": Pause,
    "visits": Visit,
}
"""The lists of the document and what each holds; `pauses` is a list of an administration."""

NAMED = ("accesses", "administrations", "visits")
"""The lists whose members have an id; members of the others are found by their number."""

_CODES = ("diagnoses", "modifiers")  # lists of codes, which have no blank or comma in them
_NUMBER = re.compile(r"\d{1,40}(\.\d{1,40})?")
_KINDS: tuple[tuple[type, Kind], ...] = (
    (dt.datetime, "time"),
    (dt.date, "day"),
    (Decimal, "amount"),
    (bool, "flag"),
    (int, "count"),
)
_FLAGS = {"true": True, "yes": True, "false": False, "no": False}


def model_of(path: tuple[str, ...]) -> type[BaseModel]:
    """The model of the object at `path` of the document: `()` is the encounter itself."""
    lists = path[::2]
    return PARTS[lists[-1]] if lists else Encounter


@lru_cache(maxsize=256)
def kind_of(model: type[BaseModel], name: str) -> Kind:
    """What a field takes; KeyError for a name that the model does not have."""
    return _kind(model.model_fields[name].annotation)


def _kind(annotation: Any) -> Kind:
    if get_origin(annotation) in (Union, types.UnionType):
        annotation = next(each for each in get_args(annotation) if each is not types.NoneType)
    while hasattr(annotation, "__metadata__"):
        annotation = annotation.__origin__
    if get_origin(annotation) is tuple:
        member = get_args(annotation)[0]
        return "parts" if isinstance(member, type) and issubclass(member, BaseModel) else "texts"
    for python, kind in _KINDS:
        if isinstance(annotation, type) and issubclass(annotation, python):
            return kind
    return "text"


def value_of(kind: Kind, typed: Any, name: str = "") -> Any:
    """The value that a control's text means for a field, None where it is to be empty.

    Whatever is no text stays as it is, and so does text that means nothing: the checks of the
    encounter refuse it in the words that they have for it. Times are not read here.
    """
    if not isinstance(typed, str):
        return typed
    text = typed.strip()
    if not text:
        return None
    if kind in ("amount", "count") and _NUMBER.fullmatch(text):
        return int(text) if "." not in text else Decimal(text)
    if kind == "flag":
        return _FLAGS.get(text.lower(), text)
    if kind == "texts":
        between = r"[\s,;]+" if name in _CODES else r"\s*[;\n]\s*"
        return [part for part in re.split(between, text) if part]
    return text


def with_field(
    found: Mapping[str, Any], model: type[BaseModel], name: str, value: Any
) -> dict[str, Any]:
    """A copy of an object with one field set, or left out for None.

    A field that was absent gets the place that the model gives it; all others keep theirs.
    """
    if value is None:
        return {key: each for key, each in found.items() if key != name}
    if name in found:
        return {key: value if key == name else each for key, each in found.items()}
    order = list(model.model_fields)
    earlier = set(order[: order.index(name)])
    keys = list(found)
    after = max((at for at, key in enumerate(keys, 1) if key in earlier), default=0)
    keys.insert(after, name)
    return {key: value if key == name else found[key] for key in keys}
