"""Owns what a picture of the timeline is: rows, bars, marks and limits in user units of the SVG."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Rect:
    """A stretch of a bar; `line` and `unit` of what it earned, empty for a fill."""

    x: float
    width: float
    fill: str = ""
    line: str = ""
    unit: int = 0


@dataclass(frozen=True)
class TickMark:
    """A limit on a bar; `label` (minutes) is empty where there is no room for it."""

    x: float
    label: str
    title: str
    passed: bool


@dataclass(frozen=True)
class Row:
    """One administration, ready to be drawn."""

    id: str
    y: float
    name: str
    codes: str
    shape: str
    pushed: bool
    x: float
    width: float
    start: str
    stop: str
    stop_x: float
    from_x: float
    from_label: str
    to_x: float
    to_label: str
    described: str
    fills: tuple[Rect, ...]
    lit: tuple[Rect, ...]
    ticks: tuple[TickMark, ...]
    by_rule: str
    problem: str


@dataclass(frozen=True)
class Section:
    """The rows of one access."""

    y: float
    label: str
    height: float
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Mark:
    """A vertical line through all rows; `side` of its label."""

    x: float
    kind: str
    label: str
    side: str = "middle"
    y: float = 0


@dataclass(frozen=True)
class Picture:
    """The whole drawing, in user units; `fills` are those that occur, for the legend."""

    width: float
    height: float
    left: float
    origin: str
    per_unit: float
    axis: tuple[Mark, ...]
    moments: tuple[Mark, ...]
    sections: tuple[Section, ...]
    fills: tuple[str, ...]
