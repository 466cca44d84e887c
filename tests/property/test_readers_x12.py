"""For every claim and every damaged file: read as written, or told where, and it adds up."""

from __future__ import annotations

import io
import json
import random
import re
import tempfile
import tracemalloc
from datetime import date
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks import readers_x12 as bench
from infusion_asp.coding import Coder
from infusion_asp.ingest.common import Tally, encounters_of
from infusion_asp.ingest.x12 import KIND
from infusion_asp.ingest.x12.claims import claims
from infusion_asp.ingest.x12.envelope import contents
from infusion_asp.ingest.x12.segments import segments
from infusion_asp.model import Result, parse_encounter
from infusion_asp.model.errors import InputError
from infusion_asp.rulebook import load_rulebook
from tests.support.random_encounters import random_encounter
from tests.support.x12_reading import CLAIM, bare
from tests.support.x12_text import USUAL, interchange

PLACE = re.compile(r"c\.837: segment \d+, byte (\d+)")
MARKS = "*:^~|>!<&%+'\"#$;?@[]{}=\\`_,/()\x1c\x1d\x1e\x1f\t\n\r"
CODES = st.from_regex(r"[0-9A-Z][0-9]{3}[0-9A-Z]", fullmatch=True)
MODIFIERS = st.from_regex(r"[0-9A-Z]{2}", fullmatch=True)
DAYS = st.dates(min_value=date(1990, 1, 1), max_value=date(2200, 1, 1)).map(
    lambda day: day.isoformat()
)
LINES = st.fixed_dictionaries(
    {"code": CODES, "units": st.integers(1, 999_999)},
    optional={
        "modifiers": st.lists(
            st.from_regex(r"[0-9A-Z]{2}", fullmatch=True), min_size=1, max_size=4
        ),
        "date": DAYS,
    },
)
CLAIMS = st.fixed_dictionaries(
    {
        "encounter_id": st.from_regex(r"[A-Z0-9]{1,20}", fullmatch=True),
        "setting": st.sampled_from(["facility", "professional"]),
        "billed": st.lists(LINES, min_size=1, max_size=6),
    }
)
SEPARATORS = st.permutations(MARKS).map(lambda marks: tuple(marks[:4]))


def read(data: bytes, **options: str) -> tuple[list[dict[str, Any]], Tally]:
    tally = Tally()
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "c.837"
        path.write_bytes(data)
        if "join" in options:
            joined = Path(directory) / "mar.jsonl"
            joined.write_text(options["join"])
            options["join"] = str(joined)
        found = list(encounters_of(KIND.read([path], options, tally), tally))
    return found, tally


@given(st.lists(CLAIMS, min_size=1, max_size=4), SEPARATORS, st.sampled_from(["", "\n", "\r\n"]))
@settings(max_examples=60, deadline=None)
def test_claims_are_read_as_they_were_written(
    written: list[dict[str, Any]], marks: tuple[str, str, str, str], end: str
) -> None:
    found, tally = read(interchange(written, marks, end=end).encode())
    assert not tally.faults
    assert [each["encounter_id"] for each in found] == [each["encounter_id"] for each in written]
    assert [bare(each) for each in found] == [each["billed"] for each in written]


TEXT = (interchange([CLAIM, CLAIM]) + interchange([CLAIM], ("|", ">", "^", "\n"))).encode()


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """Interchanges with bytes cut out, put in or repeated at up to three places."""
    data = TEXT
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(data)))
        stop = draw(st.integers(start, min(len(data), start + 300)))
        inside = draw(
            st.binary(max_size=20)
            | st.text("*:~^|>\nISAEGT0123456789", max_size=20).map(str.encode)
            | st.just(data[start:stop] * 2)
        )
        data = data[:start] + inside + data[stop:]
    return data


@given(damaged() | st.binary(max_size=300).map(lambda data: TEXT[:106] + data))
@settings(max_examples=150, deadline=None)
def test_a_damaged_file_is_told_and_never_breaks_the_reader(data: bytes) -> None:
    try:
        found, tally = read(data)
    except InputError as error:
        assert error.kind in ("not_x12", "empty_file", "unreadable_file")
        return
    report = tally.report("x12", "lines")
    assert report.adds_up
    for each in found:
        parse_encounter(each)
    for places in report.places.values():
        for place in places:
            match = PLACE.match(place)
            assert match and int(match[1]) <= len(data)


def test_encounters_billed_as_derived_and_read_back_have_the_same_codes() -> None:
    coder = Coder(load_rulebook())
    records = [random_encounter(random.Random(seed), 4) for seed in range(12)]
    for rank, record in enumerate(records):
        record["encounter_id"] = f"R{rank}"
        record.pop("billed", None)
    results = coder.code_many([parse_encounter(record) for record in records])
    billings = []
    for record, result in zip(records, results, strict=True):
        assert isinstance(result, Result)
        billed = [
            {
                "code": line.code,
                "units": line.units,
                **({"modifiers": list(line.modifiers)} if line.modifiers else {}),
                **({"date": str(line.date)} if line.date else {}),
            }
            for line in result.lines
        ]
        if billed:
            billings.append({**record, "billed": billed})
    assert len(billings) > 5
    text = "".join(interchange([each], USUAL) for each in billings)
    charted = "\n".join(json.dumps(record) for record in records)
    found, tally = read(text.encode(), join=charted)
    assert not tally.faults and tally.used == sum(len(each["billed"]) for each in billings)
    byid = {each["encounter_id"]: each for each in found}
    assert set(byid) == {record["encounter_id"] for record in records}
    for each in billings:
        assert bare(byid[each["encounter_id"]]) == each["billed"]
    again = coder.code_many([parse_encounter(byid[each["encounter_id"]]) for each in records])
    for one, other in zip(results, again, strict=True):
        assert isinstance(one, Result) and isinstance(other, Result)
        assert one.lines == other.lines


def test_memory_does_not_grow_with_the_file() -> None:
    class Stream(io.RawIOBase):
        def __init__(self, number: int) -> None:
            self.pieces, self.left = bench.interchange(number), b""

        def read(self, size: int = -1) -> bytes:
            while len(self.left) < size and (piece := next(self.pieces, "")):
                self.left += piece.encode()
            found, self.left = self.left[:size], self.left[size:]
            return found

    peaks = []
    for number in (200, 1000):
        tracemalloc.start()
        assert sum(1 for _ in claims(contents(segments(Stream(number))))) == number
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.3 * peaks[0]
