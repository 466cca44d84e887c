"""Owns lifting: rules about one encounter rewritten to hold for many encounters at once.

Every predicate that isn't shared gets the encounter as first argument. The encounter is a
global variable of each lifted statement, so aggregates, conditions and choices are counted for
each encounter by itself and their tuples stay as they are.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable

import clingo
import clingo.ast as ast
from clingo.ast import AST, ASTType, Location

from infusion_asp.rulebook.atoms import Place, uses
from infusion_asp.rulebook.vocabulary import Signature, Vocabulary

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
    lifted: AST = copy.deepcopy(statement)
    own = [use for use in uses(lifted) if use.signature not in shared]
    if not own and lifted.head.ast_type != ASTType.Aggregate:
        return statement
    variable = ast.Variable(statement.location, VARIABLE)
    bound = False
    for use in own:
        use.node.arguments.insert(0, variable)
        bound = bound or use.place is Place.BODY
    if not bound:
        lifted.body.insert(0, encounter_literal(statement.location))
    return lifted


def lift_all(statements: Iterable[AST], shared: frozenset[Signature]) -> tuple[AST, ...]:
    """All statements lifted, in their order."""
    return tuple(lift(statement, shared) for statement in statements)


def shared_by_all(statements: Iterable[AST], vocabulary: Vocabulary) -> frozenset[Signature]:
    """The predicates declared shared, and those that every rule derives from shared ones alone."""
    found = set(vocabulary.shared)
    rests: dict[Signature, set[Signature]] = {}
    for statement in statements:
        every = uses(statement)
        heads = {use.signature for use in every if use.in_head}
        chosen = statement.ast_type != ASTType.Rule or statement.head.ast_type == ASTType.Aggregate
        others = {(ENCOUNTER, 0)} if chosen else {use.signature for use in every} - heads
        for head in heads:
            rests.setdefault(head, set()).update(others)
    for given in vocabulary.marked("input"):
        rests.pop(given, None)
    size = 0
    while size != len(found):
        size = len(found)
        found |= {head for head, below in rests.items() if below <= found}
    return frozenset(found)
