"""Readers cut inputs into raw records: bounded, in order, and none lost."""

import gzip
import io
import json
import os
import tracemalloc
from pathlib import Path

import pytest

pytest.importorskip("pyarrow", reason="the extra batch is not installed")

from infusion_asp.batch.inputs import Reader, sources_of
from infusion_asp.batch.inputs.jsonl import jsonl_records
from infusion_asp.batch.parts import FIRST, LARGE, SHARE, SIZE, Part, Raw, parts_of
from infusion_asp.model import InputError

LONGEST = 200


def read(*inputs: Path | str, longest: int = LONGEST, stdin: bytes = b"") -> list[Raw]:
    sources = sources_of([str(each) for each in inputs])
    return list(Reader(sources, longest, io.BytesIO(stdin)))


def kinds(records: list[Raw]) -> list[str]:
    """The kind of each record's error, or its JSON."""
    return [
        raw.data.kind if isinstance(raw.data, InputError) else bytes(raw.data).decode()  # type: ignore
        for raw in records
    ]


def written(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def test_each_line_of_jsonl_is_a_record_with_its_place(tmp_path: Path) -> None:
    path = written(tmp_path / "a.jsonl", b'\xef\xbb\xbf{"a":1}\r\n\n  \n{"b":2}')
    records = read(path)
    assert kinds(records) == ['{"a":1}', '{"b":2}']
    assert [(raw.file, raw.line) for raw in records] == [(str(path), 1), (str(path), 4)]


def test_a_line_of_the_longest_length_is_read_and_one_byte_more_is_not(tmp_path: Path) -> None:
    lines = [b"x" * LONGEST, b"x" * (LONGEST + 1), b"{}"]
    assert kinds(read(written(tmp_path / "a.jsonl", b"\n".join(lines)))) == [
        "x" * LONGEST,
        "too_large",
        "{}",
    ]


class Endless(io.RawIOBase):
    """Sixty-four megabytes without a line break, then one record; notes how much is asked for."""

    left = 64 << 20
    end = b"\n{}\n"

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer)  # type: ignore[arg-type]
        if self.left:
            count = min(len(view), self.left)
            view[:count] = b"x" * count
            self.left -= count
            return count
        data, self.end = self.end[: len(view)], self.end[len(view) :]
        view[: len(data)] = data
        return len(data)


def test_an_endless_line_is_skipped_and_not_held_in_memory() -> None:
    tracemalloc.start()
    lines = list(jsonl_records("f", io.BufferedReader(Endless()), 1000))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert kinds(lines) == ["too_large", "{}"]
    assert most < 8 << 20


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[]", []),
        ('[{"a":1}]', ['{"a":1}']),
        ('[{"a":"]},{["},\n {"b":[1,{"c":2}]}]', ['{"a":"]},{["}', '{"b":[1,{"c":2}]}']),
        ('[{"a":"\\\\"},{"b":"\\""}]', ['{"a":"\\\\"}', '{"b":"\\""}']),
        ('[{"a":1},]', ['{"a":1}', "bad_json"]),
        ('[{"a":1},,{"b":2}]', ['{"a":1}', "bad_json", '{"b":2}']),
        ('[{"a":1}', ['{"a":1}', "bad_json"]),
        ('[{"a":1},{"b":', ['{"a":1}', '{"b":']),
        ('[{"a":1}] x', ['{"a":1}', "bad_json"]),
        (f'[{{"a":"{"x" * LONGEST}"}},{{"b":2}}]', ["too_large", '{"b":2}']),
        (' {"a": 1} ', ['{"a": 1}']),
        (f'{{"a":"{"x" * LONGEST}"}}', ["too_large"]),
        ("  ", ["empty_file"]),
        ("[", ["bad_json"]),
    ],
)
def test_a_json_file_is_cut_into_its_records(
    tmp_path: Path, text: str, expected: list[str]
) -> None:
    assert kinds(read(written(tmp_path / "a.json", text.encode()))) == expected


@pytest.mark.parametrize("chunk", [1, 2, 3, 7])
def test_where_a_json_file_is_read_in_pieces_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    values = [{"a": 'q"\\]}', "b": [{"c": "é"}]}, {"d": {}}, {"e": "\\"}]
    text = json.dumps(values, indent=1)
    monkeypatch.setattr("infusion_asp.batch.inputs.json_list._CHUNK", chunk)
    records = read(written(tmp_path / "a.json", text.encode()))
    assert [json.loads(raw.data) for raw in records] == values  # type: ignore[arg-type]
    assert [raw.line for raw in records] == [
        text[: text.index(mark)].count("\n") for mark in ('"a"', '"d"', '"e"')
    ]


@pytest.mark.parametrize(
    ("data", "form"),
    [
        (b'{"a":1}\n{"b":2}\n', ['{"a":1}', '{"b":2}']),
        (b'{"a":1}', ['{"a":1}']),
        (b'\n {"a":1}\n', ['{"a":1}']),
        (b'{\n"a":1}', ['{\n"a":1}']),
        (b'[{"a":1},{"b":2}]', ['{"a":1}', '{"b":2}']),
        (b"PAR1....", ["unreadable_file"]),
        (b"", ["empty_file"]),
    ],
)
def test_standard_input_is_told_by_how_it_begins(data: bytes, form: list[str]) -> None:
    records = read("-", stdin=data)
    assert kinds(records) == form
    assert {raw.file for raw in records} == {"standard input"}


def test_directories_and_globs_stand_for_their_files_by_name(tmp_path: Path) -> None:
    below = tmp_path / "in" / "b"
    below.mkdir(parents=True)
    for name in ("b/x.jsonl", "a.ndjson", ".hidden.jsonl", "notes.txt", "c.jsonl.gz"):
        (tmp_path / "in" / name).write_bytes(b"")
    names = [Path(each.name).name for each in sources_of([str(tmp_path / "in")])]
    assert names == ["a.ndjson", "x.jsonl", "c.jsonl.gz"]
    found = [Path(each.name).name for each in sources_of([str(tmp_path / "in" / "*.*")])]
    assert found == ["a.ndjson", "c.jsonl.gz", "notes.txt"]


@pytest.mark.parametrize("what", ["missing.jsonl", "no*.jsonl", "empty"])
def test_an_input_that_stands_for_nothing_is_refused(tmp_path: Path, what: str) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError) as caught:
        sources_of([str(tmp_path / what)])
    assert what in caught.value.message


def test_a_file_that_is_named_twice_would_count_twice(tmp_path: Path) -> None:
    path = str(written(tmp_path / "a.jsonl", b"{}"))
    with pytest.raises(InputError, match="named twice"):
        sources_of([path, path])


def test_packed_files_are_read_and_damaged_ones_told(tmp_path: Path) -> None:
    whole = gzip.compress(b'{"a":1}\n' * 3)
    good = written(tmp_path / "a.jsonl.gz", whole)
    cut = written(tmp_path / "b.jsonl.gz", whole[:-6])
    assert kinds(read(good)) == ['{"a":1}'] * 3
    assert kinds(read(cut))[-1] == "unreadable_file"


def test_a_file_whose_name_is_not_utf8_has_a_name_that_is(tmp_path: Path) -> None:
    path = os.fsencode(tmp_path) + b"/\xff.jsonl"
    with open(path, "wb") as file:
        file.write(b"{}")
    (record,) = read(tmp_path)
    assert record.file.encode("utf-8").endswith(b"/?.jsonl")


def test_parts_have_a_size_and_a_weight() -> None:
    records = [Raw("f", at, b"x" * 10) for at in range(1, 8)]
    parts = list(parts_of(records, size=3))
    assert [(each.number, each.first, len(each)) for each in parts] == [
        (0, 0, 3),
        (1, 3, 3),
        (2, 6, 1),
    ]
    assert [len(each) for each in parts_of(records, 100, most=20)] == [2, 2, 2, 1]
    assert [each.first for each in parts_of(records, 100, most=20)] == [0, 2, 4, 6]


def test_parts_grow_with_what_came_before_them() -> None:
    records = [Raw("f", at, b"x") for at in range(SHARE * SIZE + 2 * SIZE)]
    parts = list(parts_of(records))
    assert [len(each) for each in parts[:SHARE]] == [FIRST] * SHARE
    assert all(len(each) <= max(FIRST, each.first // SHARE) for each in parts)
    assert max(len(each) for each in parts) == SIZE
    assert sum(len(each) for each in parts) == len(records)


def test_a_large_record_is_a_part_by_itself() -> None:
    sizes = [10, LARGE, LARGE + 1, 10, LARGE + 1, LARGE + 1, 10, 10]
    records = [Raw("f", at, b"x" * size) for at, size in enumerate(sizes, 1)]
    parts = list(parts_of(records))
    assert [len(each) for each in parts] == [2, 1, 1, 1, 1, 2]
    assert [each.first for each in parts] == [0, 2, 3, 4, 5, 6]
    assert [each.number for each in parts] == list(range(6))


def test_a_piece_of_a_part_keeps_the_numbers_of_its_records() -> None:
    part = Part(4, 40, tuple(Raw("f", at, b"{}") for at in range(1, 6)))
    left, right = part.halves()
    assert (left.first, len(left), right.first, len(right)) == (40, 2, 42, 3)
    with pytest.raises(ValueError, match="no halves"):
        part.slice(0, 1).halves()


def test_how_much_of_the_input_is_behind_is_known(tmp_path: Path) -> None:
    first = written(tmp_path / "a.jsonl", b'{"a":1}\n' * 10)
    second = written(tmp_path / "b.jsonl", b'{"a":1}\n' * 10)
    reader = Reader(sources_of([str(first), str(second)]))
    seen = [reader.done for _ in reader]
    assert reader.total == 160
    assert seen == sorted(seen)
    assert reader.done == 160
