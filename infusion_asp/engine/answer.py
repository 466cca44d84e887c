"""Owns the answer: the atoms of the one model, grouped by signature and sorted on first use."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import clingo

Signature = tuple[str, int]


class Atoms(Mapping[Signature, tuple[clingo.Symbol, ...]]):
    """Atoms by (name, arity); a group is sorted when it's first asked for."""

    def __init__(self, symbols: Iterable[clingo.Symbol]) -> None:
        self._symbols = tuple(symbols)
        self._sorted: dict[Signature, tuple[clingo.Symbol, ...]] = {}

    @cached_property
    def _named(self) -> dict[str, list[clingo.Symbol]]:
        """Atoms by name alone: to ask every atom for its arguments costs twice as much."""
        groups: dict[str, list[clingo.Symbol]] = {}
        for symbol in self._symbols:
            groups.setdefault(symbol.name, []).append(symbol)
        return groups

    @cached_property
    def _signatures(self) -> tuple[Signature, ...]:
        return tuple(
            sorted(
                {
                    (name, len(symbol.arguments))
                    for name, group in self._named.items()
                    for symbol in group
                }
            )
        )

    def __getitem__(self, signature: Signature) -> tuple[clingo.Symbol, ...]:
        if signature not in self._sorted:
            name, arity = signature
            found = [each for each in self._named[name] if len(each.arguments) == arity]
            if not found:
                raise KeyError(signature)
            self._sorted[signature] = tuple(sorted(found))
        return self._sorted[signature]

    def __iter__(self) -> Iterator[Signature]:
        return iter(self._signatures)

    def __len__(self) -> int:
        return len(self._signatures)

    def __repr__(self) -> str:
        return f"Atoms({len(self._symbols)} atoms)"


@dataclass(frozen=True)
class Answer:
    """The one answer of a rulebook for one encounter, facts and shared atoms included."""

    atoms: Mapping[Signature, tuple[clingo.Symbol, ...]]

    def of(self, name: str, arity: int) -> tuple[clingo.Symbol, ...]:
        """The atoms of one predicate, sorted; none is an empty tuple."""
        return self.atoms.get((name, arity), ())
