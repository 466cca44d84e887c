"""Owns what a fault is, and the tools that break the lines of a right claim."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from benchmarks.fault_claims import Billed, Claim, scored

OVER, UNDER = frozenset({"over"}), frozenset({"under"})
EITHER = OVER | UNDER

INITIAL_OF = {
    "96417": "96413",
    "96411": "96409",
    "96367": "96365",
    "96375": "96374",
    "96361": "96360",
}
LATER_OF = {initial: later for later, initial in INITIAL_OF.items()}
HOUR_OF = {
    "96413": "96415",
    "96417": "96415",
    "96365": "96366",
    "96367": "96366",
    "96360": "96361",
    "96361": "96361",
    "96422": "96423",
    "96369": "96370",
}
HOURS = frozenset(HOUR_OF.values()) - {"96361"}
INFUSION_OF = {"96409": "96413", "96411": "96417", "96374": "96365", "96375": "96367"}
PUSH_OF = {infusion: push for push, infusion in INFUSION_OF.items()}
OTHER_CLASS = {
    "96413": "96365",
    "96417": "96367",
    "96409": "96374",
    "96411": "96375",
    "96401": "96372",
    "96402": "96372",
    "96365": "96413",
    "96367": "96417",
    "96374": "96409",
    "96375": "96411",
    "96372": "96401",
}
OF_THE_ORDER = (*INITIAL_OF, *LATER_OF, "96415", "96366", "96368", "96376")
INJECTIONS = ("96372", "96401", "96402")
DISTINCT = frozenset({"59", "XE", "XS", "XP", "XU"})
FACILITY_ONLY = ("96376", "C8957")
ABSENT = {"96372": "96401", "96401": "96372", "96402": "96372"}
NEVER_BESIDE = ("36000", "36410", "96523", "36591")
MANY_INITIALS = 5


@dataclass(frozen=True)
class Fault:
    """One way in which one claim is wrong, and what a finding about it must say."""

    kind: str
    claim: str
    what: str
    record: dict[str, Any]
    codes: frozenset[str]
    risks: frozenset[str]
    touched: frozenset[str] = frozenset()  # all codes of which the claim bills more or less


Breaker = Callable[[Claim], Iterator[Fault]]
BREAKERS: dict[str, Breaker] = {}


def breaks(kind: str) -> Callable[[Breaker], Breaker]:
    """Registers a way to break a claim under the name of its kind."""

    def register(breaker: Breaker) -> Breaker:
        BREAKERS[kind] = breaker
        return breaker

    return register


def fault(
    kind: str, claim: Claim, what: str, lines: Iterable[Billed], codes: Iterable[str], risks: Any
) -> Iterator[Fault]:
    """The fault, unless the broken claim is right after all (an equal or alternative claim)."""
    broken = list(lines)
    now = scored(broken)
    drugs = {line.code for line in claim.lines if line.section == "drug"}
    if now == scored(claim.lines):
        return
    plain = {key: units for key, units in now.items() if key[0] not in drugs}
    for other in claim.result.alternatives:
        if plain == {(one.code, tuple(sorted(one.modifiers))): one.units for one in other.lines}:
            return
    more, less = now - scored(claim.lines), scored(claim.lines) - now
    touched = frozenset(code for code, _ in (*more, *less))
    record = claim.billed(broken)
    yield Fault(kind, claim.name, what, record, frozenset(codes), frozenset(risks), touched)


def recoded(claim: Claim, line: Billed, code: str) -> list[Billed]:
    """The lines with one unit of one line billed under another code."""
    return [*claim.without(line, 1), replace(line, code=code, units=1)]


def with_units(claim: Claim, line: Billed, units: int) -> list[Billed]:
    """The lines with another number of units on one of them."""
    return [replace(each, units=units) if each is line else each for each in claim.lines]


def with_modifiers(claim: Claim, line: Billed, modifiers: Iterable[str]) -> list[Billed]:
    """The lines with other modifiers on one of them."""
    changed = replace(line, modifiers=tuple(modifiers))
    return [changed if each is line else each for each in claim.lines]


def of_codes(claim: Claim, codes: Iterable[str]) -> Iterator[Billed]:
    """The lines of certain codes."""
    wanted = set(codes)
    return (line for line in claim.lines if line.code in wanted)
