"""Encounters for the benchmarks: a chemotherapy day of any length, and random outpatient ones."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any

from infusion_asp.model import Encounter
from tests.support.random_encounters import random_encounter

BASE = datetime(2025, 3, 3, 9)
PERIOD = 290  # minutes after which the eight administrations repeat
# drug, method, minutes after BASE of start and stop
DAY: tuple[tuple[str, str, int, int | None], ...] = (
    ("ondansetron", "push", 0, None),
    ("dexamethasone", "infusion", 5, 25),
    ("paclitaxel", "infusion", 30, 212),
    ("normal saline", "infusion", 215, 280),
    ("famotidine", "push", 27, None),
    ("pegfilgrastim", "on_body_injector", 282, None),
    ("ondansetron", "push", 282, None),
    ("carboplatin", "infusion", 150, 210),
)


def day_of(size: int) -> Encounter:
    """A chemotherapy day; beyond eight administrations the day repeats after its end."""
    given: list[dict[str, Any]] = []
    for number in range(size):
        drug, method, start, stop = DAY[number % len(DAY)]
        base = BASE + timedelta(minutes=PERIOD * (number // len(DAY)))
        one: dict[str, Any] = {"id": f"a{number + 1}", "drug": drug, "method": method}
        one["start"] = (base + timedelta(minutes=start)).isoformat()
        one["route"] = "subcutaneous" if method == "on_body_injector" else "intravenous"
        if one["route"] == "intravenous":
            one["access"] = "iv1"
        if stop is not None:
            one["stop"] = (base + timedelta(minutes=stop)).isoformat()
        if drug == "normal saline":
            one["category"] = "hydration"
        given.append(one)
    return Encounter.model_validate(
        {
            "encounter_id": f"day-{size}",
            "setting": "facility",
            "accesses": [{"id": "iv1", "kind": "port"}],
            "administrations": given,
        }
    )


def several(count: int, size: int | None, seed: int = 5) -> list[Encounter]:
    """Random valid encounters of one payer and setting."""
    draw = random.Random(seed)
    found: list[Encounter] = []
    while len(found) < count:
        record = {**random_encounter(draw, size), "setting": "facility", "payer": "cpt"}
        try:
            found.append(Encounter.model_validate(record))
        except ValueError:
            continue
    return found
