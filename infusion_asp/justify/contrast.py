"""Owns the reasons for roles in one answer: what every other role would break, in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import clingo

from infusion_asp.engine.provenance_run import ProvenanceRun
from infusion_asp.justify.dependence import PLAYS
from infusion_asp.justify.roles import PART, RoleProgram
from infusion_asp.justify.sentences import Names, render
from infusion_asp.rulebook import Rule


@dataclass(frozen=True)
class Contrast:
    """A constraint that would be broken if `service` played `role` and nothing else changed.

    `alone`: the constraint names no other service's role.
    """

    service: clingo.Symbol
    role: clingo.Symbol
    rule: Rule
    evidence: clingo.Symbol
    bindings: Mapping[str, clingo.Symbol]
    alone: bool = True

    def mentions(self, term: clingo.Symbol) -> bool:
        """Whether the broken constraint speaks of a term, as a value or inside of one."""
        return any(_contains(value, term) for value in (self.evidence, *self.bindings.values()))

    def sentence(self, names: Names) -> str:
        """The constraint's sentence for this instance."""
        return render(self.rule.sentence, self.bindings, names)


@dataclass(frozen=True)
class RoleReasons:
    """Why a service plays its role.

    `instead` holds, for every other role it could have, the constraints that this would break, in
    the order of their headers (empty: no single change breaks one); the roles in the order of
    their first constraint. `rivals` holds, for every service in another role, the constraint that
    speaks of this one and that the rival would break if it took this role.
    """

    service: clingo.Symbol
    role: clingo.Symbol
    instead: Mapping[clingo.Symbol, tuple[Contrast, ...]]
    rivals: tuple[Contrast, ...]


def role_reasons(
    program: RoleProgram, run: ProvenanceRun, plays: Iterable[clingo.Symbol]
) -> dict[clingo.Symbol, RoleReasons]:
    """The reasons for the roles of one answer, by service."""
    playing = {atom.arguments[0]: atom.arguments[1] for atom in plays}
    if not program.statements or not playing:
        return {}
    run.load(program.reads)
    run.load((PLAYS,))
    run.add(program.statements)
    run.ground([(PART, [])])
    instead: dict[clingo.Symbol, dict[clingo.Symbol, list[Contrast]]] = {s: {} for s in playing}
    for symbol in sorted(run.atoms("_h", 2)):
        service, role = symbol.arguments
        instead.setdefault(service, {})[role] = []
    for contrast in _contrasts(program, run):
        instead[contrast.service][contrast.role].append(contrast)
    rivals = _rivals(playing, instead)
    rank = {constraint.rule.id: constraint.index for constraint in reversed(program.constraints)}
    return {
        service: RoleReasons(
            service,
            role,
            _ordered(instead[service], rank),
            rivals.get(service, ()),
        )
        for service, role in playing.items()
    }


def _ordered(
    instead: Mapping[clingo.Symbol, list[Contrast]], rank: Mapping[str, int]
) -> dict[clingo.Symbol, tuple[Contrast, ...]]:
    """The other roles in the order of the first constraint that each would break."""

    def place(item: tuple[clingo.Symbol, list[Contrast]]) -> tuple[int, clingo.Symbol]:
        role, found = item
        return (rank[found[0].rule.id] if found else 1_000_000, role)

    return {role: tuple(found) for role, found in sorted(instead.items(), key=place)}


def _contrasts(program: RoleProgram, run: ProvenanceRun) -> Iterable[Contrast]:
    for constraint in program.constraints:
        raised = (symbol.arguments for symbol in run.atoms(*constraint.raised))
        for service, role, evidence, values in sorted(tuple(four) for four in raised):
            bindings = dict(zip(constraint.variables, values.arguments, strict=True))
            yield Contrast(service, role, constraint.rule, evidence, bindings, constraint.alone)


def _rivals(
    playing: Mapping[clingo.Symbol, clingo.Symbol],
    instead: Mapping[clingo.Symbol, Mapping[clingo.Symbol, list[Contrast]]],
) -> dict[clingo.Symbol, tuple[Contrast, ...]]:
    """For each service: what the others would break in its role that speaks of it."""
    found: dict[clingo.Symbol, tuple[Contrast, ...]] = {}
    holders: dict[clingo.Symbol, list[clingo.Symbol]] = {}
    for service, role in playing.items():
        holders.setdefault(role, []).append(service)
    for role, services in holders.items():
        claims = [
            contrast
            for rival, others in instead.items()
            for contrast in others.get(role, ())
            if contrast.alone and rival not in services
        ]
        for service in services:
            first: dict[clingo.Symbol, Contrast] = {}
            for contrast in claims:
                if contrast.service not in first and contrast.mentions(service):
                    first[contrast.service] = contrast
            found[service] = tuple(first.values())
    return found


def _contains(value: clingo.Symbol, term: clingo.Symbol) -> bool:
    if value == term:
        return True
    if value.type is not clingo.SymbolType.Function:
        return False
    return any(_contains(item, term) for item in value.arguments)
