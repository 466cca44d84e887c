"""Owns reading a wrong claim: all role assignments whose codes break the fewest constraints."""

from __future__ import annotations

import weakref
from collections.abc import Iterable
from dataclasses import dataclass

import clingo
from clingo.ast import AST, ASTType

from infusion_asp.engine.answer import Answer, Signature
from infusion_asp.engine.run import grounded, parse
from infusion_asp.engine.solver import VIOLATES
from infusion_asp.rulebook import Rulebook, shipped_logic
from infusion_asp.rulebook.atoms import uses

PLAYS: Signature = ("plays", 2)
READS: Signature = ("reads", 2)
SECONDS = 2.0
MOST = 200  # readings that are looked at
_FILE = "queries/reading.lp"


@dataclass(frozen=True)
class Assignment:
    """One reading: the role of each service, the code that bills it so, what this breaks."""

    plays: frozenset[clingo.Symbol]
    reads: frozenset[clingo.Symbol]
    violates: frozenset[clingo.Symbol]


@dataclass(frozen=True)
class _Program:
    """The statements that depend on the roles, the query, and what both need as facts."""

    statements: tuple[AST, ...]
    needs: frozenset[Signature]


_PROGRAMS: weakref.WeakKeyDictionary[Rulebook, _Program] = weakref.WeakKeyDictionary()


def needs(rulebook: Rulebook) -> frozenset[Signature]:
    """The predicates of an answer that a reading starts from."""
    return _program(rulebook).needs


def readings(
    rulebook: Rulebook, answer: Answer, *, seconds: float = SECONDS
) -> tuple[Assignment, ...]:
    """All best readings of the claim in an answer, sorted; none where the search takes too long."""
    program = _program(rulebook)
    facts = [atom for signature in sorted(program.needs) for atom in answer.of(*signature)]
    messages: list[str] = []
    control = grounded((program.statements,), facts, messages, ["--opt-mode=optN", f"{MOST}"])
    found: set[Assignment] = set()

    def keep(model: clingo.Model) -> None:
        if model.optimality_proven:
            found.add(_assignment(model.symbols(shown=True)))

    with control.solve(on_model=keep, async_=True) as handle:
        if not handle.wait(seconds):
            handle.cancel()
            return ()
        handle.get()
    return tuple(sorted(found, key=lambda each: (sorted(each.violates), sorted(each.plays))))


def _assignment(symbols: Iterable[clingo.Symbol]) -> Assignment:
    found = list(symbols)
    return Assignment(
        frozenset(atom for atom in found if atom.name == PLAYS[0]),
        frozenset(atom for atom in found if atom.name == READS[0]),
        frozenset(atom for atom in found if atom.name == VIOLATES[0]),
    )


def _program(rulebook: Rulebook) -> _Program:
    known = _PROGRAMS.get(rulebook)
    if known is None:
        known = _PROGRAMS[rulebook] = _built(rulebook)
    return known


def _built(rulebook: Rulebook) -> _Program:
    query = parse((shipped_logic() / _FILE).read_text(encoding="utf-8"))
    rules = [(statement, uses(statement)) for statement in rulebook.statements]
    wanted = _closure({VIOLATES, PLAYS}, rules)
    dependent = _above(rules, wanted)
    chosen = [
        statement
        for statement, found in rules
        if any(use.in_head and use.signature in dependent for use in found)
    ]
    own = [*chosen, *(each for each in query if each.ast_type != ASTType.Program)]
    atoms = [use for each in own if each.ast_type == ASTType.Rule for use in uses(each)]
    heads = {use.signature for use in atoms if use.in_head}
    bodies = {use.signature for use in atoms if not use.in_head}
    shown = parse(" ".join(f"#show {name}/{arity}." for name, arity in (PLAYS, READS, VIOLATES)))
    return _Program((*own, *shown), frozenset(bodies - heads))


_Rules = list[tuple[AST, tuple]]  # type: ignore[type-arg]


def _closure(start: set[Signature], rules: _Rules) -> set[Signature]:
    """The predicates on which those of `start` rest, themselves included."""
    needed, size = set(start), 0
    while size != len(needed):
        size = len(needed)
        for _, found in rules:
            if any(use.in_head and use.signature in needed for use in found):
                needed.update(use.signature for use in found)
    return needed


def _above(rules: _Rules, wanted: set[Signature]) -> set[Signature]:
    """The predicates among the wanted ones that rest on the roles, the roles included."""
    found_all, size = {PLAYS}, 0
    while size != len(found_all):
        size = len(found_all)
        for _, found in rules:
            heads = {use.signature for use in found if use.in_head} & wanted
            if any(use.signature in found_all and not use.in_head for use in found):
                found_all.update(heads)
    return found_all
