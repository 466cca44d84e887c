"""Owns the claims of the generated mix: the baseline's lines as billed, some with one fault."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, NoReturn, cast

from benchmarks import baseline, fault_edits, fault_kinds
from benchmarks.fault_claims import Billed, Claim
from benchmarks.fault_kit import Breaker
from infusion_asp.model import Encounter, Result
from infusion_asp.tables import Tables, load_tables

Lines = list[dict[str, Any]]


@lru_cache(maxsize=1)
def breakers() -> tuple[Breaker, ...]:
    """The ways to break the lines of a claim and leave its record as it is."""
    return tuple(
        each
        for module in (fault_kinds, fault_edits)
        for name, each in vars(module).items()
        if name.startswith("_") and getattr(each, "__module__", "") == module.__name__
        if "Fault" in str(getattr(each, "__annotations__", {}).get("return", ""))
    )


@dataclass(frozen=True, slots=True)
class _Kept:
    administration: str


@dataclass(frozen=True, slots=True)
class _Dated:
    date: date | None


@dataclass(frozen=True, slots=True)
class _Derived:
    """What the faults read of a result."""

    setting: str
    profile: str
    lines: tuple[_Dated, ...]
    not_reported: tuple[_Kept, ...]
    alternatives: tuple[()] = ()


def billed(record: Mapping[str, Any], draw: random.Random, *, wrong: bool) -> tuple[Lines, str]:
    """The lines of the claim and the kind of its fault, empty where it is right."""
    found = baseline.code(record)
    right = _lines(found.lines)
    if wrong:
        claim = _claim(record, right, found)
        ways = list(breakers())
        draw.shuffle(ways)
        for way in ways:
            # the ways go through sets, whose order is another in every process
            faults = sorted(way(claim), key=lambda each: each.what)
            if faults:
                chosen = draw.choice(faults)
                return [_sorted(line) for line in chosen.record["billed"]], chosen.kind
    return [line.written() for line in right], ""


def _sorted(line: dict[str, Any]) -> dict[str, Any]:
    if "modifiers" not in line:
        return line
    return {**line, "modifiers": sorted(line["modifiers"])}


def _lines(found: list[baseline.Line]) -> tuple[Billed, ...]:
    units: Counter[Billed] = Counter()
    members: dict[Billed, tuple[str, ...]] = {}
    for line in found:
        key = Billed(line.code, 0, line.modifiers, line.date, line.section)
        units[key] += line.units
        members[key] = (*members.get(key, ()), *line.administrations)
    return tuple(
        Billed(key.code, count, key.modifiers, key.date, key.section, members[key])
        for key, count in units.items()
    )


def _claim(
    record: Mapping[str, Any], lines: tuple[Billed, ...], found: baseline.BaselineResult
) -> Claim:
    medicare = record.get("payer") == "medicare"
    derived = _Derived(
        str(record["setting"]),
        f"medicare-{record['setting']}" if medicare else "cpt",
        tuple(_Dated(date.fromisoformat(each.date) if each.date else None) for each in lines),
        tuple(_Kept(name) for name in found.not_reported),
    )
    name = str(record["encounter_id"])
    return Claim(name, record, lines, cast(Result, derived), _tables(), _not_coded)


@lru_cache(maxsize=1)
def _tables() -> Tables:
    return load_tables()


def _not_coded(encounter: Encounter) -> NoReturn:
    raise TypeError(f"{encounter.encounter_id}: no fault of the mix needs another record")
