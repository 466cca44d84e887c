"""Owns one run of clingo: statements and facts in, models and messages out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import clingo
from clingo import ast
from clingo.ast import AST

from infusion_asp.engine.allocator import join_freed_memory
from infusion_asp.facts import AnyAtom
from infusion_asp.facts.known import Hand, Known, known, representations

MESSAGE_LIMIT = 100_000
ABSENT_IS_FALSE = "--warn=no-atom-undefined"
"""Absent input is no mistake: the loader checks every predicate against the vocabulary."""


@dataclass(frozen=True)
class Run:
    """The models (their atoms) of one run; with messages there are no models."""

    models: tuple[tuple[clingo.Symbol, ...], ...] = ()
    messages: tuple[str, ...] = ()


def run(
    statements: Iterable[Sequence[AST]],
    facts: Iterable[clingo.Symbol],
    *,
    limit: int,
    shown: bool = False,
    options: Sequence[str] = (),
    encounters: Iterable[Iterable[AnyAtom]] = (),
) -> Run:
    """Ground and solve in a fresh Control; at most `limit` models, 0 means all.

    `shown` reads only what `#show` statements among the given ones show. Raises MemoryError.
    """
    messages: list[str] = []
    try:
        control = grounded(statements, facts, messages, [f"--models={limit}", *options], encounters)
        if messages:
            return Run(messages=tuple(messages))
        with control.solve(yield_=True) as handle:
            models = tuple(symbols_in(model, shown=shown) for model in handle)
    except RuntimeError as error:
        return Run(messages=failed(error, messages))
    return Run(models, tuple(messages))


def symbols_in(model: clingo.Model, *, shown: bool) -> tuple[Known, ...]:
    """The atoms of a model: those that `#show` statements show, or all."""
    found = model.symbols(shown=True) if shown else model.symbols(atoms=True)
    return tuple(known(each) for each in representations(found))


def fewest(
    statements: Iterable[Sequence[AST]],
    facts: Iterable[clingo.Symbol],
    signature: tuple[str, int],
    seconds: float,
) -> tuple[clingo.Symbol, ...]:
    """The atoms of `signature` in the best model found within `seconds`, fewest of them first."""
    name, arity = signature
    variables = ",".join(f"V{i}" for i in range(arity))
    extra = parse(f"#minimize {{ 1,{variables} : {name}({variables}) }}. #show {name}/{arity}.")
    best: list[tuple[clingo.Symbol, ...]] = [()]
    messages: list[str] = []

    def keep(model: clingo.Model) -> None:
        best[0] = tuple(sorted(model.symbols(shown=True)))

    try:
        control = grounded((*statements, extra), facts, messages, ["--models=0"])
        with control.solve(on_model=keep, async_=True) as handle:
            if not handle.wait(seconds):
                handle.cancel()
            handle.get()
    except RuntimeError:
        return best[0]
    return best[0]


def grounded(
    statements: Iterable[Sequence[AST]],
    facts: Iterable[clingo.Symbol],
    messages: list[str],
    arguments: Sequence[str],
    encounters: Iterable[Iterable[AnyAtom]] = (),
) -> clingo.Control:
    """A grounded Control; everything that clingo says is appended to `messages`.

    The atoms of `encounters` are facts too, with the number of the encounter as first argument.
    """

    def listen(_code: clingo.MessageCode, text: str) -> None:
        messages.append(text)

    join_freed_memory()
    control = clingo.Control([ABSENT_IS_FALSE, *arguments], listen, MESSAGE_LIMIT)
    with ast.ProgramBuilder(control) as builder:
        for group in statements:
            for statement in group:
                builder.add(statement)
    with control.backend() as backend:
        hand = Hand(backend)
        hand.give(facts)
        for number, atoms in enumerate(encounters):
            hand.give_each(clingo.Number(number), atoms)
    control.ground()
    return control


def parse(text: str) -> tuple[AST, ...]:
    """The statements of a program text of our own."""
    found: list[AST] = []
    ast.parse_string(text, found.append)
    return tuple(found)


def failed(error: RuntimeError, messages: list[str]) -> tuple[str, ...]:
    """What clingo said before it failed; raises MemoryError where memory ran out."""
    said = str(error)
    if "bad_alloc" in said or "bad alloc" in said or "memory" in said:
        raise MemoryError(said) from None
    return tuple(messages) or (said,)
