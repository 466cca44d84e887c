"""Owns the proof that every encounter on the grid has exactly one answer.

The encounter is left open: logic/invariants/generator.lp chooses it. Two searches must find no
model: two assignments that differ (at most one), and a stratified witness that breaks a constraint
(at least one). What they find instead is a counterexample.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from infusion_asp.author.layers import PLAYS, SECOND, Layers, layers_of
from infusion_asp.author.proof import CHOOSE, OPTION, Counterexample, Proof, invariant, size_of
from infusion_asp.author.sweep import sweep
from infusion_asp.engine import EngineError, MemoryLimit, Search, TimeLimit, search
from infusion_asp.facts import load_policies
from infusion_asp.facts.policies import policy_symbol
from infusion_asp.rulebook import Rulebook, load_rulebook, shipped_logic
from infusion_asp.rulebook.atoms import uses

AT_MOST_ONE = "at most one answer"
AT_LEAST_ONE = "at least one answer"
SETTINGS = ("facility", "professional")
BROKEN = ("broken", 2)
SECONDS = 100.0  # wall clock of one search
MEGABYTES = 4096  # address space of one search
SWEPT = 2000  # encounters of a sweep, where the proof does not fit


def prove(
    rulebook: Rulebook | None = None,
    *,
    halves: Sequence[str] = (AT_MOST_ONE, AT_LEAST_ONE),
    policies: Mapping[str, str] | None = None,
    opened: Collection[str] = (),
    settings: Sequence[str] = SETTINGS,
    day: date | None = None,
    seconds: float = SECONDS,
    megabytes: int = MEGABYTES,
    swept: int = SWEPT,
) -> tuple[Proof, ...]:
    """At most one answer, and at least one, for all encounters of two administrations on the grid.

    `policies` are set, those `opened` may have any of their values, the others their defaults.
    `day` is the day of service (today). Each search gets `seconds` and `megabytes` in a child
    process; where that doesn't suffice, `swept` encounters of the same grid are solved instead.
    Raises PolicyError for an unknown policy or value.
    """
    book = rulebook or load_rulebook()
    layers = layers_of(book)
    space = _space(book, layers, dict(policies or {}), opened, settings, day or date.today())
    drawn = "\n".join([*map(str, book.defined), *space, invariant("generator.lp")])
    if not search(drawn, shown=[CHOOSE], seconds=seconds, megabytes=megabytes).models:
        raise EngineError("the generator has no encounter", "see logic/invariants/generator.lp")
    proofs = []
    for name in halves:
        parts = _parts(layers, name)
        try:
            proofs.append(_prove_half(name, parts, layers, drawn, seconds, megabytes))
        except (TimeLimit, MemoryLimit):
            proofs.append(sweep(name, book, layers, drawn, swept, seconds, megabytes))
    return tuple(proofs)


def _parts(layers: Layers, name: str) -> str:
    """What a half adds to the open encounter and the derived facts."""
    if name == AT_MOST_ONE:
        statements = (*layers.choice, *layers.above, *layers.second())
        return "\n".join([*map(str, statements), invariant("at_most_one.lp")])
    return "\n".join([*map(str, layers.above), invariant("witness.lp")])


def _prove_half(
    name: str, parts: str, layers: Layers, drawn: str, seconds: float, megabytes: int
) -> Proof:
    base = "\n".join([drawn, *map(str, layers.below)])
    shown = [CHOOSE, PLAYS, (SECOND + PLAYS[0], 2), BROKEN]
    program = f"{base}\n{parts}"
    found = search(program, shown=shown, facts=[OPTION], seconds=seconds, megabytes=megabytes)
    size = size_of(found.facts)
    took = found.grounding + found.solving
    if not found.models:
        return Proof(name, "proved", size, size, took, found.rules)
    counterexample = _counterexample(found, base, layers, seconds, megabytes)
    return Proof(name, "refuted", size, size, took, found.rules, counterexample)


def _counterexample(
    found: Search, base: str, layers: Layers, seconds: float, megabytes: int
) -> Counterexample:
    model = found.models[0]
    chosen = [atom for atom in model if atom.name == CHOOSE[0]]
    fields = {str(atom.arguments[0]): str(atom.arguments[1]) for atom in chosen}
    rest = tuple(str(atom) for atom in model if atom.name != CHOOSE[0])
    if not any(atom.name == BROKEN[0] for atom in model):
        return Counterexample("two answers", fields, rest)
    fixed = [f":- not {atom}." for atom in chosen]
    parts = [*map(str, (*layers.choice, *layers.above)), ":- violates(_, _)."]
    program = "\n".join([base, *parts, *fixed])
    again = search(program, shown=[PLAYS], seconds=seconds, megabytes=megabytes)
    return Counterexample("witness" if again.models else "no answer", fields, rest)


def _space(
    book: Rulebook,
    layers: Layers,
    chosen: Mapping[str, str],
    opened: Collection[str],
    settings: Sequence[str],
    day: date,
) -> list[str]:
    """Facts of the generator: claims, the rules in force for each, the values of each policy."""
    choices = load_policies(shipped_logic())
    payers = sorted({profile.payer for profile in choices.profiles.values()})
    facts = []
    for setting in settings:
        for payer in payers:
            facts.append(f'option(claim, claim({setting}, "{payer}")).')
            for rule in sorted(book.gated & book.in_force(day, setting, payer)):
                facts.append(f'holds({setting}, "{payer}", "{rule}").')
    values = choices.in_effect(choices.profile("cpt"), chosen)
    for name in opened:
        if name not in choices.policies:
            choices.in_effect(choices.profile("cpt"), {name: ""})  # raises PolicyError
    read = _policies_read(layers)
    for name, policy in choices.policies.items():
        if name not in read:
            continue
        every = policy.values if name in opened else (values[name],)
        for value in every:
            name_symbol, value_symbol = policy_symbol(name, value).arguments
            facts.append(f"option(policy({name_symbol}), {value_symbol}).")
    return facts


def _policies_read(layers: Layers) -> frozenset[str]:
    """The policies on which roles depend."""
    return frozenset(
        str(use.arguments[0])
        for statement in (*layers.below, *layers.choice, *layers.above)
        for use in uses(statement)
        if use.signature == ("policy", 2)
    )
