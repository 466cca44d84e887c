"""Owns the nearest changes of one administration that would earn a code, or one unit more of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from infusion_asp.coding import Coder
from infusion_asp.coding.lines import LineSet, line_set
from infusion_asp.explain.attributes import attributes
from infusion_asp.explain.edges import Found
from infusion_asp.explain.strip import MINUTE, Range, Stretch
from infusion_asp.explain.variations import vary_lines
from infusion_asp.model import Encounter, LineChange, Result

Moved = tuple[Range, Sequence[Stretch]]
"""A range of one time with its stretches, as strip.py gives them."""


@dataclass(frozen=True)
class Earning:
    """One change of the record by which the code comes in; `value` is that of the field then."""

    path: str
    value: object
    distance: int | None
    changes: tuple[LineChange, ...]
    sentence: str


def earning(
    coder: Coder,
    encounter: Encounter,
    result: Result,
    code: str,
    administration: str,
    moved: Iterable[Moved],
) -> tuple[Earning, ...]:
    """The nearest change in each direction of each time, and each attribute, that earns more.

    More: units of the code, wherever in the encounter. `moved` are the times with the lines of all
    their minutes; every other value of the administration's attributes is tried here.
    """
    base = line_set(result)
    least = _units(base, code) + 1
    found = [
        Found(encounter, base, span.path, time, _away(span, time), stretch.lines or base)
        for span, stretches in moved
        for time, stretch in _nearest(span, stretches, code, least)
    ]
    own = f"{administration}."
    tried = [
        (each.path, value)
        for each in attributes(encounter)
        if each.path.startswith(own) or "." not in each.path
        for value in each.others
    ]
    settled: set[str] = set()
    answers = vary_lines(coder, encounter, [{path: value} for path, value in tried])
    for (path, value), lines in zip(tried, answers, strict=True):
        if lines is not None and path not in settled and _units(lines, code) >= least:
            settled.add(path)
            found.append(Found(encounter, base, path, value, None, lines))
    return tuple(
        Earning(each.path, each.value, each.distance, each.changes, each.change())
        for each in sorted(found, key=Found.place)
    )


def _nearest(
    span: Range, stretches: Sequence[Stretch], code: str, least: int
) -> Iterator[tuple[datetime, Stretch]]:
    """The first minute after what is charted that earns enough, and the last one before it."""
    enough = [
        each for each in stretches if each.lines is not None and _units(each.lines, code) >= least
    ]
    charted = span.charted
    later = (each for each in enough if charted is None or each.first > charted)
    for stretch in list(later)[:1]:
        yield stretch.first, stretch
    earlier = [each for each in enough if charted is not None and each.last < charted]
    for stretch in earlier[-1:]:
        yield stretch.last, stretch


def _away(span: Range, time: datetime) -> int | None:
    return None if span.charted is None else (time - span.charted) // MINUTE


def _units(lines: LineSet, code: str) -> int:
    return sum(each.units for each in lines if each.code == code)
