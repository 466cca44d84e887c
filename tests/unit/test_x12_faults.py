"""Damaged 837 files: what is said, where, and that the rest is read all the same."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from infusion_asp.ingest.common import Tally, encounters_of
from infusion_asp.ingest.x12 import KIND, claims
from infusion_asp.ingest.x12.segments import CHUNK, LONGEST, Fault, Segment, segments
from infusion_asp.model.errors import InputError
from tests.support.x12_reading import CLAIM, bare, read
from tests.support.x12_text import interchange

TEXT = interchange([CLAIM])


@pytest.mark.parametrize(
    ("old", "new", "reason", "segment"),
    [
        ("SE*17*0001", "SE*16*0001", "count_wrong", "SE"),
        ("SE*17*0001", "SE*17*0002", "control_number_differs", "SE"),
        ("GE*1*7", "GE*2*7", "count_wrong", "GE"),
        ("GE*1*7", "GE*1*8", "control_number_differs", "GE"),
        ("IEA*1*000000001", "IEA*9*000000001", "count_wrong", "IEA"),
        ("IEA*1*000000001", "IEA*1*000000002", "control_number_differs", "IEA"),
    ],
)
def test_an_envelope_that_does_not_add_up_is_told_and_its_claims_stay(
    tmp_path: Path, old: str, new: str, reason: str, segment: str
) -> None:
    text = TEXT.replace(old, new)
    assert text != TEXT
    found, report = read(tmp_path, text)
    assert bare(found[0]) == CLAIM["billed"]
    number = [each.partition("*")[0] for each in text.split("~")].index(segment) + 1
    assert report.dropped == {reason: 1} and report.faults == 1
    assert report.places[reason] == (
        f"c0.837: segment {number}, byte {text.index('~' + segment + '*') + 1}",
    )


@pytest.mark.parametrize("kept", ["LX*2", "SV2*0260*HC:J1745*1", "LIN*", "SE*"])
def test_a_claim_that_the_end_of_the_file_cuts_off_is_left_out_whole(
    tmp_path: Path, kept: str
) -> None:
    whole = interchange([CLAIM | {"encounter_id": "A0"}])
    cut = TEXT[: TEXT.index(kept) + len(kept)]
    found, report = read(tmp_path, whole + cut)
    assert [each["encounter_id"] for each in found] == ["A0"]
    assert report.dropped["claim_cut_off"] == (1 if kept == "LX*2" else 2)
    assert report.dropped["segment_cut_off"] == report.dropped["interchange_not_closed"] == 1


@pytest.mark.parametrize("lost", ["SE*17*0001~", "GE*1*7~", "IEA*1*000000001~"])
def test_a_missing_end_of_an_envelope_does_not_cost_the_next_interchange(
    tmp_path: Path, lost: str
) -> None:
    text = TEXT.replace(lost, "") + interchange([CLAIM | {"encounter_id": "A2"}])
    found, report = read(tmp_path, text)
    assert found[-1]["encounter_id"] == "A2" and bare(found[-1]) == CLAIM["billed"]
    assert report.faults >= 1


def test_text_between_interchanges_is_one_fault(tmp_path: Path) -> None:
    found, report = read(tmp_path, TEXT + "something else" * 9 + TEXT)
    assert len(found) == 2 and report.dropped == {"not_a_segment": 1}
    place = f"c0.837: segment {TEXT.count('~')}, byte {len(TEXT)}"
    assert report.places["not_a_segment"] == (place,)


@pytest.mark.parametrize("text", ["", "   \r\n"])
def test_an_empty_file_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(InputError, match="empty"):
        read(tmp_path, text)


def test_a_file_of_something_else_is_refused_with_its_place(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read(tmp_path, "\n\nMSH|^~\\&|A")
    assert caught.value.kind == "not_x12" and "byte 2" in caught.value.message


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="unreadable"):
        list(KIND.read([tmp_path / "none.837"], {}, Tally()))


@pytest.mark.parametrize(
    "damage",
    [
        lambda isa: isa.replace("*^*", "*"),  # an element less
        lambda isa: isa[:104] + "**",  # the terminator is the separator
        lambda isa: isa[:104] + "A~",  # a letter parts components
    ],
)
def test_an_isa_without_usable_separators_is_told(tmp_path: Path, damage: object) -> None:
    assert callable(damage)
    text = TEXT + damage(TEXT[:106]) + TEXT[106:] + TEXT
    found, report = read(tmp_path, text)
    assert len(found) == 2
    assert report.faults >= 1


def test_a_claim_with_too_many_lines_is_counted_and_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(claims, "MOST_LINES", 1)
    found, report = read(tmp_path, TEXT)
    assert not found and report.dropped == {"too_many_lines": 2}


def test_strict_ends_at_the_first_fault_with_segment_and_byte(tmp_path: Path) -> None:
    path = tmp_path / "c.837"
    path.write_text(TEXT.replace("UN*1~", "UN*x~"))
    tally = Tally()
    with pytest.raises(InputError) as caught:
        list(encounters_of(KIND.read([path], {}, tally), tally, strict=True))
    assert caught.value.message.startswith(f"c.837: segment 11, byte {TEXT.index('LX*1')}:")


def test_strict_lets_pass_what_is_no_fault(tmp_path: Path) -> None:
    path = tmp_path / "c.837"
    path.write_text(interchange([CLAIM | {"type_of_bill": "111"}]))
    tally = Tally()
    assert not list(encounters_of(KIND.read([path], {}, tally), tally, strict=True))


def test_segments_and_bytes_are_those_of_the_file_whatever_the_chunks() -> None:
    text = interchange([CLAIM] * 400, end="\r\n").encode()
    assert len(text) > 2 * CHUNK
    found = list(segments(io.BytesIO(text)))
    assert [each.number for each in found] == list(range(1, len(found) + 1))
    for each in found:
        assert isinstance(each, Segment)
        written = b"*".join(part.encode() for part in each.elements)
        assert text[each.position : each.position + len(written) + 1] == written + b"~"


def test_a_segment_without_an_end_is_given_up_at_its_limit() -> None:
    head = TEXT[:106].encode()
    stream = _Endless(head + b"NTE*")
    found = next(each for each in segments(stream) if isinstance(each, Fault))
    assert found.reason == "segment_too_long"
    assert stream.given < 4 * (LONGEST + CHUNK)


class _Endless(io.RawIOBase):
    """A file that begins somehow and never ends."""

    def __init__(self, head: bytes) -> None:
        self.head, self.given = head, 0

    def read(self, size: int = -1) -> bytes:
        found = (self.head + b"x" * size)[:size]
        self.head, self.given = self.head[size:], self.given + size
        return found
