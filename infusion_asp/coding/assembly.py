"""Owns what a result is made from: the answer with its context, and what explains each line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import clingo

from infusion_asp.coding.names import names_of
from infusion_asp.engine import Answer
from infusion_asp.engine.answer import Arguments
from infusion_asp.facts import Clock
from infusion_asp.facts.known import function
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
    answer: Answer
    day: date | None = None

    @cached_property
    def names(self) -> Names:
        """What sentences call things."""
        return names_of(self.encounter, self.clock, self.answer)

    @cached_property
    def order(self) -> dict[str, int]:
        """Place of each administration in the record."""
        return {given.id: i for i, given in enumerate(self.encounter.administrations)}

    @cached_property
    def earned(self) -> dict[tuple[clingo.Symbol, ...], list[tuple[clingo.Symbol, ...]]]:
        """For each line (code, modifiers, day) its units: service, number, admin, minutes."""
        found: dict[tuple[clingo.Symbol, ...], list[tuple[clingo.Symbol, ...]]] = {}
        for code, mods, day, *unit in self.answer.rows("earned", 7):
            found.setdefault((code, mods, day), []).append(tuple(unit))
        return found

    def units_of(self, line: tuple[clingo.Symbol, ...]) -> list[tuple[clingo.Symbol, ...]]:
        """The units of a line in the order of the record, then of service and number."""
        units = self.earned.get(line, [])
        if len(units) < 2:
            return units
        place = self.order
        return sorted(
            units, key=lambda unit: (place.get(unit[2].string, 0), str(unit[0]), unit[1].number)
        )

    @cached_property
    def members(self) -> dict[tuple[clingo.Symbol, ...], list[str]]:
        """For each line the administrations behind it, in the order of the record."""
        found: dict[tuple[clingo.Symbol, ...], set[str]] = {}
        for code, mods, day, admin in self.answer.rows("line_member", 4):
            found.setdefault((code, mods, day), set()).add(admin.string)
        last = len(self.order)
        return {
            key: sorted(names, key=lambda name: (self.order.get(name, last), name))
            for key, names in found.items()
        }

    def evidence(
        self, code: clingo.Symbol, mods: clingo.Symbol, day: clingo.Symbol
    ) -> list[clingo.Symbol]:
        """The atoms that explain a line: what each of its services earns, then its modifiers."""
        units: list[clingo.Symbol] = []
        marks: list[clingo.Symbol] = []
        for service, number, admin, _ in self.earned.get((code, mods, day), ()):
            units += [
                function("earns", [service, code, number]),
                function("outside", [service, code, number, admin]),
                function("neighbour", [service, code, number]),
                function("earns_unlisted", [service, day]),
            ]
            marks += [
                function(name, [service, modifier])
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

    def line_atoms(self, line: Arguments) -> list[clingo.Symbol]:
        """What to explain for one line; where nothing else is known its units."""
        if line not in self._explained:
            self._explained[line] = self._line_atoms(line)
        return self._explained[line]

    def _line_atoms(self, line: Arguments) -> list[clingo.Symbol]:
        section, code, mods, day, units = line
        if section.name == "drug":
            return [function("drug_line", [code, *mods.arguments, day, units])]
        return self.evidence(code, mods, day) or [
            atom
            for atom in self.answer.of("unit", 8)
            if atom.arguments[1] == code and atom.arguments[4] == day
        ]

    @cached_property
    def _explained(self) -> dict[Arguments, list[clingo.Symbol]]:
        return {}

    def explained(self, outputs: Iterable[clingo.Symbol]) -> list[clingo.Symbol]:
        """The atoms whose reasons a result shows."""
        found: list[clingo.Symbol] = []
        for atom in outputs:
            if atom.name == "line":
                found += self.line_atoms(tuple(atom.arguments))
            elif atom.name == "unreported":
                found += (function("excluded", atom.arguments), atom)
            elif atom.name == "finding":
                found.append(atom)
        return list(dict.fromkeys(found))
