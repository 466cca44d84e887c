"""Owns what tests of the 837 reader share: a claim, and reading text with its report."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from infusion_asp.ingest.common import ConversionReport, Tally, encounters_of
from infusion_asp.ingest.x12 import KIND
from infusion_asp.model import parse_encounter

LINE = {"code": "96365", "units": 1, "modifiers": ["59"], "date": "2025-03-03"}
DRUG = {"code": "J1745", "units": 50, "date": "2025-03-03", "ndc": "57894003001",
        "ndc_quantity": 5, "ndc_unit": "UN"}  # fmt: skip
CLAIM: dict[str, Any] = {"encounter_id": "A1", "billed": [LINE, DRUG]}


def read(  # every encounter fits the format and the counts add up
    tmp_path: Path, *texts: str | bytes, **options: str
) -> tuple[list[dict[str, Any]], ConversionReport]:
    paths = []
    for rank, text in enumerate(texts):
        path = tmp_path / f"c{rank}.837"
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        paths.append(path)
    tally = Tally()
    found = list(encounters_of(KIND.read(paths, options, tally), tally))
    for each in found:
        parse_encounter(each)
    report = tally.report(KIND.name, KIND.unit)
    assert report.adds_up
    return found, report


def bare(encounter: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {name: value for name, value in line.items() if name != "origin"}
        for line in encounter["billed"]
    ]
