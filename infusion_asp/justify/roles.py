"""Owns the contrastive program of a rulebook: which constraints another role would break.

A service plays its role because every other role would break a named constraint. For each service
and each role that it could have had, the program derives the `violates` instances that would
appear if this one service changed its role and all others kept theirs:

    _r3(Service, Role, Evidence, (bindings))

A rule that names `plays` only in plain body literals is asked for what is new, one literal at a
time, which is linear in the services. One that reaches `plays` through an aggregate or another
predicate is evaluated in full for each changed assignment.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product

from clingo import ast
from clingo.ast import AST, ASTType

from infusion_asp.engine.answer import Signature
from infusion_asp.justify import terms
from infusion_asp.justify.dependence import PLAYS, VIOLATES, relevant
from infusion_asp.rulebook import Rule

PART = "_roles"
_CHANGED = ("_Changed", "_NewRole")


@dataclass(frozen=True)
class Constraint:
    """One `violates` statement, and how it depends on the assignment.

    `in_full`: evaluated for each changed assignment. `alone`: it speaks of one role only, so what
    else it names holds whatever role that plays.
    """

    index: int
    rule: Rule
    variables: tuple[str, ...]
    in_full: bool
    alone: bool

    @property
    def raised(self) -> tuple[str, int]:
        """Predicate of what it would raise: service, role, evidence, bindings."""
        return (f"_r{self.index}", 4)


@dataclass(frozen=True)
class RoleProgram:
    """The contrastive program of a rulebook."""

    statements: tuple[AST, ...]
    reads: frozenset[Signature]
    constraints: tuple[Constraint, ...]


@dataclass(frozen=True)
class _Statement:
    """A statement of the rulebook with its rule and the predicates that it reads."""

    rule: Rule
    node: AST
    head: Signature | None
    reads: frozenset[Signature]


def build_roles(pairs: Iterable[tuple[Rule, AST]]) -> RoleProgram:
    """The contrastive program of these statements; empty when nothing chooses `plays`."""
    statements = [_read(rule, node) for rule, node in relevant(pairs)]
    dependent = _dependent(statements)
    text = list(_hypotheses(statements))
    if not text:
        return RoleProgram((), frozenset(), ())
    reads = {PLAYS}
    constraints: list[Constraint] = []
    for one in statements:
        if one.head == VIOLATES and one.reads & dependent:
            in_full = not _direct(one, dependent)
            variables = terms.global_variables(one.node.head, one.node.body)
            alone = not in_full and _roles_named(one) == 1
            constraint = Constraint(len(constraints) + 1, one.rule, variables, in_full, alone)
            constraints.append(constraint)
            text += _in_full(one, constraint, dependent) if in_full else _new(one, constraint)
            reads |= one.reads
    if any(constraint.in_full for constraint in constraints):
        text += _changed_assignment()
        for one in _needed(statements, dependent):
            text.append(_lifted(one, dependent))
            reads |= one.reads
    for one in statements:
        if one.head is None:
            reads |= one.reads
    program = terms.parse(f"#program {PART}.\n" + "\n".join(text))
    return RoleProgram(program, frozenset(reads) - (dependent - {PLAYS}), tuple(constraints))


def _read(rule: Rule, node: AST) -> _Statement:
    head = node.head
    plain = head.ast_type is ASTType.Literal and not head.sign
    signature = terms.signature_of(head.atom) if plain else None
    reads = frozenset[Signature]().union(*(terms.signatures_below(item) for item in node.body))
    if signature is None:
        reads |= terms.signatures_below(head)
    return _Statement(rule, node, signature, reads)


def _dependent(statements: list[_Statement]) -> frozenset[Signature]:
    """The predicates that depend on `plays`, itself included."""
    found = {PLAYS}
    size = 0
    while size != len(found):
        size = len(found)
        found |= {one.head for one in statements if one.head and one.reads & found}
    return frozenset(found)


def _needed(statements: list[_Statement], dependent: frozenset[Signature]) -> Iterator[_Statement]:
    """The statements between `plays` and `violates`."""
    wanted: set[Signature] = set()
    for one in statements:
        if one.head == VIOLATES and not _direct(one, dependent):
            wanted |= one.reads & dependent
    size = -1
    while size != len(wanted):
        size = len(wanted)
        for one in statements:
            if one.head in wanted:
                wanted |= one.reads & dependent
    return (one for one in statements if one.head in wanted and one.head != VIOLATES)


def _hypotheses(statements: list[_Statement]) -> Iterator[str]:
    """`_h(Service, Role)`: another role that the choice rules would allow the service."""
    for one in statements:
        head = one.node.head
        if one.head is not None or head.ast_type not in (ASTType.Aggregate, ASTType.HeadAggregate):
            continue
        for element in head.elements:
            chosen = element if head.ast_type is ASTType.Aggregate else element.condition
            atom = chosen.literal.atom
            if terms.signature_of(atom) != PLAYS:
                continue
            arguments = ",".join(str(item) for item in atom.symbol.arguments)
            body = [*map(str, chosen.condition), *map(str, one.node.body)]
            yield _rule_text(f"_h({arguments})", [*body, f"not {atom}"])


def _rule_text(head: str, body: Iterable[str]) -> str:
    joined = "; ".join(body)
    return f"{head} :- {joined}." if joined else f"{head}."


def _direct(one: _Statement, dependent: frozenset[Signature]) -> bool:
    """Whether the statement names `plays` in plain literals and nothing that depends on it."""
    for literal in one.node.body:
        touched = terms.signatures_below(literal) & dependent
        if not touched:
            continue
        if touched != {PLAYS} or terms.is_scope(literal):
            return False
        if literal.sign == ast.Sign.DoubleNegation:
            return False
        if literal.sign and "_" in map(str, literal.atom.symbol.arguments):
            return False
    return True


def _roles_named(one: _Statement) -> int:
    return sum(PLAYS in terms.signatures_below(literal) for literal in one.node.body)


def _new(one: _Statement, constraint: Constraint) -> Iterator[str]:
    """For each `plays` literal: the instances that this literal makes new."""
    others: list[str] = []
    plays: list[tuple[bool, str, str]] = []
    for literal in one.node.body:
        if PLAYS not in terms.signatures_below(literal):
            others.append(str(literal))
            continue
        service, role = map(str, literal.atom.symbol.arguments)
        number = len(plays)
        service = f"_Service{number}" if service == "_" else service
        role = f"_Role{number}" if role == "_" else role
        plays.append((not literal.sign, service, role))
    for place, (positive, service, role) in enumerate(plays):
        new = role if positive else _CHANGED[1]
        core = [f"_h({service},{new})"]
        if not positive:
            core.append(f"plays({service},{role})")
        rest = plays[:place] + plays[place + 1 :]
        for mix in product(*(_readings(item, service, new) for item in rest)):
            body = [*core, *(text for reading in mix for text in reading), *others]
            yield _rule_text(_raised(one, constraint, service, new), body)


def _readings(
    literal: tuple[bool, str, str], changed: str, new: str
) -> tuple[tuple[str, ...], ...]:
    """How another `plays` literal holds once `changed` plays the role `new`."""
    positive, service, role = literal
    sign, equal = ("", "=") if positive else ("not ", "!=")
    same = (f"{service} = {changed}", f"{role} {equal} {new}")
    if service == changed:
        return (same[1:],)
    return ((f"{sign}plays({service},{role})", f"{service} != {changed}"), same)


def _raised(one: _Statement, constraint: Constraint, service: str, role: str) -> str:
    evidence = one.node.head.atom.symbol.arguments[1]
    bindings = terms.tuple_text(constraint.variables)
    return f"{constraint.raised[0]}({service},{role},{evidence},{bindings})"


def _changed_assignment() -> tuple[str, ...]:
    """`_x_plays(Changed, NewRole, Service, Role)`: the assignment after one change."""
    service, role = _CHANGED
    return (
        f"_x_plays({service},{role},{service},{role}) :- _h({service},{role}).",
        f"_x_plays({service},{role},Other,Role) :- "
        f"_h({service},{role}); plays(Other,Role); Other != {service}.",
    )


class _Lifting(ast.Transformer):
    """Gives every predicate that depends on `plays` the changed service and its role."""

    def __init__(self, dependent: frozenset[Signature]) -> None:
        self._dependent = dependent

    def visit_SymbolicAtom(self, node: AST) -> AST:  # noqa: N802 (name fixed by clingo)
        if terms.signature_of(node) not in self._dependent:
            return node
        symbol = node.symbol
        lifted = [ast.Variable(symbol.location, name) for name in _CHANGED]
        return ast.SymbolicAtom(
            symbol.update(name=f"_x_{symbol.name}", arguments=[*lifted, *symbol.arguments])
        )


def _lifted_body(one: _Statement, dependent: frozenset[Signature]) -> list[str]:
    lifting = _Lifting(dependent)
    hypothesis = f"_h({_CHANGED[0]},{_CHANGED[1]})"
    body = [str(lifting.visit(literal)) for literal in one.node.body]
    return [hypothesis, *body]


def _lifted(one: _Statement, dependent: frozenset[Signature]) -> str:
    head = _Lifting(dependent).visit(one.node.head)
    return _rule_text(str(head), _lifted_body(one, dependent))


def _in_full(
    one: _Statement,
    constraint: Constraint,
    dependent: frozenset[Signature],
) -> Iterator[str]:
    """The constraint under the changed assignment."""
    yield _rule_text(_raised(one, constraint, *_CHANGED), _lifted_body(one, dependent))
