"""Owns the timeline of a result: one row per access and visit, one bar per administration."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from infusion_asp.engine import Answer
from infusion_asp.facts import Clock
from infusion_asp.model import Administration, Bar, Encounter, Line, Row, Timeline

Kind = Literal["infusion", "push", "hydration", "other"]


def timeline(
    encounter: Encounter, clock: Clock, answer: Answer, lines: Sequence[Line]
) -> Timeline | None:
    """What ran when, per access; minutes count from the first charted time. None without times."""
    if not clock.times:
        return None
    zero = clock.minute(clock.times[0])
    spans = {
        admin.string: (start.number, stop.number) for admin, start, stop in answer.rows("span", 3)
    }
    codes: dict[str, list[str]] = {}
    for line in lines:
        if line.section != "drug":
            for unit in line.units_by:
                codes.setdefault(unit.administration, []).append(line.code)
    rows: dict[tuple[str, str], list[Bar]] = {}
    access = encounter.accesses[0].id if encounter.accesses else ""
    visit = encounter.visits[0].id if encounter.visits else ""
    for given in encounter.administrations:
        span = spans.get(given.id)
        if span is None and given.start is None:
            continue
        if span is not None:
            start, stop = span
        else:
            assert given.start is not None
            start = clock.minute(given.start)
            stop = clock.minute(given.stop) if given.stop else start
        intravenous = given.route in (None, "intravenous")
        place = given.access or (access if intravenous else "") or given.route or "access"
        rows.setdefault((given.visit or visit, place), []).append(
            Bar(
                administration=given.id,
                label=given.name,
                start=start - zero,
                stop=stop - zero,
                kind=_kind(given, start < stop),
                code=" ".join(dict.fromkeys(codes.get(given.id, []))),
            )
        )
    return Timeline(
        start=clock.label(zero),
        end=clock.label(clock.minute(clock.times[-1])),
        rows=tuple(
            Row(access=name, visit=visit, bars=tuple(bars)) for (visit, name), bars in rows.items()
        ),
    )


def _kind(given: Administration, runs: bool) -> Kind:
    if given.route not in (None, "intravenous"):
        return "other"
    if given.category == "hydration" or given.purpose == "hydration":
        return "hydration"
    return "infusion" if runs and given.method not in ("push", "injection") else "push"
