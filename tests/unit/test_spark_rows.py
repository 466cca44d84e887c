"""One Arrow batch of Spark becomes result rows that hold what `batch` writes; without Spark."""

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from infusion_asp.batch.outcome import Outcome
from infusion_asp.batch.parts import Part, Raw
from infusion_asp.batch.schema import SCHEMAS
from infusion_asp.batch.work import Options
from infusion_asp.spark.nested import result_rows
from infusion_asp.spark.schema import LISTED, TABLES, ddl, inner, schema

CLAIMS = Path(__file__).resolve().parents[2] / "fixtures" / "claims"
FILES = ("hour_too_many.json", "hour_too_few.json", "right_chemotherapy_day.json")
VERIFYING = Options(records=False)


def texts() -> list[str]:
    return [(CLAIMS / name).read_text("utf-8") for name in FILES]


def batch(texts: list[str | None], **more: list[Any]) -> pa.RecordBatch:
    return pa.RecordBatch.from_pydict({"encounter": pa.array(texts, pa.string()), **more})


def rows(
    given: pa.RecordBatch, size: int = 1000, column: str = "encounter"
) -> list[dict[str, Any]]:
    return [row for each in result_rows(given, column, VERIFYING, size) for row in each.to_pylist()]


def flat(result: list[dict[str, Any]], name: str) -> list[dict[str, Any]]:
    """The rows of a table of the batch, as it has them."""
    if name in LISTED:
        return [
            {"record": row["record"], "encounter_id": row["result"]["encounter_id"], **each}
            for row in result
            for each in row[name]
        ]
    found = "result" if name == "encounters" else "error"
    return [{"record": row["record"], **row[found]} for row in result if row[found]]


@pytest.fixture(scope="module")
def batched() -> Outcome:
    found = tuple(Raw("c.jsonl", at + 1, text.encode(), "x") for at, text in enumerate(texts()))
    return VERIFYING()(Part(0, 0, (*found, Raw("c.jsonl", 4, b"{", "x"))))


@pytest.mark.parametrize("size", [1, 2, 1000])
def test_result_rows_hold_the_tables_of_a_batch(size: int, batched: Outcome) -> None:
    given = batch(
        [*texts(), "{"],
        record=[0, 1, 2, 3],
        file=["c.jsonl"] * 4,
        line=[1, 2, 3, 4],
        department=["x"] * 4,
    )
    result = rows(given, size)
    for name in TABLES:
        assert flat(result, name) == batched.tables[name].to_pylist(), name


def test_every_record_has_one_row_in_its_place() -> None:
    good, bad = texts()[0], "not JSON"
    result = rows(batch([bad, good, None, good]))
    assert [row["result"] is None for row in result] == [True, False, True, False]
    assert [row["error"] is None for row in result] == [False, True, False, True]
    assert [row["error"]["kind"] for row in result if row["error"]] == ["bad_json", "empty_text"]
    assert all(row[name] == [] for row in result if row["error"] for name in LISTED)


def test_numbers_of_the_data_frame_stand_in_the_results() -> None:
    result = rows(batch(texts()[:2], record=[70, 12]))
    assert [row["record"] for row in result] == [70, 12]
    assert [row["record"] for row in rows(batch(texts()[:1]))] == [None]


def test_encounters_may_be_bytes() -> None:
    text = texts()[0]
    given = pa.RecordBatch.from_pydict({"claim": [text.encode()]})
    assert rows(given, column="claim") == rows(batch([text]))


def test_an_empty_batch_has_no_row() -> None:
    assert rows(batch([])) == []


def test_errors_hold_no_value_of_the_record() -> None:
    record = json.loads(texts()[0])
    record["administrations"][0]["route"] = "intravenus"
    (row,) = rows(batch([json.dumps(record)]))
    assert row["error"]["path"] == "$.administrations[0].route"
    assert "intravenus" not in json.dumps(row["error"])


def test_the_columns_are_those_of_the_tables() -> None:
    assert schema().names == ["record", "result", *LISTED, "error"]
    for name in TABLES:
        outside = [each for each in SCHEMAS[name].names if each in ("record", "encounter_id")]
        kept = [each.name for each in inner(name)]
        assert set(kept) | set(outside) == set(SCHEMAS[name].names)


def test_spark_is_told_the_type_of_every_column() -> None:
    assert ddl(inner("errors")) == (
        "`file` string, `line` bigint, `path` string, `kind` string, `message` string"
    )
    assert "`over_usd`: decimal(18,2)" in ddl()
    assert "`lines` array<struct<`number`: int, `source`: string" in ddl()
