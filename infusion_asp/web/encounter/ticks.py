"""Owns the minutes at which units change: the limits of the rulebook, laid on what ran."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import clingo

from infusion_asp.coding.assembly import Assembly
from infusion_asp.explain.limits import farthest, thresholds
from infusion_asp.report.limits import HYDRATION, PUMP, PUSH, Limit, further_hours
from infusion_asp.web.encounter.stretches import Piece, Running

_INFUSION = "an infusion instead of a push"
_PUMP = "a prolonged infusion, where it ran by pump"
_FLUID = "the first hour of hydration"


@dataclass(frozen=True)
class Tick:
    """A limit on the bar of an administration.

    `at` counts minutes from 00:00 of the first date, `minute` those of the service up to there;
    one minute more earns what `earns` says. `passed`: the service ran longer than that.
    """

    administration: str
    at: int
    minute: int
    earns: str
    passed: bool


def ticks(parts: Assembly, running: Running) -> tuple[Tick, ...]:
    """Every limit that a service has passed, and of each service the first that it has not."""
    found: dict[tuple[str, int], Tick] = {}
    for pieces, limits in _services(parts, running):
        for tick in _laid(pieces, limits):
            found.setdefault((tick.administration, tick.at), tick)
    return tuple(found.values())


def _services(
    parts: Assembly, running: Running
) -> Iterator[tuple[Sequence[Piece], Iterable[Limit]]]:
    answer, known = parts.answer, thresholds(parts.rulebook)
    far = farthest(parts.rulebook, "_minutes")
    push = [Limit(known[PUSH], _INFUSION)] if PUSH in known else []
    with_hours = {row[0] for row in answer.rows("hours_reported", 1)}
    for service, _, kind, _ in answer.rows("service", 4):
        pieces = running.counted(service)
        hours = further_hours(known, _minutes(pieces) + far) if service in with_hours else ()
        if kind.name == "hydration":
            yield pieces, [*_fluid(parts), *hours]
        else:
            yield pieces, [*push, *(hours if kind.name == "infusion" else ())]
    served = {row[0] for row in answer.rows("service", 4)}
    for scope in dict.fromkeys(row[0] for row in answer.rows("fluid_runs", 3)):
        if clingo.Function("hydration", [scope]) not in served:
            yield running.fluid(scope, "counts"), _fluid(parts)
    for bags in _joined(parts):
        pieces = running.bags(bags)
        yield pieces, [*push, *further_hours(known, _minutes(pieces) + far)]
    for bag, technique in answer.rows("technique", 2):
        if technique.name == "pump" and PUMP in known:
            yield running.bags([bag.string]), [Limit(known[PUMP], _PUMP)]


def _joined(parts: Assembly) -> Iterator[list[str]]:
    """Infusions outside the intravenous order whose minutes earn hours: joined ones together."""
    visits: dict[clingo.Symbol, list[str]] = {}
    places = {bag: visit for bag, visit in parts.answer.rows("in_visit", 2)}
    for (bag,) in parts.answer.rows("sc_infusion", 1):
        visits.setdefault(places[bag], []).append(bag.string)
    yield from visits.values()
    for bag, _ in parts.answer.rows("ia_minutes", 2):
        yield [bag.string]


def _fluid(parts: Assembly) -> list[Limit]:
    """The least minutes of hydration by the policy in effect."""
    least = parts.policies.get(HYDRATION, "")
    return [Limit(int(least) - 1, _FLUID)] if least.isdecimal() else []


def _laid(pieces: Sequence[Piece], limits: Iterable[Limit]) -> Iterator[Tick]:
    """The limits at their places on the pieces; the first one past the end, and no more."""
    if not pieces:
        return
    before = 0
    waiting = list(limits)
    for piece in pieces:
        size = piece.stop - piece.start
        while waiting and waiting[0].minute < before + size:
            limit = waiting.pop(0)
            if limit.minute >= before:
                at = piece.start + limit.minute - before
                for row in piece.rows[:1]:
                    yield Tick(row, at, limit.minute, limit.earns, passed=True)
        before += size
    if waiting and pieces[-1].rows:
        limit = waiting[0]
        at = pieces[-1].stop + limit.minute - before
        yield Tick(pieces[-1].rows[0], at, limit.minute, limit.earns, passed=False)


def _minutes(pieces: Iterable[Piece]) -> int:
    return sum(piece.stop - piece.start for piece in pieces)
