"""Owns near-miss rules: a statement of the rulebook with some of its body literals dropped.

For a goal (a predicate of which some arguments are known) every statement that could derive it is
rewritten once for each small set of its body literals; what is left of the body is grounded over
the finished model. An instance says: all else holds, these literals do not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import clingo
from clingo import ast
from clingo.ast import AST, ASTType, ComparisonOperator

from infusion_asp.engine.answer import Signature
from infusion_asp.justify import terms
from infusion_asp.justify.provenance import IN_FORCE
from infusion_asp.rulebook import Rule

Pattern = tuple[clingo.Symbol | None, ...]
MOST_DROPPED = 3


@dataclass(frozen=True)
class Goal:
    """Atoms of a predicate that are looked for; None stands for any value."""

    signature: Signature
    pattern: Pattern

    def matches(self, atom: clingo.Symbol) -> bool:
        """Whether an atom of the predicate is one of them."""
        return all(
            want is None or want == have
            for want, have in zip(self.pattern, atom.arguments, strict=True)
        )

    def text(self) -> str:
        """The goal as a rule would write it."""
        arguments = ",".join("_" if each is None else str(each) for each in self.pattern)
        return f"{self.signature[0]}({arguments})" if arguments else self.signature[0]


@dataclass(frozen=True)
class Dropped:
    """One body literal that does not hold, with the values of its variables.

    `goal` is the atom asked for, or (`negative`) the one that stands in the way; for a comparison
    `sides` are its values and `operator` its sign.
    """

    rule: Rule
    text: str
    goal: Goal | None = None
    negative: bool = False
    operator: str = ""
    sides: tuple[clingo.Symbol, clingo.Symbol] | None = None
    words: tuple[str, str] = ("", "")
    values: tuple[clingo.Symbol, ...] = ()


@dataclass(frozen=True)
class Candidate:
    """A statement without some of its literals, as a rule to be grounded."""

    index: int
    rule: Rule
    literals: tuple[AST, ...]
    variables: tuple[str, ...]
    compared: tuple[AST, ...]
    text: str

    @property
    def atom(self) -> tuple[str, int]:
        """Predicate of its instances."""
        return f"_n{self.index}", len(self.variables) + 2 * len(self.compared)

    def read(self, symbol: clingo.Symbol) -> tuple[Dropped, ...]:
        """What is dropped in one instance."""
        count = len(self.variables)
        values = dict(zip(self.variables, symbol.arguments[:count], strict=True))
        sides = symbol.arguments[count:]
        found = []
        for literal in self.literals:
            if literal in self.compared:
                at = 2 * self.compared.index(literal)
                found.append(_comparison(self.rule, literal, values, sides[at], sides[at + 1]))
            else:
                found.append(_atom(self.rule, literal, values))
        return tuple(found)


@dataclass(frozen=True)
class Literal:
    """One body literal, read once: its text, its variables, and what becomes of it."""

    node: AST
    text: str
    names: frozenset[str]
    positive: bool
    binds: tuple[tuple[str, frozenset[str]], ...]  # a variable, and those that it needs
    compares: bool
    droppable: bool
    leaf: bool


@dataclass(frozen=True)
class Prepared:
    """One statement, read once."""

    rule: Rule
    head: tuple[AST, ...]
    body: tuple[Literal, ...]
    variables: tuple[str, ...]
    reads: frozenset[Signature]

    @classmethod
    def of(cls, rule: Rule, statement: AST, static: frozenset[str], leaves: Leaves) -> Prepared:
        """The statement, with what may be dropped of it."""
        every = terms.global_variables(statement.head, statement.body)
        body = tuple(_literal(one, frozenset(every), static, leaves) for one in statement.body)
        reads = frozenset(key for one in statement.body for key in terms.signatures_below(one))
        return cls(rule, tuple(statement.head.atom.symbol.arguments), body, every, reads)

    def candidates(self, goal: Goal, first: int, most_leaves: int) -> Iterator[Candidate]:
        """The near-miss rules for a goal; their predicates are numbered from `first`."""
        known = _unified(self.head, goal)
        if known is None:
            return
        bound_by_goal = frozenset(name for _, names in known for name in names)
        equations = [text for text, _ in known]
        places = [at for at, one in enumerate(self.body) if one.droppable]
        for size in range(1, min(MOST_DROPPED, len(places)) + 1):
            for chosen in combinations(places, size):
                dropped = [self.body[at] for at in chosen]
                if sum(one.leaf for one in dropped) > most_leaves:
                    continue
                kept = [one for at, one in enumerate(self.body) if at not in chosen]
                bound = _bound(kept, bound_by_goal)
                if any(not one.names <= bound for one in kept):
                    continue  # what is left can't be asked: a larger set of literals can
                if any(one.compares and not one.names <= bound for one in dropped):
                    continue
                yield self._candidate(first, equations, kept, dropped, bound)
                first += 1

    def _candidate(
        self,
        index: int,
        equations: list[str],
        kept: Sequence[Literal],
        dropped: Sequence[Literal],
        bound: frozenset[str],
    ) -> Candidate:
        variables = tuple(name for name in self.variables if name in bound)
        compared = tuple(one.node for one in dropped if one.compares)
        sides = [str(each) for one in compared for each in (one.atom.term, _right(one))]
        arguments = ",".join([*variables, *sides])
        head = f"_n{index}({arguments})" if arguments else f"_n{index}"
        body = "; ".join([*equations, *(one.text for one in kept)])
        text = f"{head} :- {body}." if body else f"{head}."
        nodes = tuple(one.node for one in dropped)
        return Candidate(index, self.rule, nodes, variables, compared, text)


Leaves = frozenset[Signature]
"""Predicates that are not followed further: what the record and the policies give, and roles."""


def static_names(pairs: Sequence[tuple[Rule, AST]], predicates: frozenset[str]) -> frozenset[str]:
    """Names of predicates that rest on facts of the rulebook alone, as codes and limits do."""
    bodies: dict[str, set[str]] = {}
    for _, statement in pairs:
        head = terms.head_of(statement)
        if head is not None:
            read = bodies.setdefault(head[0], set())
            for literal in statement.body:
                read |= (terms.names_in(literal) & predicates) - {IN_FORCE[0]}
    found = set(bodies)
    size = -1
    while size != len(found):
        size = len(found)
        found = {head for head in found if bodies[head] <= found}
    return frozenset(found)


def _literal(node: AST, every: frozenset[str], static: frozenset[str], leaves: Leaves) -> Literal:
    names = frozenset(terms.global_variables(node, ())) & every
    plain = node.ast_type is ASTType.Literal
    symbolic = plain and node.atom.ast_type is ASTType.SymbolicAtom
    signature = terms.signature_of(node.atom) if symbolic else None
    comparison = plain and node.atom.ast_type is ASTType.Comparison and not node.sign
    equal = comparison and node.atom.guards[0].comparison == ComparisonOperator.Equal
    compares = comparison and not equal and len(node.atom.guards) == 1
    asks = signature is not None and signature != IN_FORCE and signature[0] not in static
    return Literal(
        node=node,
        text=str(node),
        names=names,
        positive=terms.is_positive_atom(node),
        binds=tuple(_binds(node, every)) if plain else (),
        compares=compares,
        droppable=compares or asks,
        leaf=compares or (asks and (bool(node.sign) or signature in leaves)),
    )


def _binds(node: AST, every: frozenset[str]) -> Iterator[tuple[str, frozenset[str]]]:
    """The variables that a literal gives values, each with those that must have one before."""
    if node.sign:
        return
    atom = node.atom
    if atom.ast_type is ASTType.SymbolicAtom:
        yield from ((name, frozenset()) for name in terms.global_variables(atom, ()))
    elif atom.ast_type is ASTType.Comparison:
        if atom.guards[0].comparison == ComparisonOperator.Equal:
            left, right = atom.term, _right(node)
            for target, source in ((left, right), (right, left)):
                if target.ast_type is ASTType.Variable:
                    yield target.name, frozenset(terms.global_variables(source, ()))
    elif atom.left_guard is not None:
        guard = atom.left_guard
        if guard.comparison == ComparisonOperator.Equal and guard.term.ast_type is ASTType.Variable:
            inside = frozenset(terms.global_variables(atom.update(left_guard=None), ()))
            yield guard.term.name, (inside & every) - {guard.term.name}


def _right(node: AST) -> AST:
    right: AST = node.atom.guards[0].term
    return right


def _unified(head: Sequence[AST], goal: Goal) -> list[tuple[str, tuple[str, ...]]] | None:
    """The equations that make a head the goal, with their variables; None where it can't be."""
    found = []
    for term, want in zip(head, goal.pattern, strict=True):
        if want is None:
            continue
        names = terms.global_variables(term, ())
        if not names:
            if ".." not in str(term) and str(term) != str(want):
                return None
        elif term.ast_type in (ASTType.Variable, ASTType.Function):
            found.append((f"{term} = {want}", names))
    return found


def _bound(kept: Sequence[Literal], known: frozenset[str]) -> frozenset[str]:
    """The variables that what is left of a body gives a value."""
    found = set(known)
    pairs = [pair for one in kept for pair in one.binds]
    size = -1
    while size != len(found):
        size = len(found)
        found |= {name for name, needs in pairs if needs <= found}
    return frozenset(found)


def _comparison(
    rule: Rule,
    literal: AST,
    values: dict[str, clingo.Symbol],
    left: clingo.Symbol,
    right: clingo.Symbol,
) -> Dropped:
    operator = str(literal.atom)[len(str(literal.atom.term)) :].split()[0]
    return Dropped(
        rule,
        _filled(literal, values),
        operator=operator,
        sides=(left, right),
        words=(str(literal.atom.term), str(_right(literal))),
        values=tuple(values.values()),
    )


def _atom(rule: Rule, literal: AST, values: dict[str, clingo.Symbol]) -> Dropped:
    symbol = literal.atom.symbol
    pattern = tuple(_value(term, values) for term in symbol.arguments)
    goal = Goal((symbol.name, len(pattern)), pattern)
    negative = literal.sign != ast.Sign.NoSign
    return Dropped(rule, f"{'not ' if negative else ''}{goal.text()}", goal, negative=negative)


def _value(term: AST, values: dict[str, clingo.Symbol]) -> clingo.Symbol | None:
    if term.ast_type is ASTType.Variable:
        return values.get(term.name)
    text = _filled(term, values)
    try:
        return clingo.parse_term(text)
    except RuntimeError:
        return None


def _filled(node: AST, values: dict[str, clingo.Symbol]) -> str:
    return str(terms.rename(node, lambda name: str(values.get(name, name))))
