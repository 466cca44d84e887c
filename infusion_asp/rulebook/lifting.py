"""Owns lifting: rules about one encounter rewritten to hold for many encounters at once.

Every predicate that isn't shared gets the encounter as first argument. The encounter is a
global variable of each lifted statement, so aggregates, conditions and choices are counted for
each encounter by itself and their tuples stay as they are.
"""

from __future__ import annotations

from collections.abc import Iterable

import clingo
import clingo.ast as ast
from clingo.ast import AST, ASTType, Location, Transformer

from infusion_asp.rulebook.atoms import uses
from infusion_asp.rulebook.vocabulary import Signature

ENCOUNTER = "encounter"
VARIABLE = "Enc__E"


def encounter_literal(location: Location) -> AST:
    """The body literal `encounter(Enc__E)`."""
    term = ast.Function(location, ENCOUNTER, [ast.Variable(location, VARIABLE)], 0)
    return ast.Literal(location, ast.Sign.NoSign, ast.SymbolicAtom(term))


def gate(statement: AST, rule_id: str) -> AST:
    """The statement with `in_force(rule_id)` at the end of its body."""
    location = statement.location
    symbol = ast.SymbolicTerm(location, clingo.String(rule_id))
    term = ast.Function(location, "in_force", [symbol], 0)
    literal = ast.Literal(location, ast.Sign.NoSign, ast.SymbolicAtom(term))
    return statement.update(body=[*statement.body, literal])


def lift(statement: AST, shared: frozenset[Signature]) -> AST:
    """The statement for every encounter; one that uses shared predicates only stays as it is."""
    found = uses(statement)
    own = [use for use in found if use.signature not in shared]
    if not own and not _local_head(statement):
        return statement
    lifted: AST = _Prefix(shared)(statement)
    bound = any(_binds(element, shared) for element in statement.body)
    if bound:
        return lifted
    return lifted.update(body=[encounter_literal(statement.location), *lifted.body])


def lift_all(statements: Iterable[AST], shared: frozenset[Signature]) -> tuple[AST, ...]:
    """All statements lifted, in their order."""
    return tuple(lift(statement, shared) for statement in statements)


def _local_head(statement: AST) -> bool:
    """True for a choice without elements: it still belongs to each encounter."""
    return bool(statement.head.ast_type == ASTType.Aggregate)


def _binds(element: AST, shared: frozenset[Signature]) -> bool:
    """Whether a body element is a positive literal that binds the encounter."""
    if element.ast_type != ASTType.Literal or element.sign != ast.Sign.NoSign:
        return False
    atom = element.atom
    if atom.ast_type != ASTType.SymbolicAtom:
        return False
    return (atom.symbol.name, len(atom.symbol.arguments)) not in shared


class _Prefix(Transformer):
    def __init__(self, shared: frozenset[Signature]) -> None:
        self._shared = shared

    def visit_SymbolicAtom(self, atom: AST) -> AST:  # noqa: N802 (clingo's name)
        term = atom.symbol
        if (term.name, len(term.arguments)) in self._shared:
            return atom
        first = ast.Variable(term.location, VARIABLE)
        return atom.update(symbol=term.update(arguments=[first, *term.arguments]))
