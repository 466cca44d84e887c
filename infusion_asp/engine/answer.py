"""Owns the answer: the atoms of the one model, grouped by signature and sorted on first use."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import clingo

from infusion_asp.facts import AnyAtom, symbols_of

Signature = tuple[str, int]
Arguments = tuple[clingo.Symbol, ...]


class Atoms(Mapping[Signature, tuple[clingo.Symbol, ...]]):
    """Atoms by (name, arity); a group is sorted when it's first asked for."""

    def __init__(self, atoms: Iterable[AnyAtom]) -> None:
        self._atoms = tuple(atoms)
        self._sorted: dict[Signature, tuple[clingo.Symbol, ...]] = {}
        self._rows: dict[Signature, tuple[Arguments, ...]] = {}

    @cached_property
    def _named(self) -> dict[str, list[AnyAtom]]:
        """Atoms by name alone: to ask every symbol for its arguments costs twice as much."""
        groups: dict[str, list[AnyAtom]] = {}
        for atom in self._atoms:
            groups.setdefault(atom.name, []).append(atom)
        return groups

    @cached_property
    def _signatures(self) -> tuple[Signature, ...]:
        return tuple(
            sorted(
                {
                    (name, len(atom.arguments))
                    for name, group in self._named.items()
                    for atom in group
                }
            )
        )

    def __getitem__(self, signature: Signature) -> tuple[clingo.Symbol, ...]:
        if signature not in self._sorted:
            name, arity = signature
            found = sorted(symbols_of(self._named[name]))  # clingo sorts by arity first
            if any(len(each.arguments) != arity for each in (found[0], found[-1])):
                found = [each for each in found if len(each.arguments) == arity]
            if not found:
                raise KeyError(signature)
            self._sorted[signature] = tuple(found)
        return self._sorted[signature]

    def rows(self, signature: Signature) -> tuple[Arguments, ...]:
        """The arguments of the atoms of one predicate, in the order of the atoms."""
        if signature not in self._rows:
            name, arity = signature
            found = (tuple(each.arguments) for each in self._named.get(name, ()))
            self._rows[signature] = tuple(sorted(row for row in found if len(row) == arity))
        return self._rows[signature]

    def __iter__(self) -> Iterator[Signature]:
        return iter(self._signatures)

    def __len__(self) -> int:
        return len(self._signatures)

    def __repr__(self) -> str:
        return f"Atoms({len(self._atoms)} atoms)"


@dataclass(frozen=True)
class Answer:
    """The one answer of a rulebook for one encounter, facts and shared atoms included."""

    atoms: Atoms

    def of(self, name: str, arity: int) -> tuple[clingo.Symbol, ...]:
        """The atoms of one predicate, sorted; none is an empty tuple."""
        return self.atoms.get((name, arity), ())

    def rows(self, name: str, arity: int) -> tuple[Arguments, ...]:
        """The arguments of the atoms of one predicate, sorted: faster than the atoms themselves."""
        return self.atoms.rows((name, arity))
