"""Whether a batch gives every record the answer that `code` and `verify` give it alone."""

import json
import random
from collections.abc import Iterator, Sequence
from typing import Any

from infusion_asp.batch.parts import Part, Raw
from infusion_asp.batch.work import Options, Task
from infusion_asp.coding import Coder
from infusion_asp.model import Encounter, Line, Result, Verification, parse_encounter
from infusion_asp.rulebook import load_rulebook
from infusion_asp.verify import Verifier
from tests.support.random_encounters import random_encounter

Record = dict[str, Any]
CODER = Coder(load_rulebook())
VERIFIER = Verifier(CODER)


def part_of(records: Sequence[Record], number: int = 0, first: int = 0) -> Part:
    """The records as JSONL would hand them to a worker."""
    raw = (
        Raw("records.jsonl", at, json.dumps(each).encode()) for at, each in enumerate(records, 1)
    )
    return Part(number, first, tuple(raw))


def claimed(records: Sequence[Record], rng: random.Random) -> Iterator[Record]:
    """The records with billed lines: as derived, or wrong in one of a few plain ways."""
    results = CODER.code_many([parse_encounter(each) for each in records])
    for record, result in zip(records, results, strict=True):
        assert isinstance(result, Result)
        billed = [_billed(line) for line in result.lines]
        kind = rng.choice(("right", "right", "dropped", "units", "code", "twice"))
        if billed and kind != "right":
            at = rng.randrange(len(billed))
            if kind == "dropped":
                del billed[at]
            elif kind == "units":
                billed[at]["units"] += 1
            elif kind == "code":
                billed[at]["code"] = rng.choice(("96365", "96366", "96374", "96375", "96413"))
            else:
                billed.append(dict(billed[at]))
        yield {**record, "billed": billed}


def _billed(line: Line) -> Record:
    found: Record = {"code": line.code, "units": line.units, "modifiers": list(line.modifiers)}
    return found | ({"date": line.date.isoformat()} if line.date else {})


def random_records(seed: int, count: int, task: Task) -> list[Record]:
    """Valid random records, with billed lines where they are to be verified."""
    rng = random.Random(seed)
    records = [random_encounter(rng) for _ in range(count)]
    return list(claimed(records, rng)) if task == "verify" else records


def differing(records: Sequence[Record], task: Task) -> list[str]:
    """The ids of the records whose rows are not those of the answer that they get alone."""
    outcome = Options(task=task)()(part_of(records))
    assert outcome.counts.adds_up
    assert outcome.counts.encounters == len(records)
    tables = {name: each.to_pylist() for name, each in outcome.tables.items()}
    return [
        record["encounter_id"]
        for number, record in enumerate(records)
        if rows_of(tables, number) != alone(parse_encounter(record), task)
    ]


def alone(encounter: Encounter, task: Task) -> dict[str, Any]:
    """What the tables must say of one encounter, from its own answer."""
    if task == "code":
        result = CODER.code(encounter, explain=False)
        return {
            "verdict": None,
            "derived": [_line(line) for line in result.lines],
            "findings": [
                (each.rule, each.level, each.risk, list(each.administrations), None)
                for each in result.findings
            ],
            "not_reported": [(each.administration, each.rule) for each in result.not_reported],
        }
    claim, _ = VERIFIER._alone(encounter)  # what `verify` gives before it looks for questions
    return {
        "verdict": claim.verdict,
        "money": (claim.over, claim.under),
        "derived": [_line(line) for line in claim.supported],
        "billed": [(each.code, each.units, each.status, each.amount) for each in claim.billed],
        "missed": [(each.code, each.units, each.rule, each.amount) for each in claim.missed],
        "findings": _findings(claim),
    }


def _findings(claim: Verification) -> list[tuple[Any, ...]]:
    return [
        (each.rule, each.level, each.risk, list(each.administrations), each.code)
        for each in claim.findings
    ]


def _line(line: Line) -> tuple[Any, ...]:
    timed = [unit.minutes for unit in line.units_by if unit.minutes is not None]
    minutes = sum(timed) if timed else None
    own = (line.section, line.code, line.units, list(line.modifiers), line.date)
    return (*own, list(line.administrations), minutes)


def rows_of(tables: dict[str, list[Record]], number: int) -> dict[str, Any]:
    """The same from the rows of a batch's tables."""
    (head,) = (row for row in tables["encounters"] if row["record"] == number)
    mine = {name: [row for row in rows if row["record"] == number] for name, rows in tables.items()}
    lines = {
        source: [row for row in mine["lines"] if row["source"] == source]
        for source in ("derived", "billed", "missed")
    }
    names = ("section", "code", "units", "modifiers", "date", "administrations", "minutes")
    found: dict[str, Any] = {
        "verdict": head["verdict"],
        "derived": [tuple(row[name] for name in names) for row in lines["derived"]],
    }
    columns = ("rule_id", "level", "risk", "administrations", "code")
    found["findings"] = [tuple(row[name] for name in columns) for row in mine["findings"]]
    if head["verdict"] is None:
        pairs = [(row["administration"], row["rule_id"]) for row in mine["not_reported"]]
        return found | {"not_reported": pairs}
    found["money"] = (head["over_usd"], head["under_usd"])
    for source, last in (("billed", "status"), ("missed", "rule_ids")):
        found[source] = [
            (row["code"], row["units"], row[last], row["amount_usd"]) for row in lines[source]
        ]
    found["missed"] = [
        (code, units, rules[0], worth) for code, units, rules, worth in found["missed"]
    ]
    return found
