"""Owns which known answers a new edition of the rules can change.

For each predicate whose statements differ, the old and the new ones are grounded over the known
answers. An answer in which all of them derive the same stays what it is. Where what all encounters
share has changed (a threshold), the statements that read it are compared in its place.
"""

from __future__ import annotations

from collections.abc import Iterable

import clingo
from clingo.ast import ASTType

from infusion_asp.author.joint import PLAYS, VIOLATES, Joint, Signature
from infusion_asp.author.models import Dependence, Models
from infusion_asp.engine.provenance_run import ProvenanceRun
from infusion_asp.rulebook import Rulebook

SERVICE: Signature = ("service", 4)
Groups = dict[Signature, dict[int, set[clingo.Symbol]]]


def touched_by(models: Models, book: Rulebook) -> frozenset[int]:
    """The jobs that the new rulebook may answer otherwise than the models' own."""
    old = models.joint
    new = Joint(book, old)
    before, after = Dependence(old.book.statements), Dependence(book.statements)
    texts = [{str(each) for each in edition.book.statements} for edition in (old, new)]
    changed = {
        head
        for joint, depends, other in ((old, before, texts[1]), (new, after, texts[0]))
        for statement, heads in zip(joint.book.statements, depends.heads, strict=True)
        if str(statement) not in other
        for head in heads
    }
    if not changed:
        return frozenset()
    if any(
        each.head.ast_type == ASTType.Aggregate and str(each) not in texts[0]
        for each in book.statements
    ):
        return frozenset(range(models.count))
    replaced: Groups = {}
    common = {head for head in changed if head in old.shared}
    for head in common:
        found = _derived(models, new, after, head, {})
        if any(found.get(key) != _known(models, head, key) for key in models.jobs_of):
            replaced[head] = found
    for at, reads in enumerate(after.reads):
        if not reads.isdisjoint(replaced):
            changed |= after.heads[at]
    touched: set[int] = set()
    deciding = after.behind(frozenset({PLAYS}))
    for head in changed - common:
        if head == PLAYS or (head in deciding and VIOLATES in after.behind(frozenset({head}))):
            touched |= _choices(models)
        if head == PLAYS:
            continue
        now = _derived(models, new, after, head, replaced)
        jobs = models.jobs_of if head in old.shared else range(models.count)
        apart = {key for key in jobs if now.get(key, set()) != _known(models, head, key)}
        if head in old.shared:
            apart = {job for key in apart for job in models.jobs_of[key]}
        touched |= apart
    return frozenset(touched)


def _choices(models: Models) -> set[int]:
    return {job for job in range(models.count) if len(models.of(SERVICE, job)) > 1}


def _known(models: Models, head: Signature, key: int) -> set[clingo.Symbol]:
    return set(models.atoms.get(head, {}).get(key, ()))


def _derived(
    models: Models, new: Joint, depends: Dependence, head: Signature, replaced: Groups
) -> dict[int, set[clingo.Symbol]]:
    """What the new statements derive of one predicate over the known answers."""
    deriving = [at for at, heads in enumerate(depends.heads) if head in heads]
    reads = {read for at in deriving for read in depends.reads[at]}
    engine = ProvenanceRun(lambda _: (), lenient=True)
    engine.assume(models.facts(reads - set(replaced) - {head}))
    engine.assume(_atoms(replaced, reads))
    engine.add(new.statements[at] for at in deriving)
    engine.ground([("base", [])])
    found: dict[int, set[clingo.Symbol]] = {}
    for atom in engine.atoms(head[0], head[1] + 1):
        found.setdefault(atom.arguments[0].number, set()).add(atom)
    return found


def _atoms(replaced: Groups, reads: Iterable[Signature]) -> list[clingo.Symbol]:
    return [
        atom
        for head in replaced
        if head in set(reads)
        for atoms in replaced[head].values()
        for atom in atoms
    ]
