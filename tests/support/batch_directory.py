"""A directory as `batch` writes it, of any number of encounters that were made up, unsolved."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa

from infusion_asp.batch.counts import Counts
from infusion_asp.batch.journal import DIRECTORY, Journal, digest_of
from infusion_asp.batch.outcome import Outcome
from infusion_asp.batch.outputs import Form, merge
from infusion_asp.batch.schema import SCHEMAS
from infusion_asp.batch.summary import SUMMARY, summary
from infusion_asp.batch.work import Options

PART = 10_000
FINDING_RULES = ("claim_units_over_minutes", "claim_not_billed", "order_missing", "short_push")
DEPARTMENTS = ("infusion centre", "emergency", "oncology", "=ward 7", None)
CODES = ("11111", "22222", "33333", "J0001", "J0002")
LEVELS, RISKS = ("error", "warning", "info"), ("over", "under", "documentation", "none")
LINE_RULES = ("first_unit", "further_unit", "infusion", "push")
SILENT_RULES = ("support_fluid", None)

Tables = dict[str, list[dict[str, Any]]]


@dataclass(frozen=True)
class Made:
    """A directory with its input and, where they were asked for, all rows of its tables."""

    out: Path
    input: Path
    tables: Tables = field(default_factory=dict)


def made(
    place: Path,
    records: int,
    seed: int = 0,
    *,
    form: Form = "parquet",
    keep: bool = True,
    rows: bool = True,
    errors: int = 40,
) -> Made:
    """Write `place/out` and `place/input.jsonl`; one record of `errors` has no result.

    With `keep` the tables hold the records. Without `rows` memory stays flat.
    """
    place.mkdir(parents=True, exist_ok=True)
    out, source = place / "out", place / "input.jsonl"
    chance = random.Random(seed)
    whole: Tables = {name: [] for name in SCHEMAS}
    parts = place / "parts"
    parts.mkdir()
    paths = []
    with source.open("w", encoding="utf-8", newline="\n") as lines:
        for first in range(0, records, PART):
            tables: Tables = {name: [] for name in SCHEMAS}
            for record in range(first, min(records, first + PART)):
                encounter = _encounter(chance, record)
                lines.write(json.dumps(encounter, separators=(",", ":")) + "\n")
                _fill(tables, chance, record, encounter, str(source), keep, errors)
            paths.append(parts / f"{first}.part")
            paths[-1].write_bytes(_outcome(tables).data)
            for name in SCHEMAS if rows else ():
                whole[name] += tables[name]
    out.mkdir()
    run = {
        "the input": [{"name": str(source), **digest_of(source)}],
        "the options": {"task": "verify"},
    }
    with Journal(out, run) as journal:
        counts = merge(paths, out, out / DIRECTORY, form)
        text = json.dumps(summary(counts, Options(), form), indent=2)
        (out / SUMMARY).write_text(text, encoding="utf-8")
        journal.finish()
    for path in paths:
        path.unlink()
    return Made(out, source, whole)


def _encounter(chance: random.Random, record: int) -> dict[str, Any]:
    minutes = chance.choice((12, 16, 31, 60, 90, 91, 92, 95, 96, 121, 151))
    stop = f"2025-03-03T{9 + minutes // 60:02d}:{minutes % 60:02d}"
    given = {
        "id": "a1",
        "drug": chance.choice(("vancomycin", "rituximab", "ceftriaxone")),
        "route": "intravenous",
        "start": "2025-03-03T09:00",
        "stop": stop,
    }
    name = chance.choice(("Enc", "visit", "x'); DROP TABLE lines;--", "50%_off", "é"))
    return {"encounter_id": f"{name}-{record}", "administrations": [given]}


def _fill(
    tables: Tables,
    chance: random.Random,
    record: int,
    encounter: dict[str, Any],
    file: str,
    keep: bool,
    errors: int,
) -> None:
    """The rows of one record."""
    here = {"record": record, "encounter_id": encounter["encounter_id"]}
    if errors and record % errors == errors - 1:
        place = {"record": record, "file": file, "line": record + 1, "path": "$.route"}
        kind = chance.choice(("unknown_value", "stop_before_start"))
        tables["errors"].append({**place, "kind": kind, "message": "the value is not known"})
        return
    lines, findings = list(_lines(chance)), list(_findings(chance))
    tables["lines"] += [{**here, "number": at, **row} for at, row in enumerate(lines, 1)]
    tables["findings"] += [{**here, "number": at, **row} for at, row in enumerate(findings, 1)]
    if chance.random() < 0.2:
        rule = chance.choice(SILENT_RULES)
        row = {"administration": "a1", "rule_id": rule, "sentence": "a1 has no service of its own"}
        tables["not_reported"].append({**here, **row})
    given = encounter["administrations"][0]
    charted = int(given["stop"][11:13]) * 60 + int(given["stop"][14:]) - 540
    kind = "push" if charted < 16 else chance.choice(("infusion", "infusion", "hydration"))
    evidence = {"administration": "a1", "kind": kind, "code": CODES[0], "units": 1}
    tables["evidence"].append({**here, **evidence, "minutes": charted, "charted_minutes": charted})
    judged = chance.random() < 0.9
    money = [Decimal(chance.choice((0, 0, 0, 1250, 9999, chance.randrange(50_000)))) / 100] * 2
    money[1] = Decimal(chance.choice((0, 0, 0, 0, 777))) / 100
    tables["encounters"].append(
        {
            **here,
            "file": file,
            "line": record + 1,
            "profile": "cpt",
            "setting": "facility",
            "department": chance.choice(DEPARTMENTS),
            "administrations": 1,
            "verdict": chance.choice(("supported", "differs")) if judged else "not_evaluable",
            "lines": sum(row["source"] == "derived" for row in lines),
            "findings": len(findings),
            "over_usd": money[0] if judged else None,
            "under_usd": money[1] if judged else None,
            "encounter": json.dumps(encounter, separators=(",", ":")) if keep else None,
        }
    )


def _lines(chance: random.Random) -> Iterator[dict[str, Any]]:
    for _ in range(chance.randrange(4)):
        source = chance.choice(("derived", "derived", "billed", "missed"))
        yield {
            "source": source,
            "section": "administration",
            "code": chance.choice(CODES),
            "units": chance.randrange(1, 5),
            "modifiers": [],
            "administrations": ["a1"],
            "rule_ids": chance.sample(LINE_RULES, chance.randrange(3)),
        }


def _findings(chance: random.Random) -> Iterator[dict[str, Any]]:
    for _ in range(chance.choice((0, 0, 1, 1, 2, 3))):
        yield {
            "rule_id": chance.choice(FINDING_RULES),
            "level": chance.choice(LEVELS),
            "risk": chance.choice(RISKS),
            "administrations": ["a1"],
            "code": chance.choice(CODES),
            "sentence": "what is charted does not support what is billed",
        }


def _outcome(tables: Tables) -> Outcome:
    counts = Counts(records=len(tables["encounters"]) + len(tables["errors"]))
    counts.encounters = len(tables["encounters"])
    for row in tables["encounters"]:
        counts.verdicts[row["verdict"]] += 1
        counts.over += row["over_usd"] or 0
        counts.under += row["under_usd"] or 0
    for row in tables["findings"]:
        counts.findings[row["rule_id"]] += 1
        counts.levels[row["level"]] += 1
    for row in tables["lines"]:
        if row["source"] == "derived":
            counts.lines[row["code"]] += 1
            counts.units[row["code"]] += row["units"]
    for row in tables["errors"]:
        counts.errors[row["kind"]] += 1
    return Outcome.of({name: _table(name, rows) for name, rows in tables.items()}, counts)


def _table(name: str, rows: Sequence[dict[str, Any]]) -> pa.Table:
    schema = SCHEMAS[name]
    return pa.table(
        {each.name: pa.array([row.get(each.name) for row in rows], each.type) for each in schema},
        schema=schema,
    )
