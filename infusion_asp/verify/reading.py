"""Owns what all best readings of a wrong claim share, and how they are listed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import clingo

from infusion_asp.coding.assembly import Assembly
from infusion_asp.engine.reading import Assignment
from infusion_asp.model.verification import Reading

_UNDECIDED = clingo.Function("undecided")
_NONE = clingo.Function("none")
_SHOWN = 20  # readings that are listed
# Where a service is outranked, that it is a second initial one too says nothing more.
_COVERED = {"one_initial": ("hierarchy", "initial_by_main_reason")}

_Broken = tuple[str, clingo.Symbol, clingo.Symbol, clingo.Symbol]


def broken(found: Sequence[Assignment]) -> list[clingo.Symbol]:
    """The facts that hold in every reading: rules that are broken, by which code, on what."""
    if not found:
        return []
    common = set.intersection(*(_all(each) for each in found))
    named = {(rule, code, other) for rule, code, service, other in common if service != _UNDECIDED}
    kept = sorted(
        each for each in common if each[2] != _UNDECIDED or (each[0], each[1], each[3]) not in named
    )
    return [
        clingo.Function("read_broken", [clingo.Function(rule), code, service, other])
        for rule, code, service, other in kept
    ]


def listed(parts: Assembly, found: Iterable[Assignment]) -> tuple[Reading, ...]:
    """The readings as they are shown in full."""
    made = []
    for each in list(found)[:_SHOWN]:
        breaks = sorted(_breaks(each), key=str)
        made.append(
            Reading(
                roles={
                    parts.names.name(atom.arguments[0].string)
                    if atom.arguments[0].type is clingo.SymbolType.String
                    else "hydration": atom.arguments[1].name
                    for atom in sorted(each.plays)
                },
                broken=tuple(dict.fromkeys(rule for rule, *_ in breaks)),
                sentences=tuple(
                    dict.fromkeys(_sentence(parts, rule, service) for rule, _, service, _ in breaks)
                ),
            )
        )
    return tuple(made)


def _sentence(parts: Assembly, rule: str, service: clingo.Symbol) -> str:
    name = service.string if service.type is clingo.SymbolType.String else "hydration"
    title = parts.rulebook.rule(rule).title
    return f"{parts.names.name(name)}: {title[0].lower()}{title[1:]}"


def _all(each: Assignment) -> set[_Broken]:
    """What a reading breaks; without the service too, which another reading may name otherwise."""
    exact = set(_breaks(each))
    loose = {(rule, code, _UNDECIDED, other) for rule, code, _, other in exact if other != _NONE}
    return exact | loose


def _breaks(each: Assignment) -> list[_Broken]:
    codes = {atom.arguments[0]: atom.arguments[1] for atom in each.reads}
    found: list[_Broken] = []
    for atom in each.violates:
        rule, evidence = atom.arguments
        pair = evidence.type is clingo.SymbolType.Function and evidence.name == ""
        service, other = evidence.arguments if pair else (evidence, _NONE)
        if service in codes:
            found.append((rule.name, codes[service], service, other))
    broken = {(rule, service) for rule, _, service, _ in found}
    return [
        one
        for one in found
        if not any((wider, one[2]) in broken for wider in _COVERED.get(one[0], ()))
    ]
