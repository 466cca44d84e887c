"""Owns faults of modifiers, drug lines, settings and payer edits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from benchmarks.fault_claims import Billed, Claim
from benchmarks.fault_kit import (
    DISTINCT,
    EITHER,
    FACILITY_ONLY,
    INJECTIONS,
    LATER_OF,
    NEVER_BESIDE,
    OF_THE_ORDER,
    OVER,
    UNDER,
    Fault,
    breaks,
    fault,
    of_codes,
    with_modifiers,
    with_units,
)


@breaks("missing 59, XS, XE, XU")
def _missing_distinct(claim: Claim) -> Iterator[Fault]:
    for line in claim.lines:
        if DISTINCT & set(line.modifiers):
            lines = with_modifiers(claim, line, set(line.modifiers) - DISTINCT)
            what = f"{line.code} without {', '.join(line.modifiers)}"
            yield from fault("missing 59, XS, XE, XU", claim, what, lines, {line.code}, EITHER)


@breaks("unfounded 59 or X")
def _unfounded_distinct(claim: Claim) -> Iterator[Fault]:
    for line in of_codes(claim, (*OF_THE_ORDER, *INJECTIONS)):
        for modifier in ("59", "XU"):
            if not line.modifiers:
                lines = with_modifiers(claim, line, (modifier,))
                what = f"{line.code}-{modifier}"
                yield from fault("unfounded 59 or X", claim, what, lines, {line.code}, OVER)


@breaks("76 or 77 misused")
def _repeat_modifiers(claim: Claim) -> Iterator[Fault]:
    for line in of_codes(claim, OF_THE_ORDER):
        for modifier in ("76", "77"):
            lines = with_modifiers(claim, line, (*line.modifiers, modifier))
            what = f"{line.code}-{modifier}"
            yield from fault("76 or 77 misused", claim, what, lines, {line.code}, OVER)


@breaks("25 on an administration")
def _misplaced_25(claim: Claim) -> Iterator[Fault]:
    for line in of_codes(claim, (*OF_THE_ORDER, *INJECTIONS)):
        lines = with_modifiers(claim, line, (*line.modifiers, "25"))
        yield from fault(
            "25 on an administration", claim, f"{line.code}-25", lines, {line.code}, OVER
        )


@breaks("JZ or JW missing")
def _missing_waste(claim: Claim) -> Iterator[Fault]:
    for line in claim.lines:
        kind = "JZ or JW missing"
        if "JZ" in line.modifiers:
            lines = with_modifiers(claim, line, set(line.modifiers) - {"JZ"})
            yield from fault(kind, claim, f"{line.code} without JZ", lines, {line.code}, EITHER)
        if "JW" in line.modifiers:
            lines = claim.without(line)
            yield from fault(kind, claim, f"no {line.code}-JW", lines, {line.code}, EITHER)
            lines = with_modifiers(claim, line, set(line.modifiers) - {"JW"})
            yield from fault(kind, claim, f"waste of {line.code} plain", lines, {line.code}, EITHER)


@breaks("JZ or JW unfounded")
def _unfounded_waste(claim: Claim) -> Iterator[Fault]:
    kind = "JZ or JW unfounded"
    wasted = {line.code for line in claim.lines if "JW" in line.modifiers}
    for line in claim.lines:
        if "JZ" in line.modifiers:
            waste = replace(line, units=1, modifiers=("JW",))
            what = f"{line.code}-JW where nothing was wasted"
            yield from fault(kind, claim, what, [*claim.lines, waste], {line.code}, OVER)
        if line.code in wasted and "JW" not in line.modifiers:
            lines = with_modifiers(claim, line, (*line.modifiers, "JZ"))
            what = f"{line.code}-JZ beside waste"
            yield from fault(kind, claim, what, lines, {line.code}, EITHER)
        if "JW" in line.modifiers:
            lines = with_units(claim, line, line.units + 1)
            what = f"{line.code}-JW one unit too many"
            yield from fault(kind, claim, what, lines, {line.code}, OVER)


@breaks("wrong drug units")
def _wrong_drug_units(claim: Claim) -> Iterator[Fault]:
    for line in claim.lines:
        if line.section != "drug" or "JW" in line.modifiers:
            continue
        more = with_units(claim, line, line.units + 1)
        what = f"{line.code} with {line.units + 1} for {line.units}"
        yield from fault("wrong drug units", claim, what, more, {line.code}, OVER)
        if line.units > 1:
            less = with_units(claim, line, line.units - 1)
            what = f"{line.code} with {line.units - 1} for {line.units}"
            yield from fault("wrong drug units", claim, what, less, {line.code}, UNDER)


@breaks("code of another setting")
def _other_setting(claim: Claim) -> Iterator[Fault]:
    if claim.setting != "professional" or not claim.codes & set(LATER_OF):
        return
    for code in FACILITY_ONLY:
        lines = [*claim.lines, Billed(code)]
        what = f"{code} on a professional claim"
        yield from fault("code of another setting", claim, what, lines, {code}, OVER)


@breaks("MUE exceeded")
def _too_many_units(claim: Claim) -> Iterator[Fault]:
    """One unit more than the limit of all dates of the record."""
    for line in claim.lines:
        limit = claim.tables.edits.mue(line.code, claim.setting)
        if limit is None or limit.units < line.units or line.section != "administration":
            continue
        units = limit.units * (1 if line.date else max(1, len(claim.days))) + 1
        lines = with_units(claim, line, units)
        what = f"{line.code} with {units} units"
        yield from fault("MUE exceeded", claim, what, lines, {line.code}, OVER)


@breaks("NCCI pair")
def _denied_pair(claim: Claim) -> Iterator[Fault]:
    day = min((each.date for each in claim.result.lines if each.date), default=None)
    for code in NEVER_BESIDE:
        pairs = claim.tables.edits.ptp({*claim.codes, code}, claim.setting, day)
        if code not in claim.codes and any(code in (row.column1, row.column2) for row in pairs):
            lines = [*claim.lines, Billed(code)]
            yield from fault("NCCI pair", claim, f"{code} beside it", lines, {code}, OVER)
