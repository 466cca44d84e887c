"""For every text and every damaged file of HL7 v2: read as written, or told, and it adds up."""

from __future__ import annotations

import gzip
import random
import re
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from infusion_asp.coding import Coder
from infusion_asp.ingest.common import Tally, encounters_of
from infusion_asp.ingest.hl7 import KIND
from infusion_asp.ingest.hl7.framing import CHUNK, Line, messages
from infusion_asp.ingest.hl7.message import parse
from infusion_asp.model import Result, parse_encounter
from infusion_asp.model.errors import InputError
from infusion_asp.rulebook import load_rulebook
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
@example(gzip.compress(TEXT)[:40])
@example(gzip.compress(TEXT)[:20] + b"\xff" * 40)
@settings(max_examples=150, deadline=None)
def test_a_damaged_file_is_told_and_never_breaks_the_reader(data: bytes) -> None:
    try:
        found, tally = read(data)
    except InputError as error:
        assert error.kind == "unreadable_file" and data.startswith(b"\x1f\x8b")
        return
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


def ras_of(encounter: dict[str, Any]) -> str:
    """The administrations of an encounter as messages, one for each."""
    codes = {"intravenous": "IV", "intramuscular": "IM", "subcutaneous": "SC"}
    methods = {"push": "IVP", "infusion": "IVPB"}
    text = ""
    for rank, each in enumerate(encounter["administrations"], 1):
        start, stop = (
            re.sub(r"[-T:]", "", each[name]) if name in each else "" for name in ("start", "stop")
        )
        drug = f"{rank}^{each['drug']}^L" + (f"^{each['hcpcs']}^^HCPCS" if "hcpcs" in each else "")
        rxa = made.given(drug, start, stop, amount=str(each["dose"]), unit=each["dose_unit"])
        rxr = made.route(codes[each["route"]], method=methods.get(each.get("method", ""), ""))
        visit = made.segment("PV1", {2: "O", 19: encounter["encounter_id"]})
        text += made.message(RAS, visit, made.order(f"F{rank}"), rxa, rxr)
    return text


DRUGS = (
    {"drug": "ondansetron", "hcpcs": "J2405", "dose": 4, "dose_unit": "mg"},
    {"drug": "vancomycin", "dose": 1.5, "dose_unit": "g"},
    {"drug": "paclitaxel", "hcpcs": "J9267", "dose": 300, "dose_unit": "mg"},
    {"drug": "infliximab", "dose": 500, "dose_unit": "mg"},
)


def random_day(rng: random.Random, name: str) -> dict[str, Any]:
    """An encounter of up to five administrations that a message can say in full."""
    administrations = []
    for rank in range(1, rng.randint(2, 5) + 1):
        route = rng.choice(["intravenous"] * 4 + ["intramuscular", "subcutaneous"])
        start = rng.randint(480, 900)
        stop = start + rng.choice([1, 15, 16, 30, 31, 90, 91, 151])
        each = {"id": f"a{rank}", **rng.choice(DRUGS), "route": route,
                "start": f"2025-03-03T{start // 60:02d}:{start % 60:02d}"}  # fmt: skip
        if route == "intravenous":
            each["method"] = rng.choice(["push", "infusion"])
        if rng.random() < 0.8:
            each["stop"] = f"2025-03-03T{stop // 60:02d}:{stop % 60:02d}"
        administrations.append(each)
    return {"encounter_id": name, "administrations": administrations}


def test_encounters_sent_as_messages_and_read_back_have_the_same_codes() -> None:
    rng = random.Random(7)
    records = [random_day(rng, f"E{rank}") for rank in range(25)]
    found, tally = read("".join(map(ras_of, records)).encode())
    assert not tally.faults
    coder = Coder(load_rulebook())
    first = coder.code_many([parse_encounter(each) for each in records])
    again = coder.code_many([parse_encounter(each) for each in found])
    assert len(first) == len(again) == 25
    for one, other in zip(first, again, strict=True):
        assert isinstance(one, Result) and isinstance(other, Result)
        assert one.encounter_id == other.encounter_id and one.lines == other.lines and one.lines
