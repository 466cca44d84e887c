"""The types of single fields: text, codes, amounts, clock times, enumerations."""

import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, PlainSerializer, WithJsonSchema

from infusion_asp.model import terms
from infusion_asp.model.base import refused
from infusion_asp.model.errors import did_you_mean, nearest, shown

MOST_AMOUNT = Decimal(1_000_000_000)  # largest dose, volume, rate or waste
MOST_DIGITS = 30  # digits of an amount, before and after the point

_TIME = re.compile(
    r"(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2})(?::\d{2}(?:[.,]\d{1,9})?)?"
    r"(?: ?(?:(Z)|([+-]\d{2}):?(\d{2})))?"
)
_UNFIT = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")  # control characters, half surrogates
_UNFIT_IN_LINES = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_EARLIEST, _LATEST = 1900, 2300  # years; de-identified records lie up to two hundred years ahead
_TIME_HELP = "write date and clock time, like 2025-03-03T10:00 or 2025-03-03T10:00-05:00"


def clock_time(value: Any) -> Any:
    """An ISO 8601 text or a datetime as a datetime of whole minutes."""
    if isinstance(value, dt.datetime):
        found = value
    elif isinstance(value, str):
        match = _TIME.fullmatch(value.strip())
        if not match:
            only_date = re.fullmatch(r"\d{4}-\d{2}-\d{2}", value.strip())
            what = "has no clock time" if only_date else "is not an ISO 8601 time"
            raise refused("bad_time", f"{shown(value)} {what}", _TIME_HELP)
        day, clock, zulu, hours, minutes = match.groups()
        offset = "+00:00" if zulu else f"{hours}:{minutes}" if hours else ""
        try:
            found = dt.datetime.fromisoformat(f"{day}T{clock}{offset}")
        except ValueError:
            help = "the hours run from 00 to 23; 24:00 is 00:00 of the next day"
            raise refused("bad_time", f"{shown(value)} is not a time that exists", help) from None
    elif isinstance(value, dt.date):
        raise refused("bad_time", f"{shown(value)} has no clock time", _TIME_HELP)
    else:
        raise refused("bad_time", f"{shown(value)} is not an ISO 8601 time", _TIME_HELP)
    if not _EARLIEST <= found.year < _LATEST:
        help = f"the year lies from {_EARLIEST} to {_LATEST - 1}"
        raise refused("bad_time", f"the year of {shown(value)} cannot be right", help)
    return found.replace(second=0, microsecond=0)


def _day(value: Any) -> Any:
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        try:
            return dt.date.fromisoformat(value)
        except ValueError:
            pass
    raise refused("bad_date", f"{shown(value)} is not a date", "write it like 2025-03-03")


def _amount(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        help = "write it without quotes" if _looks_like_number(value) else "write a plain number"
        raise refused("not_a_number", f"{shown(value)} is not a number", help)
    number = Decimal(str(value)) if isinstance(value, float) else Decimal(value)
    if not number.is_finite():
        raise refused("not_a_number", f"{shown(value)} is not a finite number")
    if number < 0:
        help = "doses, volumes, rates and waste are never negative"
        raise refused("negative_number", f"{shown(value)} is below zero", help)
    if (
        number > MOST_AMOUNT
        or len(number.as_tuple().digits) > MOST_DIGITS
        or number.adjusted() < (-MOST_DIGITS if number else -(10**6))
    ):
        help = f"an amount is at most {MOST_AMOUNT} and has at most {MOST_DIGITS} digits"
        raise refused("number_too_large", f"{shown(value)} is too large or too long", help)
    return number


def _looks_like_number(value: Any) -> bool:
    return isinstance(value, str) and re.fullmatch(r"\d+(\.\d+)?", value) is not None


def _as_number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


def _place(value: Any) -> Any:
    if isinstance(value, str) and re.fullmatch(r"[0-9]{2}", value):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 99:
        help = "write the two digits of the place of service, like 11, 12, 19 or 22"
        raise refused("bad_place", f"{shown(value)} is not a place of service", help)
    return value


def _text(most: int, *, lines: bool = False) -> Callable[[Any], Any]:
    """A check that a value is text of 1 to `most` characters; `lines` allows line breaks."""

    def check(value: Any) -> Any:
        if not isinstance(value, str):
            plain = isinstance(value, int) and not isinstance(value, bool)
            help = f'put it in quotes: "{value}"' if plain else ""
            raise refused("not_text", f"{shown(value)} is not text", help)
        if not value.strip():
            raise refused("empty_text", "the text is empty", "leave the key out instead")
        if len(value) > most:
            help = f"at most {most} characters, this has {len(value)}"
            raise refused("text_too_long", f"{shown(value)} is too long", help)
        if (_UNFIT_IN_LINES if lines else _UNFIT).search(value):
            help = "remove control characters and half surrogates"
            raise refused("bad_character", f"{shown(value)} has a character no text has", help)
        return value

    return check


def _code(length: int, what: str, example: str) -> Callable[[Any], Any]:
    check_text = _text(50)

    def check(value: Any) -> Any:
        text = check_text(value)
        if re.fullmatch(rf"[0-9A-Z]{{{length}}}", text):
            return text
        upper = text.strip().upper()
        fits = re.fullmatch(rf"[0-9A-Z]{{{length}}}", upper)
        help = did_you_mean(upper) if fits else f"a {what} has {length} characters, like {example}"
        raise refused(f"bad_{what.rpartition(' ')[2]}", f"{shown(value)} is not a {what}", help)

    return check


def choice(field: str, known: tuple[str, ...], *, closed: bool) -> Callable[[Any], Any]:
    """A check of one enumeration; an open one takes any text that misspells no known value."""
    check_text = _text(100)
    folded = {name.replace("_", ""): name for name in known}

    def check(value: Any) -> Any:
        text = check_text(value)
        if text in known:
            return text
        key = text.strip().lower().replace("-", "_").replace(" ", "_")
        guess = folded.get(key.replace("_", "")) or terms.OTHER_WORDS.get(field, {}).get(key)
        guess = guess or nearest(text, known)
        if guess is None and not closed:
            return text
        listed = f"known are {', '.join(known)}"
        help = did_you_mean(guess) if guess else listed
        raise refused("unknown_value", f"{shown(value)} is not a {field} that is known", help)

    return check


_CLOCK_SCHEMA = {
    "type": "string",
    "pattern": r"^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}([.,]\d{1,9})?)?"
    r"( ?(Z|[+-]\d{2}:?\d{2}))?$",
}


def _known(known: tuple[str, ...], *, closed: bool) -> WithJsonSchema:
    if closed:
        return WithJsonSchema({"type": "string", "enum": list(known)})
    return WithJsonSchema({"type": "string", "minLength": 1, "examples": list(known)})


def clock_text(value: dt.datetime) -> str:
    """A time as the format writes it: ISO 8601, whole minutes."""
    return value.isoformat(timespec="minutes")


Clock = Annotated[
    dt.datetime,
    BeforeValidator(clock_time),
    PlainSerializer(clock_text, return_type=str, when_used="json"),
    WithJsonSchema(_CLOCK_SCHEMA),
]
Day = Annotated[dt.date, BeforeValidator(_day)]
Amount = Annotated[
    Decimal,
    BeforeValidator(_amount),
    PlainSerializer(_as_number, when_used="json"),
    WithJsonSchema({"type": "number", "minimum": 0, "maximum": int(MOST_AMOUNT)}),
]
Count = Annotated[int, Field(ge=1, le=1_000_000)]
Place = Annotated[
    int,
    BeforeValidator(_place),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "integer", "minimum": 1, "maximum": 99},
                {"type": "string", "pattern": "^[0-9]{2}$"},
            ]
        }
    ),
]
Id = Annotated[str, BeforeValidator(_text(200)), Field(min_length=1, max_length=200)]
Text = Annotated[str, BeforeValidator(_text(500)), Field(min_length=1, max_length=500)]
Note = Annotated[str, BeforeValidator(_text(10_000, lines=True)), Field(max_length=10_000)]
ServiceCode = Annotated[
    str,
    BeforeValidator(_code(5, "billing code", "J1745")),
    WithJsonSchema({"type": "string", "pattern": "^[0-9A-Z]{5}$"}),
]
Modifier = Annotated[
    str,
    BeforeValidator(_code(2, "modifier", "59 or JZ")),
    WithJsonSchema({"type": "string", "pattern": "^[0-9A-Z]{2}$"}),
]


def _closed(field: str, known: tuple[str, ...]) -> tuple[BeforeValidator, WithJsonSchema]:
    return BeforeValidator(choice(field, known, closed=True)), _known(known, closed=True)


def _open(field: str, known: tuple[str, ...]) -> tuple[BeforeValidator, WithJsonSchema]:
    return BeforeValidator(choice(field, known, closed=False)), _known(known, closed=False)


_SETTING, _ROUTE = _closed("setting", terms.SETTINGS), _closed("route", terms.ROUTES)
_PURPOSE, _NEED = _closed("purpose", terms.PURPOSES), _closed("need", terms.NEEDS)
_OWNER, _CONTAINER = (
    _closed("pump_owner", terms.PUMP_OWNERS),
    _closed("container", terms.CONTAINERS),
)
_DELIVERY, _METHOD = _closed("delivery", terms.DELIVERIES), _open("method", terms.METHODS)
_CATEGORY, _KIND = _open("category", terms.CATEGORIES), _open("kind", terms.ACCESS_KINDS)
_INDICATION = _open("indication", terms.INDICATIONS)

Setting = Annotated[terms.Setting, _SETTING[0], _SETTING[1]]
Route = Annotated[str, _ROUTE[0], _ROUTE[1]]
Purpose = Annotated[terms.Purpose, _PURPOSE[0], _PURPOSE[1]]
Need = Annotated[terms.Need, _NEED[0], _NEED[1]]
PumpOwner = Annotated[terms.PumpOwner, _OWNER[0], _OWNER[1]]
Container = Annotated[terms.Container, _CONTAINER[0], _CONTAINER[1]]
Delivery = Annotated[terms.Delivery, _DELIVERY[0], _DELIVERY[1]]
Method = Annotated[str, _METHOD[0], _METHOD[1]]
Category = Annotated[str, _CATEGORY[0], _CATEGORY[1]]
AccessKind = Annotated[str, _KIND[0], _KIND[1]]
Indication = Annotated[str, _INDICATION[0], _INDICATION[1]]
