"""Owns checking rules against the vocabulary: predicates, arities, constants, lifting, headers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import clingo
from clingo.ast import AST, ASTType

from infusion_asp.rulebook.atoms import Use, walk
from infusion_asp.rulebook.errors import Problem, did_you_mean
from infusion_asp.rulebook.recursion import Outline
from infusion_asp.rulebook.source import Source
from infusion_asp.rulebook.vocabulary import Predicate, Signature, Vocabulary

_RULE_TYPE = "rule"


def check_names(
    outlines: Sequence[Outline], vocabulary: Vocabulary, rule_ids: frozenset[str]
) -> Iterator[Problem]:
    """Unknown predicates, wrong arities, wrong constants, and what can't be lifted."""
    heads: dict[Signature, set[str]] = {}
    bodies: dict[Signature, set[str]] = {}
    for source, _, found in outlines:
        for use in found:
            (heads if use.in_head else bodies).setdefault(use.signature, set()).add(source.name)
    names = vocabulary.names() | {name for name, _ in heads}
    reported: set[tuple[str, Signature]] = set()
    for source, statement, found in outlines:
        for use in found:
            entry = vocabulary.get(*use.signature)
            if entry is None and use.signature != ("in_force", 1):
                if (source.name, use.signature) not in reported:
                    told = _undocumented(source, use, vocabulary, heads, bodies, names)
                    for problem in told:
                        reported.add((source.name, use.signature))
                        yield problem
            elif entry and not use.in_head and use.signature not in heads:
                if "input" not in entry.marks and not entry.shared:
                    said = f"{use.shown} is used here, but no rule derives it"
                    cure = f"mark it 'input' at {entry.file}:{entry.line}, or write its rule"
                    yield source.problem(use.node, said, cure)
        yield from _constants(source, statement, found, vocabulary, rule_ids)
        yield from _liftable(source, found, vocabulary.shared)
    yield from _clashes(outlines, vocabulary)


def _undocumented(
    source: Source,
    use: Use,
    vocabulary: Vocabulary,
    heads: Mapping[Signature, set[str]],
    bodies: Mapping[Signature, set[str]],
    names: frozenset[str] | set[str],
) -> Iterator[Problem]:
    """A predicate may stay out of the vocabulary only if one file both derives and uses it."""
    arities = sorted(arity for name, arity in vocabulary.predicates if name == use.name)
    derived = heads.get(use.signature, set())
    used = bodies.get(use.signature, set())
    if arities:
        known = " or ".join(f"{use.name}/{arity}" for arity in arities)
        yield source.problem(
            use.node, f"wrong arity: {use.shown}", f"the vocabulary documents {known}"
        )
    elif not derived:
        cure = did_you_mean(use.name, names - {use.name}) or "document it in vocabulary.lp"
        yield source.problem(use.node, f"unknown predicate {use.shown}", cure)
    elif not used:
        cure = did_you_mean(use.name, names - {use.name})
        cure = cure or "document it in vocabulary.lp as output, or delete the rule"
        yield source.problem(use.node, f"unknown predicate {use.shown}: nothing uses it", cure)
    elif len(derived | used) > 1:
        files = ", ".join(sorted(derived | used))
        said = f"{use.shown} is used across files ({files}) but not documented"
        yield source.problem(use.node, said, "document it in vocabulary.lp")


def _constants(
    source: Source,
    statement: AST,
    found: Sequence[Use],
    vocabulary: Vocabulary,
    rule_ids: frozenset[str],
) -> Iterator[Problem]:
    """Constants outside the enumeration of their argument, also through a compared variable."""
    typed: dict[str, tuple[Predicate, int]] = {}
    for use in found:
        entry = vocabulary.get(*use.signature)
        if entry is None:
            continue
        for position, term in enumerate(use.arguments):
            if not entry.arguments[position].types:
                continue
            if term.ast_type == ASTType.Variable and term.name != "_":
                typed.setdefault(term.name, (entry, position))
            else:
                yield from _value(source, term, entry, position, vocabulary, rule_ids)
    if not typed:
        return
    for node in walk(statement):
        if node.ast_type != ASTType.Comparison:
            continue
        terms = [node.term, *(guard.term for guard in node.guards)]
        for left, right in zip(terms, terms[1:], strict=False):
            for variable, other in ((left, right), (right, left)):
                if variable.ast_type == ASTType.Variable and variable.name in typed:
                    entry, position = typed[variable.name]
                    yield from _value(source, other, entry, position, vocabulary, rule_ids)


def _value(
    source: Source,
    term: AST,
    entry: Predicate,
    position: int,
    vocabulary: Vocabulary,
    rule_ids: frozenset[str],
) -> Iterator[Problem]:
    if term.ast_type == ASTType.Pool:
        for part in term.arguments:
            yield from _value(source, part, entry, position, vocabulary, rule_ids)
        return
    if term.ast_type == ASTType.Function and not term.arguments and term.name:
        written, shown = term.name, term.name
    elif term.ast_type == ASTType.SymbolicTerm:
        symbol = term.symbol
        shown = str(symbol)
        if symbol.type == clingo.SymbolType.String:
            written = symbol.string
        elif symbol.type == clingo.SymbolType.Function and not symbol.arguments:
            written = symbol.name
        else:
            written = shown
    else:
        return
    argument = entry.arguments[position]
    known: list[str] = []
    for kind in argument.types:
        if kind in vocabulary.enums:
            known.extend(vocabulary.enums[kind])
        elif kind == _RULE_TYPE:
            known.extend(rule_ids)
        elif len(argument.types) == 1:
            return  # a free type
        else:
            known.append(kind)  # `none` in `modifier|none`
            if kind not in ("none", written):
                return
    quoted = shown.startswith('"')
    if written in known and (not quoted or _RULE_TYPE in argument.types):
        return
    place = f"{argument.name} of {entry.name}/{len(entry.arguments)}"
    said = f"'{shown}' is no {'|'.join(argument.types)} ({place})"
    cure = f"write {written} without quotes" if written in known else did_you_mean(written, known)
    if not cure:
        cure = f"one of {', '.join(sorted(known)[:12])}" + (", ..." if len(known) > 12 else "")
    yield source.problem(term, said, cure)


def _liftable(
    source: Source, found: Sequence[Use], shared: frozenset[Signature]
) -> Iterator[Problem]:
    """A shared head needs a shared body: otherwise one encounter would speak for all."""
    for head in (use for use in found if use.in_head and use.signature in shared):
        if head.signature == ("in_force", 1):
            said = "in_force/1 is set by headers only"
            yield source.problem(head.node, said, "use from, to, settings, payers or replaces")
        for use in found:
            if use.signature not in shared:
                said = f"shared {head.shown} depends on {use.shown} of one encounter"
                cure = f"take 'shared' from {head.shown} in vocabulary.lp, or mark {use.shown} so"
                yield source.problem(use.node, said, cure)


def _clashes(outlines: Sequence[Outline], vocabulary: Vocabulary) -> Iterator[Problem]:
    """A predicate that would become another one when the encounter is put in front."""
    shared = vocabulary.shared | {("encounter", 1)}
    told: set[Signature] = set()
    for source, _, found in outlines:
        for use in found:
            lifted = (use.name, len(use.arguments) + 1)
            if use.signature in vocabulary.shared or use.signature in told or lifted not in shared:
                continue
            told.add(use.signature)
            said = f"{use.shown} cannot be lifted: {lifted[0]}/{lifted[1]} is shared"
            yield source.problem(use.node, said, "give one of them another name")
