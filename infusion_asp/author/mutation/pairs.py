"""Owns solving many mutants over many encounters in one grounding.

A pair of a mutant and an encounter is an encounter of its own. The original statement holds for
the pairs whose mutant leaves it alone, a mutated one for its own pairs. Only what may change is
solved again, over the known atoms of the rest.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import clingo
from clingo import ast
from clingo.ast import AST

from infusion_asp.author.joint import PLAYS, VIOLATES, Atoms, Signature, sorted_in
from infusion_asp.author.models import Dependence, Models
from infusion_asp.author.mutation.operators import Mutant
from infusion_asp.engine.run import parse

Pair = tuple[Mutant, int]
Rows = dict[Signature, list[list[clingo.Symbol]]]
_ON, _OFF = "mutant__", "mutated__"
_TAKES, _TAKES_SHARED, _KNOWN = "takes__", "takes_shared__", "known__"
_GUARDS = f"#defined {_ON}/2. #defined {_OFF}/2. #defined {_TAKES}/2. #defined {_TAKES_SHARED}/2."


@dataclass(frozen=True)
class Solved:
    """The answer to a pair: atoms of the predicates that may change; None where none is single."""

    changeable: frozenset[Signature]
    rows: Rows | None


class Pairs:
    """Solves pairs of mutants and encounters."""

    def __init__(self, models: Models, dependence: Dependence) -> None:
        self._models = models
        self._joint = models.joint
        self._dependence = dependence
        self._kept: dict[tuple[Signature, int], list[clingo.Symbol]] = {}
        self._copies: dict[Signature, tuple[AST, ...]] = {}

    def behind(self, mutant: Mutant) -> frozenset[Signature]:
        """The predicates that a mutant may change."""
        return self._dependence.behind(self._dependence.heads[mutant.index])

    def solve(self, pairs: Sequence[Pair], shown: frozenset[Signature]) -> list[Solved]:
        """The answers in the same order; a mutant without a single answer breaks only its own."""
        if not pairs:
            return []
        changed = frozenset().union(*(self._dependence.heads[mutant.index] for mutant, _ in pairs))
        chosen, read = self._dependence.again(changed)
        behind = self._dependence.behind(changed)
        numbers = {mutant.name: number for number, (mutant, _) in enumerate(pairs)}
        by_context = not changed.isdisjoint(self._joint.shared)
        contexts: dict[tuple[int, int], int] = {}
        context_of = {}
        for at, (mutant, job) in enumerate(pairs):
            key = (self._models.context_of[job], numbers[mutant.name] if by_context else -1)
            context_of[at] = contexts.setdefault(key, len(contexts))
        facts = self._joint.given(context_of, contexts.values())
        facts += self._known(pairs, contexts, read)
        facts += self._guards(pairs, numbers, context_of)
        statements = [*parse(_GUARDS), *self._statements(pairs, chosen, numbers)]
        statements += [rule for each in read for rule in self._copy(each)]
        done = self._joint.solve(statements, facts, VIOLATES in behind, (shown | {PLAYS}) & behind)
        if len(done.models) == 1:
            return self._read(done.models[0], pairs, context_of, shown & behind)
        if len(pairs) == 1:
            return [Solved(shown & behind, None)]
        broken: set[int] = set()
        if not done.models and not done.messages:
            found = self._joint.solve(statements, facts, True, relaxed=True).models
            broken = {atom.arguments[0].number for model in found for atom in model}
        elif len(done.models) == 2:
            apart = set(done.models[0]) ^ set(done.models[1])
            own = (atom for atom in apart if atom.name == PLAYS[0])
            broken = {atom.arguments[0].number for atom in own}
        if broken and len(broken) < len(pairs):
            kept = [pair for at, pair in enumerate(pairs) if at not in broken]
            rest = iter(self.solve(kept, shown))
            none = Solved(shown & behind, None)
            return [none if at in broken else next(rest) for at in range(len(pairs))]
        half = len(pairs) // 2
        return self.solve(pairs[:half], shown) + self.solve(pairs[half:], shown)

    def _statements(
        self, pairs: Sequence[Pair], chosen: Iterable[int], numbers: dict[str, int]
    ) -> list[AST]:
        mutants = {mutant.name: mutant for mutant, _ in pairs}
        mutated = {mutant.index for mutant in mutants.values()}
        found = []
        for at in chosen:
            original = self._joint.statements[at]
            found.append(self._guarded(original, at, at, _OFF) if at in mutated else original)
        for name, mutant in mutants.items():
            if mutant.statement is not None:
                lifted = self._joint.lift(mutant.statement)
                found.append(self._guarded(lifted, mutant.index, numbers[name], _ON))
        return found

    def _guarded(self, statement: AST, index: int, number: int, name: str) -> AST:
        """The statement for the pairs of a mutant, or for those that leave it alone."""
        place = statement.location
        variable = ast.Variable(place, "Con__E" if self._shared(index) else "Enc__E")
        count = ast.SymbolicTerm(place, clingo.Number(number))
        term = ast.Function(place, name, [variable, count], 0)
        sign = ast.Sign.Negation if name == _OFF else ast.Sign.NoSign
        guard = ast.Literal(place, sign, ast.SymbolicAtom(term))
        guarded: AST = copy.deepcopy(statement)
        guarded.body.append(guard)
        return guarded

    def _shared(self, index: int) -> bool:
        """Whether a statement derives what a whole batch shares."""
        return self._dependence.heads[index] <= self._joint.shared

    def _guards(
        self, pairs: Sequence[Pair], numbers: dict[str, int], context_of: dict[int, int]
    ) -> list[clingo.Symbol]:
        found: dict[clingo.Symbol, None] = {}
        for at, (mutant, _) in enumerate(pairs):
            place = context_of[at] if self._shared(mutant.index) else at
            first = clingo.Number(place)
            on = clingo.Function(_ON, [first, clingo.Number(numbers[mutant.name])])
            found[on] = None
            found[clingo.Function(_OFF, [first, clingo.Number(mutant.index)])] = None
        return list(found)

    def _known(
        self,
        pairs: Sequence[Pair],
        contexts: dict[tuple[int, int], int],
        read: Iterable[Signature],
    ) -> list[clingo.Symbol]:
        """The known atoms that the rules read, and which pair and context takes them over."""
        jobs = sorted({job for _, job in pairs})
        known = sorted({number for number, _ in contexts})
        found = []
        for signature in read:
            for number in known if signature in self._joint.shared else jobs:
                found += self._renamed(signature, number)
        for at, (_, job) in enumerate(pairs):
            found.append(clingo.Function(_TAKES, [clingo.Number(at), clingo.Number(job)]))
        for (number, _), each in contexts.items():
            found.append(
                clingo.Function(_TAKES_SHARED, [clingo.Number(each), clingo.Number(number)])
            )
        return found

    def _renamed(self, signature: Signature, number: int) -> list[clingo.Symbol]:
        """The known atoms of a predicate under a name of their own."""
        key = (signature, number)
        if key not in self._kept:
            group = self._models.atoms.get(signature, {})
            name = _KNOWN + signature[0]
            self._kept[key] = [
                clingo.Function(name, atom.arguments) for atom in group.get(number, ())
            ]
        return self._kept[key]

    def _copy(self, signature: Signature) -> tuple[AST, ...]:
        """The rule by which a pair takes over known atoms."""
        if signature not in self._copies:
            name, arity = signature
            takes = _TAKES_SHARED if signature in self._joint.shared else _TAKES
            rest = "".join(f",X{at}" for at in range(arity))
            known = f"{_KNOWN}{name}"
            text = (
                f"#defined {known}/{arity + 1}. {name}(P{rest}) :- {takes}(P,J), {known}(J{rest})."
            )
            self._copies[signature] = parse(text)
        return self._copies[signature]

    def _read(
        self,
        model: Sequence[clingo.Symbol],
        pairs: Sequence[Pair],
        context_of: dict[int, int],
        behind: frozenset[Signature],
    ) -> list[Solved]:
        atoms: Atoms = {}
        sorted_in(atoms, model)
        found = []
        for at in range(len(pairs)):
            rows: Rows = {}
            for signature in behind:
                group = atoms.get(signature)
                if group:
                    key = context_of[at] if signature in self._joint.shared else at
                    rows[signature] = [atom.arguments[1:] for atom in group.get(key, ())]
            found.append(Solved(behind, rows))
        return found
