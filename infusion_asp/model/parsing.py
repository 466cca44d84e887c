"""From plain data to an `Encounter`, with errors that carry path, value and help."""

import types
from collections.abc import Mapping
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from infusion_asp.model import terms
from infusion_asp.model.encounter import Encounter
from infusion_asp.model.errors import InputError, did_you_mean, json_path, nearest_key, shown


def parse_encounter(data: Any) -> Encounter:
    """The encounter that `data` (an object as read from JSON or YAML) describes.

    Raises InputError for the first thing that is wrong, the further ones in its `others`.
    """
    if isinstance(data, Encounter):
        return data
    if not isinstance(data, Mapping):
        help = "an encounter is an object with encounter_id and administrations"
        raise InputError("$", f"{shown(data)} is not an encounter", help, kind="not_an_object")
    try:
        return Encounter.model_validate(dict(data))
    except ValidationError as caught:
        errors = [error for detail in caught.errors() for error in _translated(detail)]
    raise InputError(
        errors[0].path,
        errors[0].message,
        errors[0].help,
        kind=errors[0].kind,
        others=tuple(errors[1:]),
    )


def _translated(detail: ErrorDetails) -> list[InputError]:
    place = tuple(detail["loc"])
    context = detail.get("ctx") or {}
    if "problems" in context:
        return [
            InputError(json_path(p.place), p.message, p.help, kind=p.kind)
            for p in context["problems"]
        ]
    if "message" in context:
        return [
            InputError(json_path(place), context["message"], context["help"], kind=detail["type"])
        ]
    return [_standard(place, detail, context)]


def _standard(place: tuple[str | int, ...], detail: ErrorDetails, context: Any) -> InputError:
    """The error of one of pydantic's own checks."""
    path, kind, value = json_path(place), detail["type"], detail["input"]
    if kind == "extra_forbidden":
        return _unknown_key(place)
    if kind == "missing":
        return InputError(
            path,
            f"the key {shown(place[-1])} is missing",
            "infusion-asp schema encounter lists the keys",
            kind="missing_key",
        )
    if kind == "invalid_key":
        return InputError(path, "a key is not text", kind="bad_key")
    expected, help = _EXPECTED.get(kind, ("allowed here", ""))
    for limit in ("ge", "le", "max_length", "min_length", "actual_length"):
        if limit in context:
            expected = expected.replace(f"<{limit}>", str(context[limit]))
            help = help.replace(f"<{limit}>", str(context[limit]))
    return InputError(path, f"{shown(value)} is not {expected}", help, kind=kind)


_EXPECTED = {
    "bool_type": ("true or false", "write true or false without quotes"),
    "int_type": ("a whole number", "write a whole number without quotes"),
    "greater_than_equal": ("at least <ge>", ""),
    "less_than_equal": ("at most <le>", ""),
    "tuple_type": ("a list", "write it in square brackets, also a single one"),
    "model_type": ("an object", "write it in braces with its keys"),
    "too_long": ("short enough", "at most <max_length> entries, this has <actual_length>"),
}


def _unknown_key(place: tuple[str | int, ...]) -> InputError:
    key = str(place[-1])
    known = _fields_at(place[:-1])
    guess = nearest_key(key, known)
    other = terms.OTHER_KEYS.get(key.strip().lower())
    if other in known:
        guess = other
    help = did_you_mean(guess) or f"known are {', '.join(known)}"
    return InputError(json_path(place), f"unknown key {shown(key)}", help, kind="unknown_key")


def _fields_at(place: tuple[str | int, ...]) -> list[str]:
    """The fields of the object at `place` of the document."""
    model: type[BaseModel] = Encounter
    for part in place:
        if isinstance(part, str) and part in model.model_fields:
            model = _model_in(model.model_fields[part].annotation) or model
    return list(model.model_fields)


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    if get_origin(annotation) in (tuple, Union, types.UnionType):
        return next(filter(None, map(_model_in, get_args(annotation))), None)
    return None
