"""Owns what each administration is on the timeline: bar, mark or gap, and what of it counted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import Literal

from infusion_asp.coding.assembly import Assembly
from infusion_asp.coding.draw import timeline
from infusion_asp.engine import Answer
from infusion_asp.engine.answer import Atoms
from infusion_asp.facts import Clock
from infusion_asp.model import Administration, Encounter, Result, Timeline
from infusion_asp.web.encounter.stretches import Running, Stretch, stretches
from infusion_asp.web.encounter.ticks import Tick, ticks

Shape = Literal["bar", "mark", "open", "untimed"]
"""A bar has minutes, a mark none; open: begun, and no stop known; untimed: no start charted."""

Fill = Literal["counted", "push", "idle", "fluid", "fluid-idle", "plain", "pause"]
"""Minutes of drugs that earned units, as infusion or as push, and minutes that earned nothing; the
same of hydration; plain: not judged, because the record has errors."""

MARKED = ("push", "injection")


@dataclass(frozen=True)
class Part:
    """A stretch of one fill, in minutes from 00:00 of the first date."""

    fill: Fill
    start: int
    stop: int


@dataclass(frozen=True)
class Lane:
    """One administration: what is drawn of it, in minutes from 00:00 of the first date."""

    given: Administration
    shape: Shape
    start: int | None
    stop: int | None
    stop_charted: bool
    fluid: bool
    pushed: bool
    parts: tuple[Part, ...] = ()
    lit: tuple[Stretch, ...] = ()
    ticks: tuple[Tick, ...] = ()


@dataclass(frozen=True)
class Group:
    """The lanes of one access in one visit."""

    access: str
    visit: str
    lanes: tuple[Lane, ...]


@dataclass(frozen=True)
class Moment:
    """A time of the whole encounter: arrival, departure, inpatient order or midnight."""

    minute: int
    kind: str
    label: str


@dataclass(frozen=True)
class Drawn:
    """The encounter as it is drawn; without any time there are lanes, but no clock."""

    clock: Clock
    groups: tuple[Group, ...]
    moments: tuple[Moment, ...] = ()
    stretches: tuple[Stretch, ...] = field(default=(), repr=False)


def drawn(encounter: Encounter, parts: Assembly | None, result: Result | None) -> Drawn:
    """The lanes of an encounter: as it was coded, or only as charted where it could not be."""
    clock = Clock.of(encounter)
    running = Running(parts.answer if parts else Answer(Atoms(())))
    lit = stretches(parts, result, running) if parts and result else ()
    limits = ticks(parts, running) if parts else ()
    made = {
        given.id: _lane(given, clock, running, lit, limits, coded=parts is not None)
        for given in encounter.administrations
    }
    rows = result.timeline if result else timeline(encounter, clock, running.answer, ())
    return Drawn(clock, tuple(_groups(made, rows)), tuple(_moments(encounter, clock)), lit)


def _groups(made: Mapping[str, Lane], rows: Timeline | None) -> Iterator[Group]:
    left = dict(made)
    for row in rows.rows if rows else ():
        lanes = [left.pop(bar.administration) for bar in row.bars if bar.administration in left]
        yield Group(row.access, row.visit, tuple(lanes))
    if left:
        yield Group("no start charted", "", tuple(left.values()))


def _lane(
    given: Administration,
    clock: Clock,
    running: Running,
    lit: Sequence[Stretch],
    limits: Sequence[Tick],
    *,
    coded: bool,
) -> Lane:
    fluid = _is_fluid(given, running)
    start = None if given.start is None else clock.minute(given.start)
    stop = None if given.stop is None else clock.minute(given.stop)
    span = running.span_of(given.id)
    charted = stop is not None
    if span is not None:
        start = span[0] if start is None else start
        stop = span[1] if stop is None else stop
    own = tuple(each for each in lit if each.administration == given.id)
    shape = _shape(given, start, stop, running)
    pushed = _is_pushed(given, running)
    earning: Fill = "fluid" if fluid else "push" if pushed else "counted"
    parts = tuple(_parts(given.id, start, stop, running, own, earning=earning, coded=coded))
    mine = tuple(each for each in limits if each.administration == given.id)
    return Lane(given, shape, start, stop, charted, fluid, pushed, parts, own, mine)


def _shape(given: Administration, start: int | None, stop: int | None, running: Running) -> Shape:
    if start is None:
        return "untimed"
    if stop is None:
        waits = given.id in running.without_stop or (
            not running.by_technique and given.method not in (None, *MARKED)
        )
        return "open" if waits else "mark"
    return "mark" if stop == start else "bar"


def _is_pushed(given: Administration, running: Running) -> bool:
    """Whether it counts as a push or an injection, however long it was charted."""
    known = running.by_technique.get(given.id)
    return given.method in MARKED if known is None else known == "push"


def _is_fluid(given: Administration, running: Running) -> bool:
    known = running.class_of.get(given.id)
    if known is not None:
        return known == "hydration"
    return "hydration" in (given.category, given.purpose)


def _parts(
    name: str,
    start: int | None,
    stop: int | None,
    running: Running,
    lit: Iterable[Stretch],
    *,
    earning: Fill,
    coded: bool,
) -> Iterator[Part]:
    """The bar from start to stop in stretches of one fill, without gaps."""
    if start is None or stop is None or start >= stop:
        return
    if not coded:
        yield Part("plain", start, stop)
        return
    earned = [(each.start, each.stop) for each in lit if each.unit]
    pauses = running.spans(running.paused.get(name, ()))
    edges = {start, stop}
    edges.update(edge for span in (*earned, *pauses) for edge in span if start < edge < stop)
    cuts = sorted(edges)
    last: Part | None = None
    for begin, end in pairwise(cuts):
        fill = _fill(begin, pauses, earned, earning)
        if last is not None and last.fill == fill:
            last = Part(fill, last.start, end)
            continue
        if last is not None:
            yield last
        last = Part(fill, begin, end)
    if last is not None:
        yield last


def _fill(
    minute: int,
    pauses: Iterable[tuple[int, int]],
    earned: Iterable[tuple[int, int]],
    earning: Fill,
) -> Fill:
    if any(first <= minute < after for first, after in pauses):
        return "pause"
    if any(first <= minute < after for first, after in earned):
        return earning
    return "fluid-idle" if earning == "fluid" else "idle"


def _moments(encounter: Encounter, clock: Clock) -> Iterator[Moment]:
    named: list[tuple[str, str, datetime | None]] = [
        ("arrival", "arrival", encounter.arrival),
        ("departure", "departure", encounter.departure),
        ("order", "inpatient order", encounter.inpatient_order),
    ]
    for visit in encounter.visits:
        named.append(("arrival", f"arrival {visit.id}", visit.arrival))
        named.append(("departure", f"departure {visit.id}", visit.departure))
    for kind, label, time in named:
        if time is not None:
            yield Moment(clock.minute(time), kind, f"{label} {time:%H:%M}")
    last = max((clock.minute(time) for time in clock.times), default=0)
    for number, first, _ in clock.days(last)[1:]:
        day = clock.date(number)
        if day is not None:
            yield Moment(first, "midnight", f"midnight, {day.day} {day:%b}")
