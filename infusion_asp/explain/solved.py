"""Owns one encounter solved with all of its atoms, for several questions about it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

import clingo

from infusion_asp.coding import Coder
from infusion_asp.coding.assembly import Assembly
from infusion_asp.coding.lines import LINE, modifiers
from infusion_asp.engine.answer import Signature
from infusion_asp.explain.words import named
from infusion_asp.justify import Justification, justify
from infusion_asp.justify import Reason as Proof
from infusion_asp.justify.nearmiss import NearMisses
from infusion_asp.model import Encounter, Result


class Solved:
    """An encounter with its answer; `result`, where it is known, is what was made of it."""

    def __init__(self, coder: Coder, encounter: Encounter, result: Result | None = None) -> None:
        self.coder = coder
        self.encounter = encounter
        self._result = result
        self.drugs = {given.id: named(given) for given in encounter.administrations}

    @cached_property
    def base(self) -> Result:
        """The result."""
        return self._result or self.coder.code(self.encounter)

    @cached_property
    def _parts(self) -> tuple[Assembly, tuple[clingo.Symbol, ...]]:
        setting = self.coder.setting_of(self.encounter)
        others = [each.code for each in self.encounter.other_services]
        shared = self.coder.shared(setting, others)
        answer = self.coder.solve(self.coder.facts(self.encounter, setting), shared)
        return self.coder.assembly(self.encounter, setting, answer), shared

    @cached_property
    def _shared(self) -> dict[Signature, tuple[clingo.Symbol, ...]]:
        found: dict[Signature, list[clingo.Symbol]] = {}
        for each in self._parts[1]:
            found.setdefault((each.name, len(each.arguments)), []).append(each)
        return {key: tuple(each) for key, each in found.items()}

    def atoms_of(self, key: Signature) -> tuple[clingo.Symbol, ...]:
        """The atoms of a predicate, shared ones included."""
        own = self._parts[0].answer.of(*key)
        return tuple(dict.fromkeys((*own, *self._shared.get(key, ()))))

    @cached_property
    def reasons(self) -> Justification:
        """The reasons of the answer."""
        assembly, shared = self._parts
        return justify(self.coder.rulebook, assembly.answer, shared, assembly.names)

    @cached_property
    def holding(self) -> frozenset[str]:
        """The ids of the rules in force that are not always in force."""
        return frozenset(each.arguments[0].string for each in self.atoms_of(("in_force", 1)))

    @cached_property
    def near(self) -> NearMisses:
        """Finds near misses."""
        return NearMisses(self.coder.rulebook, self.atoms_of, self.holding)

    def rules_of(self, code: str, marks: Sequence[str]) -> tuple[str, ...]:
        """The rules behind the lines of a code with these modifiers, the last unit's first."""
        assembly = self._parts[0]
        trees: list[Proof] = []
        for atom in assembly.answer.of(*LINE):
            if atom.arguments[1].string == code and modifiers(atom.arguments[2]) == tuple(marks):
                wanted = list(assembly.line_atoms(tuple(atom.arguments)))
                self.reasons.prefetch(wanted)
                trees += [self.reasons.tree(each) for each in wanted]
        top = [tree.rule_id for tree in reversed(trees) if tree.rule_id]
        return tuple(dict.fromkeys([*top, *_below(trees)]))


def _below(trees: Sequence[Proof]) -> Iterator[str]:
    """The rules of proofs, level by level: what is near the line says most about it."""
    while trees:
        yield from (tree.rule_id for tree in trees if tree.rule_id)
        trees = [child for tree in trees for child in tree.children]
