"""Owns checking rules against the vocabulary: predicates, arities, lifting."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from infusion_asp.rulebook.atoms import Outline, Use
from infusion_asp.rulebook.constants import check_constants
from infusion_asp.rulebook.errors import Problem, did_you_mean
from infusion_asp.rulebook.source import Source
from infusion_asp.rulebook.vocabulary import Predicate, Signature, Vocabulary

UNKNOWN = "unknown-predicate"
UNDERIVED = "underived-predicate"
LIFTING = "shared-predicate"


def check_names(
    outlines: Sequence[Outline], vocabulary: Vocabulary, rule_ids: frozenset[str]
) -> Iterator[Problem]:
    """Unknown predicates, wrong arities, wrong constants, and what can't be lifted."""
    heads: dict[Signature, set[str]] = {}
    bodies: dict[Signature, set[str]] = {}
    for outline in outlines:
        source = outline.source
        for use in outline.uses:
            (heads if use.in_head else bodies).setdefault(use.signature, set()).add(source.name)
    names = vocabulary.names() | {name for name, _ in heads}
    reported: set[Signature] = {("in_force", 1)}
    for outline in outlines:
        source, found = outline.source, outline.uses
        for use in found:
            entry = vocabulary.get(*use.signature)
            if entry is not None:
                yield from _underived(source, use, entry, heads)
            elif use.signature not in reported:
                for problem in _undocumented(source, use, vocabulary, heads, bodies, names):
                    reported.add(use.signature)
                    yield problem
        yield from check_constants(outline, vocabulary, rule_ids)
        yield from _liftable(source, found, vocabulary.shared)
    yield from _clashes(outlines, vocabulary)


def _underived(
    source: Source, use: Use, entry: Predicate, heads: Mapping[Signature, set[str]]
) -> Iterator[Problem]:
    """A documented predicate that is read, but neither given as input nor derived."""
    if use.in_head or use.signature in heads or "input" in entry.marks or entry.shared:
        return
    cure = f"mark it 'input' at {entry.file}:{entry.line}, or write its rule"
    yield source.problem(
        use.node, f"{use.shown} is used here, but no rule derives it", cure, UNDERIVED
    )


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
    others = sorted({a for n, a in (*heads, *bodies) if n == use.name} - {use.signature[1]})
    derived = heads.get(use.signature, set())
    used = bodies.get(use.signature, set())
    if arities:
        known = " or ".join(f"{use.name}/{arity}" for arity in arities)
        yield source.problem(
            use.node,
            f"wrong arity: {use.shown}",
            f"the vocabulary documents {known}",
            "wrong-arity",
        )
    elif others and not (derived and used):
        known = " or ".join(f"{use.name}/{arity}" for arity in others)
        yield source.problem(
            use.node,
            f"wrong arity: {use.shown}",
            f"elsewhere it is {known}",
            "wrong-arity",
        )
    elif not derived:
        cure = did_you_mean(use.name, names - {use.name}) or "document it in vocabulary.lp"
        yield source.problem(use.node, f"unknown predicate {use.shown}", cure, UNKNOWN)
    elif not used:
        cure = did_you_mean(use.name, names - {use.name})
        cure = cure or "document it in vocabulary.lp as output, or delete the rule"
        yield source.problem(
            use.node, f"unknown predicate {use.shown}: nothing uses it", cure, UNKNOWN
        )
    elif len(derived | used) > 1:
        files = ", ".join(sorted(derived | used))
        said = f"{use.shown} is used across files ({files}) but not documented"
        yield source.problem(
            use.node, said, "document it in vocabulary.lp", "undocumented-predicate"
        )


def _liftable(
    source: Source, found: Sequence[Use], shared: frozenset[Signature]
) -> Iterator[Problem]:
    """A shared head needs a shared body: otherwise one encounter would speak for all."""
    for head in (use for use in found if use.in_head and use.signature in shared):
        if head.signature == ("in_force", 1):
            said = "in_force/1 is set by headers only"
            yield source.problem(
                head.node, said, "use from, to, settings, payers or replaces", LIFTING
            )
        for use in found:
            if use.signature not in shared:
                said = f"shared {head.shown} depends on {use.shown} of one encounter"
                cure = f"take 'shared' from {head.shown} in vocabulary.lp, or mark {use.shown} so"
                yield source.problem(use.node, said, cure, LIFTING)


def _clashes(outlines: Sequence[Outline], vocabulary: Vocabulary) -> Iterator[Problem]:
    """A predicate that would become another one when the encounter is put in front."""
    shared = vocabulary.shared | {("encounter", 1)}
    told: set[Signature] = set()
    for outline in outlines:
        source = outline.source
        for use in outline.uses:
            lifted = (use.name, len(use.arguments) + 1)
            if use.signature in vocabulary.shared or use.signature in told or lifted not in shared:
                continue
            told.add(use.signature)
            said = f"{use.shown} cannot be lifted: {lifted[0]}/{lifted[1]} is shared"
            yield source.problem(use.node, said, "give one of them another name", LIFTING)
