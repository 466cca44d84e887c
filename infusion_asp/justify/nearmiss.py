"""Owns why an atom does not hold: the fewest conditions that keep the rules from deriving it.

A missing condition that rules could derive is followed down to what those rules miss, so that
what is named at the end is a fact of the record, a limit, a choice of policy, or a role.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

import clingo
from clingo.ast import AST

from infusion_asp.engine.answer import Signature
from infusion_asp.engine.provenance_run import AtomsOf, ProvenanceRun
from infusion_asp.justify import terms
from infusion_asp.justify.dependence import PLAYS
from infusion_asp.justify.goals import Candidate, Dropped, Goal, Prepared, static_names
from infusion_asp.justify.provenance import statements_of
from infusion_asp.rulebook import Rule, Rulebook

BUDGET = 2  # conditions that a near miss may lack
_DEEPEST = 12
_KEPT = 4  # near misses that are kept of one goal
_GROUNDINGS = 150


@dataclass(frozen=True)
class Near:
    """A rule that lacks a few conditions: `missing`; `path` leads from it to the rules below."""

    rule: Rule
    missing: tuple[Dropped, ...]
    path: tuple[Rule, ...]

    @property
    def place(self) -> tuple[int, int, int]:
        """What near misses are sorted by: few conditions, limits before others, short ways."""
        return len(self.missing), sum(_weight(each) for each in self.missing), len(self.path)


@dataclass(frozen=True)
class _Book:
    """The statements of a rulebook by the predicate that they derive, read once."""

    heads: Mapping[Signature, tuple[tuple[Rule, AST], ...]]
    static: frozenset[str]
    leaves: frozenset[Signature]
    prepared: dict[Signature, tuple[Prepared, ...]] = field(default_factory=dict)

    def of(self, head: Signature) -> tuple[Prepared, ...]:
        """The statements that derive a predicate."""
        if head not in self.prepared:
            pairs = self.heads.get(head, ())
            made = (Prepared.of(*pair, self.static, self.leaves) for pair in pairs)
            self.prepared[head] = tuple(made)
        return self.prepared[head]


_BOOKS: weakref.WeakKeyDictionary[Rulebook, _Book] = weakref.WeakKeyDictionary()


def _book(rulebook: Rulebook) -> _Book:
    if rulebook not in _BOOKS:
        pairs = tuple(statements_of(rulebook))
        heads: dict[Signature, tuple[tuple[Rule, AST], ...]] = {}
        for pair in pairs:
            head = terms.head_of(pair[1])
            if head is not None:
                heads[head] = (*heads.get(head, ()), pair)
        static = static_names(pairs, frozenset(name for name, _ in rulebook.signatures))
        leaves = rulebook.vocabulary.marked("input") | {PLAYS}
        _BOOKS[rulebook] = _Book(heads, static, leaves)
    return _BOOKS[rulebook]


class NearMisses:
    """Finds near misses in one answer; `holding` are the ids of the rules in force."""

    def __init__(self, rulebook: Rulebook, atoms_of: AtomsOf, holding: frozenset[str]) -> None:
        self._atoms_of = atoms_of
        self._book = _book(rulebook)
        self._off = rulebook.gated - holding
        self._known: dict[Goal, tuple[Near, ...]] = {}
        self._left = _GROUNDINGS

    def of(self, goals: Iterable[Goal]) -> tuple[Near, ...]:
        """The near misses of all these goals, the nearest first."""
        found = [near for goal in goals for near in self._of(goal, BUDGET, frozenset())]
        return _best(found, 2 * _KEPT)

    def _of(self, goal: Goal, budget: int, path: frozenset[Goal]) -> tuple[Near, ...]:
        if goal in self._known:
            return self._known[goal]
        if goal in path or len(path) > _DEEPEST or self._left <= 0:
            return ()
        found: list[Near] = []
        for dropped in self._instances(goal):
            if all(self._fails(each) for each in dropped):
                found += self._followed(dropped, budget, path | {goal})
        best = _best(found, _KEPT)
        if self._left > 0:
            self._known[goal] = best
        return best

    def _followed(
        self, dropped: Sequence[Dropped], budget: int, path: frozenset[Goal]
    ) -> Iterable[Near]:
        """What a near-miss rule lacks, each condition followed down to what it lacks itself."""
        choices: list[tuple[Near, ...]] = []
        for each in dropped:
            if each.goal is None or each.negative or self._ends(each.goal):
                choices.append((Near(each.rule, (each,), ()),))
            elif below := self._of(each.goal, budget, path):
                choices.append(below)
            else:
                return
        rule = dropped[0].rule
        for mix in product(*choices):
            missing = {each.text: each for near in mix for each in near.missing}
            if len(missing) <= budget:
                below_rules = (r for near in mix for r in (near.rule, *near.path) if r != rule)
                yield Near(rule, tuple(missing.values()), tuple(dict.fromkeys(below_rules)))

    def _ends(self, goal: Goal) -> bool:
        """Whether nothing stands behind a condition but the record, a policy or a role."""
        return goal.signature in self._book.leaves or goal.signature not in self._book.heads

    def _fails(self, missing: Dropped) -> bool:
        """Whether a dropped literal does not hold by itself, so that it is to blame."""
        if missing.goal is not None:
            there = any(map(missing.goal.matches, self._atoms_of(missing.goal.signature)))
            return there == missing.negative
        return missing.sides is not None and not _holds(missing.operator, *missing.sides)

    def _instances(self, goal: Goal) -> list[tuple[Dropped, ...]]:
        """The instances of all near-miss rules of a goal, each set of literals once."""
        statements = [one for one in self._book.of(goal.signature) if one.rule.id not in self._off]
        made: list[Candidate] = []
        for one in statements:
            made += one.candidates(goal, len(made), BUDGET)
        if not made:
            return []
        self._left -= 1
        run = ProvenanceRun(self._atoms_of, lenient=True)
        run.load(key for one in statements for key in one.reads)
        run.add(terms.parse("#program base.\n" + "\n".join(one.text for one in made)))
        run.ground([("base", [])])
        found: dict[tuple[str, ...], tuple[Dropped, ...]] = {}
        for candidate in made:
            for dropped in _read(candidate, run):
                key = (candidate.rule.id, *sorted(each.text for each in dropped))
                found.setdefault(key, dropped)
        return list(found.values())


def _read(one: Candidate, run: ProvenanceRun) -> Iterable[tuple[Dropped, ...]]:
    return (one.read(symbol) for symbol in run.atoms(*one.atom))


def _best(found: Iterable[Near], most: int) -> tuple[Near, ...]:
    """The nearest, each set of missing conditions once."""
    unique: dict[frozenset[str], Near] = {}
    for near in sorted(found, key=lambda each: each.place):
        unique.setdefault(frozenset(each.text for each in near.missing), near)
    return tuple(unique.values())[:most]


def _weight(missing: Dropped) -> int:
    """Limits say most, then roles and policies, then facts of the record, then what stops."""
    if missing.sides is not None:
        numbers = all(each.type is clingo.SymbolType.Number for each in missing.sides)
        return 0 if numbers else 4
    if missing.goal is None:
        return 4
    if missing.goal.signature[0] in (PLAYS[0], "policy"):
        return 1
    return 3 if missing.negative else 2


def _holds(operator: str, left: clingo.Symbol, right: clingo.Symbol) -> bool:
    return {
        "<": left < right,
        "<=": left <= right,
        ">": left > right,
        ">=": left >= right,
        "=": left == right,
        "!=": left != right,
    }.get(operator, False)
