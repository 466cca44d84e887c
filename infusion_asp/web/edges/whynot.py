"""Owns why a chosen code is not reported, as html: what blocks it, and what would earn it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from markupsafe import Markup

from infusion_asp.coding import Coder
from infusion_asp.engine import EngineError
from infusion_asp.explain.earning import Earning, Moved, earning
from infusion_asp.explain.solved import Solved
from infusion_asp.explain.strip import EDGES, range_of
from infusion_asp.explain.whynot import why_not
from infusion_asp.explain.words import named, told
from infusion_asp.model import Encounter, WhyNot
from infusion_asp.tables.rows import CodeRow
from infusion_asp.web.edges.asked import Asked
from infusion_asp.web.edges.solving import Track, readable, track_of
from infusion_asp.web.rendering import rendered
from infusion_asp.web.solving.inside import coder

_MOST = 5  # changes that are shown
_MINUTES = 240  # minutes of start and of stop that are tried


@dataclass(frozen=True)
class Cure:
    """A change that earns the code: what it is, what the lines do, and the edit that makes it."""

    change: str
    effect: str
    edit: str


def choice_html(asked: Asked, code: str = "", answer: str = "") -> str:
    """The codes to choose from, with our own labels; below them the answer for the chosen one."""
    state = asked.read()
    encounter, why = readable(state)
    if encounter is None:
        return rendered("edges/no_strip.html.j2", why=why)
    made = coder(state.profile, state.policies)
    return rendered(
        "edges/codes.html.j2",
        groups=_groups(made.tables.codes),
        administration=_who(asked),
        code=code,
        answer=Markup(answer),
    )


def _groups(codes: Mapping[str, CodeRow]) -> dict[str, list[CodeRow]]:
    """The codes by section, those of the section itself first."""
    found: dict[str, list[CodeRow]] = {}
    for each in codes.values():
        found.setdefault(each.section, []).append(each)
    order = ("administration", "neighbour")
    return {
        name: sorted(found[name], key=lambda each: each.code)
        for name in sorted(found, key=lambda each: (each not in order, each))
    }


def times_to_move(asked: Asked) -> tuple[Track, ...]:
    """The ranges of start and stop of the selected administration; none where nothing is asked."""
    encounter, _ = readable(asked.read())
    given = None if encounter is None else asked.given(encounter)
    if encounter is None or given is None:
        return ()
    ranges = (range_of(encounter, given.id, edge) for edge in EDGES)
    windows = (each.window(_MINUTES) for each in ranges if each is not None)
    return tuple(track_of(asked, each) for each in windows)


def why_not_html(asked: Asked, code: str, moved: Sequence[Moved]) -> str:
    """The answer for a code, `moved` the times with all of their minutes solved.

    Raises InputError for a code that no table has.
    """
    state = asked.read()
    encounter, why = readable(state)
    if encounter is None:
        return rendered("edges/no_strip.html.j2", why=why)
    made = coder(state.profile, state.policies)
    given = asked.given(encounter)
    try:
        result = made.code(encounter, explain=False)
        solved = Solved(made, encounter, result)
        answer = why_not(solved, code, given.id if given else None)
    except EngineError as error:
        return rendered("edges/no_strip.html.j2", why=f"{error.message}. {error.help}")
    cures: tuple[Cure, ...] = ()
    if given is not None and answer.case != "reported":
        found = earning(made, encounter, result, answer.code, given.id, moved)
        cures = tuple(_cure(encounter, each) for each in found)
    return rendered(
        "edges/whynot.html.j2",
        answer=answer,
        sentence=_sentence(answer),
        rules=_cites(made, answer.rules),
        who=None if given is None else named(given),
        cures=cures[:_MOST],
        more=max(0, len(cures) - _MOST),
    )


def _who(asked: Asked) -> str:
    encounter = asked.read().encounter()
    given = asked.given(encounter)
    return "" if given is None else named(given)


def _sentence(answer: WhyNot) -> str:
    """The answer in one sentence, without a word of the command line."""
    if answer.case != "reported":
        return answer.sentence
    return f"{answer.code} is reported: {'; '.join(answer.elsewhere)}"


def _cites(made: Coder, rules: Sequence[str]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple((each, tuple(made.rulebook.rule(each).cites)) for each in rules)


def _cure(encounter: Encounter, found: Earning) -> Cure:
    return Cure(found.sentence, told(found.changes), _edit(encounter, found))


def _edit(encounter: Encounter, found: Earning) -> str:
    """The edit that makes a change; empty where the page has none for it."""
    path = list(_path(encounter, found.path))
    if not path:
        return ""
    return json.dumps({"op": "set", "path": path, "value": _value(found.value)})


def _path(encounter: Encounter, path: str) -> Iterator[str]:
    """A path of the explainer as the steps of an edit."""
    owner, _, name = path.rpartition(".")
    if not owner:
        yield name
        return
    for part in ("administrations", "accesses", "visits"):
        if any(each.id == owner for each in getattr(encounter, part)):
            yield from (part, owner, name)
            return
    whole, _, number = owner.rpartition(".pauses.")
    if number:
        yield from ("administrations", whole, "pauses", number, name)


def _value(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat(timespec="minutes")
    if isinstance(value, Decimal):
        return str(value)
    return value
