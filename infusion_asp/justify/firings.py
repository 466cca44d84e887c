"""Owns the firings of one answer: which statements derived an atom, evaluated when asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import clingo

from infusion_asp.engine.answer import Signature
from infusion_asp.engine.provenance_run import AtomsOf, ProvenanceRun
from infusion_asp.justify.provenance import Part, Provenance, Traced
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
        if asked:
            self._collect(asked, self._ground(asked))

    def everything(self) -> tuple[Firing, ...]:
        """Every firing of every atom of the answer, in the order of the rulebook's rules."""
        heads = [atom for key in self._provenance.heads for atom in self._atoms_of(key)]
        self.fetch(heads)
        found = [firing for atom in heads for firing in self._known[atom]]
        return tuple(sorted(found, key=lambda firing: (firing.index, firing.head)))

    def _ground(self, asked: Mapping[Signature, Sequence[clingo.Symbol]]) -> ProvenanceRun:
        """A run with the firings of these atoms; a fresh one grounds faster than a grown one."""
        run = ProvenanceRun(self._atoms_of)
        parts = [self._provenance.part(key) for key in asked]
        run.load(
            (key for part in parts for key in part.reads),
            (
                clingo.Function(part.wanted, [atom])
                for part, wanted in zip(parts, asked.values(), strict=True)
                for atom in wanted
            ),
        )
        run.add(statement for part in parts for statement in part.statements)
        run.ground([(part.name, []) for part in parts])
        return run

    def _collect(
        self, asked: Mapping[Signature, Sequence[clingo.Symbol]], run: ProvenanceRun
    ) -> None:
        for key, wanted in asked.items():
            part = self._provenance.part(key)
            for atom, found in self._read(part, frozenset(wanted), run).items():
                self._known[atom] = tuple(found)

    def _read(
        self, part: Part, wanted: frozenset[clingo.Symbol], run: ProvenanceRun
    ) -> dict[clingo.Symbol, list[Firing]]:
        found: dict[clingo.Symbol, list[Firing]] = {}
        for traced in part.traced:
            counted = self._counted(traced, wanted, run)
            instances = (symbol.arguments for symbol in run.atoms(*traced.fired))
            mine = [tuple(three) for three in instances if three[0] in wanted]
            if len(mine) > 1:
                mine.sort(key=lambda three: (three[0], three[1], three[2]))
            for head, body, values in mine:
                firing = Firing(
                    traced.rule,
                    head,
                    tuple(body.arguments),
                    traced.variables,
                    values,
                    tuple(sorted(counted.get((head, body, values), ()))),
                    traced.index,
                )
                found.setdefault(head, []).append(firing)
        return found

    def _counted(
        self, traced: Traced, wanted: frozenset[clingo.Symbol], run: ProvenanceRun
    ) -> dict[tuple[clingo.Symbol, ...], list[clingo.Symbol]]:
        found: dict[tuple[clingo.Symbol, ...], list[clingo.Symbol]] = {}
        if traced.supported:
            for symbol in run.atoms(*traced.support):
                head, body, values, atom = symbol.arguments
                if head in wanted:
                    found.setdefault((head, body, values), []).append(atom)
        return found
