"""Owns what workers solve for a strip: its range first, then its minutes, in pieces."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from infusion_asp.explain.strip import (
    MINUTE,
    Range,
    Stretch,
    joined,
    lines_by_minute,
    range_of,
    stretches,
)
from infusion_asp.facts import PolicyError
from infusion_asp.model import Encounter
from infusion_asp.web.edges.asked import Asked
from infusion_asp.web.encounter.state import State
from infusion_asp.web.solving.inside import coder

MOST = 480  # minutes of one strip; about a second of work
PIECE = 120  # minutes solved at once; quick work of others gets in between


@dataclass(frozen=True)
class Track:
    """A range to be solved; `key` is the same for all records that differ in this time alone."""

    span: Range
    key: str


@dataclass(frozen=True)
class Planned:
    """The minutes to solve, inside of the `whole` range; without them `why` there is no strip."""

    track: Track | None = None
    whole: Range | None = None
    why: str = ""


def pieces(span: Range) -> Iterator[tuple[datetime, datetime]]:
    """The first and last minute of each piece of a range; the last may go past its end."""
    first = span.first
    while first <= span.last:
        yield first, first + (PIECE - 1) * MINUTE
        first += PIECE * MINUTE


def within(span: Range, found: Iterable[Stretch]) -> tuple[Stretch, ...]:
    """Stretches put together, and what goes past the range left out."""
    kept = (each for each in found if each.first <= span.last)
    return joined(Stretch(each.first, min(each.last, span.last), each.lines) for each in kept)


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
    return Planned(track_of(asked, whole.window(MOST, begin)), whole)


def track_of(asked: Asked, span: Range) -> Track:
    """A range with the key of the record without the time that is moved."""
    state = asked.read()
    owner, _, edge = span.path.rpartition(".")
    document = dict(state.document)
    document["administrations"] = [
        {name: value for name, value in each.items() if name != edge}
        if each.get("id") == owner
        else each
        for each in document["administrations"]
    ]
    text = json.dumps([state.with_document(document).text(), span.path])
    return Track(span, sha256(text.encode()).hexdigest())


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
    made = coder(state.profile, state.policies)
    return tuple(stretches(minutes, lines_by_minute(made, encounter, span.path, minutes)))
