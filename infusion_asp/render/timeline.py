"""Owns the geometry of timelines: ticks on the clock, and the place of a bar on the axis."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

_STEPS = (5, 10, 15, 30, 60, 120, 180, 240, 360, 720, 1440)


@dataclass(frozen=True)
class Tick:
    """A mark on the axis: `minute` from its start, `share` of its length (0 to 1), its label."""

    minute: int
    share: float
    label: str


def draw_plan(timeline: Mapping[str, Any]) -> dict[str, Any] | None:
    """The timeline with `length` in minutes, and for each bar its clock, `left` and `share`.

    `left` and `share` are parts of the length of the axis, 0 to 1. None when nothing is charted.
    """
    rows = [row for row in timeline["rows"] if row["bars"]]
    if not rows:
        return None
    begin = _moment(timeline["start"])
    latest = max(_stop(bar) for row in rows for bar in row["bars"])
    earliest = min([0, *(bar["start"] for row in rows for bar in row["bars"])])
    length = latest - earliest
    if timeline.get("end"):
        length = max(length, _minutes_between(begin, _moment(timeline["end"])) - earliest)
    length = max(length, 10)
    origin = begin + timedelta(minutes=earliest)
    return {
        "start": origin.strftime("%Y-%m-%d %H:%M"),
        "end": (origin + timedelta(minutes=length)).strftime("%Y-%m-%d %H:%M"),
        "origin": origin,
        "length": length,
        "visits": len({row["visit"] for row in rows}),
        "kinds": list(dict.fromkeys(bar["kind"] for row in rows for bar in row["bars"])),
        "rows": [
            {
                **row,
                "bars": [_placed(bar, origin, earliest, length) for bar in row["bars"]],
            }
            for row in rows
        ],
    }


def ticks(plan: Mapping[str, Any], most: int) -> list[Tick]:
    """At most `most` marks on round times of the clock; at midnight the label is the date."""
    origin: datetime = plan["origin"]
    length: int = plan["length"]
    day_start = origin.hour * 60 + origin.minute
    step = next((each for each in _STEPS if length // each + 1 <= most), _STEPS[-1])
    while length // step + 1 > most and most > 0:
        step += _STEPS[-1]
    first = -day_start % step
    return [
        Tick(minute, minute / length, _label(origin + timedelta(minutes=minute)))
        for minute in range(first, length + 1, step)
    ]


def ruler(marks: list[Tick], columns: int) -> tuple[str, str]:
    """The axis as two lines of at most `columns` characters: the labels, and the line below."""
    labels, line = [" "] * columns, ["─"] * columns
    free = 0
    for tick in marks:
        column = min(columns - 1, round(tick.share * (columns - 1)))
        line[column] = "┬"
        begin = min(max(0, column - len(tick.label) // 2), columns - len(tick.label))
        if begin < free:
            continue
        labels[begin : begin + len(tick.label)] = tick.label
        free = begin + len(tick.label) + 1
    return "".join(labels).rstrip(), "".join(line)


def strip(bar: Mapping[str, Any], columns: int) -> tuple[int, int]:
    """The first column of a bar and its length in columns, at least one, inside `columns`."""
    first = min(columns - 1, int(bar["left"] * columns))
    last = max(first + 1, round((bar["left"] + bar["share"]) * columns))
    return first, min(last, columns) - first


def _placed(bar: Mapping[str, Any], origin: datetime, earliest: int, length: int) -> dict[str, Any]:
    start, stop = bar["start"] - earliest, _stop(bar) - earliest
    name = bar["administration"]
    named = bar["label"].split(" ", 1)[0] == name
    return {
        **bar,
        "label": bar["label"] if named else f"{name} {bar['label']}".strip(),
        "minutes": None if bar["stop"] is None else stop - start,
        "from": (origin + timedelta(minutes=start)).strftime("%H:%M"),
        "to": (origin + timedelta(minutes=stop)).strftime("%H:%M"),
        "left": start / length,
        "share": (stop - start) / length,
    }


def _stop(bar: Mapping[str, Any]) -> int:
    stop: int | None = bar["stop"]
    start: int = bar["start"]
    return start if stop is None else max(start, stop)


def _label(moment: datetime) -> str:
    if moment.hour == 0 and moment.minute == 0:
        return f"{moment.day} {moment.strftime('%b')}"
    return moment.strftime("%H:%M")


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _minutes_between(begin: datetime, end: datetime) -> int:
    if (begin.tzinfo is None) != (end.tzinfo is None):
        end, begin = end.replace(tzinfo=None), begin.replace(tzinfo=None)
    return int((end - begin).total_seconds() // 60)
