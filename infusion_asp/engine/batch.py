"""Owns solving many encounters at once with the lifted rules; offenders end up alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import clingo
from clingo import ast
from clingo.ast import AST, Location, Position

from infusion_asp.engine.answer import Answer, Atoms, Signature
from infusion_asp.engine.errors import EngineError
from infusion_asp.engine.relevance import relevance
from infusion_asp.engine.run import run
from infusion_asp.engine.solver import kept, messages_error, solve
from infusion_asp.engine.stages import stages
from infusion_asp.facts import AnyAtom, Atom
from infusion_asp.facts.known import parts
from infusion_asp.rulebook import Rulebook

SIZE = 400
ENCOUNTER = "encounter"
_DISAGREE = "the rules answer for the encounter alone, but not in a batch"


def solve_batch(
    rulebook: Rulebook,
    encounters: Sequence[Sequence[AnyAtom]],
    shared: Sequence[clingo.Symbol] = (),
    *,
    wanted: Iterable[Signature] | None = None,
    size: int = SIZE,
    nothing_else: bool = False,
) -> list[Answer | EngineError]:
    """One answer or error for each encounter, in the same order.

    `shared` holds for all of them. `wanted` names the predicates (plain arity) to read, which
    saves time; by default an answer has every atom. `size` is the number solved at once.
    `nothing_else` leaves out the rules on which the wanted predicates do not rest; encounters
    whose other facts are equal are solved once.
    """
    order = None if wanted is None else tuple(sorted(set(wanted)))
    if order and nothing_else:
        return _different(rulebook, encounters, shared, order, size)
    results: list[Answer | EngineError] = []
    for start in range(0, len(encounters), size):
        part = encounters[start : start + size]
        rules = relevance(rulebook).lifted(shared, part)
        results.extend(_solve(rulebook, part, shared, order, rules))
    return results


def _different(
    rulebook: Rulebook,
    encounters: Sequence[Sequence[AnyAtom]],
    shared: Sequence[clingo.Symbol],
    wanted: tuple[Signature, ...],
    size: int,
) -> list[Answer | EngineError]:
    """Answers of the rules behind `wanted`; what is equal to these rules is solved once."""
    only = frozenset(wanted)
    index = relevance(rulebook)
    places: dict[frozenset[AnyAtom], int] = {}
    mets: list[frozenset[int]] = []
    asked = []
    known: dict[AnyAtom, tuple[str, frozenset[int]]] = {}
    constant = index.met(shared, ())
    for facts in encounters:
        for each in facts:
            if each not in known:
                known[each] = each.name, index.met((), (each,))
        met = constant.union(*(known[each][1] for each in facts))
        read = index.read_for(met, only)
        matter = frozenset(each for each in facts if known[each][0] in read)
        if matter not in places:
            places[matter] = len(places)
            mets.append(met)
        asked.append(places[matter])
    different = [tuple(facts) for facts in places]
    results: list[Answer | EngineError] = []
    for start in range(0, len(different), size):
        part = slice(start, start + size)
        rules = index.lifted_for(frozenset().union(*mets[part]), only)
        results.extend(_solve(rulebook, different[part], shared, wanted, rules))
    return [results[place] for place in asked]


def _solve(
    rulebook: Rulebook,
    encounters: Sequence[Sequence[AnyAtom]],
    shared: Sequence[clingo.Symbol],
    wanted: tuple[Signature, ...] | None,
    rules: tuple[int, ...],
) -> list[Answer | EngineError]:
    """Solve together; if that gives no single answer, each half by itself."""
    constant = rulebook.shared
    places = range(len(encounters))
    shown = () if wanted is None else _show(wanted, constant)
    _check(encounters, constant)
    given = [*shared, *(clingo.Function(ENCOUNTER, [clingo.Number(at)]) for at in places)]
    book = stages(rulebook)
    if book.possible:
        staged = book.of(rules)
        done, hidden = staged.run(shown, given, encounters, limit=2), staged.hidden
    else:
        statements = [rulebook.lifted[at] for at in rules]
        groups = (statements, kept(rulebook, lifted=True), shown)
        done = run(groups, given, limit=2, shown=wanted is not None, encounters=encounters)
        hidden = frozenset()
    if len(done.models) == 1 and not done.messages:
        return list(_answers(done.models[0], len(encounters), constant, hidden))
    if len(encounters) > 1:
        half = len(encounters) // 2
        left = _solve(rulebook, encounters[:half], shared, wanted, rules)
        return left + _solve(rulebook, encounters[half:], shared, wanted, rules)
    try:
        solve(rulebook, encounters[0], shared)
    except EngineError as error:
        return [error]
    if done.messages:
        return [messages_error(rulebook, done.messages)]
    return [EngineError(_DISAGREE, "this is a fault of lifting; 'code' one encounter at a time")]


def _answers(
    model: Sequence[clingo.Symbol],
    count: int,
    constant: frozenset[Signature],
    hidden: frozenset[str],
) -> Iterator[Answer]:
    common: list[AnyAtom] = []
    own: list[list[AnyAtom]] = [[] for _ in range(count)]
    names = {name for name, _ in constant}
    for name, arguments in parts([each._rep for each in model]):
        if name in hidden:
            continue
        if name in names and (name, len(arguments)) in constant:
            common.append(Atom(name, arguments))
        elif name != ENCOUNTER or len(arguments) != 1:
            own[arguments[0].number].append(Atom(name, arguments[1:]))
    for atoms in own:
        yield Answer(Atoms((*common, *atoms)))


def _check(encounters: Sequence[Sequence[AnyAtom]], constant: frozenset[Signature]) -> None:
    names = {name for name, _ in constant}
    for facts in encounters:
        for fact in facts:
            if fact.name in names and (fact.name, len(fact.arguments)) in constant:
                raise ValueError(f"{fact.name}/{len(fact.arguments)} is shared; pass it as such")


def _show(wanted: tuple[Signature, ...], constant: frozenset[Signature]) -> tuple[AST, ...]:
    position = Position("<shown>", 1, 1)
    place = Location(position, position)
    return tuple(
        ast.ShowSignature(place, name, arity if (name, arity) in constant else arity + 1, 1)
        for name, arity in wanted
    )
