"""Owns the rows of the strip: each stretch with its times, lines, change, amount and edit."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from infusion_asp.coding.lines import LineKey, LineSet
from infusion_asp.explain.strip import MINUTE, Range, Stretch, short_changes
from infusion_asp.model import Administration
from infusion_asp.model.result import Section
from infusion_asp.verify.money import Money

_LATER_SECTIONS: tuple[Section, ...] = ("neighbour", "drug")


@dataclass(frozen=True)
class Step:
    """The way to another stretch: the time nearest to what is charted, and what changes by it."""

    time: datetime
    clock: str
    edit: str
    changes: tuple[str, ...]
    away: int | None

    @property
    def said(self) -> str:
        """`10:31: +1 96415`."""
        return f"{self.clock}: {', '.join(self.changes)}"


@dataclass(frozen=True)
class Row:
    """One stretch. `lines` are those that are not the same all along the strip.

    `change` is against the stretch before it, `amount` is that of all lines in US dollars, `more`
    what it is above that of what is charted; `step` is absent where what is charted lies.
    """

    stretch: Stretch
    clock: str
    minutes: str
    lines: tuple[str, ...]
    change: tuple[str, ...]
    amount: Decimal | None
    more: Decimal | None
    here: bool
    step: Step | None

    @property
    def possible(self) -> bool:
        """Whether the time can be there."""
        return self.stretch.lines is not None


@dataclass(frozen=True)
class Table:
    """The rows, the lines that all of them have, and the nearest changes on both sides."""

    rows: tuple[Row, ...]
    common: tuple[str, ...]
    later: Step | None
    earlier: Step | None


def table(
    given: Administration,
    span: Range,
    found: Sequence[Stretch],
    base: LineSet | None,
    money: Money,
) -> Table:
    """The rows of a strip; `base` are the lines as the record stands, charted or not."""
    known = [each.lines for each in found if each.lines is not None]
    common = frozenset.intersection(*known) if known else frozenset()
    rows = tuple(_rows(given, span, found, base, common, money))
    steps = [row.step for row in rows if row.step is not None and row.step.away is not None]
    return Table(
        rows,
        tuple(names(common)),
        next((each for each in steps if (each.away or 0) > 0), None),
        next((each for each in reversed(steps) if (each.away or 0) < 0), None),
    )


def _rows(
    given: Administration,
    span: Range,
    found: Sequence[Stretch],
    base: LineSet | None,
    common: LineSet,
    money: Money,
) -> Iterator[Row]:
    before: LineSet | None = None
    now = None if base is None else worth(base, money)
    for stretch in found:
        lines = stretch.lines
        here = span.charted is not None and span.charted in stretch
        amount = None if lines is None else worth(lines, money)
        yield Row(
            stretch,
            clocks(stretch.first, stretch.last, span.first),
            _lasting(given, span, stretch),
            () if lines is None else tuple(names(lines - common)),
            () if lines is None or before is None else short_changes(before, lines),
            amount,
            None if amount is None or now is None or here else amount - now,
            here,
            None if here or lines is None else _step(span, stretch, base or frozenset()),
        )
        before = before if lines is None else lines


def _step(span: Range, stretch: Stretch, base: LineSet) -> Step:
    """The minute of a stretch that is nearest to what is charted; the first where nothing is."""
    charted = span.charted
    later = charted is None or stretch.first > charted
    time = stretch.first if later else stretch.last
    owner, _, edge = span.path.rpartition(".")
    edit = {
        "op": "set",
        "path": ["administrations", owner, edge],
        "value": time.isoformat(timespec="minutes"),
    }
    away = None if charted is None else (time - charted) // MINUTE
    return Step(
        time,
        clock(time, span.first),
        json.dumps(edit),
        short_changes(base, stretch.lines or frozenset()),
        away,
    )


def _lasting(given: Administration, span: Range, stretch: Stretch) -> str:
    """The minutes from start to stop, `31 to 90`; nothing without the other end."""
    edge = span.path.rpartition(".")[2]
    other = given.start if edge == "stop" else given.stop
    if other is None:
        return ""
    ends = sorted(abs((time - other) // MINUTE) for time in (stretch.first, stretch.last))
    return f"{ends[0]}" if ends[0] == ends[1] else f"{ends[0]} to {ends[1]}"


def worth(lines: LineSet, money: Money) -> Decimal:
    """The sum of all amounts that are known."""
    beside = Money(
        money.tables,
        money.setting,
        money.day,
        frozenset(each.code for each in lines),
        money.in_facility,
    )
    amounts = (beside.amount(each.code, each.units) for each in lines)
    return sum((each for each in amounts if each is not None), Decimal(0))


def names(lines: Iterable[LineKey]) -> Iterator[str]:
    """Lines in words, `96415 ×2`: administration first; with the date where it tells two apart."""
    listed = sorted(lines, key=_place)
    for each in listed:
        code = "-".join((each.code, *each.modifiers))
        twins = [one for one in listed if (one.code, one.modifiers) == (each.code, each.modifiers)]
        units = f" ×{each.units}" if each.units > 1 else ""
        yield f"{code}{units}" + (f" on {each.date}" if len(twins) > 1 else "")


def _place(line: LineKey) -> tuple[int, str, str]:
    later = _LATER_SECTIONS.index(line.section) + 1 if line.section in _LATER_SECTIONS else 0
    return later, line.code, line.date


def clocks(first: datetime, last: datetime, near: datetime) -> str:
    """`10:31 to 11:30`, one time where both are the same; with the day where it is another."""
    if first == last:
        return clock(first, near)
    return f"{clock(first, near)} to {clock(last, near)}"


def clock(time: datetime, near: datetime) -> str:
    """`10:31`; on another day than `near` `4 Mar 10:31`."""
    if time.date() == near.date():
        return f"{time:%H:%M}"
    return f"{time.day} {time:%b %H:%M}"
