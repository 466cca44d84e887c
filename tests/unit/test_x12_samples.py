"""What the sample interchanges yield: the table of the docs, and pyx12 as a second reader."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from infusion_asp.ingest.common import ConversionReport, Tally, encounters_of
from infusion_asp.ingest.x12 import KIND
from infusion_asp.ingest.x12.segments import Segment, segments

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT.parent / "shared" / "realdata" / "x12-837"
DOCS = ROOT / "docs" / "convert-x12.md"
FILES = sorted(SAMPLES.glob("*.837*"))
HEAD = "| sample | setting | claims | lines | used | left out | noted |"

needs_samples = pytest.mark.skipif(not FILES, reason="needs ../shared/realdata/x12-837")


def read(path: Path) -> tuple[list[dict[str, Any]], ConversionReport]:
    tally = Tally()
    found = list(encounters_of(KIND.read([path], {}, tally), tally))
    return found, tally.report(KIND.name, KIND.unit)


def table() -> Iterator[str]:
    """The rows that the docs show, from the samples themselves."""
    yield HEAD
    yield "|---" * 7 + "|"
    for path in FILES:
        found, report = read(path)
        assert report.adds_up
        setting = ", ".join(sorted({each["setting"] for each in found})) or "-"
        gone, noted = (
            ", ".join(f"{name.replace('_', ' ')} {count}" for name, count in counts.items()) or "-"
            for counts in (report.dropped, report.notes)
        )
        yield (
            f"| {path.name} | {setting} | {len(found)} | {report.read} | {report.used} "
            f"| {gone} | {noted} |"
        )


@needs_samples
def test_the_table_of_the_docs_is_what_the_samples_yield() -> None:
    text = DOCS.read_text("utf-8")
    shown = text[text.index(HEAD) :].split("\n\n")[0].strip()
    assert shown.splitlines() == list(table())


@needs_samples
@pytest.mark.parametrize("path", FILES, ids=[path.name for path in FILES])
def test_pyx12_splits_a_sample_into_the_same_segments(path: Path) -> None:
    x12file = pytest.importorskip("pyx12.x12file")
    theirs = [
        [segment.get_seg_id(), *(element.format() for element in segment.elements)]
        for segment in x12file.X12Reader(str(path))
    ]
    ours = [
        each.elements
        for each in segments(io.BytesIO(path.read_bytes()))
        if isinstance(each, Segment)
    ]
    assert [_trimmed(each) for each in ours] == [_trimmed(each) for each in theirs]


@needs_samples
@pytest.mark.parametrize("path", FILES, ids=[path.name for path in FILES])
def test_pyx12_finds_the_same_lines_in_a_sample(path: Path) -> None:
    x12file = pytest.importorskip("pyx12.x12file")
    theirs: list[tuple[str, str, list[str], str]] = []
    claim = ""
    for segment in x12file.X12Reader(str(path)):
        name = segment.get_seg_id()
        if name == "CLM":
            claim = segment.get_value("CLM01")
        elif name in ("SV1", "SV2"):
            at = int(name[2])
            parts = [segment.get_value(f"{name}0{at}-{part}") for part in range(1, 7)]
            if parts[1] is None:  # the components stand with another separator
                parts = (segment.get_value(f"{name}0{at}").split(">") + [None] * 6)[:6]
            modifiers = [part for part in parts[2:6] if part]
            if segment.get_value(f"{name}0{at + 2}") != "MJ":
                theirs.append((claim, parts[1], modifiers, segment.get_value(f"{name}0{at + 3}")))
    ours = [
        (each["encounter_id"], line["code"], line.get("modifiers", []), line["units"])
        for each in read(path)[0]
        for line in each["billed"]
    ]
    assert ours == [(*line[:3], int(float(line[3]))) for line in theirs]


def _trimmed(elements: list[str]) -> list[str]:
    found = [each.strip() for each in elements]
    while found and not found[-1].strip(":"):
        found.pop()
    return found
