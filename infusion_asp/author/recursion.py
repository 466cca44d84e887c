"""Owns which statements rest on themselves: those whose grounding may have no end."""

from __future__ import annotations

from collections.abc import Sequence

from clingo.ast import AST

from infusion_asp.author.joint import Signature
from infusion_asp.rulebook.atoms import uses


def recursive(statements: Sequence[AST]) -> frozenset[int]:
    """The statements whose head rests on itself: a mutant of one may have no end."""
    edges: dict[Signature, set[Signature]] = {}
    heads = []
    for statement in statements:
        found = uses(statement)
        own = {use.signature for use in found if use.in_head}
        heads.append(own)
        for head in own:
            edges.setdefault(head, set()).update(u.signature for u in found if not u.in_head)
    circles = {start for start in edges if start in _reached(start, edges)}
    return frozenset(at for at, own in enumerate(heads) if own & circles)


def _reached(start: Signature, edges: dict[Signature, set[Signature]]) -> set[Signature]:
    found: set[Signature] = set()
    todo = list(edges.get(start, ()))
    while todo:
        each = todo.pop()
        if each not in found:
            found.add(each)
            todo.extend(edges.get(each, ()))
    return found
