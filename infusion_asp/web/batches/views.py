"""Owns what the templates of batches are given: totals, filters as fields, steps between pages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from infusion_asp.report.limits import Population
from infusion_asp.web.batches.browse import Listed
from infusion_asp.web.batches.choices import MOST, choices
from infusion_asp.web.batches.directory import Directory
from infusion_asp.web.batches.filters import Asked, Place, pairs, placed, query
from infusion_asp.web.batches.store import Store

STEPS = ("first", "previous", "next", "last")


@dataclass(frozen=True)
class Step:
    """A way to another page: its fields, and the address where that may hold them."""

    name: str
    fields: tuple[tuple[str, str], ...]
    address: str


@dataclass(frozen=True)
class Column:
    """The head of a column: the order it gives now, and whether that is the present one."""

    name: str
    label: str
    fields: tuple[tuple[str, str], ...]
    address: str
    sorted: str  # ascending, descending, or empty


def totals(directory: Directory) -> list[tuple[str, str]]:
    """What the summary says of the whole run: label and number; empty without a summary."""
    told = directory.summary
    if not told:
        return []
    found = [
        ("records", _number(told.get("records"))),
        ("with a result", _number(told.get("encounters"))),
        ("without a result", _number(told.get("failed"))),
    ]
    verdicts = told.get("verdicts")
    for name, count in verdicts.items() if isinstance(verdicts, dict) else ():
        found.append((str(name).replace("_", " "), _number(count)))
    levels = told.get("levels")
    counts = levels.items() if isinstance(levels, dict) else ()
    found += [(f"{name} findings", _number(count)) for name, count in counts]
    if told.get("task") == "verify":
        found += [(side, _dollars(told.get(f"{side}_usd"))) for side in ("over", "under")]
    return found


def fields(store: Store, held: Sequence[Population]) -> dict[str, Any]:
    """The values that each filter can be set to."""
    return {
        "rules": choices(store, "rule"),
        "levels": choices(store, "level"),
        "risks": choices(store, "risk"),
        "codes": choices(store, "code"),
        "sources": choices(store, "source"),
        "verdicts": choices(store, "verdict"),
        "departments": choices(store, "department"),
        "most_departments": MOST,
        "populations": held,
    }


def is_listed(limit: str, held: Sequence[Population]) -> bool:
    """Whether a limit is one of the rulebook's."""
    return any(limit == f"{each.name}-{one.minute}" for each in held for one in each.limits)


def listed_values(address: str, asked: Asked, found: Listed) -> dict[str, Any]:
    """The rows and the ways from them; `posted` where a part of an id is looked for."""
    return {
        "asked": asked,
        "listed": found,
        "posted": bool(asked.filter.id),
        "steps": steps(address, found, pairs(asked)),
        "columns": {each.name: each for each in _columns(address, asked)},
        "kept": pairs(Asked(asked.filter, asked.sort)),
        "without_id": f"{address}?{query(Asked(asked.filter, asked.sort))}",
    }


def steps(address: str, found: Any, kept: Iterable[tuple[str, str]]) -> dict[str, Step]:
    """The steps to other pages by name, those that lead nowhere left out."""
    kept, made = list(kept), {}
    for name in STEPS:
        place: Place | None = getattr(found, name)
        if place is not None:
            fields = (*kept, *placed(place))
            made[name] = Step(name, fields, _address(address, fields))
    return made


def _columns(address: str, asked: Asked) -> Iterable[Column]:
    heads = {
        "record": "No.",
        "id": "Encounter",
        "department": "Department",
        "code": "Supports",
        "level": "Findings",
        "over": "Over",
        "under": "Under",
    }
    if asked.filter.limit:
        heads["minutes"] = "Past the limit"
    for name, label in heads.items():
        here = asked.order == name
        sort = f"-{name}" if here and not asked.down else name
        fields = tuple(pairs(Asked(asked.filter, sort)))
        way = ""
        if here:
            falls = (name in ("over", "under")) != asked.down
            way = "descending" if falls else "ascending"
        yield Column(name, label, fields, _address(address, fields), way)


def _address(address: str, fields: Iterable[tuple[str, str]]) -> str:
    text = urlencode(list(fields))
    return f"{address}?{text}" if text else address


def _number(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else "–"


def _dollars(value: object) -> str:
    return f"${value:,.2f}" if isinstance(value, int | float) else "–"
