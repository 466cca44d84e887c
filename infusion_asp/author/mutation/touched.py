"""Owns which encounters a mutant can touch: those in whose answer it derives something else.

The mutated statement is grounded over the known answers of all encounters at once, beside the
statements that derive the same predicate. Where it gives the same atoms, the answer stays what it
is, and nothing needs to be solved. What rests on the choice of roles, and decides it, is looked
at wherever there is a choice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import clingo
from clingo import ast
from clingo.ast import AST, ASTType

from infusion_asp.author.joint import PLAYS, VIOLATES, Signature
from infusion_asp.author.models import Dependence, Models
from infusion_asp.author.mutation.operators import Mutant
from infusion_asp.author.mutation.used import used_in
from infusion_asp.engine.provenance_run import ProvenanceRun
from infusion_asp.rulebook.atoms import uses

SERVICE: Signature = ("service", 4)
_ORIGINAL, _MUTANT = "o__", "m__"


class Touch:
    """Finds the encounters that mutants touch."""

    def __init__(self, models: Models, dependence: Dependence, read: frozenset[Signature]) -> None:
        """`read` are the predicates that are looked at in an answer."""
        self._read = read
        self._models = models
        self._dependence = dependence
        self._deciding = dependence.behind(frozenset({PLAYS}))
        self._choices = [job for job in range(models.count) if len(models.of(SERVICE, job)) > 1]

    def head_of(self, mutant: Mutant) -> Signature | None:
        """The predicate that the statement derives; None for the choice of roles."""
        statement = self._models.joint.book.statements[mutant.index]
        if statement.head.ast_type == ASTType.Aggregate:
            return None
        return next(use.signature for use in uses(statement) if use.in_head)

    def all_of(self, mutants: Sequence[Mutant]) -> dict[str, list[int]]:
        """The encounters touched, by the mutant's name."""
        groups: dict[Signature | None, list[Mutant]] = {}
        for mutant in mutants:
            groups.setdefault(self.head_of(mutant), []).append(mutant)
        found: dict[str, list[int]] = {}
        for head, group in groups.items():
            if head is None:
                found |= {each.name: list(self._choices) for each in group}
            else:
                found |= self._group(head, group)
        return found

    def _group(self, head: Signature, group: Sequence[Mutant]) -> dict[str, list[int]]:
        joint, models = self._models.joint, self._models
        same = [at for at, heads in enumerate(self._dependence.heads) if head in heads]
        rules = [_told(joint.statements[at], _ORIGINAL, at) for at in same]
        rules += [
            _told(joint.lift(each.statement), _MUTANT, number)
            for number, each in enumerate(group)
            if each.statement is not None
        ]
        reads = frozenset().union(*(self._dependence.reads[at] for at in same))
        engine = ProvenanceRun(lambda _: (), lenient=True)
        engine.assume(models.facts(reads))
        engine.add(rules)
        engine.ground([("base", [])])
        original = _by_number(engine.atoms(_ORIGINAL, 2))
        mutated = _by_number(engine.atoms(_MUTANT, 2))
        derived = Counter(atom for atoms in original.values() for atom in atoms)
        decides = head == VIOLATES or (
            head in self._deciding and VIOLATES in self._dependence.behind(frozenset({head}))
        )
        circular = head in reads
        found = {}
        changes: dict[int, set[clingo.Symbol]] = {}
        for number, mutant in enumerate(group):
            before = original.get(mutant.index, set())
            after = mutated.get(number, set())
            changed = {atom for atom in before - after if circular or derived[atom] == 1}
            changed |= {atom for atom in after - before if not derived[atom]}
            changes[number] = changed
            jobs = self._jobs(head, changed)
            if decides:
                jobs |= set(self._choices)
            found[mutant.name] = sorted(jobs)
        if circular or decides or head in self._read:
            return found
        used = used_in(models, self._dependence, head, changes)
        return {
            mutant.name: sorted(used[number] & set(found[mutant.name]))
            for number, mutant in enumerate(group)
        }

    def _jobs(self, head: Signature, atoms: Iterable[clingo.Symbol]) -> set[int]:
        numbers = {atom.arguments[0].number for atom in atoms}
        if head not in self._models.joint.shared:
            return numbers
        return {job for number in numbers for job in self._models.jobs_of.get(number, ())}


def _told(lifted: AST, name: str, number: int) -> AST:
    """The statement with its head inside of `name(number, head)`."""
    place = lifted.location
    count = ast.SymbolicTerm(place, clingo.Number(number))
    term = ast.Function(place, name, [count, lifted.head.atom.symbol], 0)
    head = ast.Literal(place, ast.Sign.NoSign, ast.SymbolicAtom(term))
    return ast.Rule(place, head, lifted.body)


def _by_number(atoms: Iterable[clingo.Symbol]) -> dict[int, set[clingo.Symbol]]:
    found: dict[int, set[clingo.Symbol]] = {}
    for atom in atoms:
        number, head = atom.arguments
        found.setdefault(number.number, set()).add(head)
    return found
