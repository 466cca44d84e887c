"""Owns the drawing of the timeline: places in user units of the SVG for what lanes.py says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from infusion_asp.facts import Clock
from infusion_asp.model import InputError, Line
from infusion_asp.render.timeline import ticks as clock_ticks
from infusion_asp.render.view import clean
from infusion_asp.render.words import cut
from infusion_asp.web.encounter.bar_words import clock_label, described
from infusion_asp.web.encounter.lanes import Drawn, Group, Lane
from infusion_asp.web.encounter.picture import Mark, Picture, Rect, Row, Section, TickMark
from infusion_asp.web.encounter.stretches import Stretch

LEFT = 186.0  # user units of the column of names
PLOT = 680.0  # of the column of times, where the day fits
MARGIN = 26.0
HEAD, GROUP, LANE = 26.0, 22.0, 40.0
BAR, BAR_TOP = 15.0, 17.0
MOST_MINUTES = 3.0  # minutes to a unit before the drawing grows to the side
MOST_PLOT = 2600.0
LEAST_LENGTH = 60  # minutes of an axis without any time
ROOM = 60  # minutes after the last time, for a stop that is dragged there
LABELS = 62.0  # units that a label of the axis needs
LETTER, LABEL_LINE = 5.8, 13.0  # width of a letter, height of a line of small labels
NAME_COLUMNS = 25
CLOCK = 28.0  # units that a clock time takes
TICK_LABEL = 19.0  # units between two labels of ticks


@dataclass(frozen=True)
class _Scale:
    first: int
    length: int
    per_unit: float

    @property
    def plot(self) -> float:
        return self.length / self.per_unit

    def x(self, minute: int) -> float:
        return round(LEFT + (minute - self.first) / self.per_unit, 2)

    def size(self, minutes: int) -> float:
        return round(minutes / self.per_unit, 2)


def picture(
    found: Drawn, lines: Sequence[Line] = (), problems: Mapping[str, InputError] | None = None
) -> Picture:
    """The drawing of an encounter; `problems` are by administration and stand in their rows."""
    scale = _scale(found)
    codes = _codes(lines)
    sections = []
    moments = tuple(_moments(found, scale))
    y = max([HEAD, *(each.y + LABEL_LINE / 2 for each in moments)])
    several = len({group.visit for group in found.groups}) > 1
    for group in found.groups:
        rows = tuple(
            _row(lane, y + GROUP + at * LANE, scale, found.clock, codes, problems or {})
            for at, lane in enumerate(group.lanes)
        )
        height = GROUP + LANE * len(rows)
        sections.append(Section(y, _label(group, several=several), height, rows))
        y += height
    fills = dict.fromkeys(
        kind for section in sections for row in section.rows for kind in _kinds(row)
    )
    zero = found.clock.zero
    origin = "" if zero is None else found.clock.label(scale.first)
    return Picture(
        width=round(LEFT + scale.plot + MARGIN, 1),
        height=y + 6,
        left=LEFT,
        origin=origin,
        per_unit=round(scale.per_unit, 5),
        axis=tuple(_axis(found.clock, scale)),
        moments=moments,
        sections=tuple(sections),
        fills=tuple(fills),
    )


def _scale(found: Drawn) -> _Scale:
    lanes = [lane for group in found.groups for lane in group.lanes]
    times = [each for lane in lanes for each in (lane.start, lane.stop) if each is not None]
    times += [each.minute for each in found.moments]
    if not times:
        return _Scale(0, LEAST_LENGTH, LEAST_LENGTH / PLOT)
    first, last = min(times), max(times)
    pad = max(5, round((last - first) * 0.03))
    first -= pad
    length = last + max(pad, ROOM) - first
    plot = min(MOST_PLOT, max(PLOT, length / MOST_MINUTES))
    return _Scale(first, length, length / plot)


def _axis(clock: Clock, scale: _Scale) -> Iterator[Mark]:
    if clock.zero is None:
        return
    origin = clock.zero + timedelta(minutes=scale.first)
    plan = {"origin": origin, "length": scale.length}
    for tick in clock_ticks(plan, max(2, int(scale.plot / LABELS))):
        yield Mark(scale.x(scale.first + tick.minute), "hour", tick.label)


def _moments(found: Drawn, scale: _Scale) -> Iterator[Mark]:
    """Lines through all rows; a label that would lie on another one stands a line lower."""
    ends: list[float] = []
    for each in sorted(found.moments, key=lambda moment: moment.minute):
        x = scale.x(each.minute)
        size = len(each.label) * LETTER + 8
        side = "end" if x + size > LEFT + scale.plot + MARGIN else "start"
        first = x - size if side == "end" else x
        level = next((at for at, end in enumerate(ends) if end <= first), len(ends))
        ends[level : level + 1] = [first + size]
        yield Mark(x, each.kind, each.label, side, HEAD + 2 + level * LABEL_LINE)


def _label(group: Group, *, several: bool) -> str:
    name = clean(group.access).replace("_", " ")
    return f"{name}, visit {clean(group.visit)}" if several and group.visit else name


def _row(
    lane: Lane,
    y: float,
    scale: _Scale,
    clock: Clock,
    codes: Mapping[str, Sequence[str]],
    problems: Mapping[str, InputError],
) -> Row:
    given = lane.given
    start, stop = lane.start, lane.stop
    x = LEFT if start is None else scale.x(start)
    width = 0.0 if start is None or stop is None else max(scale.size(stop - start), 0.0)
    problem = problems.get(given.id)
    marks = tuple(_ticks(lane, scale))
    return Row(
        id=given.id,
        y=y,
        name=cut(clean(f"{given.id} {given.name}"), NAME_COLUMNS),
        codes=" ".join(codes.get(given.id, ())),
        shape=lane.shape,
        pushed=lane.pushed and lane.shape == "bar",
        x=x,
        width=width,
        start="" if given.start is None else given.start.isoformat(timespec="minutes"),
        stop="" if given.stop is None else given.stop.isoformat(timespec="minutes"),
        stop_x=round(x + width, 2),
        from_x=round(x - (9 if lane.shape == "mark" else 4), 2),
        from_label="" if start is None else clock_label(clock, start),
        to_x=_beside(round(x + max(width, 6) + 4, 2), marks),
        to_label="" if stop is None or stop == start else clock_label(clock, stop),
        described=described(lane, clock, codes.get(given.id, ()), problem),
        fills=tuple(
            Rect(scale.x(each.start), max(scale.size(each.stop - each.start), 1.5), each.fill)
            for each in lane.parts
        ),
        lit=tuple(_lit(lane, each, scale) for each in lane.lit),
        ticks=marks,
        by_rule="" if lane.stop_charted or stop is None or stop == start else "stop not charted",
        problem="" if problem is None else problem.message,
    )


def _beside(x: float, marks: Sequence[TickMark]) -> float:
    """Where the time of the stop stands: past a limit that would run through it."""
    for each in marks:
        if x - 3 <= each.x <= x + CLOCK:
            return each.x + 4
    return x


def _lit(lane: Lane, each: Stretch, scale: _Scale) -> Rect:
    line = f"L{each.line}"
    if each.start == each.stop or lane.start is None:
        x = LEFT if lane.start is None else scale.x(lane.start)
        return Rect(x - 5, 10, "", line, each.unit)
    return Rect(
        scale.x(each.start), max(scale.size(each.stop - each.start), 3), "", line, each.unit
    )


def _ticks(lane: Lane, scale: _Scale) -> Iterator[TickMark]:
    """The limits of a bar; of those past its end only one inside of the axis."""
    room = LEFT
    for each in lane.ticks:
        if each.at > scale.first + scale.length:
            continue
        x = scale.x(each.at)
        label = f"{each.minute}" if x >= room else ""
        room = x + TICK_LABEL if label else room
        verb = "earned" if each.passed else "would earn"
        title = f"one minute past {each.minute} {verb} {each.earns}"
        yield TickMark(x, label, title, each.passed)


def _kinds(row: Row) -> Iterator[str]:
    if row.shape == "open":
        yield row.shape
    if row.shape == "mark" or row.pushed:
        yield "mark"
    if row.shape != "mark":
        yield from (each.fill for each in row.fills)
    if row.by_rule:
        yield "settled"
    if row.ticks:
        yield "tick"


def _codes(lines: Sequence[Line]) -> dict[str, list[str]]:
    """The codes that each administration earned, with its units of each: `96415 ×2`."""
    found: dict[str, dict[str, int]] = {}
    for line in lines:
        if line.section != "drug":
            for unit in line.units_by:
                units = found.setdefault(unit.administration, {})
                units[line.code] = units.get(line.code, 0) + 1
    return {
        name: [f"{code} ×{units}" if units > 1 else code for code, units in each.items()]
        for name, each in found.items()
    }
