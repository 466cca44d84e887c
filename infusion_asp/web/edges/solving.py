"""Owns what workers solve for a strip: its range first, then its minutes, in pieces.

A worker keeps the minutes it has solved: moving the stop over its own strip solves nothing anew.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from infusion_asp.coding.lines import LineSet
from infusion_asp.explain.strip import MINUTE, Range, Stretch, lines_by_minute, range_of, stretches
from infusion_asp.facts import PolicyError
from infusion_asp.model import Encounter
from infusion_asp.web.edges.asked import Asked
from infusion_asp.web.encounter.state import State
from infusion_asp.web.solving.inside import coder

MOST = 480  # minutes of one strip; about a second of work
PIECE = 120  # minutes solved at once; quick work of others gets in between
_KEPT = 16  # strips whose minutes a worker keeps
_known: OrderedDict[str, dict[datetime, LineSet | None]] = OrderedDict()


@dataclass(frozen=True)
class Planned:
    """The minutes to solve, inside of the `whole` range; without them `why` there is no strip."""

    shown: Range | None = None
    whole: Range | None = None
    why: str = ""


def pieces(span: Range) -> Iterator[tuple[datetime, datetime]]:
    """The first and last minute of each piece of a range."""
    first = span.first
    while first <= span.last:
        yield first, min(first + (PIECE - 1) * MINUTE, span.last)
        first += PIECE * MINUTE


def planned(asked: Asked) -> Planned:
    """What to solve for a strip; InputError where the text is no state."""
    encounter, why = readable(asked.read())
    if encounter is None:
        return Planned(why=why)
    given = asked.given(encounter)
    if given is None:
        return Planned(why="Select an administration to see where its lines change.")
    whole = range_of(encounter, given.id, asked.edge)
    if whole is None:
        return Planned(why=f"The start of {given.id} is not charted: it has no stop to move.")
    begin = asked.first
    if begin is not None and (begin.tzinfo is None) != (whole.first.tzinfo is None):
        begin = None
    return Planned(whole.window(MOST, begin), whole)


def readable(state: State) -> tuple[Encounter | None, str]:
    """The encounter, or why nothing can be asked about it."""
    if state.problems:
        return None, "Edges are shown when the errors of the record are mended."
    try:
        coder(state.profile, state.policies)
    except PolicyError as error:
        return None, f"{error.message[:1].upper()}{error.message[1:]}."
    return state.encounter(), ""


def solved(asked: Asked, span: Range, first: datetime, last: datetime) -> tuple[Stretch, ...]:
    """The stretches of a piece of a range, every minute of it solved."""
    state = asked.read()
    encounter = state.encounter()
    minutes = span.times_of(first, last)
    known = _minutes_of(state, span.path)
    fresh = [each for each in minutes if each not in known]
    made = coder(state.profile, state.policies)
    known.update(zip(fresh, lines_by_minute(made, encounter, span.path, fresh), strict=True))
    return tuple(stretches(minutes, (known[each] for each in minutes)))


def _minutes_of(state: State, path: str) -> dict[datetime, LineSet | None]:
    """The minutes solved before for everything but the time that is moved."""
    owner, _, edge = path.rpartition(".")
    document = dict(state.document)
    document["administrations"] = [
        {name: value for name, value in each.items() if name != edge}
        if each.get("id") == owner
        else each
        for each in document["administrations"]
    ]
    key = json.dumps([state.with_document(document).text(), path])
    found = _known.setdefault(key, {})
    _known.move_to_end(key)
    while len(_known) > _KEPT:
        _known.popitem(last=False)
    return found
