"""Owns what a result is made from: the answer with its context, and what explains each line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import clingo

from infusion_asp.engine import Answer
from infusion_asp.facts import Clock
from infusion_asp.justify import Names
from infusion_asp.model import Encounter
from infusion_asp.rulebook import Rulebook
from infusion_asp.tables import Tables

_MARKS = ("order_modifier", "other_modifier", "extra_modifier", "further_injection")


@dataclass(frozen=True)
class Assembly:
    """Everything that a result is made from."""

    encounter: Encounter
    rulebook: Rulebook
    tables: Tables
    profile: str
    policies: dict[str, str]
    clock: Clock
    names: Names
    answer: Answer
    day: date | None = None

    @cached_property
    def order(self) -> dict[str, int]:
        """Place of each administration in the record."""
        return {given.id: i for i, given in enumerate(self.encounter.administrations)}

    @cached_property
    def earned(self) -> dict[tuple[clingo.Symbol, ...], list[tuple[clingo.Symbol, ...]]]:
        """For each line (code, modifiers, day) its units: service, number, admin, minutes."""
        found: dict[tuple[clingo.Symbol, ...], list[tuple[clingo.Symbol, ...]]] = {}
        for atom in self.answer.of("earned", 7):
            code, mods, day, *unit = atom.arguments
            found.setdefault((code, mods, day), []).append(tuple(unit))
        return found

    @cached_property
    def members(self) -> dict[tuple[clingo.Symbol, ...], list[str]]:
        """For each line the administrations behind it, in the order of the record."""
        found: dict[tuple[clingo.Symbol, ...], set[str]] = {}
        for atom in self.answer.of("line_member", 4):
            found.setdefault(tuple(atom.arguments[:3]), set()).add(atom.arguments[3].string)
        last = len(self.order)
        return {
            key: sorted(names, key=lambda name: (self.order.get(name, last), name))
            for key, names in found.items()
        }

    def evidence(
        self, code: clingo.Symbol, mods: clingo.Symbol, day: clingo.Symbol
    ) -> list[clingo.Symbol]:
        """The atoms that explain a line: what each of its services earns, then its modifiers."""
        units, marks = [], []
        for service, number, admin, _ in self.earned.get((code, mods, day), ()):
            units += [
                clingo.Function("earns", [service, code, number]),
                clingo.Function("outside", [service, code, number, admin]),
                clingo.Function("neighbour", [service, code, number]),
                clingo.Function("earns_unlisted", [service, day]),
            ]
            marks += [
                clingo.Function(name, [service, modifier])
                for name in _MARKS
                for modifier in mods.arguments
            ]
        marks += [
            atom
            for atom in self.answer.of("takes_edit_modifier", 5)
            if atom.arguments[1] == code and atom.arguments[4] == day
        ]
        return [atom for atom in dict.fromkeys((*units, *marks)) if self._holds(atom)]

    def known(self, admin: str) -> list[clingo.Symbol]:
        """What is derived of an administration on the way to a code: its class and technique."""
        name = clingo.String(admin)
        return [
            atom
            for predicate in ("class", "technique")
            for atom in self.answer.of(predicate, 2)
            if atom.arguments[0] == name
        ]

    def _holds(self, atom: clingo.Symbol) -> bool:
        return atom in self._derived(atom.name, len(atom.arguments))

    def _derived(self, name: str, arity: int) -> frozenset[clingo.Symbol]:
        key = (name, arity)
        if key not in self._sets:
            self._sets[key] = frozenset(self.answer.of(name, arity))
        return self._sets[key]

    @cached_property
    def _sets(self) -> dict[tuple[str, int], frozenset[clingo.Symbol]]:
        return {}

    def line_atoms(self, line: clingo.Symbol) -> list[clingo.Symbol]:
        """What to explain for one line; where nothing else is known its units."""
        section, code, mods, day, units = line.arguments
        if section.name == "drug":
            return [clingo.Function("drug_line", [code, *mods.arguments, day, units])]
        return self.evidence(code, mods, day) or [
            atom
            for atom in self.answer.of("unit", 8)
            if atom.arguments[1] == code and atom.arguments[4] == day
        ]

    def explained(self, outputs: Iterable[clingo.Symbol]) -> list[clingo.Symbol]:
        """The atoms whose reasons a result shows."""
        found: list[clingo.Symbol] = []
        for atom in outputs:
            if atom.name == "line":
                found += self.line_atoms(atom)
            elif atom.name == "unreported":
                found += (clingo.Function("excluded", atom.arguments), atom)
            elif atom.name == "finding":
                found.append(atom)
        return list(dict.fromkeys(found))
