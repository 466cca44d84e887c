"""Owns the edges of a result: the nearest change of each time and attribute that alters lines."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from infusion_asp.coding import Coder
from infusion_asp.coding.lines import LineSet, line_set
from infusion_asp.explain.attributes import Attribute, attributes
from infusion_asp.explain.halves import probing
from infusion_asp.explain.search import Rounds, Track, search
from infusion_asp.explain.solved import Solved
from infusion_asp.explain.tracks import AMOUNTS, amount_tracks, time_tracks
from infusion_asp.explain.variations import changed, place_of, value_at
from infusion_asp.explain.words import line_changes, minutes, owner, plain, shown, told
from infusion_asp.model import ClaimLine, Edge, Encounter, LineChange, Result
from infusion_asp.model.explanation import EdgeKind


def edges(coder: Coder, encounter: Encounter, result: Result) -> tuple[Edge, ...]:
    """The edges of an encounter whose `result`, with reasons, is known; nearest first."""
    base = line_set(result)

    tracks = time_tracks(encounter, coder.rulebook) + amount_tracks(encounter, coder.rulebook)
    nearest: list[tuple[str, Any, LineSet]] = []
    with probing(coder, encounter) as probe:
        search(tracks, base, probe, _nearest(base, list(attributes(encounter)), nearest))
    found = [Found.of_track(encounter, base, each) for each in tracks if each.differs]
    found += [Found(encounter, base, path, value, None, lines) for path, value, lines in nearest]
    rules = _Rules(coder, encounter, result)
    return tuple(each.edge(rules) for each in sorted(found, key=Found.place))


def _nearest(
    base: LineSet, open_ones: list[Attribute], found: list[tuple[str, Any, LineSet]]
) -> Rounds:
    """Tries the values of all attributes round by round; the first that alters lines is found."""
    tried = 0
    while open_ones:
        asked = [(each, each.others[tried]) for each in open_ones if len(each.others) > tried]
        results = yield [{each.path: value} for each, value in asked]
        settled = set()
        for (each, value), lines in zip(asked, results, strict=True):
            if lines is not None and lines != base:
                settled.add(each.path)
                found.append((each.path, value, lines))
        tried += 1
        open_ones = [
            each for each in open_ones if each.path not in settled and len(each.others) > tried
        ]


class Found:
    """One change that alters the lines, before it is put in words."""

    def __init__(
        self,
        encounter: Encounter,
        base: LineSet,
        path: str,
        value: Any,
        distance: int | None,
        lines: LineSet,
    ) -> None:
        self.encounter, self.path, self.value, self.distance = encounter, path, value, distance
        self.lines = lines
        self.changes = line_changes(base, lines)
        self.target = place_of(encounter, path)
        self.charted = value_at(encounter, self.target)

    @classmethod
    def of_track(cls, encounter: Encounter, base: LineSet, track: Track) -> Found:
        """The change that a search has found."""
        distance = track.differs or 0
        lines = track.lines if track.lines is not None else base
        value = track.at(distance)[track.path]
        return cls(encounter, base, track.path, value, track.sign * distance, lines)

    @property
    def kind(self) -> EdgeKind:
        """What is changed."""
        if self.target.field in AMOUNTS:
            return "amount"
        return "attribute" if self.distance is None else "time"

    @property
    def subject(self) -> str | None:
        """The administration that is changed, if it is one."""
        if self.target.part != "administrations":
            return None
        return self.encounter.administrations[self.target.index].id

    def place(self) -> tuple[Any, ...]:
        """What edges are sorted by: times before attributes, the nearest first."""
        order = {"time": 0, "amount": 1, "attribute": 2}[self.kind]
        index = self.target.index if self.target.part == "administrations" else 1_000_000
        return order, abs(self.distance or 0), index, self.path, self.distance or 0

    def edge(self, rules: _Rules) -> Edge:
        """The edge, with the rules behind it."""
        named = rules.behind(self)
        by = f" [{', '.join(named)}]" if named else ""
        return Edge(
            path=self.path,
            kind=self.kind,
            administration=self.subject,
            charted=plain(self.charted),
            value=plain(self.value),
            distance=self.distance,
            rules=named,
            changes=self.changes,
            sentence=f"{self.change()} and {told(self.changes)}{by}",
        )

    def change(self) -> str:
        """What is changed, in words."""
        whose = owner(self.encounter, self.path)
        field = self.target.field.replace("_", " ")
        now = shown(self.value, self.charted if isinstance(self.charted, datetime) else None)
        if self.distance is None:
            before = "nothing" if self.charted is None else shown(self.charted).replace("_", " ")
            return f"{field} {now.replace('_', ' ')} on {whose} in place of {before}"
        before = shown(self.charted, self.value if isinstance(self.value, datetime) else None)
        instead = f"({field} {now} instead of {before})"
        count = abs(self.distance)
        if self.kind == "amount":
            more = "more" if self.distance > 0 else "less"
            return f"{count} {AMOUNTS[self.target.field]} {more} on {whose} {instead}"
        longer = {"stop": 1, "start": -1}.get(self.target.field)
        given = self.target.part == "administrations" and self.target.pause is None
        timed = given and self._has_both()
        if longer is None or not timed:
            way = "later" if self.distance > 0 else "earlier"
            return f"{whose} {field} {minutes(count)} {way} {instead}"
        more = "more" if longer * self.distance > 0 else "less"
        return f"{minutes(count)} {more} on {whose} {instead}"

    def _has_both(self) -> bool:
        found = self.encounter.administrations[self.target.index]
        return found.start is not None and found.stop is not None


class _Rules:
    """Names the rules behind changes; an outcome that brings units is explained once."""

    def __init__(self, coder: Coder, encounter: Encounter, result: Result) -> None:
        self._coder = coder
        self._encounter = encounter
        self._before = result
        self._known: dict[LineSet, Solved] = {}

    def behind(self, found: Found) -> tuple[str, ...]:
        """The rule of each line that loses units; else of each that comes or is otherwise."""
        lost = [each for each in found.changes if _loses(each)]
        names: dict[str, None] = {}
        for change in lost:
            names.update(dict.fromkeys(_rules(self._before, change.before)[:1]))
        if found.kind != "attribute" or not lost:
            for change in (each for each in found.changes if not _loses(each)):
                names.update(dict.fromkeys(self._new(found, change)[:1]))
        return tuple(names)

    def _new(self, found: Found, change: LineChange) -> Sequence[str]:
        """Rules of the line as it would be, first those on which none of ours rests now."""
        if change.after is None:
            return ()
        if found.lines not in self._known:
            varied = changed(self._encounter, {found.path: found.value})
            self._known[found.lines] = Solved(self._coder, varied)
        solved = self._known[found.lines]
        after = solved.rules_of(change.after.code, change.after.modifiers)
        subject = found.subject
        now = {
            rule
            for line in self._before.lines
            if subject is None or subject in line.administrations
            for rule in line.rules
        }
        return [*(rule for rule in after if rule not in now), *after]


def _loses(change: LineChange) -> bool:
    before, after = change.before, change.after
    return before is not None and (after is None or after.units < before.units)


def _rules(result: Result, line: ClaimLine | None) -> Sequence[str]:
    """The rules of a line, that of its last unit first."""
    if line is None:
        return ()
    found = [
        rule
        for each in result.lines
        if (each.code, each.modifiers, each.date) == (line.code, line.modifiers, line.date)
        for rule in (*(tree.rule for tree in reversed(each.because)), *each.rules)
        if rule
    ]
    return tuple(dict.fromkeys(found))
