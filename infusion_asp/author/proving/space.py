"""Owns the space of a proof: how many of everything, which fields are open, which instants.

The generator (logic/invariants/search/generator.lp) chooses one value for each field of a record;
the facts made here give it its bound, its claims, its policies and its instants.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache

import clingo

from infusion_asp.author.proof import invariant
from infusion_asp.facts.policies import Policies, policy_symbol
from infusion_asp.rulebook import Rulebook
from infusion_asp.rulebook.atoms import Use

DAY = date(2025, 3, 3)
CORE = ("documented", "reason", "tied", "visit", "line", "route", "drug", "category", "method")
RARE = ("purpose", "ordered", "discontinued", "reduced", "order_reason")
LATE = ("departure", "inpatient_order", "place", "need")
KINDS = (*CORE, "purpose", "times")
READ_BY: Mapping[str, tuple[str, ...]] = {
    "documented": ("necessary",),
    "reason": ("primary_reason",),
    "tied": ("same_bag_as",),
    "visit": ("in_visit",),
    "line": ("on_access",),
    "route": ("route",),
    "drug": ("contains", "contents"),
    "category": ("category",),
    "method": ("method",),
    "times": ("charted_start", "charted_stop"),
    "purpose": ("purpose",),
    "ordered": ("unordered",),
    "discontinued": ("discontinued",),
    "reduced": ("reduced",),
    "order_reason": ("order_reason",),
    "departure": ("departure",),
    "inpatient_order": ("inpatient_order",),
    "place": ("place",),
    "need": ("access_need",),
}
"""The predicates that a kind of field gives."""
MINUTES = "_minutes"
HOUR, FURTHER = "hour_minutes", "further_hour_over_minutes"


@dataclass(frozen=True)
class Space:
    """The bound of a proof. `policies` are fixed, those `opened` may have any of their values.

    With `one_other` at most one of those opened has another value than it would have.
    """

    administrations: int = 2
    accesses: int = 2
    visits: int = 2
    claims: tuple[tuple[str, str], ...] = (("facility", "cpt"), ("professional", "cpt"))
    policies: Mapping[str, str] = field(default_factory=dict)
    opened: tuple[str, ...] = ()
    one_other: bool = False
    kinds: tuple[str, ...] = KINDS
    day: date = DAY
    boundaries: tuple[int, ...] = ()
    left_out: tuple[int, ...] = ()
    cells: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def within(self, cells: Mapping[str, Sequence[str]]) -> Space:
        """The part of it in which these fields have one of these values only."""
        merged = dict(self.cells) | {name: tuple(values) for name, values in cells.items()}
        return replace(self, cells=merged)

    def __str__(self) -> str:
        parts = [
            _many(self.administrations, "administration"),
            _many(self.accesses, "access", "accesses"),
            _many(self.visits, "visit"),
        ]
        parts += [f"without the threshold of {value} minutes" for value in self.left_out]
        parts += [f"{name}={value}" for name, value in sorted(self.policies.items())]
        if self.one_other:
            parts.append("at most one policy at another value")
        elif self.opened:
            parts.append(f"any value of {_any(self.opened)}")
        return ", ".join(parts)


def _any(names: Sequence[str]) -> str:
    return f"{len(names)} policies" if len(names) > 3 else " and ".join(names)


def _many(count: int, one: str, several: str = "") -> str:
    return f"{count} {one if count == 1 else several or one + 's'}"


@dataclass(frozen=True)
class Reads:
    """The policies that statements read, and the rules whose being in force they ask for."""

    policies: frozenset[str]
    gates: frozenset[str]

    @classmethod
    def of(cls, founds: Sequence[Sequence[Use]]) -> Reads:
        """What statements with these uses read."""
        return cls(_read(founds, "policy"), _read(founds, "in_force"))


def facts_of(space: Space, book: Rulebook, choices: Policies, reads: Reads) -> list[str]:
    """Facts of the generator; policies and gates that nothing reads are left out."""
    found = [f'admin("a{at}", {at}).' for at in range(1, space.administrations + 1)]
    found += [f'access("l{at}", {at}).' for at in range(1, space.accesses + 1)]
    found += [f'visit("v{at}", {at}).' for at in range(1, space.visits + 1)]
    found += [f"opened({kind})." for kind in space.kinds]
    found += [f"boundary({value})." for value in space.boundaries]
    found += [f"left_out({value})." for value in space.left_out]
    found += [f"cell({name}, {value})." for name, each in space.cells.items() for value in each]
    for setting, payer in space.claims:
        found.append(f'claim({setting}, "{payer}").')
        for rule in sorted(book.gated & book.in_force(space.day, setting, payer)):
            if rule in reads.gates:
                found.append(f'holds({setting}, "{payer}", "{rule}").')
    values = choices.in_effect(choices.profile("cpt"), space.policies)
    for name in space.opened:
        if name not in choices.policies:
            choices.in_effect(choices.profile("cpt"), {name: ""})  # raises PolicyError
    for name, policy in choices.policies.items():
        if name not in reads.policies:
            continue
        for value in policy.values if name in space.opened else (values[name],):
            given, chosen = policy_symbol(name, value).arguments
            found.append(f"open_policy({given}, {chosen}).")
            if space.one_other and value == values[name]:
                found.append(f"usual_policy({given}, {chosen}).")
    return found


def _read(founds: Iterable[Iterable[Use]], name: str) -> frozenset[str]:
    """The first arguments with which a predicate is read."""
    return frozenset(
        str(use.arguments[0]).strip('"')
        for found in founds
        for use in found
        if use.signature[0] == name
    )


def instants_of(founds: Iterable[Sequence[Use]], fixed: Mapping[str, str]) -> tuple[int, ...]:
    """The minutes of the thresholds that statements with these uses read.

    They include the thresholds themselves. A further hour begins where hour and rest end.
    """
    named: dict[str, set[int]] = {}
    read: set[str] = set()
    for found in founds:
        if not fires(found, fixed):
            continue
        for use in found:
            if use.signature != ("threshold", 2):
                continue
            name, value = (str(each) for each in use.arguments)
            if use.in_head:
                named.setdefault(name, set()).add(int(value))
            else:
                read.add(name)
    minutes = {v for name in read if name.endswith(MINUTES) for v in named.get(name, ())}
    if HOUR in read and FURTHER in read:
        others = {v for name in read - {FURTHER} for v in named.get(name, ())}
        minutes -= named.get(FURTHER, set()) - others
        minutes |= {hour + rest for hour in named[HOUR] for rest in named[FURTHER]}
    return tuple(sorted(minutes))


def fires(found: Iterable[Use], fixed: Mapping[str, str]) -> bool:
    """Whether no policy among these uses has another value than the one that is fixed."""
    for use in found:
        if use.signature == ("policy", 2) and not use.in_head and _positive(use.place):
            name, value = (str(each) for each in use.arguments)
            if name in fixed and _constant(value) and _word(value) != fixed[name]:
                return False
    return True


def _positive(place: object) -> bool:
    return getattr(place, "name", "") == "BODY"


def _constant(value: str) -> bool:
    return value[:1] in '"0123456789' or value[:1].islower()


def _word(value: str) -> str:
    return value.strip('"')


def kinds_read(founds: Iterable[Iterable[Use]]) -> tuple[str, ...]:
    """The kinds of field whose predicates statements with these uses read."""
    names = {use.signature[0] for found in founds for use in found if not use.in_head}
    return tuple(kind for kind, given in READ_BY.items() if names.intersection(given))


@lru_cache(maxsize=1)
def generator() -> str:
    """The text of the generator."""
    return invariant("search/generator.lp")


def fields_of(model: Iterable[clingo.Symbol]) -> dict[str, str]:
    """The chosen value of each field."""
    return {
        str(atom.arguments[0]): str(atom.arguments[1]) for atom in model if atom.name == "choose"
    }
