"""Owns the three sets of encounters of the batch benchmark: MIMIC days, the mix, the worst 1 %."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from benchmarks.mix import mix
from infusion_asp.ingest.mimic import convert
from infusion_asp.model import Encounter, InputError, parse_encounter
from tests.support.random_encounters import random_encounter

MIMIC = Path(__file__).parents[2] / "shared" / "realdata" / "mimic-iv-demo-2.2"
WORST = 100  # one in so many, the longest
Records = list[dict[str, Any]]


@dataclass(frozen=True)
class Given:
    """Records, the same parsed, and what they are in one sentence."""

    what: str
    records: Records
    encounters: list[Encounter]

    @property
    def mean(self) -> float:
        """Administrations of an encounter."""
        return sum(len(each.administrations) for each in self.encounters) / len(self.encounters)


def _given(what: str, records: Records) -> Given:
    kept, encounters = [], []
    for record in records:
        try:
            encounters.append(parse_encounter(record))
        except InputError:
            continue
        kept.append(record)
    return Given(what, kept, encounters)


def mimic(count: int) -> Given:
    """Intensive care days of the MIMIC-IV demo; raises FileNotFoundError where it is not there."""
    if not MIMIC.exists():
        raise FileNotFoundError(MIMIC.name)
    days = list(convert(MIMIC))
    return _given("(a) MIMIC-IV demo, days of stays in intensive care", _spread(days, count))


def outpatient(count: int) -> Given:
    """Records of the mix, none equal, with claims."""
    return _given("(b) outpatient mix, no equal records", [m.record for m in mix(count)])


def repeated(count: int) -> Given:
    """Records of the mix, four in ten of them equal to an earlier one."""
    made = mix(count, equal=0.4)
    return _given("(b) outpatient mix, 40 % equal records", [m.record for m in made])


def worst(count: int) -> Given:
    """The longest of a hundred times as many records, half of the mix and half random."""
    half = count * WORST // 2
    records = [m.record for m in mix(half)]
    draw = random.Random(3)
    for number in range(half):
        records.append({**random_encounter(draw), "encounter_id": f"random-{number}"})
    records.sort(key=lambda each: -len(each["administrations"]))
    return _given("(c) the longest 1 % of the mix and of random encounters", records[:count])


def _spread(records: Records, count: int) -> Records:
    step = max(1, len(records) // count)
    return records[::step][:count]


SETS: dict[str, Callable[[int], Given]] = {
    "mimic": mimic,
    "mix": outpatient,
    "repeated": repeated,
    "worst": worst,
}


@lru_cache(maxsize=4)
def chosen(name: str, count: int) -> Given:
    """A set by its name."""
    return SETS[name](count)
