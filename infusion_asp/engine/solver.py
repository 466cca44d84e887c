"""Owns solving one encounter: exactly one answer, or an error that says what went wrong."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence

import clingo
from clingo.ast import AST

from infusion_asp.engine.answer import Answer, Atoms
from infusion_asp.engine.errors import EngineError, NoAnswer, RuleMessages, TwoAnswers
from infusion_asp.engine.relevance import relevance
from infusion_asp.engine.run import Run, fewest, parse, run
from infusion_asp.facts import AnyAtom, symbols_of
from infusion_asp.rulebook import Rulebook

VIOLATES = ("violates", 2)
SECONDS_FOR_REASON = 2.0


def solve(
    rulebook: Rulebook,
    facts: Sequence[AnyAtom],
    shared: Sequence[clingo.Symbol] = (),
    *,
    limit: int = 2,
) -> Answer:
    """The one answer for one encounter, with every atom.

    `limit` is how many models to look for: 2 proves that the answer is the only one, 1 takes the
    first. Raises NoAnswer, TwoAnswers or RuleMessages.
    """
    given = (*shared, *symbols_of(facts))
    rules = relevance(rulebook).fresh(shared, facts)
    done = run((rules, kept(rulebook)), given, limit=limit)
    return answer_of(rulebook, done, lambda: fewest((rules,), given, VIOLATES, SECONDS_FOR_REASON))


def check_grounding(rulebook: Rulebook) -> None:
    """Ground the rules without facts, plain and lifted: shows unsafe variables and the like.

    Not for rules that nobody has looked at: grounding can't be interrupted.
    """
    for statements in (rulebook.statements, rulebook.lifted):
        done = run((statements,), (), limit=1)
        if done.messages:
            raise messages_error(rulebook, done.messages)


def kept(rulebook: Rulebook, lifted: bool = False) -> tuple[AST, ...]:
    """The constraint that no named constraint is violated, where the rulebook has any."""
    return _constraint(lifted) if VIOLATES in rulebook.signatures else ()


def answer_of(
    rulebook: Rulebook, done: Run, collide: Callable[[], tuple[clingo.Symbol, ...]]
) -> Answer:
    """The only model of a run as an answer, or the typed error."""
    if done.messages:
        raise messages_error(rulebook, done.messages)
    if not done.models:
        raise NoAnswer(collide())
    if len(done.models) > 1:
        first, second = (set(model) for model in done.models[:2])
        raise TwoAnswers(sorted(first ^ second))
    return Answer(Atoms(done.models[0]))


def messages_error(rulebook: Rulebook, messages: Sequence[str]) -> EngineError:
    """What clingo said, each message at its place in the rule files."""
    return RuleMessages(rulebook.problem(message) for message in messages)


@functools.cache
def _constraint(lifted: bool) -> tuple[AST, ...]:
    return parse(f":- violates({'_, _, _' if lifted else '_, _'}).")
