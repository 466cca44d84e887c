"""A batch that is killed at any moment and resumed leaves the bytes of one that was not."""

from __future__ import annotations

import io
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from infusion_asp.batch.journal import DIRECTORY

ROOT = Path(__file__).parents[2]
RECORDS = 240
KILLS = 10
PARTS = RECORDS // 4
NOT_THE_SAME = {"run.json"}  # seconds


def written(path: Path, words: dict[int, str]) -> Path:
    """Records, some of them with words that do something to their worker."""
    path.write_text("".join(f"record {n} {words.get(n, '')}\n" for n in range(RECORDS)))
    return path


def started(records: Path, out: Path, *options: str) -> subprocess.Popen[str]:
    """A run that says `part` for each part that it has kept."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.support.batch_run", str(records), str(out), *options],
        cwd=ROOT,
        env=os.environ | {"BATCH_RUN_SEEN": str(out.parent / "seen")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ended(process: subprocess.Popen[str]) -> str:
    """The last word of a run."""
    out, errors = process.communicate(timeout=600)
    assert not errors
    return out.splitlines()[-1] if out else ""


def kept_parts(out: Path) -> Iterator[Path]:
    """The parts of a run that goes on."""
    return (out / DIRECTORY).glob("*.part")


def errors(table: Path | io.BytesIO) -> list[dict[str, object]]:
    """The rows of the table of errors, without the name of the input."""
    rows: list[dict[str, object]] = pq.read_table(table).drop_columns(["file"]).to_pylist()
    return rows


def files(out: Path) -> dict[str, bytes]:
    """What a run leaves, apart from what may differ."""
    found = {path.name: path.read_bytes() for path in out.iterdir() if path.is_file()}
    return {name: data for name, data in found.items() if name not in NOT_THE_SAME}


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One input for all, because its name stands in the tables."""
    return written(tmp_path_factory.mktemp("input") / "records.jsonl", {50: "once"})


@pytest.fixture(scope="module")
def undisturbed(records: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What a run leaves that nothing happens to."""
    place = tmp_path_factory.mktemp("undisturbed")
    (place / "seen").touch()
    assert ended(started(records, place / "out")) == "whole"
    found = files(place / "out")
    assert pq.read_table(place / "out" / "errors.parquet").num_rows == RECORDS
    assert "summary.json" in found
    return found


def resumed(records: Path, out: Path, *options: str) -> dict[str, bytes]:
    """What is there after going on to the end."""
    assert ended(started(records, out, "--resume", *options)) == "whole"
    return files(out)


def test_killed_at_random_moments(
    records: Path, undisturbed: dict[str, bytes], tmp_path: Path
) -> None:
    rng, out, kept = random.Random(1), tmp_path / "out", set[str]()
    for _ in range(KILLS):
        process = started(records, out, "--resume")
        assert process.stdout is not None
        for _ in range(rng.randrange(1, 4)):
            process.stdout.readline()
        time.sleep(rng.random() * 0.04)
        process.kill()
        process.communicate()
        parts = {path.name for path in kept_parts(out)}
        assert kept <= parts
        assert len(parts) < PARTS, "the last one is to find something to do"
        kept = parts
    assert len(kept) >= KILLS
    assert resumed(records, out) == undisturbed


def test_killed_while_the_tables_are_written(
    records: Path, undisturbed: dict[str, bytes], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    for delay in (0.0, 0.005, 0.02):
        process = started(records, out, "--resume", "--part-size", "60")
        assert process.stdout is not None
        while process.stdout.readline() == "part\n" and len(list(kept_parts(out))) < 2:
            pass
        time.sleep(delay)
        process.kill()
        process.communicate()
    found = resumed(records, out, "--part-size", "60")
    assert found == undisturbed


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_stopped_by_a_signal(
    records: Path,
    undisturbed: dict[str, bytes],
    tmp_path: Path,
    number: signal.Signals,
    code: int,
) -> None:
    out = tmp_path / "out"
    process = started(records, out)
    assert process.stdout is not None
    process.stdout.readline()
    process.send_signal(number)
    assert ended(process) == f"stopped {code}"
    assert 2 <= len(list(kept_parts(out))) < PARTS
    assert not (out / "errors.parquet").exists()
    assert resumed(records, out) == undisturbed


def test_stopped_while_the_tables_are_written(
    records: Path, undisturbed: dict[str, bytes], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    assert ended(started(records, out, "--end-while-writing")) == "stopped 143"
    assert len(list(kept_parts(out))) == PARTS
    assert not (out / "errors.parquet").exists()
    assert resumed(records, out) == undisturbed


def test_a_worker_that_is_killed_by_chance_leaves_no_trace(
    records: Path, undisturbed: dict[str, bytes], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    assert ended(started(records, out, "--part-size", "40", "--workers", "3")) == "whole"
    assert (tmp_path / "seen").exists()
    assert files(out) == undisturbed


def test_workers_end_with_the_run_that_started_them(tmp_path: Path) -> None:
    records = written(tmp_path / "records.jsonl", {6: "endless"})
    process = started(records, tmp_path / "out", "--seconds", "500")
    assert process.stdout is not None
    process.stdout.readline()
    process.kill()
    process.communicate(timeout=100)  # ends when nobody holds the pipes any more


def test_records_at_fault_are_named_and_no_other_row_changes(
    records: Path, undisturbed: dict[str, bytes], tmp_path: Path
) -> None:
    away, out = tmp_path / "away.jsonl", tmp_path / "out"
    faults = {7: "kill", 50: "endless", 51: "kill"}
    kinds = {7: "worker_died", 50: "too_slow", 51: "worker_died"}
    options = ("--part-size", "60", "--seconds", "2")
    assert ended(started(written(away, faults), out, *options)) == "whole"
    found, expected = (
        errors(out / "errors.parquet"),
        errors(io.BytesIO(undisturbed["errors.parquet"])),
    )
    assert {row["record"]: row["kind"] for row in found if row["kind"] != "slow"} == kinds
    others = [row for row in found if row["record"] not in kinds]
    assert others == [row for row in expected if row["record"] not in kinds]
