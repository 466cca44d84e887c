"""Spark in local mode gives the same rows as `batch`; what is wrong is said before it starts."""

import json
import os
import re
import runpy
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pyarrow import parquet

from infusion_asp.batch.schema import SCHEMAS
from infusion_asp.facts.policies import PolicyError
from infusion_asp.spark import FrameError, code_dataframe, table, verify_dataframe
from tests.support.spark import WANTED, missing, session

ROOT = Path(__file__).resolve().parents[2]
CLAIMS = sorted((ROOT / "fixtures" / "claims").glob("hour_*.json"))[:3] + [
    ROOT / "fixtures" / "claims" / f"{name}.json"
    for name in ("right_chemotherapy_day", "infusion_as_push", "drug_units", "second_initial")
]
WHY = missing()

pytestmark = pytest.mark.skipif(bool(WHY) and not os.environ.get(WANTED), reason=WHY or "Spark")


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    assert not WHY, WHY
    with session() as found:
        yield found


@pytest.fixture(scope="module")
def lines() -> list[str]:
    found = [json.dumps(json.loads(path.read_text("utf-8"))) for path in CLAIMS]
    return [*found[:4], '{"encounter_id": "cut off"', *found[4:], '{"encounter_id": 7}']


@pytest.fixture(scope="module")
def batched(lines: list[str], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The tables that `batch` writes, by name."""
    place = tmp_path_factory.mktemp("batch")
    (place / "claims.jsonl").write_text("".join(f"{line}\n" for line in lines), "utf-8")
    command = (sys.executable, "-m", "infusion_asp", "batch", "claims.jsonl", "--out", "out")
    done = subprocess.run(
        [*command, "--no-records", "--workers", "1", "-q"], cwd=place, check=False, timeout=300
    )
    assert done.returncode == 2, "two records have no result"
    return {name: parquet.read_table(place / "out" / f"{name}.parquet") for name in SCHEMAS}


@pytest.fixture(scope="module")
def frame(spark: Any, lines: list[str]) -> Any:
    """The same records in two partitions."""
    rows = [(at, "claims.jsonl", at + 1, None, f"k{at}", line) for at, line in enumerate(lines)]
    columns = (
        "record long, file string, line long, department string, claim_id string, encounter string"
    )
    return spark.createDataFrame(rows, columns).repartition(2)


@pytest.fixture(scope="module")
def verified(frame: Any) -> Any:
    return verify_dataframe(frame, keep=["claim_id"]).cache()


def plain(value: Any) -> Any:
    """A Spark value as Arrow gives it."""
    return value.asDict(recursive=True) if hasattr(value, "asDict") else value


@pytest.mark.parametrize(
    "name", ["encounters", "lines", "findings", "not_reported", "evidence", "errors"]
)
def test_every_table_has_the_rows_of_the_batch(
    name: str, verified: Any, batched: dict[str, Any]
) -> None:
    found = table(verified, name)
    assert found.columns == batched[name].column_names
    expected = batched[name].to_pylist()
    rows = [plain(row) for row in found.collect()]
    assert sorted(rows, key=repr) == sorted(expected, key=repr)
    assert expected or name == "not_reported"


def test_every_record_has_one_row(verified: Any, lines: list[str]) -> None:
    rows = verified.select("claim_id", "record", "result", "error").collect()
    assert sorted(row.claim_id for row in rows) == sorted(f"k{at}" for at in range(len(lines)))
    assert all((row.result is None) != (row.error is None) for row in rows)
    assert all(row.claim_id == f"k{row.record}" for row in rows)


def test_kept_columns_stand_before_the_rows_of_a_table(verified: Any) -> None:
    rows = table(verified, "findings", keep=["claim_id"]).collect()
    assert rows
    assert all(row.claim_id == f"k{row.record}" for row in rows)


def test_records_alone_are_coded(frame: Any) -> None:
    rows = table(code_dataframe(frame.limit(3)), "encounters").collect()
    assert {row.verdict for row in rows} == {None}
    assert {row.over_usd for row in rows} == {None}


def test_claims_in_columns_are_verified_as_their_json(
    spark: Any, frame: Any, verified: Any, lines: list[str], tmp_path: Path
) -> None:
    good = [line for line in lines if "administrations" in line]
    (tmp_path / "claims.jsonl").write_text("".join(f"{line}\n" for line in good), "utf-8")
    columns = spark.read.json(str(tmp_path / "claims.jsonl"))
    texts = columns.selectExpr("to_json(struct(*)) as encounter")
    found = table(verify_dataframe(texts), "findings").drop("record").collect()
    expected = table(verified, "findings").drop("record").collect()
    assert sorted(map(repr, found)) == sorted(map(repr, expected))


def test_what_is_wrong_is_said_before_a_job_starts(frame: Any, verified: Any) -> None:
    with pytest.raises(FrameError, match="no column 'claim'"):
        verify_dataframe(frame, "claim")
    with pytest.raises(FrameError, match="column 'record' is bigint, not text"):
        verify_dataframe(frame, "record")
    with pytest.raises(FrameError, match="column 'record' can't be kept"):
        verify_dataframe(frame, keep=["record"])
    with pytest.raises(FrameError, match="no table 'claims'"):
        table(verified, "claims")
    with pytest.raises(PolicyError, match="unknown profile 'medicard'"):
        verify_dataframe(frame, profile="medicard")


def test_the_documented_job_runs(
    spark: Any, lines: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """docs/spark.md shows it whole; it reads JSONL and writes the tables."""
    page = (ROOT / "docs" / "spark.md").read_text("utf-8")
    (script,) = re.findall(r"```python\n(# verify_claims\.py\n.*?)```", page, re.DOTALL)
    job, source, out = tmp_path / "verify_claims.py", tmp_path / "in.jsonl", tmp_path / "out"
    job.write_text(script, "utf-8")
    source.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    monkeypatch.setattr(sys, "argv", [str(job), str(source), str(out)])
    runpy.run_path(str(job), run_name="__main__")
    found = spark.read.parquet(str(out / "findings"))
    assert found.where("risk = 'over'").count() > 0
    assert spark.read.parquet(str(out / "errors")).count() == 2
