"""Random valid encounters in the encounter format: mostly ordinary, now and then exotic."""

import random
from datetime import datetime, timedelta
from typing import Any

from tests.support.random_parts import CHEMO, EXOTIC, THERAPEUTIC, exotic, ordinary

Encounter = dict[str, Any]
Given = dict[str, Any]
BASE = datetime(2025, 3, 3)
GAPS = (0, 0, 1, 2, 5, 15, 16, 29, 30, 31, 45, 60, 61)


def clock(minute: int) -> str:
    """ISO text of a minute counted from 00:00 of the first day."""
    return (BASE + timedelta(minutes=minute)).isoformat(timespec="minutes")


def random_encounter(rng: random.Random, size: int | None = None) -> Encounter:
    """One valid encounter of `size` administrations (default: mostly 2 to 6)."""
    count = size or rng.choices(range(1, 10), (6, 16, 20, 18, 14, 10, 5, 3, 2))[0]
    encounter: Encounter = {
        "encounter_id": f"random-{rng.randrange(10**9)}",
        "setting": rng.choices(("facility", "professional"), (6, 4))[0],
        "payer": rng.choices(("cpt", "medicare", "someone else"), (55, 40, 5))[0],
    }
    accesses = _accesses(encounter, rng)
    visits = _visits(encounter, rng)
    given = _administrations(rng, count, accesses, visits)
    if rng.random() < 0.01:  # a port is flushed and nothing else happens
        encounter["accesses"] = [{"id": "iv1", "kind": rng.choice(("port", "picc"))}]
        given = [{"id": "a1", **exotic(rng, "flush", visits[0][1]), "access": "iv1"}]
    encounter["administrations"] = given
    _special_accesses(encounter, rng)
    _limits(encounter, rng)
    _frame(encounter, rng)
    _write_times(encounter)
    return encounter


def _accesses(encounter: Encounter, rng: random.Random) -> list[str]:
    """Names of the accesses in use; the list itself goes into the encounter."""
    style = rng.choices(("none", "one", "two", "chain", "three", "port"), (30, 30, 20, 6, 6, 8))[0]
    if style == "none":
        return ["iv1"] if rng.random() < 0.9 else ["iv1", "iv2"]
    kinds = rng.choice(("peripheral", "peripheral", "port", "picc", "central"))
    listed: list[dict[str, Any]] = [
        {"id": "iv1", "kind": "port" if style == "port" else kinds},
    ]
    if style in ("two", "three", "chain"):
        listed.append({"id": "iv2", "kind": "peripheral"})
    if style == "three":
        listed.append({"id": "iv3", "kind": "peripheral"})
    if style == "chain":
        listed[1]["replaces"] = "iv1"
        if rng.random() < 0.4:
            listed.append({"id": "iv3", "kind": "peripheral"})
    for access in listed:
        if rng.random() < 0.7:
            access["medically_necessary"] = rng.random() < 0.85
            if rng.random() < 0.6:
                needs = ("incompatible_drugs", "protocol", "rate", "convenience", "other")
                access["need"] = rng.choices(needs, (6, 4, 1, 1, 1))[0]
            if rng.random() < 0.5:
                access["reason"] = "drugs do not mix"
    encounter["accesses"] = listed
    return [str(access["id"]) for access in listed]


def _special_accesses(encounter: Encounter, rng: random.Random) -> None:
    """Accesses that are no vein, for routes that use them; sites of subcutaneous infusions."""
    listed = encounter.get("accesses")
    if listed is None:
        return
    kinds = {"pump_refill": "implantable_pump", "intraventricular": "ommaya"}
    kinds |= {"intrathecal": "ommaya", "intra_arterial": "intra_arterial"}
    names = [access["id"] for access in listed]
    for row in encounter["administrations"]:
        kind = kinds.get(row.get("method"), kinds.get(row.get("route")))
        if kind and rng.random() < 0.6:
            if kind not in names:
                names.append(kind)
                listed.append({"id": kind, "kind": kind})
            row["access"] = kind
            if kind == "implantable_pump":
                row["route"] = rng.choice(("intravenous", "intra_arterial", "intrathecal", None))
                if row["route"] is None:
                    del row["route"]
        elif row.get("route") == "subcutaneous" and row.get("method") == "infusion":
            row["access"] = rng.choice(("sc1", "sc2"))
            if row["access"] not in names:
                names.append(row["access"])
                listed.append({"id": row["access"], "kind": "subcutaneous"})


def _visits(encounter: Encounter, rng: random.Random) -> list[tuple[str | None, int]]:
    """Visits with the minute at which things begin there."""
    first = rng.choices((480, 540, 600, 1290, 1380, 1425), (10, 8, 6, 2, 2, 1))[0]
    if rng.random() < 0.86:
        if rng.random() < 0.5:
            encounter["visits"] = [{"id": "v1"}]
            return [("v1", first)]
        return [(None, first)]
    encounter["visits"] = [{"id": "v1"}, {"id": "v2"}]
    return [("v1", first), ("v2", first + rng.choice((480, 600, 1440)))]


def _administrations(
    rng: random.Random,
    count: int,
    accesses: list[str],
    visits: list[tuple[str | None, int]],
) -> list[Given]:
    drugs = rng.sample(THERAPEUTIC, 3), rng.sample(CHEMO, 2)
    calm = rng.random() < 0.6  # nothing exotic at all
    out: list[Given] = []
    for number in range(1, count + 1):
        visit, begin = visits[min(len(visits) - 1, number * len(visits) // (count + 1))]
        row: Given = {"id": f"a{number}"}
        here = [o for o in out if o.get("visit") == visit]
        start = _start(rng, here, begin)
        again = any(o["route"] == "subcutaneous" and o.get("method") == "infusion" for o in here)
        if again and rng.random() < 0.4:
            parts = exotic(rng, "subcutaneous infusion", start)
        elif not calm and rng.random() < 0.25:
            parts = exotic(rng, rng.choice(EXOTIC), start)
        else:
            parts = ordinary(rng, start, drugs)
        row.update(parts)
        if row.get("route") == "intravenous" and rng.random() < 0.93:
            row["access"] = rng.choices(accesses, [3, 2, 1][: len(accesses)])[0]
        if visit is not None:
            row["visit"] = visit
        out.append(row)
        _ties(rng, row, here)
    return out


def _start(rng: random.Random, here: list[Given], begin: int) -> int:
    """A start near the start or stop of something else, or anywhere in the first hours."""
    timed = [o for o in here if o.get("start") is not None]
    if not timed or rng.random() < 0.2:
        return begin + 5 * rng.randrange(0, 40)
    other = rng.choice(timed)
    anchor = other["start"]
    if rng.random() < 0.6 and other.get("stop") is not None:
        anchor = other["stop"] if other["stop"] - other["start"] < 1500 else other["start"]
    if rng.random() < 0.12:
        return max(0, int(anchor) - rng.choice((10, 29, 30, 31, 40)))
    return int(anchor) + rng.choice(GAPS)


def _ties(rng: random.Random, row: Given, here: list[Given]) -> None:
    """Same bag as an earlier row, or integral to one, now and then."""
    alike = [
        o
        for o in here
        if o.get("route") == row.get("route")
        and o.get("method") == row.get("method")
        and o.get("start") is not None
        and "same_bag_as" not in o
    ]
    if alike and rng.random() < 0.05:
        other = rng.choice(alike)
        row["same_bag_as"] = other["id"]
        if other.get("access"):
            row["access"] = other["access"]
        if rng.random() < 0.5:  # one bag of two drugs
            for name in ("start", "stop", "last_charted", "pauses"):
                row.pop(name, None)
                if name in other:
                    row[name] = other[name]
        else:  # one bag, stopped and resumed
            row["drug"] = other["drug"]
            for name in ("category", "hcpcs", "mix"):
                row.pop(name, None)
                if name in other:
                    row[name] = other[name]
    elif here and rng.random() < 0.02:
        row["integral_to"] = rng.choice(here)["id"]
    elif rng.random() < 0.02:
        row["integral_to"] = "44970"


def _limits(encounter: Encounter, rng: random.Random) -> None:
    """Arrival, departure and inpatient order, of the encounter and of visits."""
    given = encounter["administrations"]
    starts = [a["start"] for a in given if a.get("start") is not None]
    stops = [a["stop"] for a in given if a.get("stop") is not None and a["stop"] < 4000]
    if not starts:
        return
    first, last = min(starts), max([*starts, *stops])
    if rng.random() < 0.15:
        encounter["arrival"] = first + rng.choice((-30, -10, 0, 10, 20))
        early = [a for a in given if a.get("start") is not None]
        if rng.random() < 0.6:
            min(early, key=lambda a: a["start"])["started_before_arrival"] = True
    if rng.random() < 0.12:
        departure = last + rng.choice((-40, -15, 0, 5, 30, 60))
        encounter["departure"] = max(departure, encounter.get("arrival", departure))
    if rng.random() < 0.04:
        encounter["inpatient_order"] = last + rng.choice((-60, -20, 0, 20))
    for visit in encounter.get("visits", ()):
        own = [a for a in given if a.get("visit") == visit["id"] and a.get("start") is not None]
        if own and rng.random() < 0.12:
            visit["arrival"] = min(a["start"] for a in own) - rng.choice((0, 10, -10))
        if own and rng.random() < 0.12:
            end = max(a.get("stop") or a["start"] for a in own) + rng.choice((-20, 0, 15, 45))
            visit["departure"] = max(end, visit.get("arrival", end))


def _frame(encounter: Encounter, rng: random.Random) -> None:
    """Primary reason, place of service, other services on the claim."""
    given = encounter["administrations"]
    professional = encounter["setting"] == "professional"
    if rng.random() < (0.7 if professional else 0.1):
        encounter["primary_reason"] = rng.choice(given)["id"]
    if rng.random() < (0.25 if professional else 0.04):
        encounter["place_of_service"] = rng.choices((11, 49, 12, 22, 19, 24), (8, 3, 2, 2, 1, 1))[0]
    if rng.random() < 0.12:
        codes = ("99213", "99211", "99284", "G0463", "74177", "36000", "96523", "62322")
        encounter["other_services"] = [
            {"code": code, "units": 1, "modifiers": ["25"] if rng.random() < 0.5 else []}
            for code in rng.sample(codes, rng.choice((1, 1, 2)))
        ]
    if rng.random() < 0.2:
        encounter["diagnoses"] = ["E86.0"]


def _write_times(encounter: Encounter) -> None:
    """Replace minutes by ISO text."""
    for thing in (encounter, *encounter.get("visits", ()), *encounter["administrations"]):
        names = ("arrival", "departure", "inpatient_order", "start", "stop", "last_charted")
        for name in names:
            if isinstance(thing.get(name), int):
                thing[name] = clock(thing[name])
        if "pauses" in thing:
            thing["pauses"] = [
                {"start": clock(low), "stop": clock(high)} for low, high in thing["pauses"]
            ]
