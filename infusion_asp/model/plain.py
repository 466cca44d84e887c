"""From text to plain data: strict JSON values, and limits that hold for JSON and YAML alike."""

import json
import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from infusion_asp.model.errors import InputError, json_path, shown

DEEPEST = 40  # levels of nesting; an encounter needs six
LONGEST_NUMBER = 100  # characters of one number

_NESTED_HELP = f"at most {DEEPEST} levels of lists and objects"


@dataclass(frozen=True)
class Unreadable:
    """Stands in parsed data where a value was refused; `checked` turns it into an error."""

    kind: str
    message: str
    help: str = ""
    key: str | None = None


def number(text: str) -> Any:
    """The int or Decimal that `text` spells, or Unreadable when it is absurdly long."""
    if len(text) > LONGEST_NUMBER:
        return Unreadable("number_too_large", f"{shown(text)} has {len(text)} characters")
    if re.fullmatch(r"[+-]?\d+", text):
        return int(text)
    try:
        return Decimal(text)
    except ArithmeticError:
        return Unreadable("number_too_large", f"{shown(text)} is out of range")


def _constant(text: str) -> Unreadable:
    return Unreadable("not_a_number", f"{shown(text)} is not a JSON number", "leave the key out")


def mapping(pairs: list[tuple[str, Any]]) -> Any:
    """The pairs as a dict, or Unreadable when a key stands twice."""
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for i, key in enumerate(keys) if key in keys[:i])
        message = f"the key {shown(twice)} stands twice in one object"
        return Unreadable("duplicate_key", message, "keep one of the two", twice)
    return found


_DECODER = json.JSONDecoder(
    object_pairs_hook=mapping, parse_float=number, parse_int=number, parse_constant=_constant
)


def json_value(text: str, at: int = 0) -> tuple[Any, int]:
    """The JSON value that begins at `at`, and where it ends; raises InputError at bad syntax."""
    try:
        return _DECODER.raw_decode(text, at)
    except json.JSONDecodeError as caught:
        where = f"line {caught.lineno}, column {caught.colno}"
        around = text[caught.pos : caught.pos + 20].partition("\n")[0]
        near = f" at {shown(around)}" if around else " at the end"
        what = caught.msg[0].lower() + caught.msg[1:]
        error = InputError("$", f"{where}: {what}{near}", "write JSON", kind="bad_json")
    except RecursionError:
        error = InputError("$", "the JSON is nested too deeply", _NESTED_HELP, kind="too_deep")
    raise error


def checked(value: Any) -> Any:
    """`value` itself; raises InputError where it holds an Unreadable or is nested too deeply."""
    if _sound(value, 0):
        return value
    stack: list[tuple[tuple[str | int, ...], Any]] = [((), value)]
    while stack:
        place, item = stack.pop()
        if isinstance(item, Unreadable):
            where = place if item.key is None else (*place, item.key)
            raise InputError(json_path(where), item.message, item.help, kind=item.kind)
        if len(place) > DEEPEST:
            message = "the value is nested too deeply"
            raise InputError(json_path(place[:3]), message, _NESTED_HELP, kind="too_deep")
        if isinstance(item, dict):
            stack.extend(((*place, key), part) for key, part in reversed(item.items()))
        elif isinstance(item, list):
            stack.extend(((*place, i), item[i]) for i in reversed(range(len(item))))
    return value


def _sound(value: Any, depth: int) -> bool:
    """Whether nothing is to be refused, told faster than where it is."""
    kind = type(value)
    if kind is not dict and kind is not list:
        return kind is not Unreadable
    if depth >= DEEPEST:
        return False
    for part in value.values() if kind is dict else value:
        kind = type(part)
        if kind is Unreadable or ((kind is dict or kind is list) and not _sound(part, depth + 1)):
            return False
    return True


def one_line(data: Any) -> str:
    """Plain data as one line of JSON: times to the minute, numbers as JSON writes them."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"), default=_json)


def _json(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat(timespec="minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    raise TypeError(f"no JSON for {type(value).__name__}")
