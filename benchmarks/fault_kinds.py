"""Owns faults of services and codes: roles, minutes, classes, parents, what was left out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from benchmarks.fault_claims import Billed, Claim
from benchmarks.fault_kit import (
    EITHER,
    HOUR_OF,
    HOURS,
    INFUSION_OF,
    INITIAL_OF,
    INJECTIONS,
    LATER_OF,
    MANY_INITIALS,
    OTHER_CLASS,
    OVER,
    PUSH_OF,
    UNDER,
    Fault,
    breaks,
    fault,
    of_codes,
    recoded,
    with_units,
)


@breaks("sequential as initial")
def _sequential_as_initial(claim: Claim) -> Iterator[Fault]:
    for line in of_codes(claim, INITIAL_OF):
        code = INITIAL_OF[line.code]
        what = f"{line.code} billed as {code}"
        lines = recoded(claim, line, code)
        yield from fault("sequential as initial", claim, what, lines, {line.code, code}, EITHER)


@breaks("initial as sequential")
def _initial_as_sequential(claim: Claim) -> Iterator[Fault]:
    for line in of_codes(claim, LATER_OF):
        code = LATER_OF[line.code]
        what = f"{line.code} billed as {code}"
        lines = recoded(claim, line, code)
        yield from fault("initial as sequential", claim, what, lines, {line.code, code}, EITHER)


@breaks("wrong initial")
def _wrong_initial(claim: Claim) -> Iterator[Fault]:
    for first in of_codes(claim, LATER_OF):
        for line in of_codes(claim, INITIAL_OF):
            if first.modifiers or line.modifiers or LATER_OF[first.code] == line.code:
                continue
            one, two = LATER_OF[first.code], INITIAL_OF[line.code]
            rest = [each for each in claim.without(line, 1) if each is not first]
            lines = [*rest, replace(first, code=one), replace(line, code=two, units=1)]
            codes = {first.code, line.code, one, two}
            what = f"{first.code} and {line.code} billed as {one} and {two}"
            yield from fault("wrong initial", claim, what, lines, codes, EITHER)


@breaks("second initial")
def _second_initial(claim: Claim) -> Iterator[Fault]:
    """The initial code once more, and another initial code for nothing new."""
    for line in of_codes(claim, LATER_OF):
        if line.modifiers:
            continue
        for code in {line.code, "96365" if line.code != "96365" else "96374"}:
            lines = [*claim.lines, Billed(code, date=line.date)]
            yield from fault("second initial", claim, f"{code} added", lines, {code}, OVER)


@breaks("five units of an initial code")
def _five_units(claim: Claim) -> Iterator[Fault]:
    for line in of_codes(claim, LATER_OF):
        lines = with_units(claim, line, MANY_INITIALS)
        what = f"{line.code} with {MANY_INITIALS} units"
        yield from fault("five units of an initial code", claim, what, lines, {line.code}, OVER)


@breaks("hour too many")
def _hour_too_many(claim: Claim) -> Iterator[Fault]:
    have = claim.codes
    for line in claim.lines:
        if line.code in HOURS or line.code == "96361":
            lines, code = with_units(claim, line, line.units + 1), line.code
        elif line.code in HOUR_OF and HOUR_OF[line.code] not in have:
            code = HOUR_OF[line.code]
            lines = [*claim.lines, replace(line, code=code, units=1)]
        else:
            continue
        yield from fault("hour too many", claim, f"one more {code}", lines, {code}, OVER)


@breaks("hour too few")
def _hour_too_few(claim: Claim) -> Iterator[Fault]:
    for line in claim.lines:
        later = line.code == "96361" and ("96360" in claim.codes or line.units > 1)
        if line.code in HOURS or later:
            lines = claim.without(line, 1)
            what = f"one {line.code} less"
            yield from fault("hour too few", claim, what, lines, {line.code}, UNDER)


@breaks("concurrent twice")
def _concurrent_twice(claim: Claim) -> Iterator[Fault]:
    for line in of_codes(claim, ("96368",)):
        lines = with_units(claim, line, line.units + 1)
        yield from fault("concurrent twice", claim, "96368 once more", lines, {"96368"}, OVER)


@breaks("concurrent as sequential")
def _concurrent_as_sequential(claim: Claim) -> Iterator[Fault]:
    for line in of_codes(claim, ("96368",)):
        lines = recoded(claim, line, "96367")
        codes = {"96367", "96368"}
        what = "96368 billed as 96367"
        yield from fault("concurrent as sequential", claim, what, lines, codes, EITHER)


@breaks("sequential as concurrent")
def _sequential_as_concurrent(claim: Claim) -> Iterator[Fault]:
    for line in of_codes(claim, ("96367",)):
        lines = recoded(claim, line, "96368")
        codes = {"96367", "96368"}
        what = "96367 billed as 96368"
        yield from fault("sequential as concurrent", claim, what, lines, codes, EITHER)


@breaks("push as infusion")
def _push_as_infusion(claim: Claim) -> Iterator[Fault]:
    for line in of_codes(claim, INFUSION_OF):
        code = INFUSION_OF[line.code]
        lines = recoded(claim, line, code)
        what = f"{line.code} billed as {code}"
        yield from fault("push as infusion", claim, what, lines, {line.code, code}, EITHER)


@breaks("infusion as push")
def _infusion_as_push(claim: Claim) -> Iterator[Fault]:
    for line in of_codes(claim, PUSH_OF):
        code = PUSH_OF[line.code]
        lines = recoded(claim, line, code)
        what = f"{line.code} billed as {code}"
        yield from fault("infusion as push", claim, what, lines, {line.code, code}, EITHER)


@breaks("wrong class")
def _wrong_class(claim: Claim) -> Iterator[Fault]:
    for line in of_codes(claim, OTHER_CLASS):
        code = OTHER_CLASS[line.code]
        lines = recoded(claim, line, code)
        what = f"{line.code} billed as {code}"
        yield from fault("wrong class", claim, what, lines, {line.code, code}, EITHER)


@breaks("same drug billed as new")
def _same_drug_as_new(claim: Claim) -> Iterator[Fault]:
    kind = "same drug billed as new"
    for line in of_codes(claim, ("96376",)):
        lines = recoded(claim, line, "96375")
        yield from fault(kind, claim, "96376 billed as 96375", lines, {"96375", "96376"}, EITHER)
    for line in of_codes(claim, ("96365", "96367", "96413", "96417")):
        if _bags(claim, line) > 1:
            code = LATER_OF.get(line.code, line.code)
            lines = [*claim.lines, replace(line, code=code, units=1)]
            what = f"{code} for another bag of one drug"
            yield from fault(kind, claim, what, lines, {code}, OVER)


def _bags(claim: Claim, line: Billed) -> int:
    """The most bags of one drug that a line of one unit stands for, not tied to each other."""
    bags: dict[str, int] = {}
    for name in set(line.administrations):
        one = claim.given.get(name, {})
        tied = one.get("same_bag_as") or one.get("mix") or one.get("category") == "hydration"
        if one.get("drug") and not tied and one.get("method") == "infusion":
            bags[one["drug"].casefold()] = bags.get(one["drug"].casefold(), 0) + 1
    return max(bags.values(), default=0) if line.units == 1 else 0


@breaks("add-on without parent")
def _addon_without_parent(claim: Claim) -> Iterator[Fault]:
    for line in claim.lines:
        rows = claim.tables.edits.parents(line.code, claim.setting)
        parents = {row.primary for row in rows}
        if not parents or parents & {each["code"] for each in _others(claim)}:
            continue
        here = [each for each in claim.lines if each.code in parents]
        if len(here) == 1 and here[0] is not line:
            lines = claim.without(here[0])
            what = f"{line.code} without {here[0].code}"
            codes = {line.code}
            yield from fault("add-on without parent", claim, what, lines, codes, EITHER)


def _others(claim: Claim) -> list[dict[str, Any]]:
    return list(claim.record.get("other_services", ()))


@breaks("service missed")
def _missed(claim: Claim) -> Iterator[Fault]:
    for line in claim.lines:
        if line.section == "drug" or line.code in HOURS or line.code == "96361":
            continue
        rest = claim.without(line)
        if not any(_orphaned(claim, each, rest) for each in rest):
            what = f"{line.code} left out"
            yield from fault("service missed", claim, what, rest, {line.code}, UNDER)


def _orphaned(claim: Claim, line: Billed, rest: list[Billed]) -> bool:
    rows = claim.tables.edits.parents(line.code, claim.setting)
    return bool(rows) and not {row.primary for row in rows} & {each.code for each in rest}


@breaks("service not documented")
def _not_documented(claim: Claim) -> Iterator[Fault]:
    kind = "service not documented"
    for line in of_codes(claim, INJECTIONS):
        lines = with_units(claim, line, line.units + 1)
        yield from fault(kind, claim, f"{line.code} once more", lines, {line.code}, OVER)
    if "96372" not in claim.codes:
        yield from fault(
            kind, claim, "96372 added", [*claim.lines, Billed("96372")], {"96372"}, OVER
        )
    if claim.codes & set(LATER_OF):
        lines = [*claim.lines, Billed("96375")]
        yield from fault(kind, claim, "96375 added", lines, {"96375"}, OVER)
