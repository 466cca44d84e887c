"""Owns right claims to break: published cases, our own encounters and random ones, as derived."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from benchmarks.scoring import lines_of, read_cases
from infusion_asp.coding import Coder
from infusion_asp.model import Encounter, InputError, Result, parse_encounter
from infusion_asp.tables import Tables
from tests.support.random_encounters import random_encounter

ROOT = Path(__file__).parent.parent
PUBLISHED = ROOT / "fixtures" / "published" / "published.yaml"
OWN = ROOT / "fixtures" / "encounters"

Record = Mapping[str, Any]


@dataclass(frozen=True)
class Billed:
    """One billed line, and the administrations that it stands for."""

    code: str
    units: int = 1
    modifiers: tuple[str, ...] = ()
    date: str | None = None
    section: str = "administration"
    administrations: tuple[str, ...] = field(default=(), compare=False)

    def written(self) -> dict[str, Any]:
        """The line in the encounter format."""
        line: dict[str, Any] = {"code": self.code, "units": self.units}
        if self.modifiers:
            line["modifiers"] = list(self.modifiers)
        if self.date is not None:
            line["date"] = self.date
        return line


@dataclass(frozen=True)
class Claim:
    """An encounter billed as the rulebook derives it."""

    name: str
    record: Record
    lines: tuple[Billed, ...]
    result: Result
    tables: Tables
    code: Callable[[Encounter], Result]

    @property
    def setting(self) -> str:
        """The setting of the claim."""
        return self.result.setting

    @property
    def medicare(self) -> bool:
        """Whether a Medicare profile holds."""
        return self.result.profile.startswith("medicare")

    @property
    def given(self) -> dict[str, Record]:
        """The administrations by id."""
        return {each["id"]: each for each in self.record["administrations"]}

    @property
    def codes(self) -> frozenset[str]:
        """All codes of the claim."""
        return frozenset(line.code for line in self.lines)

    @property
    def days(self) -> frozenset[str]:
        """The dates of all charted times."""
        found = {time.date() for _, time in parse_encounter(dict(self.record)).times()}
        return frozenset(day.isoformat() for day in found)

    def billed(self, lines: Iterable[Billed], record: Record | None = None) -> dict[str, Any]:
        """The encounter with these lines billed."""
        return {**(record or self.record), "billed": [line.written() for line in lines]}

    def without(self, line: Billed, units: int | None = None) -> list[Billed]:
        """The lines without one, or without some of its units."""
        left = [each for each in self.lines if each is not line]
        if units is not None and line.units > units:
            index = self.lines.index(line)
            left.insert(index, _units(line, line.units - units))
        return left

    def derived(self, record: Record) -> Result | None:
        """What the rulebook derives for another record; None where the format refuses it."""
        try:
            return self.code(parse_encounter(dict(record)))
        except InputError:
            return None


def _units(line: Billed, units: int) -> Billed:
    return Billed(line.code, units, line.modifiers, line.date, line.section, line.administrations)


def lines_derived(result: Result, *, dated: bool, drugs: bool = True) -> tuple[Billed, ...]:
    """The lines of a result as a claim; without dates, equal lines are one."""
    units: Counter[Billed] = Counter()
    members: dict[Billed, list[str]] = {}
    for line in result.lines:
        if line.section == "drug" and not drugs:
            continue
        day = line.date.isoformat() if dated and line.date else None
        key = Billed(line.code, 0, tuple(line.modifiers), day, line.section)
        units[key] += line.units
        members.setdefault(key, []).extend(line.administrations)
    return tuple(
        Billed(key.code, count, key.modifiers, key.date, key.section, tuple(members[key]))
        for key, count in units.items()
    )


def published_claims(coder: Coder, path: Path = PUBLISHED) -> Iterator[Claim]:
    """Published cases whose published lines we derive, billed without dates."""
    for case in read_cases(path):
        claim = claim_of(coder, case.id, case.encounter, dated=False)
        if claim is not None and lines_of(claim.result, case) == case.expected:
            yield claim


def published_as_printed(path: Path = PUBLISHED) -> Iterator[tuple[str, dict[str, Any]]]:
    """Name and record of every published case, with the published lines billed as they stand."""
    for entry in yaml.safe_load(path.read_text(encoding="utf-8")):
        lines = [
            {"code": str(line["code"]), "units": line["units"], "modifiers": line["modifiers"]}
            for line in entry["expected"]
        ]
        yield entry["id"], {**entry["encounter"], "billed": lines}


def own_claims(coder: Coder, directory: Path = OWN) -> Iterator[Claim]:
    """The encounters of our fixtures, with drug lines and dates."""
    for path in sorted(directory.glob("*.json")):
        record = json.loads(path.read_text(encoding="utf-8"))
        claim = claim_of(coder, path.stem, record, dated=True)
        if claim is not None:
            yield claim


def random_claims(coder: Coder, count: int, seed: int = 7) -> Iterator[Claim]:
    """Random encounters that give at least one line."""
    draw = random.Random(seed)
    found = 0
    while found < count:
        record = random_encounter(draw, draw.choice((2, 3, 4, 5)))
        claim = claim_of(coder, record["encounter_id"], record, dated=True)
        if claim is not None and claim.lines:
            found += 1
            yield claim


def claim_of(coder: Coder, name: str, record: Record, *, dated: bool) -> Claim | None:
    """The encounter billed as derived; None where the format refuses it."""

    def coded(encounter: Encounter) -> Result:
        return coder.code(encounter, explain=_undecided(encounter))

    try:
        encounter = parse_encounter({**record, "billed": []})
    except InputError:
        return None
    result = coded(encounter)
    plain: Record = encounter.model_dump(mode="json", exclude_none=True, exclude_defaults=True)
    lines = lines_derived(result, dated=dated)
    return Claim(name, {"administrations": [], **plain}, lines, result, coder.tables, coded)


def _undecided(encounter: Encounter) -> bool:
    """Whether other lines may be right too, so that the alternatives are wanted."""
    return encounter.setting == "professional"


def scored(lines: Sequence[Billed]) -> Counter[tuple[str, tuple[str, ...]]]:
    """Units by code and modifiers."""
    counted: Counter[tuple[str, tuple[str, ...]]] = Counter()
    for line in lines:
        counted[line.code, tuple(sorted(line.modifiers))] += line.units
    return counted
