"""CSV and Parquet spell the same encounters as JSON, and a broken row costs no other one."""

import io
import json
import random
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("pyarrow", reason="the extra batch is not installed")

import pyarrow as pa
import pyarrow.parquet as pq

from infusion_asp.batch.inputs import Reader, sources_of
from infusion_asp.batch.inputs.columns import encounter_of, line_at
from infusion_asp.batch.parts import Raw, Rows
from infusion_asp.model import InputError, parse_encounter, read_record
from tests.support.batch_tables import csv_of
from tests.support.random_encounters import random_encounter

LONGEST = 100_000


def records_in(text: str | bytes, longest: int = LONGEST) -> list[Raw]:
    data = text if isinstance(text, bytes) else text.encode()
    return list(Reader(sources_of(["-"]), longest, io.BytesIO(data)))


def said(records: list[Raw]) -> list[Any]:
    """The id of each encounter with its administrations, or the kind of its error."""
    found: list[Any] = []
    for raw in records:
        if isinstance(raw.data, InputError):
            found.append((raw.line, raw.data.kind))
        else:
            assert isinstance(raw.data, Rows)
            whole = encounter_of(raw.data)
            found.append((whole["encounter_id"], len(whole.get("administrations", ()))))
    return found


def random_records(seed: int, count: int) -> list[dict[str, Any]]:
    rng = random.Random(seed)
    records = [random_encounter(rng) for _ in range(count)]
    for at, each in enumerate(records):
        each["encounter_id"] = f"e{at}"
        each["billed"] = [{"code": "96365", "units": 2, "modifiers": ["59", "XS"]}] * (at % 3)
        each["other_services"] = [{"code": "99214", "modifiers": ["25"]}] * (at % 2)
        each["diagnoses"] = ["C50.911", "D64.81"][: at % 3]
    return records


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_an_encounter_as_rows_is_the_encounter(delimiter: str) -> None:
    if delimiter == ";":
        records = [{"encounter_id": "e0", "administrations": [{"id": "a1", "drug": "x"}]}]
    else:
        records = random_records(7, 60)
    found = records_in(csv_of(records, delimiter=delimiter))
    assert len(found) == len(records)
    for raw, record in zip(found, records, strict=True):
        assert isinstance(raw.data, Rows)
        assert parse_encounter(encounter_of(raw.data)) == parse_encounter(record)


def test_the_same_columns_in_parquet_with_their_own_types(tmp_path: Path) -> None:
    rows = {
        "encounter_id": ["7", "7", "8"],
        "row": ["administration", "billed", None],
        "department": ["oncology", None, None],
        "id": ["a1", None, "a1"],
        "drug": ["ceftriaxone", None, "saline"],
        "start": [datetime(2025, 3, 3, 10), None, None],
        "stop": [datetime(2025, 3, 3, 10, 31), None, None],
        "dose": [Decimal("1.5"), None, None],
        "code": [None, 96365, None],
        "units": [None, 1.0, None],
        "modifiers": [None, ["59"], None],
        "date": [None, date(2025, 3, 3), None],
        "started_before_arrival": [True, None, None],
    }
    table = pa.table(rows)
    table = table.set_column(5, "start", table["start"].cast(pa.timestamp("ns")))
    pq.write_table(table, tmp_path / "a.parquet")
    first, second = Reader(sources_of([str(tmp_path)]))
    assert isinstance(first.data, Rows)
    assert isinstance(second.data, Rows)
    assert (first.line, first.department, second.line, second.department) == (
        1,
        "oncology",
        3,
        None,
    )
    assert parse_encounter(encounter_of(first.data)) == parse_encounter(
        {
            "encounter_id": "7",
            "administrations": [
                {
                    "id": "a1",
                    "drug": "ceftriaxone",
                    "start": "2025-03-03T10:00",
                    "stop": "2025-03-03T10:31",
                    "dose": 1.5,
                    "started_before_arrival": True,
                }
            ],
            "billed": [{"code": "96365", "modifiers": ["59"], "date": "2025-03-03"}],
        }
    )


def test_parquet_may_hold_whole_encounters_as_text_or_struct(tmp_path: Path) -> None:
    records = [{"encounter_id": "a", "administrations": []}, {"encounter_id": "b", "payer": "cpt"}]
    texts = pa.table({"encounter": [json.dumps(each) for each in records], "unit": ["x", None]})
    pq.write_table(texts, tmp_path / "1.parquet")
    pq.write_table(pa.table({"encounter": records}), tmp_path / "2.parquet")
    found = list(Reader(sources_of([str(tmp_path)])))
    assert [raw.department for raw in found] == ["x", None, None, None]
    plain = [json.loads(each.data) if isinstance(each.data, bytes) else each.data for each in found]
    parsed = [parse_encounter(each) for each in plain]
    assert parsed[:2] == parsed[2:]


def test_a_text_in_parquet_that_is_not_utf8_costs_its_encounter_alone(tmp_path: Path) -> None:
    def column(*cells: bytes) -> pa.Array:
        data = pa.array(cells, pa.binary())
        return pa.Array.from_buffers(pa.string(), len(data), data.buffers())

    drugs = column(b"x", b"\xff", b"y", b"z")
    table = pa.table({"encounter_id": ["e1", "e2", "e2", "e3"], "id": list("abcd"), "drug": drugs})
    pq.write_table(table, tmp_path / "1.parquet")
    whole = column(b'{"encounter_id":"e4"}', b"\xff", b'{"encounter_id":"e5"}')
    pq.write_table(pa.table({"encounter": whole}), tmp_path / "2.parquet")
    found = list(Reader(sources_of([str(tmp_path)])))
    assert said(found[:3]) == [("e1", 1), (2, "not_utf8"), ("e3", 1)]
    records = [read_record(each.file, each.line, _bytes(each)) for each in found[3:]]
    assert [each.error.kind if each.error else each.encounter_id for each in records] == [
        "e4",
        "not_utf8",
        "e5",
    ]


def _bytes(raw: Raw) -> bytes:
    assert isinstance(raw.data, bytes)
    return raw.data


def test_a_damaged_parquet_file_is_one_error(tmp_path: Path) -> None:
    pq.write_table(pa.table({"encounter": ["{}"] * 5}), tmp_path / "a.parquet")
    data = (tmp_path / "a.parquet").read_bytes()
    (tmp_path / "a.parquet").write_bytes(data[:-20])
    reader = Reader(sources_of([str(tmp_path)]))
    assert said(list(reader)) == [(1, "unreadable_file")]
    with pytest.raises(InputError, match="unreadable file"):
        reader.check()


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("encounter_id,id,stop_tme", "did you mean 'stop'"),
        ("encounter_id,id,id", "stands twice"),
        ("id,drug", "no column 'encounter_id'"),
        ("", "is empty"),
    ],
)
def test_a_header_is_looked_at_before_anything_runs(
    tmp_path: Path, header: str, words: str
) -> None:
    path = tmp_path / "claims.csv"
    path.write_text(header + "\n")
    reader = Reader(sources_of([str(path)]))
    with pytest.raises(InputError) as caught:
        reader.check()
    assert words in f"{caught.value.message} {caught.value.help}"
    assert "claims.csv" in caught.value.message
    assert len(list(reader)) == 1


HEAD = "encounter_id,id,drug,notes\n"


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ("e1,a1,x,\ne1,a2,x,\ne2,a1,x,\n", [("e1", 2), ("e2", 1)]),
        # A cell too few: the encounter of the row is refused, its neighbours are not.
        ("e1,a1,x,\ne2,a1,x\ne2,a2,x,\ne3,a1,x,\n", [("e1", 1), (3, "bad_row"), ("e3", 1)]),
        ("e1,a1,x,\ne1,a2\ne2,a1,x,\n", [(2, "bad_row"), ("e2", 1)]),
        # Nobody knows whose the row is.
        (
            "e1,a1,x,\ne2,a1,x,\n,a2,x,\ne3,a1,x,\ne4,a1,x,\n",
            [("e1", 1), (3, "row_beside"), (4, "missing_key"), (5, "row_beside"), ("e4", 1)],
        ),
        ("e1,a1,x,\ne2,a1,x,\ne1,a2,x,\n", [("e1", 1), ("e2", 1), (4, "rows_apart")]),
        ('e1,a1,"x, y","two\nlines"\ne2,a1,x,\n', [("e1", 1), ("e2", 1)]),
        # A quote that nobody closes takes no other row with it.
        ('e1,a1,"x,\ne2,a1,x,\ne3,a1,x,\n', [(2, "bad_row"), ("e2", 1), ("e3", 1)]),
        ('e1,a1,"x,\ne2,a1,x,\ne3,a1,"y",\n', [(2, "bad_row"), ("e2", 1), ("e3", 1)]),
        ('e1,a1,5" line,\ne2,a1,x,\n', [("e1", 1), ("e2", 1)]),
        ("e1,a1,x\0,\ne2,a1,x,\n", [(2, "nul_character"), ("e2", 1)]),
        (b"e1,a1,\xff,\ne2,a1,x,\n", [(2, "not_utf8"), ("e2", 1)]),
        (f"e1,a1,{'x' * LONGEST},\ne2,a1,x,\n", [(2, "too_large"), ("e2", 1)]),
        ("e1,a1,x,\n" * 20_000 + "e2,a1,x,\n", [(2, "too_large"), ("e2", 1)]),
        ("e1,a1,x,\n\n  \ne1,a2,x,\n", [("e1", 2)]),
    ],
)
def test_a_broken_row_costs_its_encounter_and_no_other(
    rows: str | bytes, expected: list[Any]
) -> None:
    data = rows if isinstance(rows, bytes) else rows.encode()
    assert said(records_in(HEAD.encode() + data)) == expected


@pytest.mark.parametrize(
    ("rows", "path", "kind"),
    [
        ("row,payer\nadministration,cpt\nadministration,medicare", "$.payer", "rows_differ"),
        ("row,payer\nbill,cpt", "$", "unknown_row"),
        ("row,drug\nencounter,x", "$.drug", "unknown_key"),
        ("drug,units\nx,2", "$.administrations[0].units", "unknown_key"),
        ("drug,dose\nx,two", "$.administrations[0].dose", "not_a_number"),
        ("drug,ordered\nx,maybe", "$.administrations[0].ordered", "bool_type"),
        ("drug,pauses\nx,10:00", "$.administrations[0].pauses[0].start", "bad_time"),
    ],
)
def test_what_rows_cannot_say_is_refused_with_its_place(rows: str, path: str, kind: str) -> None:
    header, *lines = rows.split("\n")
    text = f"encounter_id,id,{header}\n" + "".join(f"e1,a1,{line}\n" for line in lines)
    (raw,) = records_in(text)
    assert isinstance(raw.data, Rows)
    with pytest.raises(InputError) as caught:
        parse_encounter(encounter_of(raw.data))
    assert (caught.value.path, caught.value.kind) == (path, kind)


def test_an_error_in_an_encounter_is_at_the_line_of_its_row() -> None:
    text = "encounter_id,row,id,drug,code\ne1,access,iv1,,\ne1,,a1,x,\ne1,,,,96365\ne1,,a2,y,\n"
    (raw,) = records_in(text)
    assert isinstance(raw.data, Rows)
    assert line_at(raw.data, "$.accesses[0].kind") == 2
    assert line_at(raw.data, "$.administrations[0].stop") == 3
    assert line_at(raw.data, "$.billed[0].units") == 4
    assert line_at(raw.data, "$.administrations[1]") == 5
    assert line_at(raw.data, "$.payer") == 2


def test_as_many_encounters_as_a_file_has_are_told_apart() -> None:
    count = 60_000  # more than the first places of the table of ids
    rows = "".join(f"e{at},a1,x,\n" for at in range(count))
    found = records_in(HEAD + rows + "e5,a1,x,\n")
    assert len(found) == count + 1
    errors = [raw.data for raw in found if isinstance(raw.data, InputError)]
    assert [each.message for each in errors] == [
        "the rows of one encounter stand apart, the first ones from 7"
    ]
