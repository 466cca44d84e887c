"""Owns which statements of a rulebook stand between the roles and the constraints on them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet

from clingo.ast import AST, ASTType

from infusion_asp.engine.answer import Signature
from infusion_asp.justify import terms
from infusion_asp.rulebook import Rule

PLAYS: Signature = ("plays", 2)
VIOLATES: Signature = ("violates", 2)


def relevant(pairs: Iterable[tuple[Rule, AST]]) -> Iterator[tuple[Rule, AST]]:
    """The statements that may stand between `plays` and `violates`, told by names alone.

    Reading names off the text is fast; reading atoms off the nodes of a whole rulebook is not.
    """
    outline = [
        (pair, terms.head_of(pair[1]), terms.names_in(pair[1]))
        for pair in pairs
        if pair[1].ast_type is ASTType.Rule
    ]
    down = _closed({PLAYS[0]}, ((names, {head[0]}) for _, head, names in outline if head))
    up = _closed({VIOLATES[0]}, (({head[0]}, names) for _, head, names in outline if head))
    for pair, head, names in outline:
        if (head is None and PLAYS[0] in names) or (head and head[0] in up and names & down):
            yield pair


def _closed(
    start: set[str], edges: Iterable[tuple[AbstractSet[str], AbstractSet[str]]]
) -> set[str]:
    """All names reached: an edge with one of its left names adds its right names."""
    found, waiting = set(start), list(edges)
    while True:
        rest = []
        size = len(waiting)
        for left, right in waiting:
            if left & found:
                found |= right
            else:
                rest.append((left, right))
        if len(rest) == size:
            return found
        waiting = rest
