"""Owns what can hold at all: every tuple of constants that a predicate may have in some run.

Each predicate gets tuples in which an argument is a constant or may be anything. The tuples of
policies and settings are those of the tables; input may be anything; rules are applied until
nothing is new. What never comes up here comes up in no run, so a finding is never a guess.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from clingo.ast import ComparisonOperator

from infusion_asp.author.lint.shapes import Atom, Known, Shape, Value, Var, holds, value
from infusion_asp.rulebook.vocabulary import Signature

POLICY: Signature = ("policy", 2)
SETTING: Signature = ("setting", 1)
_MOST_TUPLES = 80
_MOST_STEPS = 4_000

Row = tuple[Value, ...]


@dataclass
class Possible:
    """The tuples that each predicate may have; a wildcard row stands for all of them."""

    rows: dict[Signature, set[Row]] = field(default_factory=dict)
    facts: set[tuple[Signature, Row]] = field(default_factory=set)

    def add(self, signature: Signature, row: Row) -> bool:
        """Whether the row says something new."""
        rows = self.rows.setdefault(signature, set())
        if row in rows or any(_within(row, other) for other in rows):
            return False
        if len(rows) >= _MOST_TUPLES:
            row = (None,) * signature[1]
        rows.difference_update({other for other in rows if _within(other, row)})
        rows.add(row)
        return True

    def matching(self, atom: Atom, bound: Mapping[str, Value]) -> Iterator[Row]:
        """The rows that an atom may be, given what its variables are bound to."""
        wanted = [value(term, bound) for term in atom.terms]
        for row in self.rows.get(atom.signature, ()):
            if all(a is None or b is None or a == b for a, b in zip(wanted, row, strict=True)):
                yield row


def _within(row: Row, other: Row) -> bool:
    return all(b is None or a == b for a, b in zip(row, other, strict=True))


@dataclass(frozen=True)
class Judged:
    """One statement to be judged, with the settings that its header allows."""

    shape: Shape
    settings: frozenset[str]
    certain: bool


def spread(statements: list[Judged], possible: Possible) -> set[int]:
    """Apply the statements until nothing is new; the indexes of those that may fire."""
    readers: dict[Signature, set[int]] = {}
    for index, each in enumerate(statements):
        for atom in each.shape.needs:
            readers.setdefault(atom.signature, set()).add(index)
        if each.certain and not each.shape.needs and not each.shape.denies:
            possible.facts.update(
                (head.signature, tuple(value(term, {}) for term in head.terms))
                for head in each.shape.heads
                if not each.shape.compares
            )
    fired: set[int] = set()
    queue = deque(range(len(statements)))
    waiting = set(queue)
    while queue:
        index = queue.popleft()
        waiting.discard(index)
        for bound in answers(statements[index], possible):
            fired.add(index)
            for head in statements[index].shape.heads:
                row = tuple(value(term, bound) for term in head.terms)
                if possible.add(head.signature, row):
                    for reader in readers.get(head.signature, set()) - waiting:
                        waiting.add(reader)
                        queue.append(reader)
    return fired


def answers(statement: Judged, possible: Possible) -> list[dict[str, Value]]:
    """Every way in which the body may hold, up to a limit; then one that binds nothing."""
    shape = statement.shape
    found: list[dict[str, Value]] = []
    steps = 0
    # A row that binds less comes first to no avail: the most bound literals are tried first.
    needs = sorted(shape.needs, key=lambda atom: len(possible.rows.get(atom.signature, ())))
    stack: list[tuple[int, dict[str, Value], dict[str, Value]]] = [(0, {}, {})]
    while stack:
        at, bound, chosen = stack.pop()
        steps += 1
        if steps > _MOST_STEPS:
            return [{}]
        if at == len(needs):
            bound = _assigned(shape, bound)
            if _consistent(statement, bound, chosen, possible):
                found.append(bound)
            continue
        atom = needs[at]
        for row in possible.matching(atom, bound):
            taken = _bind(atom, row, bound)
            if taken is None:
                continue
            now = _choose(atom, row, chosen, statement.settings)
            if now is not None:
                stack.append((at + 1, taken, now))
    return found


def _bind(atom: Atom, row: Row, bound: dict[str, Value]) -> dict[str, Value] | None:
    taken = dict(bound)
    for term, known in zip(atom.terms, row, strict=True):
        if not isinstance(term, Var) or term.name == "_":
            continue
        before = taken.get(term.name)
        if before is not None and known is not None and before != known:
            return None
        taken[term.name] = before if before is not None else known
    return taken


def _choose(
    atom: Atom, row: Row, chosen: dict[str, Value], settings: frozenset[str]
) -> dict[str, Value] | None:
    """A policy has one value in a run, and the setting is one of those of the header."""
    if atom.signature == POLICY:
        name, picked = str(row[0]), row[1]
    elif atom.signature == SETTING:
        name, picked = "", row[0]
        if settings and str(picked) not in settings:
            return None
    else:
        return chosen
    if chosen.get(name) not in (None, picked):
        return None
    return {**chosen, name: picked}


def _assigned(shape: Shape, bound: dict[str, Value]) -> dict[str, Value]:
    """Variables that an equation gives a known value."""
    taken = dict(bound)
    for each in shape.compares:
        if each.operator == ComparisonOperator.Equal:
            for one, other in ((each.left, each.right), (each.right, each.left)):
                if isinstance(one, Var) and taken.get(one.name) is None:
                    taken[one.name] = value(other, taken)
    return taken


def _consistent(
    statement: Judged, bound: dict[str, Value], chosen: dict[str, Value], possible: Possible
) -> bool:
    shape = statement.shape
    needed = {atom.text for atom in shape.needs}
    for atom in shape.denies:
        row = tuple(value(term, bound) for term in atom.terms)
        if atom.text in needed or (atom.signature, row) in possible.facts:
            return False
        if atom.signature == POLICY and row[1] and chosen.get(str(row[0])) == row[1]:
            return False
        if atom.signature == SETTING and row[0] in (chosen.get("", _UNSET), *_only(statement)):
            return False
    lows: dict[str, int] = {}
    highs: dict[str, int] = {}
    for each in shape.compares:
        left, right = value(each.left, bound), value(each.right, bound)
        if left is not None and right is not None:
            if not holds(each.operator, left, right):
                return False
        elif each.left == each.right and each.operator in _STRICT and each.left is not None:
            return False
        elif isinstance(each.left, Var) and right is not None:
            _narrow(lows, highs, each.left.name, each.operator, right)
        elif isinstance(each.right, Var) and left is not None:
            _narrow(lows, highs, each.right.name, _TURNED[each.operator], left)
    return not any(name in highs and low > highs[name] for name, low in lows.items())


def _only(statement: Judged) -> tuple[str, ...]:
    """The one setting that the header allows."""
    return tuple(statement.settings) if len(statement.settings) == 1 else ()


_UNSET = ""
_STRICT = (
    ComparisonOperator.LessThan,
    ComparisonOperator.GreaterThan,
    ComparisonOperator.NotEqual,
)
_TURNED = {
    ComparisonOperator.Equal: ComparisonOperator.Equal,
    ComparisonOperator.NotEqual: ComparisonOperator.NotEqual,
    ComparisonOperator.LessThan: ComparisonOperator.GreaterThan,
    ComparisonOperator.LessEqual: ComparisonOperator.GreaterEqual,
    ComparisonOperator.GreaterThan: ComparisonOperator.LessThan,
    ComparisonOperator.GreaterEqual: ComparisonOperator.LessEqual,
}


def _narrow(
    lows: dict[str, int],
    highs: dict[str, int],
    name: str,
    operator: ComparisonOperator,
    limit: Known,
) -> None:
    """Keep the least and the greatest number that a variable may be."""
    if not isinstance(limit, int):
        return
    number = limit
    if operator in (ComparisonOperator.GreaterThan, ComparisonOperator.GreaterEqual):
        low = number + (operator == ComparisonOperator.GreaterThan)
        lows[name] = max(low, lows.get(name, low))
    elif operator in (ComparisonOperator.LessThan, ComparisonOperator.LessEqual):
        high = number - (operator == ComparisonOperator.LessThan)
        highs[name] = min(high, highs.get(name, high))
