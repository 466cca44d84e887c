"""Owns made-up output directories of `batch`, for the tests of what reads them."""

import json
import random
from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa

from infusion_asp.batch.counts import Counts
from infusion_asp.batch.outcome import Outcome
from infusion_asp.batch.outputs import Form, merge
from infusion_asp.batch.schema import SCHEMAS

Rows = dict[str, list[dict[str, Any]]]

DEPARTMENTS = ("Infusion centre", "Emergency", "Oncology", None)
RULE = "claim_units_over_minutes"


def claim(record: int, minutes: int, department: str | None = None, **more: Any) -> dict[str, Any]:
    """One claim of one infusion: what its rows are made from."""
    return {"record": record, "minutes": minutes, "department": department, **more}


def rows_of(claims: Iterable[Mapping[str, Any]], refused: int = 0) -> Rows:
    """The rows of all tables; each claim bills an hour that the record may not support.

    Of a claim: `kind` of its administration, `over` in dollars, `rule`, `level`, `kept`.
    """
    rows: Rows = {name: [] for name in SCHEMAS}
    last = -1
    for each in claims:
        record, last = each["record"], each["record"]
        known = {"record": record, "encounter_id": f"e{record}"}
        over = each.get("over")
        rows["encounters"].append(
            {
                **known,
                "file": "claims.jsonl",
                "line": record + 1,
                "profile": "cpt",
                "setting": "facility",
                "department": each["department"],
                "administrations": 1,
                "verdict": "differs" if over else "supported",
                "lines": 1,
                "findings": int(bool(over)),
                "over_usd": Decimal(str(over or 0)),
                "under_usd": Decimal(0),
                "encounter": encounter(record, each["minutes"]) if each.get("kept", True) else None,
            }
        )
        line = {**known, "number": 1, "section": "administration", "units": 1, "modifiers": []}
        line |= {"administrations": ["a1"], "rule_ids": ["first_unit"], "code": "96365"}
        rows["lines"].append({**line, "source": "derived", "minutes": each["minutes"]})
        rows["lines"].append({**line, "source": "billed", "status": "supported"})
        if over:
            more = {"code": "96366", "status": "not_supported", "amount_usd": Decimal(str(over))}
            rows["lines"].append({**line, "number": 2, "source": "billed", **more})
            rows["findings"].append(
                {
                    **known,
                    "number": 1,
                    "rule_id": each.get("rule", RULE),
                    "level": each.get("level", "error"),
                    "risk": "over",
                    "administrations": ["a1"],
                    "code": "96366",
                    "sentence": f"96366 bills 1 unit, the minutes support 0 ({record})",
                    "help": "drop 1 unit of 96366",
                    "amount_usd": Decimal(str(over)),
                }
            )
        rows["evidence"].append(
            {
                **known,
                "administration": "a1",
                "kind": each.get("kind", "infusion"),
                "code": "96365",
                "charted_minutes": each["minutes"],
            }
        )
    for number in range(refused):
        rows["errors"].append(
            {
                "record": last + 1 + number,
                "file": "claims.jsonl",
                "line": last + 2 + number,
                "path": "$.administrations[0].stop",
                "kind": "stop_before_start" if number % 2 else "not_json",
                "message": "the record can't be read",
            }
        )
    return rows


def encounter(record: int, minutes: int) -> str:
    """An encounter as the batch keeps it: an infusion of so many minutes from 08:00."""
    stop = f"2025-03-03T{8 + minutes // 60:02}:{minutes % 60:02}"
    given = {"id": "a1", "drug": "vancomycin", "route": "intravenous", "method": "infusion"}
    return json.dumps(
        {
            "encounter_id": f"e{record}",
            "administrations": [{**given, "start": "2025-03-03T08:00", "stop": stop}],
        },
        separators=(",", ":"),
    )


def many(count: int, seed: int = 1, pile: float = 0.0) -> list[dict[str, Any]]:
    """Claims of random minutes; the share `pile` of those just short of 91 is charted as 91."""
    draw = random.Random(seed)
    found = []
    for record in range(count):
        minutes = max(1, min(400, round(draw.lognormvariate(4.0, 0.7))))
        if draw.random() < 0.4:
            minutes = 5 * max(1, round(minutes / 5))
        if 80 <= minutes <= 90 and draw.random() < pile:
            minutes = 91 + int(draw.random() * 3)
        wrong = draw.random() < 0.1
        found.append(
            claim(
                record,
                minutes,
                draw.choice(DEPARTMENTS),
                kind=draw.choice(("infusion", "infusion", "push", "hydration")),
                over=round(draw.uniform(20, 300), 2) if wrong else None,
            )
        )
    return found


def written(directory: Path, rows: Rows, form: Form = "parquet", **summary: Any) -> Path:
    """The directory, with all tables in one of the formats, and a summary of these values."""
    scratch = directory / ".parts"
    scratch.mkdir(parents=True, exist_ok=True)
    tables = {name: pa.Table.from_pylist(rows[name], schema) for name, schema in SCHEMAS.items()}
    part = scratch / "000000.arrow"
    part.write_bytes(Outcome.of(tables, Counts()).data)
    merge([part], directory, scratch, form)
    if summary:
        (directory / "summary.json").write_text(json.dumps(summary), "utf-8")
    return directory
