"""Owns trying mutants on encounters, a few of each at a time, until something tells them apart."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import clingo

from infusion_asp.author.joint import Signature
from infusion_asp.author.models import Models
from infusion_asp.author.mutation.operators import Mutant
from infusion_asp.author.mutation.pairs import Pair, Pairs, Solved

Rows = Callable[[Signature], Sequence[Sequence[clingo.Symbol]]]
_Table = Sequence[Sequence[clingo.Symbol]]
Tells = Callable[[int, Rows], bool]
"""Whether what the mutant answers for an encounter is told from the original's."""

ROUNDS = (3, 9, 36)
MOST_PAIRS = 400
BROKEN = "no single answer"


def try_all(
    mutants: Sequence[Mutant],
    touched: Mapping[str, Sequence[int]],
    pairs: Pairs,
    models: Models,
    tells: Tells,
    reads: Callable[[int], frozenset[Signature]],
    most: int | None = None,
    naming: Mapping[str, frozenset[int]] | None = None,
) -> Iterator[tuple[Mutant, int | None]]:
    """Each mutant with the encounter that tells it from the original, or None.

    `reads` are the predicates that count for an encounter; at `most` so many are tried, spread
    over those touched, behind those whose tests are `naming` what the mutant derives.
    """
    first = naming or {}
    touched = {
        each.name: _order(touched[each.name], first.get(each.name, frozenset()), most)
        for each in mutants
    }
    left = list(mutants)
    begin = 0
    for count in (*ROUNDS, 10**9):
        todo: list[Pair] = []
        for mutant in left:
            jobs = touched[mutant.name][begin : begin + count]
            todo += [(mutant, job) for job in jobs]
        known: dict[str, int] = {}
        shown = frozenset().union(*(reads(job) for job in {job for _, job in todo}))
        for part in _parts(todo, known):
            for (mutant, job), solved in zip(part, pairs.solve(part, shown), strict=True):
                if mutant.name not in known and _told(job, solved, models, tells, reads):
                    known[mutant.name] = job
        begin += count
        yield from ((each, known[each.name]) for each in left if each.name in known)
        left = [each for each in left if each.name not in known]
        ended = [each for each in left if len(touched[each.name]) <= begin]
        yield from ((each, None) for each in ended)
        left = [each for each in left if len(touched[each.name]) > begin]
        if not left:
            return


def _order(jobs: Sequence[int], first: frozenset[int], most: int | None) -> list[int]:
    ahead = [job for job in jobs if job in first]
    return [*spread(ahead, most), *spread([job for job in jobs if job not in first], most)]


def spread(jobs: Sequence[int], most: int | None) -> list[int]:
    """The jobs in an order that takes them from everywhere; no more than `most`."""
    step = max(1, round(len(jobs) ** 0.5))
    order = [jobs[at] for start in range(step) for at in range(start, len(jobs), step)]
    return order if most is None else order[:most]


def _parts(todo: Sequence[Pair], known: Mapping[str, int]) -> Iterator[list[Pair]]:
    """The pairs in parts; those of mutants that are known by then are left out."""
    part: list[Pair] = []
    for pair in todo:
        if pair[0].name in known:
            continue
        part.append(pair)
        if len(part) == MOST_PAIRS:
            yield part
            part = []
    part = [pair for pair in part if pair[0].name not in known]
    if part:
        yield part


def _told(
    job: int,
    solved: Solved,
    models: Models,
    tells: Tells,
    reads: Callable[[int], frozenset[Signature]],
) -> bool:
    if solved.rows is None:
        return True
    new = solved.rows
    counted = [each for each in reads(job) if each in solved.changeable]

    def before(signature: Signature) -> list[list[clingo.Symbol]]:
        return [atom.arguments[1:] for atom in models.of(signature, job)]

    if all(_same(new.get(each, []), before(each)) for each in counted):
        return False

    def rows(signature: Signature) -> list[list[clingo.Symbol]]:
        return new.get(signature, []) if signature in solved.changeable else before(signature)

    return tells(job, rows)


def _same(first: _Table, second: _Table) -> bool:
    return len(first) == len(second) and set(map(tuple, first)) == set(map(tuple, second))
