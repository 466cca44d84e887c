"""Owns the table of docs/convert-fhir.md: what each official FHIR sample yields.

    python -m tests.support.fhir_samples

writes the table into the page; a test compares the two.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from infusion_asp.ingest.common import ConversionReport
from tests.support.fhir import read_file

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT.parent / "shared" / "realdata"
PAGE = ROOT / "docs" / "convert-fhir.md"
BEGIN, END = "<!-- samples -->", "<!-- end of samples -->"


def samples() -> list[Path]:
    """The FHIR samples, in the order of their names; none where they are not on the machine."""
    return sorted((DATA / "fhir-r4-examples").glob("*.json")) + sorted(
        (DATA / "eob").glob("*.json")
    )


def table() -> str:
    """The table in Markdown: each sample read alone."""
    rows = ["| sample | what it yields | noted |", "|---|---|---|"]
    for path in samples():
        found, report = read_file(path)
        notes = ", ".join(note.replace("_", " ") for note in report.notes)
        rows.append(f"| {path.stem} | {'; '.join(_yield(found, report))} | {notes} |")
    return "\n".join(rows)


def section() -> str:
    """The table as the page has it."""
    text = PAGE.read_text("utf-8")
    return text.partition(BEGIN)[2].partition(END)[0].strip()


def _yield(found: list[dict[str, Any]], report: ConversionReport) -> Iterator[str]:
    for encounter in found:
        yield from map(_administration, encounter.get("administrations", ()))
        if encounter.get("billed"):
            lines = (
                " ".join(
                    [line["code"], f"x {line.get('units', 1)}", *line.get("modifiers", ())]
                    + (["with NDC"] if "ndc" in line else [])
                )
                for line in encounter["billed"]
            )
            bill = (
                f", type of bill {encounter['type_of_bill']}" if "type_of_bill" in encounter else ""
            )
            yield f"{encounter['setting']} claim{bill}: {', '.join(lines)}"
    yield from (f"dropped: {reason.replace('_', ' ')}" for reason in report.dropped)


def _administration(given: dict[str, Any]) -> str:
    said = [given["route"], given.get("method", "")]
    if "start" in given and "stop" in given:
        length = datetime.fromisoformat(given["stop"]) - datetime.fromisoformat(given["start"])
        said.append(f"{int(length.total_seconds()) // 60} minutes")
    else:
        said.append("no stop")
    if "dose" in given:
        said.append(f"{given['dose']} {given['dose_unit']}")
    if "volume_ml" in given:
        said.append(f"{given['volume_ml']} ml")
    if "rate_ml_per_hr" in given:
        said.append(f"{given['rate_ml_per_hr']} ml/h")
    if "mix" in given:
        said.append(f"mix of {len(given['mix'])}")
    if "access" in given:
        said.append(f"through {given['access']}")
    if "integral_to" in given:
        said.append("integral to a procedure")
    return ", ".join(dict.fromkeys(text for text in said if text))


if __name__ == "__main__":
    page = PAGE.read_text("utf-8")
    before, after = page.partition(BEGIN)[0], page.partition(END)[2]
    PAGE.write_text(f"{before}{BEGIN}\n{table()}\n{END}{after}", encoding="utf-8")
