"""Owns a mutation run: mutants against rule tests, then survivors against variations of them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import clingo
from clingo.symbol import SymbolType

from infusion_asp.author.joint import Signature
from infusion_asp.author.models import Dependence, Models
from infusion_asp.author.mutation.crew import NO_END, try_together
from infusion_asp.author.mutation.noticed import Notices, by_any, by_tests
from infusion_asp.author.mutation.operators import Mutant
from infusion_asp.author.mutation.pairs import Pairs
from infusion_asp.author.mutation.pool import Pool
from infusion_asp.author.mutation.touched import Touch
from infusion_asp.author.mutation.trial import Rows, try_all
from infusion_asp.author.recursion import recursive
from infusion_asp.author.testing.bench import Bench, Prepared, failures_of, unsaid
from infusion_asp.author.testing.notation import Case
from infusion_asp.author.testing.observed import READ, failures, predicates_of
from infusion_asp.author.testing.running import prepare
from infusion_asp.engine.errors import EngineError
from infusion_asp.facts import load_policies
from infusion_asp.rulebook import shipped_logic

KILLED, SURVIVED, EQUIVALENT = "killed", "survived", "equivalent"
POOL = 2000  # variations of the tests that survivors are held against
MOST_TESTS = 48  # tests tried for a mutant, spread over those that it touches
Say = Callable[[int, int], None]


@dataclass(frozen=True)
class Verdict:
    """What became of a mutant: killed by a test, surviving, or equivalent as far as was looked.

    `by` names the test; `separating` is an encounter that tells a survivor from the original,
    `bound` how far an equivalent one was looked at.
    """

    mutant: Mutant
    status: str
    by: str = ""
    separating: Case | None = None
    bound: str = "no variation of the tests tells it apart"


def processes() -> int:
    """One process for each core."""
    return len(os.sched_getaffinity(0))


def against_tests(
    bench: Bench,
    cases: Sequence[Case],
    mutants: Sequence[Mutant],
    *,
    count: int,
    most: int | None = MOST_TESTS,
    say: Say = lambda done, of: None,
) -> list[Verdict]:
    """Each mutant killed by a test, or surviving. Raises EngineError where a test fails anyway."""
    prepared = prepare(bench, cases)
    models = bench.models(prepared)
    sentences = unsaid(prepared, models)
    for number, each in enumerate(prepared):
        if failures_of(each, models, number) or sentences.get(number):
            raise EngineError(
                f"a test fails before anything is mutated: {each.case.place}",
                "see 'infusion-asp rules test'",
            )
    told = _tried(
        models,
        mutants,
        tells=lambda job, rows: bool(failures(prepared[job].case, prepared[job].encounter, rows)),
        reads=[frozenset(READ) | predicates_of(each.case) for each in prepared],
        notices=by_tests(models, cases),
        count=count,
        most=most,
        say=say,
    )
    return [_verdict(each, told[each.name], prepared) for each in mutants]


def _verdict(mutant: Mutant, job: int | None, prepared: Sequence[Prepared]) -> Verdict:
    if job is None:
        return Verdict(mutant, SURVIVED)
    by = "no end" if job == NO_END else prepared[job].case.place
    return Verdict(mutant, KILLED, by)


def against_pool(
    bench: Bench,
    cases: Sequence[Case],
    verdicts: Sequence[Verdict],
    *,
    count: int,
    size: int = POOL,
    seed: int = 1,
    say: Say = lambda done, of: None,
) -> list[Verdict]:
    """Survivors with the variation that tells them apart, or equivalent as far as was looked.

    A variation tells a mutant that derives anything else there, whatever comes of it.
    """
    left = [each.mutant for each in verdicts if each.status == SURVIVED]
    if not left:
        return list(verdicts)
    drawn = Pool(cases, load_policies(shipped_logic()), numbers_of(bench), seed).draw(size)
    prepared = prepare(bench, drawn)
    models = bench.models(prepared)
    outputs = bench.book.vocabulary.marked("output")
    told = _tried(
        models,
        left,
        tells=lambda job, rows: True,
        reads=[outputs] * len(prepared),
        notices=by_any(models),
        count=count,
        most=None,
        say=say,
    )
    found = []
    for each in verdicts:
        job = told.get(each.mutant.name) if each.status == SURVIVED else None
        if each.status != SURVIVED:
            found.append(each)
        elif job is None:
            found.append(replace(each, status=EQUIVALENT))
        else:
            separating = None if job == NO_END else prepared[job].case
            found.append(replace(each, separating=separating))
    return found


def _tried(
    models: Models,
    mutants: Sequence[Mutant],
    *,
    tells: Callable[[int, Rows], bool],
    reads: Sequence[frozenset[Signature]],
    notices: Notices,
    count: int,
    most: int | None,
    say: Say,
) -> dict[str, int | None]:
    book = models.joint.book
    dependence = Dependence(book.statements)
    touch = Touch(models, dependence, frozenset().union(*reads))
    pairs = Pairs(models, dependence)
    by_head = _naming(reads)
    growing = {
        at
        for at in recursive(book.statements)
        if any(c in str(book.statements[at].head) for c in "+-*")
    }

    def attempt(part: Sequence[Mutant]) -> list[tuple[str, int | None]]:
        found, touched = touch.noticed(part, notices)
        left = [each for each in part if each.name not in found]
        naming = {each.name: by_head.get(touch.head_of(each), frozenset()) for each in left}
        tried = try_all(left, touched, pairs, models, tells, lambda job: reads[job], most, naming)
        return [*found.items(), *((mutant.name, job) for mutant, job in tried)]

    told: dict[str, int | None] = {}
    for name, job in try_together(mutants, lambda each: each.index in growing, attempt, count):
        told[name] = job
        if len(told) % 50 == 0:
            say(len(told), len(mutants))
    return told


def _naming(
    reads: Sequence[frozenset[Signature]],
) -> dict[Signature | None, frozenset[int]]:
    """By predicate the tests that name it, where not every test is looked at by it."""
    found: dict[Signature | None, set[int]] = {}
    for job, signatures in enumerate(reads):
        for each in signatures - frozenset(READ):
            found.setdefault(each, set()).add(job)
    return {each: frozenset(jobs) for each, jobs in found.items() if len(jobs) < len(reads)}


def numbers_of(bench: Bench) -> list[int]:
    """Every number that a threshold of the rulebook names."""
    found: set[int] = set()
    for statement in bench.book.statements:
        text = str(statement.head)
        if text.startswith("threshold("):
            found.update(_numbers(statement.head.atom.symbol.arguments))
    return sorted(found)


def _numbers(arguments: Iterable[clingo.ast.AST]) -> Iterable[int]:
    for each in arguments:
        symbol = getattr(each, "symbol", None)
        if symbol is not None and symbol.type == SymbolType.Number:
            yield symbol.number
