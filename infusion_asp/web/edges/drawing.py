"""Owns the drawing of the strip: places in user units of the SVG, labels that don't cross."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

from infusion_asp.explain.strip import Range
from infusion_asp.render.timeline import ticks as clock_ticks
from infusion_asp.render.words import cut
from infusion_asp.web.edges.axis import Axis
from infusion_asp.web.edges.table import Row, Step, Table, clock

LEVEL, STRIP, FOOT = 15.0, 24.0, 36.0
TOP = 4.0
LETTER, WIDE = 6.1, 6.8  # units that a letter of a label takes, and one in a box
PAD = 10.0
LEVELS = 5
NAME_COLUMNS = 25
HOUR_LABELS = 62.0


@dataclass(frozen=True)
class Segment:
    """One stretch as a box; `label`, around `middle`, is empty where it has no room."""

    x: float
    width: float
    kind: str
    middle: float
    label: str
    title: str


@dataclass(frozen=True)
class Border:
    """Where the lines change: a line with a label, and the edit that crosses it."""

    x: float
    label_x: float
    anchor: str
    y: float
    label: str
    said: str
    step: Step | None


@dataclass(frozen=True)
class Tick:
    """A round time on the foot of the strip."""

    x: float
    label: str


@dataclass(frozen=True)
class Drawing:
    """The whole drawing; `beyond` are changes right of the axis, `now` is None where no time is."""

    width: float
    height: float
    left: float
    y: float
    name: str
    segments: tuple[Segment, ...]
    borders: tuple[Border, ...]
    ticks: tuple[Tick, ...]
    now: float | None
    now_label: str
    beyond: int


def drawing(name: str, span: Range, found: Table, told: Axis | None) -> Drawing:
    """The strip on the axis of the timeline; on its own where that has no room for it."""
    axis = told if told is not None and _shows(told, span) else Axis.over(span.first, span.last)
    rows = found.rows
    pairs = [each for each in pairwise(rows) if _drawn(axis, each[1])]
    labels = [_Label.of(axis, after) for _, after in pairs]
    levels = _levels(labels)
    used = [level for level in levels if level is not None]
    top = TOP + LEVEL * (max(used, default=-1) + 1)
    return Drawing(
        width=axis.width,
        height=top + STRIP + FOOT,
        left=axis.left,
        y=top,
        name=cut(name, NAME_COLUMNS),
        segments=tuple(_segments(axis, span, rows)),
        borders=tuple(
            _border(span, before, after, label, level, top)
            for (before, after), label, level in zip(pairs, labels, levels, strict=True)
        ),
        ticks=tuple(_ticks(axis)),
        now=None if span.charted is None or span.charted > axis.end else axis.x(span.charted),
        now_label="" if span.charted is None else f"now {clock(span.charted, span.first)}",
        beyond=sum(1 for row in rows[1:] if row.stretch.first > axis.end),
    )


def _shows(axis: Axis, span: Range) -> bool:
    return axis.fits(span.first) and axis.origin <= span.last and span.first < axis.end


def _drawn(axis: Axis, after: Row) -> bool:
    return axis.origin <= after.stretch.first <= axis.end


def _segments(axis: Axis, span: Range, rows: Sequence[Row]) -> Iterator[Segment]:
    for at, row in enumerate(rows):
        first = row.stretch.first
        following = rows[at + 1].stretch.first if at + 1 < len(rows) else row.stretch.last
        if first > axis.end or following < axis.origin:
            continue
        x, end = axis.x(first), axis.x(following)
        width = round(max(end - x, 1.0), 2)
        words = ", ".join(row.lines) or "none of these"
        lasting = f"{row.minutes} minutes" if row.minutes else ""
        first_x, room = _room(axis, span, row, x, width)
        fitting = (each for each in (words, lasting) if len(each) * WIDE + 8 <= room)
        kind = "impossible" if not row.possible else ("even", "odd")[at % 2]
        title = f"{row.clock}: {words if row.possible else 'the record forbids this'}"
        label = next(fitting, "") if row.possible else ""
        middle = round(first_x + room / 2, 2)
        yield Segment(x, width, f"{kind} here" if row.here else kind, middle, label, title)


def _room(axis: Axis, span: Range, row: Row, x: float, width: float) -> tuple[float, float]:
    """Where a label may stand in a box, and how long: beside the mark of now."""
    if not row.here or span.charted is None:
        return x, width
    now = axis.x(span.charted)
    return (x, now - x) if now - x > x + width - now else (now, x + width - now)


@dataclass(frozen=True)
class _Label:
    """A label and the place that it takes: right of its line, or left of it at the end."""

    text: str
    x: float
    first: float
    last: float

    @classmethod
    def of(cls, axis: Axis, after: Row) -> _Label:
        """`10:31 +1 96415`, where the stretch begins."""
        x = axis.x(after.stretch.first)
        text = " ".join((after.clock.split(" to ")[0], *after.change))
        size = len(text) * LETTER + PAD
        return cls(text, x, x - size, x) if x + size > axis.width else cls(text, x, x, x + size)

    @property
    def ends(self) -> bool:
        """Whether it stands left of its line."""
        return self.first < self.x


def _border(
    span: Range, before: Row, after: Row, label: _Label, level: int | None, top: float
) -> Border:
    """The border before a row; crossed from the side on which what is charted lies."""
    charted = span.charted
    target = before if charted is not None and charted >= after.stretch.first else after
    begin = clock(after.stretch.first, span.first)
    changes = ", ".join(after.change)
    if not before.possible or not after.possible:
        changes = "the record forbids the other side"
    return Border(
        label.x,
        label.x - 4 if label.ends else label.x + 4,
        "end" if label.ends else "start",
        top - LEVEL * (level or 0) - 4,
        "" if level is None else label.text,
        f"{changes} at {begin}",
        target.step,
    )


def _levels(labels: Sequence[_Label]) -> list[int | None]:
    """The height of each label: above those that begin under it, so that no line crosses a label.

    None where there would be too many above each other.
    """
    placed: list[tuple[_Label, int]] = []
    found: list[int | None] = []
    for label in reversed(labels):
        under = (
            level
            for other, level in placed
            if other.first < label.last and label.first < other.last
        )
        level = max(under, default=-1) + 1
        found.append(level if level < LEVELS else None)
        if level < LEVELS:
            placed.append((label, level))
    return found[::-1]


def _ticks(axis: Axis) -> Iterator[Tick]:
    length = max(1, int((axis.right - axis.left) * axis.per_unit))
    plan = {"origin": axis.origin, "length": length}
    for tick in clock_ticks(plan, max(2, int((axis.right - axis.left) / HOUR_LABELS))):
        yield Tick(axis.x(axis.origin + timedelta(minutes=tick.minute)), tick.label)
