"""Owns encounters that may tell a mutant from the original: variations of the rule tests.

A variation takes a test, perhaps puts an administration of another test beside it, and changes one
to four things: a time by a value on the boundary grid (every number of the rules, one less, one
more), a drug, a route, a flag, a policy, a billed line. So it has every feature that tests have, in
combinations that none of them has.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from infusion_asp.author.testing.notation import Case
from infusion_asp.facts import Policies
from infusion_asp.model import InputError, parse_encounter, terms

MOST = 3  # administrations
_FLAGS = ("ordered", "started_before_arrival", "reduced", "discontinued", "flushed_before")
_CLOCKS = ("arrival", "departure", "inpatient_order")
Record = dict[str, Any]


class Pool:
    """Draws variations of cases; the same for the same seed."""

    def __init__(
        self, cases: Sequence[Case], policies: Policies, numbers: Sequence[int], seed: int = 1
    ) -> None:
        self._cases = [case for case in cases if not case.facts]
        self._policies = policies
        self._rng = random.Random(seed)
        self._grid = sorted({n + by for n in numbers for by in (-1, 0, 1) if 0 <= n + by < 900})
        given = [each for case in cases for each in case.encounter.get("administrations", ())]
        self._values: dict[str, list[Any]] = {}
        for each in given:
            for name, value in each.items():
                if name not in ("id", "start", "stop", "pauses", "access", "visit"):
                    self._values.setdefault(name, []).append(value)
        self._services = [s for c in cases for s in c.encounter.get("other_services", ())]
        self._billed = [line for case in cases for line in case.encounter.get("billed", ())]

    def draw(self, count: int) -> list[Case]:
        """So many variations that the encounter format accepts."""
        found: list[Case] = []
        while len(found) < count:
            case = self._variation()
            try:
                parse_encounter(case.encounter)
            except (InputError, ValueError):
                continue
            found.append(replace(case, name=f"variation {len(found) + 1} of {case.name}"))
        return found

    def _variation(self) -> Case:
        rng = self._rng
        base = rng.choice(self._cases)
        record = copy.deepcopy(base.encounter)
        record["administrations"] = list(record.get("administrations", ()))[:MOST]
        if rng.random() < 0.5:
            self._splice(record)
        policies = dict(base.policies)
        for _ in range(rng.choice((0, 1, 1, 2, 3, 4))):
            change = rng.choice(self._changes())
            change(record)
        if rng.random() < 0.25:
            name = rng.choice(sorted(self._policies.policies))
            policies[name] = rng.choice(self._policies.policies[name].values)
        profile = base.profile
        if rng.random() < 0.1:
            profile = rng.choice((None, *sorted(self._policies.profiles)))
        if "billed" not in record and rng.random() < 0.35:
            lines = base.lines or ()
            record["billed"] = [
                {"code": text.split()[0], "units": 1, "modifiers": []} for text in lines
            ]
            self._bill(record)
        return Case(base.name, record, profile, policies)

    def _changes(self) -> list[Callable[[Record], None]]:
        usual = [self._time] * 5 + [self._field] * 5 + [self._frame] * 2
        return [*usual, self._drop, self._double, self._tie, self._service, self._bill]

    def _one(self, record: Record) -> Record | None:
        given = record["administrations"]
        return self._rng.choice(given) if given else None

    def _splice(self, record: Record) -> None:
        other = self._rng.choice(self._cases).encounter
        for name in ("accesses", "visits"):
            if not record.get(name) and other.get(name):
                record[name] = copy.deepcopy(other[name])
        ids = {name: {x["id"] for x in record.get(name, ())} for name in ("accesses", "visits")}
        for each in other.get("administrations", ())[:2]:
            if len(record["administrations"]) >= MOST:
                return
            added = copy.deepcopy(each)
            added["id"] = f"b{len(record['administrations']) + 1}"
            if added.get("access") not in ids["accesses"]:
                added.pop("access", None)
            if added.get("visit") not in ids["visits"]:
                added.pop("visit", None)
            if added.get("same_bag_as"):
                del added["same_bag_as"]
            record["administrations"].insert(
                self._rng.randrange(len(record["administrations"]) + 1), added
            )

    def _time(self, record: Record) -> None:
        each = self._one(record)
        if each is None:
            return
        rng = self._rng
        minutes = rng.choice(self._grid)
        kind = rng.randrange(7)
        start = each.get("start")
        if kind == 0:
            each.pop("stop", None)
        elif kind == 1 and rng.random() < 0.3:
            each.pop("start", None)
        elif kind in (2, 3) and start:
            each["stop"] = _later(start, minutes)
        elif kind in (4, 5) and start:
            other = self._one(record) or each
            anchor = other.get(rng.choice(("start", "stop"))) or start
            length = _between(each)
            each["start"] = _later(anchor, rng.choice((-1, 1)) * minutes)
            if length is not None:
                each["stop"] = _later(each["start"], length)
        elif start:
            each["last_charted"] = _later(start, minutes)

    def _field(self, record: Record) -> None:
        each = self._one(record)
        if each is None:
            return
        rng = self._rng
        kind = rng.randrange(6)
        if kind < 3:
            name = rng.choice(sorted(self._values))
            each[name] = rng.choice(self._values[name])
        elif kind == 3:
            each.pop(rng.choice(sorted(self._values)), None)
        elif kind == 4:
            each["route"] = rng.choice(terms.ROUTES)
        else:
            each[rng.choice(_FLAGS)] = rng.random() < 0.5

    def _frame(self, record: Record) -> None:
        rng = self._rng
        kind = rng.randrange(6)
        if kind == 0:
            record["setting"] = rng.choice(terms.SETTINGS)
        elif kind == 1:
            record["payer"] = rng.choice(("cpt", "medicare"))
        elif kind == 2:
            record["place_of_service"] = rng.choice((11, 12, 19, 22, 24))
        elif kind == 3:
            each = self._one(record)
            record["primary_reason"] = each["id"] if each else None
        else:
            each = self._one(record)
            if each and each.get("start"):
                record[rng.choice(_CLOCKS)] = _later(each["start"], rng.choice(self._grid) - 30)
        if record.get("primary_reason") is None:
            record.pop("primary_reason", None)

    def _drop(self, record: Record) -> None:
        if len(record["administrations"]) > 1:
            record["administrations"].remove(self._one(record))

    def _double(self, record: Record) -> None:
        each = self._one(record)
        if each is None or len(record["administrations"]) >= MOST:
            return
        again = copy.deepcopy(each)
        again["id"] = f"c{len(record['administrations']) + 1}"
        for name in ("start", "stop"):
            if again.get(name):
                again[name] = _later(again[name], self._grid[len(self._grid) // 2])
        record["administrations"].append(again)

    def _tie(self, record: Record) -> None:
        each, other = self._one(record), self._one(record)
        if each is not None and other is not None and each is not other:
            each[self._rng.choice(("same_bag_as", "integral_to"))] = other["id"]

    def _service(self, record: Record) -> None:
        if self._services:
            kept = list(record.get("other_services", ()))[:2]
            record["other_services"] = [*kept, copy.deepcopy(self._rng.choice(self._services))]

    def _bill(self, record: Record) -> None:
        """Change a billed line, leave one out or add one."""
        if "billed" not in record or not self._billed:
            return
        rng = self._rng
        lines = record["billed"]
        other = copy.deepcopy(rng.choice(self._billed))
        kind = rng.randrange(5)
        if kind == 0 or not lines:
            lines.append(other)
        elif kind == 1:
            lines.remove(rng.choice(lines))
        elif kind == 2:
            line = rng.choice(lines)
            line["units"] = max(1, int(line.get("units", 1)) + rng.choice((-1, 1, 5)))
        elif kind == 3:
            rng.choice(lines)["code"] = other["code"]
        else:
            rng.choice(lines)["modifiers"] = other.get("modifiers", [])


def _later(text: str, minutes: int) -> str:
    return (datetime.fromisoformat(str(text)) + timedelta(minutes=minutes)).isoformat()


def _between(each: Record) -> int | None:
    if not each.get("start") or not each.get("stop"):
        return None
    first = datetime.fromisoformat(str(each["start"]))
    return int((datetime.fromisoformat(str(each["stop"])) - first).total_seconds() // 60)
