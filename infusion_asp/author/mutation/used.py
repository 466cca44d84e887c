"""Owns which changed atoms matter: those that some statement reads while its other conditions hold.

A mutant that derives other atoms of a predicate changes nothing else in an answer in which no
reader of the predicate meets one of them. Where that can't be said exactly (aggregates, a predicate
read twice), the reader's plain conditions decide, which is more than enough.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import clingo
from clingo import ast
from clingo.ast import AST, ASTType, Sign

from infusion_asp.author.joint import Signature
from infusion_asp.author.models import Dependence, Models
from infusion_asp.engine.provenance_run import ProvenanceRun
from infusion_asp.rulebook.atoms import uses

_CHANGED, _USED = "changed__", "used__"


def used_in(
    models: Models,
    dependence: Dependence,
    head: Signature,
    changed: Mapping[int, Iterable[clingo.Symbol]],
) -> dict[int, set[int]]:
    """By the mutant's number the encounters in which a changed atom of `head` is read."""
    readers = [at for at, reads in enumerate(dependence.reads) if head in reads]
    rules = [rule for at in readers for rule in _rules(models.joint.statements[at], head)]
    found: dict[int, set[int]] = {number: set() for number in changed}
    if not rules:
        return found
    reads = frozenset().union(*(dependence.reads[at] for at in readers))
    engine = ProvenanceRun(lambda _: (), lenient=True)
    engine.assume(models.facts(reads))
    engine.assume(
        clingo.Function(_CHANGED, [clingo.Number(number), atom])
        for number, atoms in changed.items()
        for atom in atoms
    )
    engine.add(rules)
    engine.ground([("base", [])])
    for atom in engine.atoms(_USED, 3):
        number, shared, key = (argument.number for argument in atom.arguments)
        found[number].update(models.jobs_of.get(key, ()) if shared else (key,))
    return found


def _rules(lifted: AST, head: Signature) -> list[AST]:
    """One rule for each way in which a statement reads the predicate."""
    wanted = (head[0], head[1] + 1)
    plain = [
        at
        for at, literal in enumerate(lifted.body)
        if literal.ast_type == ASTType.Literal and _signature(literal) == wanted
    ]
    every = sum(use.signature == wanted and not use.in_head for use in uses(lifted))
    if len(plain) == every == 1:
        return [_exact(lifted, plain[0])]
    return [_roughly(lifted, head)]


def _exact(lifted: AST, place: int) -> AST:
    literal = lifted.body[place]
    body = [_changed(lifted.location, literal.atom.symbol)]
    body += [each for at, each in enumerate(lifted.body) if at != place]
    if literal.sign == Sign.NoSign:
        return _told(lifted, body)
    bound = {name for each in body[1:] if _is_plain(each) for name in _variables(each)}
    free = [_anonymous(each, bound) for each in literal.atom.symbol.arguments]
    term = literal.atom.symbol.update(arguments=free)
    return _told(lifted, [_changed(lifted.location, term), *body[1:]])


def _roughly(lifted: AST, head: Signature) -> AST:
    """A changed atom of the same encounter, and the plain positive conditions of others."""
    place = lifted.location
    name, arity = head
    own = _own(lifted)
    first = next(
        (use.arguments[0] for use in uses(lifted) if use.signature == (name, arity + 1)),
        ast.Variable(place, "Enc__E" if own else "Con__E"),
    )
    arguments = [first, *(ast.Variable(place, "_") for _ in range(arity))]
    term = ast.Function(place, name, arguments, 0)
    body = [_changed(place, term)]
    body += [
        each for each in lifted.body if _is_plain(each) and _signature(each) != (name, arity + 1)
    ]
    return _told(lifted, body)


def _told(lifted: AST, body: list[AST]) -> AST:
    place = lifted.location
    own = _own(lifted)
    arguments = [
        ast.Variable(place, "Mut__E"),
        ast.SymbolicTerm(place, clingo.Number(0 if own else 1)),
        ast.Variable(place, "Enc__E" if own else "Con__E"),
    ]
    term = ast.Function(place, _USED, arguments, 0)
    return ast.Rule(place, ast.Literal(place, Sign.NoSign, ast.SymbolicAtom(term)), body)


def _own(lifted: AST) -> bool:
    return any(use.arguments and str(use.arguments[0]) == "Enc__E" for use in uses(lifted))


def _changed(place: ast.Location, term: AST) -> AST:
    symbol = ast.Function(place, _CHANGED, [ast.Variable(place, "Mut__E"), term], 0)
    return ast.Literal(place, Sign.NoSign, ast.SymbolicAtom(symbol))


def _is_plain(literal: AST) -> bool:
    return (
        literal.ast_type == ASTType.Literal
        and literal.sign == Sign.NoSign
        and literal.atom.ast_type == ASTType.SymbolicAtom
    )


def _signature(literal: AST) -> Signature | None:
    if literal.atom.ast_type != ASTType.SymbolicAtom:
        return None
    return literal.atom.symbol.name, len(literal.atom.symbol.arguments)


def _variables(node: AST) -> set[str]:
    found: set[str] = set()

    class _Names(ast.Transformer):
        def visit_Variable(self, variable: AST) -> AST:  # noqa: N802 (clingo's name)
            found.add(variable.name)
            return variable

    _Names().visit(node)
    return found


def _anonymous(term: AST, bound: set[str]) -> AST:
    """The term, or anything where it holds variables that nothing binds."""
    return term if _variables(term) <= bound else ast.Variable(term.location, "_")
