"""Reading files: formats, places of errors, and input made to break a reader."""

import io
import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from infusion_asp.model import ErrorRecord, Record, read_many, read_records

Write = Callable[[str, str | bytes], list[Record]]


@pytest.fixture
def read(tmp_path: Path) -> Write:
    def write(name: str, content: str | bytes) -> list[Record]:
        data = content.encode() if isinstance(content, str) else content
        (tmp_path / name).write_bytes(data)
        return list(read_records(tmp_path / name))

    return write


def ids(records: list[Record]) -> list[str | None]:
    return [r.encounter_id if r.error is None else None for r in records]


def one_error(records: list[Record]) -> str:
    [record] = records
    assert record.error is not None
    return f"{record.error.path} {record.error.message} {record.error.help}"


def test_one_json_object(read: Write) -> None:
    [record] = read("x.json", '\n {"encounter_id": "e1", "billed": []}\n')
    assert record.data == {"encounter_id": "e1", "billed": []}
    assert (record.line, record.form, record.listed) == (2, "json", False)
    assert record.encounter().encounter_id == "e1"


def test_a_json_list_gives_lines(read: Write) -> None:
    records = read("x.json", '[\n{"encounter_id": "e1"},\n {"encounter_id":\n"e2"}\n,5]')
    assert ids(records) == ["e1", "e2", None]
    assert [r.line for r in records] == [2, 3, 5]
    assert records[0].listed
    assert read("y.json", " [ ] ") == []


def test_a_byte_order_mark_is_no_error(read: Write) -> None:
    for name in ("x.json", "x.jsonl", "x.yaml", "x"):
        assert ids(read(name, '\ufeff{"encounter_id": "e1"}')) == ["e1"]


def test_a_bad_line_stands_in_its_place(read: Write) -> None:
    good = [json.dumps({"encounter_id": f"e{i}"}).encode() for i in range(3)]
    lines = [good[0], b'{"encounter_id": "bad"', b"", b"\xff\xfe", good[1], b"[1]", b"1 2", good[2]]
    records = read("x.jsonl", b"\n".join(lines))
    assert ids(records) == ["e0", None, None, "e1", None, None, "e2"]
    assert [r.line for r in records] == [1, 2, 4, 5, 6, 7, 8]
    assert all(r.form == "jsonl" for r in records)


def test_records_come_lazily(tmp_path: Path) -> None:
    class Endless(io.RawIOBase):
        def __iter__(self):  # type: ignore[no-untyped-def]
            while True:
                yield b'{"encounter_id": "e"}\n'

    records = read_records("-", Endless())  # type: ignore[arg-type]
    assert [next(records).encounter_id for _ in range(3)] == ["e", "e", "e"]


@pytest.mark.parametrize(
    ("text", "form", "count"),
    [
        ('{"encounter_id": "e1"}', "jsonl", 1),
        ('\n\n{"encounter_id": "e1"}\n{"encounter_id": "e2"}', "jsonl", 2),
        ('{"encounter_id": "e1"}\n{"encounter_id\n{"encounter_id": "e2"}', "jsonl", 3),
        ('{\n"encounter_id": "e1"\n}', "json", 1),
        ('[{"encounter_id": "e1"},\n{"encounter_id": "e2"}]', "json", 2),
        ("encounter_id: e1\n", "yaml", 1),
        ("- encounter_id: e1\n- encounter_id: e2\n", "yaml", 2),
    ],
)
def test_standard_input_is_recognised(text: str, form: str, count: int) -> None:
    records = list(read_records("-", io.BytesIO(text.encode())))
    assert len(records) == count
    assert {r.form for r in records} == {form}
    assert records[-1].error is None
    assert records[0].source == "standard input"


def test_yaml_keeps_what_was_typed(read: Write) -> None:
    text = """
    encounter_id: '7'
    place_of_service: 12
    administrations:
    - {id: a1, drug: no, start: 2025-03-03T10:00:00, dose: 1.50, ordered: true, hcpcs: J0696}
    - {id: a2, drug: 00100, stop: , notes: 'true', volume_ml: 1e2}
    """
    [record] = read("x.yml", text)
    assert record.data is not None
    first, second = record.data["administrations"]
    assert first["drug"] == "no"
    assert first["start"] == "2025-03-03T10:00:00"
    assert first["dose"] == Decimal("1.50")
    assert first["ordered"] is True
    assert second == {"id": "a2", "drug": "00100", "stop": None, "notes": "true", "volume_ml": 100}
    assert record.encounter().place_of_service == 12
    assert not record.listed


def test_yaml_documents_and_lists(read: Write) -> None:
    records = read("x.yaml", "encounter_id: e1\n---\n- encounter_id: e2\n- encounter_id: e3\n")
    assert ids(records) == ["e1", "e2", "e3"]
    assert [r.line for r in records] == [1, 3, 4]
    assert [r.listed for r in records] == [False, True, True]


def test_yaml_aliases_are_read(read: Write) -> None:
    text = "encounter_id: e1\nvisits: &x []\naccesses: *x\n"
    [record] = read("x.yaml", text)
    assert record.data == {"encounter_id": "e1", "visits": [], "accesses": []}


def test_the_first_records_of_a_broken_file_are_kept(read: Write) -> None:
    assert ids(read("x.json", '[{"encounter_id": "e1"}, {"encounter_id": }]')) == ["e1", None]
    assert ids(read("x.json", '[{"encounter_id": "e1"} {"encounter_id": "e2"}]')) == ["e1", None]
    assert ids(read("x.json", '[{"encounter_id": "e1"}')) == ["e1", None]
    assert ids(read("x.yaml", "- encounter_id: e1\n- encounter_id: e2\n- [\n")) == [
        "e1",
        "e2",
        None,
    ]


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("x.json", '{"encounter_id": "e1",}', "line 1, column"),
        ("x.json", '{"a": 1, "b": {"c": 1, "c": 2}}', "$.b.c the key 'c' stands twice"),
        ("x.json", '{"a": [0, NaN]}', "$.a[1] 'NaN'"),
        ("x.json", '{"a": -Infinity}', "$.a '-Infinity'"),
        ("x.json", '{"a": ' + "9" * 5000 + "}", "$.a '999"),
        ("x.json", '{"a": 1e99999999999999999999}', "$.a '1e9999"),
        ("x.json", "[" * 100_000, "nested"),
        ("x.json", '{"a":' + "[" * 60 + "]" * 60 + "}", "nested"),
        ("x.json", '{"a": 1} {"b": 2}', ".jsonl"),
        ("x.json", "5", "'5' is not a record"),
        ("x.json", "", "is empty"),
        ("x.json", b"\xff", "byte 0xff is not UTF-8"),
        ("x.json", '\n{"a": "\0"}', "line 2: a NUL"),
        ("x.json", '{"a": "\t"}', "line 1, column 8"),
        ("x.jsonl", b'{"a": "\xe9"}', "0xe9"),
        ("x.jsonl", '{"a": 1, "a": 2}', "$.a the key 'a'"),
        ("x.yaml", "a: 1\na: 2\n", "$.a the key 'a' stands twice"),
        ("x.yaml", "a: [1\n", "line 2"),
        ("x.yaml", "a: !!python/object:os.system x\n", "python/object"),
        ("x.yaml", "a: &x [*x]\n", "'x' stands inside itself"),
        ("x.yaml", "a: *y\n", "y"),
        ("x.yaml", "? [1, 2]\n: 3\n", "a list is not a key"),
        ("x.yaml", "a: " + "[" * 60 + "]" * 60, "nested"),
        ("x.yaml", "[" * 50_000, "nested"),
        ("x.yaml", "   \n", "is empty"),
        ("x.yaml", "just text", "'just text' is not a record"),
        ("x.yaml", "a: \x07", ""),
    ],
)
def test_refused(read: Write, name: str, content: str | bytes, says: str) -> None:
    assert says in one_error(read(name, content))


def test_an_alias_bomb_is_refused(read: Write) -> None:
    bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    for i in range(9):
        bomb += f"a{i + 1}: &a{i + 1} [{', '.join([f'*a{i}'] * 10)}]\n"
    assert "too large" in one_error(read("x.yaml", bomb))


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    missing = tmp_path / "nothing.json"
    records = list(read_many([missing, tmp_path, "a\0b"]))
    assert "nothing.json" in str(records[0].source)
    assert all(r.error is not None for r in records)
    assert [r.error.kind for r in records if r.error] == ["unreadable_file"] * 3


def test_the_error_record_names_the_encounter(read: Write) -> None:
    [record] = read("x.json", '{"encounter_id": "e1", "a": NaN}')
    assert record.error is not None
    written = ErrorRecord.of(record.encounter_id, record.error).model_dump(mode="json")
    assert written["encounter_id"] == "e1"
    assert written["error"]["path"] == "$.a"
    assert "NaN" in written["error"]["message"]
    [unprintable] = read("x.json", '{"encounter_id": "e\\u0007", "a": NaN}')
    assert unprintable.encounter_id is None


def test_a_record_prints_no_data(read: Write) -> None:
    [record] = read("x.json", '{"encounter_id": "secret", "payer": "hush"}')
    assert "secret" not in repr(record)
    assert "hush" not in repr(record)
