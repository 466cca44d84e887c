"""Owns which changed atoms rule tests notice: outputs they record, atoms they name.

Where nothing that a predicate rests on depends on the predicate itself, what a mutated statement
derives over the known answers is what the mutated rulebook derives, and no answer needs solving.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import clingo

from infusion_asp.author.joint import Signature
from infusion_asp.author.models import Dependence, Models
from infusion_asp.author.testing.notation import Case
from infusion_asp.author.testing.observed import OUTPUTS


@dataclass(frozen=True)
class Changed:
    """What a mutated statement derives otherwise: lifted atoms lost and gained.

    So with the sentences that its rule says (said.py), their heads lifted.
    """

    lost: frozenset[clingo.Symbol] = frozenset()
    gained: frozenset[clingo.Symbol] = frozenset()
    unsaid: frozenset[clingo.Symbol] = frozenset()
    said: frozenset[clingo.Symbol] = frozenset()

    @property
    def atoms(self) -> frozenset[clingo.Symbol]:
        """Atoms lost and gained."""
        return self.lost | self.gained

    @property
    def heads(self) -> frozenset[clingo.Symbol]:
        """These, and what sentences changed are about."""
        return self.atoms | {each.arguments[0] for each in self.unsaid | self.said}

    @property
    def expectations(self) -> Iterator[tuple[str, clingo.Symbol, clingo.Symbol]]:
        """What a test expects that notices: its key, the lifted head, the atom or sentence."""
        for key, atoms in (("holds", self.lost), ("absent", self.gained)):
            yield from ((key, atom, plain(atom)) for atom in atoms)
        for key, sentences in (("says", self.unsaid), ("silent", self.said)):
            for each in sentences:
                head, *values = each.arguments
                yield key, head, clingo.Function(each.name, [plain(head), *values])


Notices = Callable[[Signature, Changed], int | None]
"""The encounter in which a change of a predicate is noticed; None where in none."""


def by_tests(models: Models, cases: Sequence[Case]) -> Notices:
    """What the tests notice: recorded outputs that differ, named atoms lost or gained."""
    recorded = frozenset(at for at, case in enumerate(cases) if case.outcome is not None)
    named: dict[tuple[str, clingo.Symbol], list[int]] = {}
    for at, case in enumerate(cases):
        for key in ("holds", "absent", "says", "silent"):
            for text in getattr(case, key):
                named.setdefault((key, _term(text)), []).append(at)

    def notices(head: Signature, changed: Changed) -> int | None:
        if head in OUTPUTS:
            jobs = jobs_of(models, head, changed.atoms) & recorded
            if jobs:
                return min(jobs)
        for key, lifted, atom in changed.expectations:
            for job in named.get((key, atom), ()):
                if job in jobs_of(models, head, (lifted,)):
                    return job
        return None

    return notices


def by_any(models: Models) -> Notices:
    """The first encounter in which anything is derived otherwise."""

    def notices(head: Signature, changed: Changed) -> int | None:
        return min(jobs_of(models, head, changed.heads), default=None)

    return notices


def jobs_of(models: Models, head: Signature, atoms: Iterable[clingo.Symbol]) -> frozenset[int]:
    """The encounters that lifted atoms of a predicate belong to."""
    numbers = {atom.arguments[0].number for atom in atoms}
    if head not in models.joint.shared:
        return frozenset(numbers)
    return frozenset(job for number in numbers for job in models.jobs_of.get(number, ()))


def plain(lifted: clingo.Symbol) -> clingo.Symbol:
    """The atom as the rules write it."""
    return clingo.Function(lifted.name, lifted.arguments[1:])


def rests_on_itself(dependence: Dependence, head: Signature) -> bool:
    """Whether something from which the predicate is derived depends on it, by roles or rules."""
    behind = dependence.behind(frozenset({head}))
    return any(
        head in heads and not reads.isdisjoint(behind)
        for heads, reads in zip(dependence.heads, dependence.reads, strict=True)
    )


@cache
def _term(text: str) -> clingo.Symbol:
    return clingo.parse_term(text)
