"""Owns how far a time or an amount is moved: as far as the largest limit of the rulebook."""

from __future__ import annotations

import weakref

from clingo.ast import ASTType

from infusion_asp.rulebook import Rulebook

_KNOWN: weakref.WeakKeyDictionary[Rulebook, dict[str, int]] = weakref.WeakKeyDictionary()


def thresholds(rulebook: Rulebook) -> dict[str, int]:
    """Every `threshold(Name, Number)` that the rulebook states, by name; the largest of several."""
    if rulebook not in _KNOWN:
        found: dict[str, int] = {}
        for statement in rulebook.statements:
            if statement.head.ast_type != ASTType.Literal:
                continue
            atom = statement.head.atom
            if atom.ast_type != ASTType.SymbolicAtom or atom.symbol.ast_type != ASTType.Function:
                continue
            if atom.symbol.name == "threshold" and len(atom.symbol.arguments) == 2:
                name, value = map(str, atom.symbol.arguments)
                if value.isdigit():
                    found[name] = max(int(value), found.get(name, 0))
        _KNOWN[rulebook] = found
    return _KNOWN[rulebook]


def farthest(rulebook: Rulebook, unit: str) -> int:
    """One more than the largest limit whose name ends with `unit`."""
    return 1 + max(
        (n for name, n in thresholds(rulebook).items() if name.endswith(unit)), default=0
    )
