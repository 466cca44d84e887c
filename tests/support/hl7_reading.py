"""Owns what tests of the HL7 reader share: reading text with its report."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from infusion_asp.ingest.common import ConversionReport, Tally, encounters_of
from infusion_asp.ingest.hl7 import KIND
from infusion_asp.model import parse_encounter

RAS, DFT = "RAS^O17^RAS_O17", "DFT^P03^DFT_P03"


def read(  # every encounter fits the format and the counts add up
    tmp_path: Path, text: str | bytes, **options: str
) -> tuple[list[dict[str, Any]], ConversionReport]:
    path = tmp_path / "m.hl7"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    tally = Tally()
    found = list(encounters_of(KIND.read([path], options, tally), tally))
    for each in found:
        parse_encounter(each)
    report = tally.report(KIND.name, KIND.unit)
    assert report.adds_up
    return found, report
