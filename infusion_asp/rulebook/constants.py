"""Owns checking constants against the enumerations of the vocabulary and against rule ids."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import clingo
from clingo.ast import AST, ASTType

from infusion_asp.rulebook.atoms import Outline
from infusion_asp.rulebook.errors import Problem, did_you_mean
from infusion_asp.rulebook.source import Source
from infusion_asp.rulebook.vocabulary import Argument, Predicate, Vocabulary

RULE = "rule"
NONE = "none"
_LISTED = 12
_Slot = tuple[Predicate, Argument]


def check_constants(
    outline: Outline, vocabulary: Vocabulary, rule_ids: frozenset[str]
) -> Iterator[Problem]:
    """Constants outside the enumeration of their argument, also through a compared variable."""
    source = outline.source
    typed: dict[str, _Slot] = {}
    for use in outline.uses:
        entry = vocabulary.get(*use.signature)
        if entry is None:
            continue
        for argument, term in zip(entry.arguments, use.arguments, strict=True):
            if not argument.types or _allowed(argument, vocabulary, rule_ids) is None:
                continue
            if term.ast_type == ASTType.Variable:
                typed.setdefault(term.name, (entry, argument))
            else:
                yield from _value(source, term, (entry, argument), vocabulary, rule_ids)
    typed.pop("_", None)
    if not typed:
        return
    for node in outline.of_type(ASTType.Comparison):
        for left, right in pairwise([node.term, *(guard.term for guard in node.guards)]):
            for variable, other in ((left, right), (right, left)):
                if variable.ast_type == ASTType.Variable and variable.name in typed:
                    slot = typed[variable.name]
                    yield from _value(source, other, slot, vocabulary, rule_ids)


def _allowed(
    argument: Argument, vocabulary: Vocabulary, rule_ids: frozenset[str]
) -> frozenset[str] | None:
    """The constants that the argument's types allow, or None where one of them is free."""
    allowed: set[str] = set()
    for kind in argument.types:
        if kind in vocabulary.enums:
            allowed.update(vocabulary.enums[kind])
        elif kind == RULE:
            allowed.update(rule_ids)
        elif kind == NONE:
            allowed.add(NONE)
        else:
            return None
    return frozenset(allowed) if argument.types else None


def _value(
    source: Source, term: AST, slot: _Slot, vocabulary: Vocabulary, rule_ids: frozenset[str]
) -> Iterator[Problem]:
    if term.ast_type == ASTType.Pool:
        for part in term.arguments:
            yield from _value(source, part, slot, vocabulary, rule_ids)
        return
    written = _written(term)
    entry, argument = slot
    allowed = _allowed(argument, vocabulary, rule_ids)
    if written is None or allowed is None:
        return
    text, quoted = written
    if text in allowed and (not quoted or RULE in argument.types):
        return
    shown = f'"{text}"' if quoted else text
    kinds = " or ".join(argument.types)
    said = f"'{shown}' is no {kinds} ({argument.name} of {entry.name}/{len(entry.arguments)})"
    if text in allowed:
        cure = f"write {text} without quotes"
    else:
        some = sorted(allowed)[:_LISTED]
        more = ", ..." if len(allowed) > _LISTED else ""
        cure = did_you_mean(text, allowed) or f"one of {', '.join(some)}{more}"
    yield source.problem(term, said, cure, "unknown-constant")


def _written(term: AST) -> tuple[str, bool] | None:
    """The text of a constant and whether it's a string; None for any other term."""
    if term.ast_type == ASTType.Function and term.name and not term.arguments:
        return term.name, False
    if term.ast_type != ASTType.SymbolicTerm:
        return None
    symbol = term.symbol
    if symbol.type == clingo.SymbolType.String:
        return symbol.string, True
    return str(symbol), False
