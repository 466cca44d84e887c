"""Owns which encounters a mutant can touch: those in whose answer it derives something else.

The mutated statement is grounded over the known answers of all encounters at once, beside the
statements that derive the same predicate. Where it gives the same atoms, the answer stays what it
is, and nothing needs to be solved. What rests on the choice of roles, and decides it, is looked
at wherever there is a choice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import clingo
from clingo import ast
from clingo.ast import AST, ASTType

from infusion_asp.author.joint import PLAYS, VIOLATES, Signature
from infusion_asp.author.models import Dependence, Models
from infusion_asp.author.mutation.noticed import Changed, Notices, jobs_of, rests_on_itself
from infusion_asp.author.mutation.operators import Mutant
from infusion_asp.author.mutation.used import used_in
from infusion_asp.author.testing.said import head_saying, says, spoken
from infusion_asp.engine.provenance_run import ProvenanceRun
from infusion_asp.rulebook import Rule
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
        self._rules = [rule for rule in models.joint.book.rules for _ in rule.statements]
        self._choices = [job for job in range(models.count) if len(models.of(SERVICE, job)) > 1]

    def head_of(self, mutant: Mutant) -> Signature | None:
        """The predicate that the statement derives; None for the choice of roles."""
        statement = self._models.joint.book.statements[mutant.index]
        if statement.head.ast_type == ASTType.Aggregate:
            return None
        return next(use.signature for use in uses(statement) if use.in_head)

    def noticed(
        self, mutants: Sequence[Mutant], notices: Notices
    ) -> tuple[dict[str, int], dict[str, list[int]]]:
        """The mutants that an encounter tells without solving, and whom the others touch."""
        told: dict[str, int] = {}
        touched: dict[str, list[int]] = {}
        for head, group in self.groups(mutants).items():
            if head is None:
                touched |= {each.name: list(self._choices) for each in group}
                continue
            changes = self.changes(head, group)
            if not rests_on_itself(self._dependence, head):
                found = {name: notices(head, each) for name, each in changes.items()}
                told |= {name: job for name, job in found.items() if job is not None}
            left = [each for each in group if each.name not in told]
            touched |= self._touched(head, {each.name: changes[each.name] for each in left})
        return told, touched

    def all_of(self, mutants: Sequence[Mutant]) -> dict[str, list[int]]:
        """The encounters touched, by the mutant's name."""
        return self.noticed(mutants, lambda head, changed: None)[1]

    def groups(self, mutants: Iterable[Mutant]) -> dict[Signature | None, list[Mutant]]:
        """The mutants by the predicate whose statement they change."""
        groups: dict[Signature | None, list[Mutant]] = {}
        for mutant in mutants:
            groups.setdefault(self.head_of(mutant), []).append(mutant)
        return groups

    def changes(self, head: Signature, group: Sequence[Mutant]) -> dict[str, Changed]:
        """What mutants of statements for one predicate derive otherwise, by their names."""
        joint, models = self._models.joint, self._models
        same = [at for at, heads in enumerate(self._dependence.heads) if head in heads]
        rules = [
            _told(joint.statements[at], joint.book.statements[at], self._rules[at], _ORIGINAL, at)
            for at in same
        ]
        rules += [
            _told(
                joint.lift(each.statement),
                each.statement,
                self._rules[each.index],
                _MUTANT,
                number,
            )
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
        derived = Counter(atom for each in original.values() for atom in each.atoms)
        spoken = Counter(
            (self._rules[at].id, said) for at, each in original.items() for said in each.said
        )
        circular = head in reads
        found = {}
        for number, mutant in enumerate(group):
            before = original.get(mutant.index, _NOTHING)
            after = mutated.get(number, _NOTHING)
            lost = {a for a in before.atoms - after.atoms if circular or derived[a] == 1}
            gained = {a for a in after.atoms - before.atoms if not derived[a]}
            rule = mutant.rule
            unsaid = {a for a in before.said - after.said if spoken[rule, a] == 1}
            said = {a for a in after.said - before.said if not spoken[rule, a]}
            found[mutant.name] = Changed(
                frozenset(lost),
                frozenset(gained),
                frozenset(_sentence(rule, each) for each in unsaid),
                frozenset(_sentence(rule, each) for each in said),
            )
        return found

    def _touched(self, head: Signature, changes: Mapping[str, Changed]) -> dict[str, list[int]]:
        decides = head == VIOLATES or (
            head in self._deciding and VIOLATES in self._dependence.behind(frozenset({head}))
        )
        circular = any(
            head in heads and head in reads
            for heads, reads in zip(self._dependence.heads, self._dependence.reads, strict=True)
        )
        found = {name: set(jobs_of(self._models, head, c.atoms)) for name, c in changes.items()}
        if decides:
            found = {name: jobs | set(self._choices) for name, jobs in found.items()}
        if not (circular or decides or head in self._read):
            names = list(changes)
            numbered = {number: changes[name].atoms for number, name in enumerate(names)}
            used = used_in(self._models, self._dependence, head, numbered)
            found = {name: found[name] & used[number] for number, name in enumerate(names)}
        return {name: sorted(jobs) for name, jobs in found.items()}


@dataclass
class _Derived:
    """What one statement derives: lifted atoms, and pairs of them with what is said of them."""

    atoms: set[clingo.Symbol] = field(default_factory=set)
    said: set[clingo.Symbol] = field(default_factory=set)


_NOTHING = _Derived()


def _told(lifted: AST, plain: AST, rule: Rule, name: str, number: int) -> AST:
    """The statement with its head and what it says inside of `name(number, pair)`."""
    place = lifted.location
    count = ast.SymbolicTerm(place, clingo.Number(number))
    pair = head_saying(lifted, spoken(rule, plain))
    term = ast.Function(place, name, [count, pair], 0)
    head = ast.Literal(place, ast.Sign.NoSign, ast.SymbolicAtom(term))
    return ast.Rule(place, head, lifted.body)


def _by_number(atoms: Iterable[clingo.Symbol]) -> dict[int, _Derived]:
    found: dict[int, _Derived] = {}
    for atom in atoms:
        number, pair = atom.arguments
        own = found.setdefault(number.number, _Derived())
        own.atoms.add(pair.arguments[0])
        if says(pair):
            own.said.add(pair)
    return found


def _sentence(rule: str, pair: clingo.Symbol) -> clingo.Symbol:
    head, said = pair.arguments
    return clingo.Function(rule, [head, *said.arguments])
