"""Owns the geometry of the minute plots: bars, ticks and limits as shares of the drawing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from infusion_asp.report.limits import Limit
from infusion_asp.report.pileup import PileUp

HIGH = 150  # pixels of the tallest bar of the whole plot
LOW = 76  # of a plot around one limit
SHORTEST, LONGEST = 120, 300  # minutes of the whole plot
_COVERED = 0.99  # share of administrations that the whole plot shows, within these bounds
_STEPS = (5, 10, 15, 30, 60)


@dataclass(frozen=True)
class Column:
    """The administrations of one minute: place and width as shares of the axis, height in pixels.

    `zone` is before, past or beyond the nearest limit, or rest.
    """

    minute: int
    count: int
    left: float
    width: float
    height: float
    zone: str


@dataclass(frozen=True)
class Mark:
    """A place on an axis, 0 to 1, with its label."""

    share: float
    label: str


@dataclass(frozen=True)
class Plot:
    """A drawing of minutes `first` to `last`; `levels` are the grid lines, from the bottom."""

    columns: tuple[Column, ...]
    ticks: tuple[Mark, ...]
    limits: tuple[Mark, ...]
    levels: tuple[Mark, ...]
    height: int
    first: int
    last: int
    left_out: int


def overview(minutes: Mapping[int, int], limits: tuple[Limit, ...], window: int) -> Plot:
    """All minutes from 1 on, as far as nearly all administrations reach."""
    last = min(max(_covering(minutes), SHORTEST), LONGEST)
    zones = {
        minute: "past"
        for limit in limits
        for minute in range(limit.minute + 1, limit.minute + window + 1)
    }
    return _plot(minutes, 1, last, zones, limits, HIGH, most=16)


def closeup(minutes: Mapping[int, int], limit: Limit, found: PileUp) -> Plot:
    """The minutes around one limit: the three windows, and one more on either side."""
    window = found.window
    first = max(1, limit.minute - 2 * window + 1)
    zones = dict.fromkeys(range(limit.minute - window + 1, limit.minute + 1), "before")
    zones |= dict.fromkeys(range(limit.minute + 1, limit.minute + window + 1), "past")
    beyond = range(limit.minute + window + 1, limit.minute + 2 * window + 1)
    zones |= dict.fromkeys(beyond, "beyond")
    last = limit.minute + 3 * window
    return _plot(minutes, first, last, zones, (limit,), LOW, most=6)


def _plot(
    minutes: Mapping[int, int],
    first: int,
    last: int,
    zones: Mapping[int, str],
    limits: tuple[Limit, ...],
    height: int,
    *,
    most: int,
) -> Plot:
    length = last - first + 1
    shown = {each: minutes.get(each, 0) for each in range(first, last + 1)}
    levels = _levels(max(shown.values(), default=0))
    top = max(levels[-1], 1)
    step = next((each for each in _STEPS if length / each <= most), _STEPS[-1])
    return Plot(
        columns=tuple(
            Column(
                minute=minute,
                count=count,
                left=(minute - first + 0.1) / length,
                width=0.8 / length,
                height=round(count / top * height, 2),
                zone=zones.get(minute, "rest"),
            )
            for minute, count in shown.items()
            if count
        ),
        ticks=tuple(
            Mark((minute - first + 0.5) / length, str(minute))
            for minute in range(first, last + 1)
            if minute % step == 0
        ),
        limits=tuple(
            Mark((each.minute + 1 - first) / length, str(each.minute))
            for each in limits
            if first <= each.minute < last
        ),
        levels=tuple(Mark(each / top, f"{each:,}") for each in levels),
        height=height,
        first=first,
        last=last,
        left_out=sum(count for minute, count in minutes.items() if minute > last),
    )


def _covering(minutes: Mapping[int, int]) -> int:
    """The minute up to which nearly all administrations lie."""
    wanted = sum(minutes.values()) * _COVERED
    seen = 0
    for minute in sorted(minutes):
        seen += minutes[minute]
        if seen >= wanted:
            return minute
    return 0


def _levels(most: int) -> tuple[int, ...]:
    """Two to five round numbers from 0, the last at least `most`."""
    size = 1
    while True:
        for factor in (1, 2, 5):
            step = factor * size
            if most <= 4 * step:
                return tuple(range(0, (most + step - 1) // step * step + 1, step))
        size *= 10
