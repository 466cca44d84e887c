"""Owns the sweep: encounters drawn from the grid and solved, where the proof doesn't fit."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence

import clingo

from infusion_asp.author.layers import Layers
from infusion_asp.author.proof import CHOOSE, OPTION, Counterexample, Proof, size_of
from infusion_asp.engine import Answer, EngineError, TwoAnswers, search, solve_batch
from infusion_asp.rulebook import Rulebook

BATCH = 200
SEED = 1


def sweep(
    name: str,
    book: Rulebook,
    layers: Layers,
    program: str,
    count: int,
    seconds: float,
    megabytes: int,
) -> Proof:
    """Solve up to `count` encounters that `program` generates, for at most `seconds`."""
    begin = time.monotonic()
    options = search(program, shown=[], facts=[OPTION], seconds=seconds, megabytes=megabytes).facts
    size, covered = size_of(options), 0
    shown = [CHOOSE, *sorted(layers.inputs)]
    rng = random.Random(SEED)
    while covered < min(count, size) and time.monotonic() - begin < seconds:
        found = search(
            program,
            shown=shown,
            assuming=[_draw(options, rng) for _ in range(min(BATCH, count - covered))],
            seconds=seconds,
            megabytes=megabytes,
        )
        wrong = _first_wrong(book, found.models)
        covered += len(found.models)
        if wrong is not None:
            took = time.monotonic() - begin
            return Proof(name, "refuted", size, covered, took, found.rules, wrong)
    return Proof(name, "swept", size, covered, time.monotonic() - begin, 0)


def _draw(options: Sequence[clingo.Symbol], rng: random.Random) -> list[clingo.Symbol]:
    """One value for each open field."""
    values: dict[clingo.Symbol, list[clingo.Symbol]] = {}
    for option in options:
        values.setdefault(option.arguments[0], []).append(option.arguments[1])
    return [clingo.Function("choose", [slot, rng.choice(each)]) for slot, each in values.items()]


def _first_wrong(
    book: Rulebook, models: Sequence[Sequence[clingo.Symbol]]
) -> Counterexample | None:
    constant = book.vocabulary.shared
    groups: dict[tuple[clingo.Symbol, ...], list[Sequence[clingo.Symbol]]] = {}
    for model in models:
        common = tuple(atom for atom in model if _signature(atom) in constant)
        groups.setdefault(common, []).append(model)
    for common, members in groups.items():
        given = [
            [atom for atom in model if _signature(atom) not in {*constant, CHOOSE}]
            for model in members
        ]
        for model, answer in zip(members, solve_batch(book, given, common), strict=True):
            if not isinstance(answer, Answer):
                return _counterexample(model, answer)
    return None


def _counterexample(model: Sequence[clingo.Symbol], error: EngineError) -> Counterexample:
    chosen = [atom for atom in model if _signature(atom) == CHOOSE]
    kind = "two answers" if isinstance(error, TwoAnswers) else "no answer"
    fields = {str(atom.arguments[0]): str(atom.arguments[1]) for atom in chosen}
    return Counterexample(kind, fields, (error.message,))


def _signature(atom: clingo.Symbol) -> tuple[str, int]:
    return atom.name, len(atom.arguments)
