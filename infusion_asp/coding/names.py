"""Owns what the sentences of one result call things: administrations, hydration services, times."""

from __future__ import annotations

import clingo

from infusion_asp.engine import Answer
from infusion_asp.facts import Clock
from infusion_asp.justify import Names
from infusion_asp.model import Encounter

_Members = dict[clingo.Symbol, list[clingo.Symbol]]


def names_of(encounter: Encounter, clock: Clock, answer: Answer) -> Names:
    """The names of an answer: drug texts, clock labels, services by their bags, and their times."""
    drugs = {each.id: each.name for each in encounter.administrations}
    fluids = _members(answer, "hydration_bag", clingo.Function("hydration", []))
    named = Names(drugs, clock.labels)
    terms = {
        str(service): "hydration " + " and ".join(named.name(bag.string) for bag in bags)
        for service, bags in fluids.items()
    }
    rows: _Members = {}
    for row, bag in answer.rows("in_bag", 2):
        rows.setdefault(bag, []).append(row)
    spans = {row: (start.number, stop.number) for row, start, stop in answer.rows("span", 3)}
    services = {bag: [bag] for bag in rows} | _members(answer, "service_bag", None) | fluids
    ran = {
        str(service): _joined(
            [spans[row] for bag in bags for row in rows.get(bag, [bag]) if row in spans]
        )
        for service, bags in services.items()
    }
    for bag, start in answer.rows("bag_start", 2):
        if not ran.get(str(bag)):
            ran[str(bag)] = [(start.number, start.number)]
    return Names(drugs, clock.labels, terms, {key: found for key, found in ran.items() if found})


def _members(answer: Answer, predicate: str, wrapper: clingo.Symbol | None) -> _Members:
    """Second arguments by first; with a wrapper the first stands inside of its name."""
    found: _Members = {}
    for key, member in answer.rows(predicate, 2):
        service = key if wrapper is None else clingo.Function(wrapper.name, [key])
        found.setdefault(service, []).append(member)
    return found


def _joined(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The spans in order, those that touch or overlap as one."""
    found: list[tuple[int, int]] = []
    for start, stop in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(stop, found[-1][1]))
        else:
            found.append((start, stop))
    return found
