"""Owns the strip as html: what the page shows of one time moved over its range."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from infusion_asp.explain.strip import Stretch
from infusion_asp.explain.words import named
from infusion_asp.model import ErrorRecord
from infusion_asp.render.words import count
from infusion_asp.verify.money import Money
from infusion_asp.web.edges.asked import Asked
from infusion_asp.web.edges.drawing import drawing
from infusion_asp.web.edges.solving import Planned
from infusion_asp.web.edges.table import Step, Table, clock, clocks, table
from infusion_asp.web.rendering import rendered
from infusion_asp.web.solving.inside import coder


def no_strip(why: str) -> str:
    """What stands in the place of the strip where there is none."""
    return rendered("edges/no_strip.html.j2", why=why)


def strip_html(asked: Asked, plan: Planned, found: Sequence[Stretch]) -> str:
    """The strip of a plan that was solved; its place is below the timeline."""
    state = asked.read()
    encounter = state.encounter()
    given = asked.given(encounter)
    if given is None or plan.track is None or plan.whole is None:
        return no_strip(plan.why)
    span, whole = plan.track.span, plan.whole
    made = coder(state.profile, state.policies)
    lines = made.lines_many([encounter])[0]
    base = None if isinstance(lines, ErrorRecord) else lines
    day = made.setting_of(encounter).day
    money = Money.of(encounter, made.rulebook, made.tables, day)
    rows = table(given, span, found, base, money)
    who = named(given)
    charted = "not charted" if span.charted is None else clock(span.charted, span.first)
    return rendered(
        "edges/strip.html.j2",
        who=who,
        id=given.id,
        edge=asked.edge,
        charted=charted,
        table=rows,
        drawing=drawing(f"{asked.edge} of {given.id}", span, rows, asked.axis),
        nearest=_nearest(charted=span.charted is not None, rows=rows),
        solved=clocks(span.first, span.last, span.first),
        minutes=span.minutes,
        earlier=_iso(span.first - (span.last - span.first)) if span.first > whole.first else "",
        later=_iso(span.last) if span.last < whole.last else "",
        said=_said(who, asked.edge, rows),
    )


def _nearest(*, charted: bool, rows: Table) -> tuple[tuple[str, Step | None], ...]:
    """The next change on both sides, each with the words before it."""
    if not charted:
        return ()
    return (("later", rows.later), ("earlier", rows.earlier))


def _iso(time: datetime) -> str:
    return time.isoformat(timespec="minutes")


def _said(who: str, edge: str, rows: Table) -> str:
    """What is told when the strip is there."""
    changes = count(max(0, len(rows.rows) - 1), "change")
    words = [f"strip of the {edge} of {who}: {changes}"]
    for way, step in (("later", rows.later), ("earlier", rows.earlier)):
        if step is not None:
            words.append(f"{way} {step.said}")
    return "; ".join(words)
