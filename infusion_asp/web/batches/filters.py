"""Owns what a list of encounters can be asked for: filters, order and place, read and written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from decimal import Decimal, InvalidOperation
from urllib.parse import urlencode

from infusion_asp.model.errors import did_you_mean, nearest, shown
from infusion_asp.render.view import LEVELS
from infusion_asp.report.pileup import WINDOW
from infusion_asp.web.batches.errors import FilterError

SORTS: dict[str, str] = {
    "record": "position in the input",
    "id": "encounter",
    "over": "amount over",
    "under": "amount under",
    "level": "gravest finding",
    "findings": "number of findings",
    "rule": "finding rule",
    "code": "code",
    "department": "department",
    "minutes": "minutes past the limit",
}
"""The orders by name; `-` before the name turns one round."""

RISKS = ("over", "under", "documentation", "none")
SOURCES = ("derived", "billed", "missed")
VERDICTS = ("supported", "differs", "not_evaluable")
SIZE = 50  # rows of a page
MOST_MINUTES = 1440
_LONGEST = 200
_MOST_ROW = 10**12
_LIMIT = re.compile(r"(\w+)-(\d{1,5})")
_CLOSED = {"level": LEVELS, "risk": RISKS, "source": SOURCES, "verdict": VERDICTS}


@dataclass(frozen=True)
class Filter:
    """Which encounters are wanted; what is empty or None is not asked for.

    `rule`, `level` and `risk` are of one and the same finding, `code` and `source` of one and the
    same line. `fired`: a rule behind any line, finding or administration without a code. `over` and
    `under` are the least amounts in US dollars. `limit` names a population and a minute: an
    administration of it ran 1 to `within` minutes past that. `id` is a part of the encounter's id;
    it never stands in an address.
    """

    rule: str = ""
    level: str = ""
    risk: str = ""
    code: str = ""
    source: str = ""
    verdict: str = ""
    department: str = ""
    over: Decimal | None = None
    under: Decimal | None = None
    limit: str = ""
    within: int = WINDOW
    fired: str = ""
    id: str = ""

    @property
    def minute(self) -> tuple[str, int] | None:
        """The population and the minute of `limit`."""
        found = _LIMIT.fullmatch(self.limit)
        return (found[1], int(found[2])) if found else None

    @property
    def empty(self) -> bool:
        """Whether every encounter is wanted."""
        return replace(self, within=WINDOW) == Filter()


@dataclass(frozen=True)
class Place:
    """Which rows of the list are shown: those after or before a record, or the last ones.

    `row` is how many rows stand before the first one shown, for people only.
    """

    after: int | None = None
    before: int | None = None
    last: bool = False
    row: int = 0


@dataclass(frozen=True)
class Asked:
    """One request for a list."""

    filter: Filter = Filter()
    sort: str = "record"
    place: Place = Place()

    @property
    def down(self) -> bool:
        """Whether the order was turned round."""
        return self.sort.startswith("-")

    @property
    def order(self) -> str:
        """The name of the order."""
        return self.sort.removeprefix("-")


NAMES = tuple(each.name for each in fields(Filter) if each.name != "id")
"""The filters that an address may hold."""


def read(given: Mapping[str, str], *, posted: bool = False) -> Asked:
    """The request that the fields of an address or of a form spell.

    Fields that are unknown are not looked at, and `id` is read where it was posted only. Raises
    FilterError, with the name of the field.
    """
    found = {name: _text(given, name) for name in (*NAMES, *(("id",) if posted else ()))}
    for name, known in _CLOSED.items():
        _known(name, found[name], known)
    if found["limit"] and not _LIMIT.fullmatch(found["limit"]):
        raise FilterError("limit", f"{shown(found['limit'])} is not a limit", "choose one")
    wanted = Filter(
        **{name: found[name] for name in found if name not in ("over", "under", "within")},
        over=_amount("over", found["over"]),
        under=_amount("under", found["under"]),
        within=_whole("within", found["within"], WINDOW, 1, MOST_MINUTES),
    )
    sort = _text(given, "sort") or "record"
    _known("sort", sort.removeprefix("-"), tuple(SORTS))
    if sort.removeprefix("-") == "minutes" and not wanted.limit:
        sort = "record"
    return Asked(wanted, sort, place_of(given))


def place_of(given: Mapping[str, str]) -> Place:
    """The place in a list that the fields spell; raises FilterError."""
    return Place(
        after=_record("after", given),
        before=_record("before", given),
        last=bool(_text(given, "last")),
        row=_whole("row", _text(given, "row"), 0, 0, _MOST_ROW),
    )


def query(asked: Asked, place: Place | None = None) -> str:
    """The address's query for a request, without `id`; the fields in a fixed order."""
    return urlencode(pairs(asked, place))


def pairs(asked: Asked, place: Place | None = None) -> list[tuple[str, str]]:
    """The fields of a request that differ from those of the plain list, without `id`."""
    plain = Filter()
    found = [
        (name, _plain(getattr(asked.filter, name)))
        for name in NAMES
        if getattr(asked.filter, name) != getattr(plain, name)
    ]
    if asked.sort != "record":
        found.append(("sort", asked.sort))
    return found + placed(place)


def placed(place: Place | None) -> list[tuple[str, str]]:
    """The fields of a place."""
    if place is None or place == Place():
        return []
    found = [
        (name, str(value))
        for name, value in (("after", place.after), ("before", place.before))
        if value is not None
    ]
    return found + ([("last", "1")] if place.last else []) + [("row", str(place.row))]


def _plain(value: object) -> str:
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return str(value)


def _text(given: Mapping[str, str], name: str) -> str:
    text = str(given.get(name, "")).strip()
    if len(text) > _LONGEST:
        raise FilterError(name, f"the filter {name} is too long", f"at most {_LONGEST} characters")
    return text


def _known(name: str, value: str, known: tuple[str, ...]) -> None:
    if value and value not in known:
        help = did_you_mean(nearest(value, known)) or f"known are {', '.join(known)}"
        raise FilterError(name, f"{shown(value)} is no {name} that is known", help)


def _amount(name: str, text: str) -> Decimal | None:
    if not text:
        return None
    try:
        found = Decimal(text.removeprefix("$").replace(",", ""))
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite() or not 0 <= found < Decimal(10) ** 12:
        raise FilterError(
            name, f"{shown(text)} is not an amount", "write dollars, such as 25 or 0.5"
        )
    return found.quantize(Decimal("0.01"))


def _whole(name: str, text: str, otherwise: int, least: int, most: int) -> int:
    if not text:
        return otherwise
    found = int(text) if re.fullmatch(r"\d{1,13}", text, re.ASCII) else -1
    if not least <= found <= most:
        raise FilterError(
            name, f"{shown(text)} is not a number from {least} to {most}", "write digits"
        )
    return found


def _record(name: str, given: Mapping[str, str]) -> int | None:
    text = _text(given, name)
    return _whole(name, text, 0, 0, _MOST_ROW) if text else None
