"""Owns the firings of one answer: which statements derived an atom, evaluated when asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import clingo

from infusion_asp.engine.answer import Signature
from infusion_asp.engine.provenance_run import AtomsOf, ProvenanceRun
from infusion_asp.facts.known import function
from infusion_asp.justify.provenance import Provenance, Traced
from infusion_asp.rulebook import Rule


@dataclass(frozen=True, eq=False)
class Firing:
    """One instance of a statement whose body holds in the answer.

    `body` are the atoms of its positive literals in source order, `counted` the atoms inside of
    its aggregates and conditions that carry their value, `index` the statement's place.
    """

    rule: Rule
    head: clingo.Symbol
    body: tuple[clingo.Symbol, ...]
    variables: tuple[str, ...]
    values: clingo.Symbol
    counted: tuple[clingo.Symbol, ...] = ()
    index: int = 0

    @cached_property
    def bindings(self) -> Mapping[str, clingo.Symbol]:
        """The value of every variable of the statement, by name."""
        return dict(zip(self.variables, self.values.arguments, strict=True))


class FiringStore:
    """Finds the firings of atoms, a batch of atoms in one grounding."""

    def __init__(
        self,
        provenance: Provenance,
        atoms_of: AtomsOf,
    ) -> None:
        self._provenance = provenance
        self._atoms_of = atoms_of
        self._known: dict[clingo.Symbol, tuple[Firing, ...]] = {}

    def of(self, atom: clingo.Symbol) -> tuple[Firing, ...]:
        """The firings that derived an atom: by rule order, then by body; none for an input."""
        if atom not in self._known:
            self.fetch((atom,))
        return self._known[atom]

    def fetch(self, atoms: Iterable[clingo.Symbol]) -> None:
        """Find the firings of all these atoms in one grounding."""
        asked: dict[Signature, list[clingo.Symbol]] = {}
        for atom in atoms:
            if atom in self._known:
                continue
            self._known[atom] = ()
            key = (atom.name, len(atom.arguments))
            if key in self._provenance:
                asked.setdefault(key, []).append(atom)
        chosen = [traced for key, wanted in asked.items() for traced in self._chosen(key, wanted)]
        if chosen:
            self._collect(chosen, asked)

    def everything(self) -> tuple[Firing, ...]:
        """Every firing of every atom of the answer, in the order of the rulebook's rules."""
        heads = [atom for key in self._provenance.heads for atom in self._atoms_of(key)]
        self.fetch(heads)
        found = [firing for atom in heads for firing in self._known[atom]]
        return tuple(sorted(found, key=lambda firing: (firing.index, firing.head)))

    def _chosen(self, key: Signature, wanted: Sequence[clingo.Symbol]) -> Iterator[Traced]:
        """The statements that may have derived one of these atoms of a predicate."""
        arguments = [atom.arguments for atom in wanted]
        for traced in self._provenance.of(key):
            if all(map(self._atoms_of, traced.needs)) and any(map(traced.may_derive, arguments)):
                yield traced

    def _collect(
        self, chosen: Sequence[Traced], asked: Mapping[Signature, Sequence[clingo.Symbol]]
    ) -> None:
        """Keep the firings of these atoms; a fresh run grounds faster than a grown one."""
        run = ProvenanceRun(self._atoms_of)
        wanted = dict.fromkeys((traced.wanted, traced.head) for traced in chosen)
        run.load(
            (key for traced in chosen for key in traced.reads),
            (function(name, [atom]) for name, key in wanted for atom in asked[key]),
        )
        run.add(statement for traced in chosen for statement in traced.statements)
        run.ground([("base", [])])
        found: dict[clingo.Symbol, list[Firing]] = {}
        for traced in chosen:
            for firing in self._read(traced, run):
                found.setdefault(firing.head, []).append(firing)
        self._known.update((head, tuple(firings)) for head, firings in found.items())

    def _read(self, traced: Traced, run: ProvenanceRun) -> Iterator[Firing]:
        counted = self._counted(traced, run)
        mine = [tuple(symbol.arguments) for symbol in run.atoms(*traced.fired)]
        if len(mine) > 1:
            mine.sort()
        for head, body, values in mine:
            yield Firing(
                traced.rule,
                head,
                tuple(body.arguments),
                traced.variables,
                values,
                tuple(sorted(counted.get((head, body, values), ()))),
                traced.index,
            )

    def _counted(
        self, traced: Traced, run: ProvenanceRun
    ) -> dict[tuple[clingo.Symbol, ...], list[clingo.Symbol]]:
        found: dict[tuple[clingo.Symbol, ...], list[clingo.Symbol]] = {}
        if traced.supported:
            for symbol in run.atoms(*traced.support):
                head, body, values, atom = symbol.arguments
                found.setdefault((head, body, values), []).append(atom)
        return found
