"""For every text and every damaged file of HL7 v2: read as written, or told, and it adds up."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from infusion_asp.ingest.common import Tally, encounters_of
from infusion_asp.ingest.hl7 import KIND
from infusion_asp.ingest.hl7.framing import CHUNK, Line, messages
from infusion_asp.ingest.hl7.message import parse
from infusion_asp.model import parse_encounter
from tests.support import hl7_text as made

PLACE = re.compile(r"m\.hl7: segment \d+, byte (\d+)")
RAS, DFT = "RAS^O17^RAS_O17", "DFT^P03^DFT_P03"
NAMES = st.text(st.characters(min_codepoint=33, max_codepoint=0x2FFF, exclude_categories=["C"]),
                min_size=1, max_size=30).filter(lambda text: text.split() == [text])  # fmt: skip
MARKS = st.permutations("|^~\\&#*+@!%$;:?").map(lambda marks: "".join(marks[:5]))


def read(data: bytes, **options: str) -> tuple[list[dict[str, Any]], Tally]:
    tally = Tally()
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "m.hl7"
        path.write_bytes(data)
        found = list(encounters_of(KIND.read([path], options, tally), tally))
    return found, tally


def escaped(text: str, marks: str) -> str:
    """A text with every separator written as its escape."""
    names = dict(zip(marks, "FSRET", strict=True))
    escape = marks[3]
    return "".join(f"{escape}{names[c]}{escape}" if c in names else c for c in text)


@given(NAMES, MARKS)
@settings(max_examples=100, deadline=None)
@example('""x', "|^~\\&")
def test_any_name_with_any_separators_is_read_as_it_was_written(name: str, marks: str) -> None:
    drug = f"x{marks[1]}{escaped(name, marks)}{marks[1]}L"
    rxr = made.segment("RXR", {1: "IV"}, marks)
    text = made.message(RAS, made.given(drug, marks=marks), rxr, marks=marks)
    [found], tally = read(text.encode())
    expected = "x" if name == '""' else name
    assert found["administrations"][0]["drug"] == expected and not tally.faults


TEXT = (
    made.framed(made.message(RAS, made.order(), made.given(), made.given(counter="2"),
                             made.route("IV", site="LAC", device="IVP")))
    + made.message(RAS, made.order(), made.given(action="U", stop="202503031100"), made.route())
    + made.message(DFT, made.charge(), made.charge("J1745", units="50", modifiers=["JZ"]))
    + made.message(DFT, made.charge(kind="CD")).replace("\r", "\n")
).encode()  # fmt: skip


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """Messages with bytes cut out, put in or repeated at up to three places."""
    data = TEXT
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(data)))
        stop = draw(st.integers(start, min(len(data), start + 200)))
        inside = draw(
            st.binary(max_size=20)
            | st.text("|^~\\&\r\nMSHRXA0123456789\x0b\x1c", max_size=20).map(str.encode)
            | st.just(data[start:stop] * 2)
        )
        data = data[:start] + inside + data[stop:]
    return data


@given(damaged() | st.binary(max_size=300))
@settings(max_examples=150, deadline=None)
def test_a_damaged_file_is_told_and_never_breaks_the_reader(data: bytes) -> None:
    found, tally = read(data)
    report = tally.report("hl7", "pieces")
    assert report.adds_up
    for each in found:
        parse_encounter(each)
    for places in report.places.values():
        for place in places:
            match = PLACE.match(place)
            assert match and int(match[1]) <= len(data)


def test_segments_and_bytes_are_those_of_the_file_whatever_the_chunks(tmp_path: Path) -> None:
    data = made.message(RAS, *[made.given(f"x^Drug é {n}") for n in range(3000)]).encode()
    assert len(data) > 2 * CHUNK
    path = tmp_path / "m.hl7"
    path.write_bytes(data)
    with path.open("rb") as stream:
        [found] = messages(stream)
    assert not isinstance(found, tuple)
    for each in found:
        assert data[each.position :].startswith(each.text.encode("latin-1"))
    assert [each.number for each in found] == list(range(1, 3003))


@pytest.mark.parametrize("name", ["RXA", "RXR", "ORC", "PV1", "FT1"])
def test_hl7apy_reads_the_same_fields(name: str) -> None:
    parser = pytest.importorskip("hl7apy.parser")
    kind, body = (
        (DFT, [made.charge("J1745", modifiers=["JZ", "59"])])
        if name == "FT1"
        else (RAS, [made.order(), made.given(r"1^A \T\ B^L~2^C^L"), made.route("IV^x", site="LA")])
    )
    text = made.message(kind, *body)
    theirs = parser.parse_message(text, find_groups=False, validation_level=2)
    lines = [Line(number, 0, line) for number, line in enumerate(text.split("\r"), 1) if line]
    [ours] = [each for each in parse(lines) if each.name == name]
    [segment] = [each for each in theirs.children if each.name == name]
    fields = {int(field.name.split("_")[1]) for field in segment.children}
    assert fields == {index for index in range(1, len(ours.fields)) if ours.field(index)}
    for index in fields:
        repeats = [
            [child.to_er7().replace("\\T\\", "&") for child in field.children]
            for field in getattr(segment, f"{name.lower()}_{index}")
        ]
        own = [[part for part in repeat if part] for repeat in ours.repeats(index)]
        assert own == repeats
