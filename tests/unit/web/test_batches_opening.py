"""A record of a batch is found again: in its tables, else in its input, wherever that is now."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("duckdb", reason="the extra web is not installed")

import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from infusion_asp.batch.inputs import Reader, sources_of
from infusion_asp.batch.inputs.columns import encounter_of
from infusion_asp.batch.parts import Rows
from infusion_asp.web.batches import offsets, whereabouts
from infusion_asp.web.batches.directory import look
from infusion_asp.web.batches.errors import BatchError, NoBatchError, NotOpenedError
from infusion_asp.web.batches.offsets import lines_in
from infusion_asp.web.batches.opening import directory_of, key_of, opened, record_of
from infusion_asp.web.batches.sought import Sought, document
from infusion_asp.web.batches.store import STORES
from infusion_asp.web.settings import Settings
from tests.support.batch_directory import made
from tests.support.batch_tables import csv_of, jsonl_of

RECORDS: list[dict[str, Any]] = [
    {
        "encounter_id": f"e{at}",
        "administrations": [
            {
                "id": f"a{n}",
                "drug": "vancomycin",
                "route": "intravenous",
                "start": "2025-03-03T09:00",
            }
            for n in range(1, 2 + at % 3)
        ],
    }
    for at in range(90)
]


def as_parquet(path: Path) -> None:
    text = path.with_suffix(".csv")
    text.write_text(csv_of(RECORDS), "utf-8")
    pq.write_table(pacsv.read_csv(text), path, row_group_size=16)


def as_parquet_of_json(path: Path) -> None:
    pq.write_table(
        pa.table({"encounter": [json.dumps(e) for e in RECORDS]}), path, row_group_size=7
    )


FORMS: dict[str, Callable[[Path], object]] = {
    "x.jsonl": lambda path: path.write_text(jsonl_of(RECORDS), "utf-8"),
    "gaps.jsonl": lambda path: path.write_text("\ufeff" + jsonl_of(RECORDS).replace("\n", "\n\n")),
    "x.csv": lambda path: path.write_text(csv_of(RECORDS), "utf-8"),
    "semicolons.csv": lambda path: path.write_text(csv_of(RECORDS, delimiter=";"), "utf-8"),
    "indented.json": lambda path: path.write_text(json.dumps(RECORDS, indent=1), "utf-8"),
    "one_line.json": lambda path: path.write_text(json.dumps(RECORDS), "utf-8"),
    "comma_first.json": lambda path: path.write_text(
        "[" + "\n, ".join(map(json.dumps, RECORDS)) + "]", "utf-8"
    ),
    "x.jsonl.gz": lambda path: path.write_bytes(gzip.compress(jsonl_of(RECORDS).encode())),
    "x.parquet": as_parquet,
    "json.parquet": as_parquet_of_json,
}


@pytest.fixture(autouse=True)
def small_stretches(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a small file has many."""
    monkeypatch.setattr(offsets, "CHUNK", 512)
    monkeypatch.setattr(whereabouts, "_ELSEWHERE", {})


@pytest.mark.parametrize("name", FORMS)
def test_every_record_is_read_from_where_the_batch_found_it(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    FORMS[name](path)
    skipped: dict[int, int] = {}
    seen = 0
    for raw in Reader(sources_of([str(path)])):
        data = encounter_of(raw.data) if isinstance(raw.data, Rows) else raw.data
        whole = json.loads(data) if isinstance(data, bytes) else data
        skip = skipped.get(raw.line, 0)
        assert document(Sought(path, raw.line, whole["encounter_id"], skip)) == whole
        skipped[raw.line] = skip + 1
        seen += 1
    assert seen == len(RECORDS)


@pytest.mark.parametrize("text", ["", "a", "a\nb", "a\n" * 2000, "\n" * 1024, "x" * 3000 + "\ny\n"])
def test_lines_begin_where_they_begin(tmp_path: Path, text: str) -> None:
    path = tmp_path / "lines.txt"
    path.write_text(text, "utf-8")
    begins = [0] + [at + 1 for at, each in enumerate(text) if each == "\n"]
    lines = lines_in(path)
    for number in (1, 2, 3, len(begins) - 1, len(begins)):
        if 1 <= number <= len(begins):
            assert lines.offset(path, number) == begins[number - 1]
    assert lines.offset(path, len(begins) + 1) is None


def settings_of(*directories: Path) -> Settings:
    return Settings(batches=directories)


def test_a_record_opens_with_the_choices_of_the_run(tmp_path: Path) -> None:
    batch = made(tmp_path, 60, 3)
    state = json.loads(opened(settings_of(batch.out), key_of(1, 7)))
    assert state["encounter"] == json.loads(batch.tables["encounters"][7]["encounter"])
    assert (state["profile"], state["policies"]) == (None, {})


def test_a_record_that_was_not_kept_is_read_from_the_input(tmp_path: Path) -> None:
    batch = made(tmp_path, 60, 3, keep=False)
    state = json.loads(opened(settings_of(batch.out), key_of(1, 7)))
    assert state["encounter"]["encounter_id"] == batch.tables["encounters"][7]["encounter_id"]


def test_a_refused_record_is_read_from_the_input(tmp_path: Path) -> None:
    batch = made(tmp_path, 60, 3)
    record = batch.tables["errors"][0]["record"]
    lines = batch.input.read_text("utf-8").splitlines()
    state = json.loads(opened(settings_of(batch.out), key_of(1, record)))
    assert state["encounter"] == json.loads(lines[record])


def test_a_row_at_fault_leads_to_its_whole_encounter(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text(csv_of(RECORDS), "utf-8")
    third = RECORDS[2]  # three administrations after one and two: lines 5 to 7
    for line in (5, 6, 7):
        assert document(Sought(path, line, before=4)) == third
    assert document(Sought(path, 2)) == RECORDS[0]


def test_an_input_that_moved_is_said_and_can_be_named(tmp_path: Path) -> None:
    batch = made(tmp_path / "a", 60, 3, keep=False)
    elsewhere = tmp_path / "b" / "input.jsonl"
    elsewhere.parent.mkdir()
    batch.input.rename(elsewhere)
    given = settings_of(batch.out)
    with pytest.raises(NotOpenedError) as caught:
        opened(given, key_of(1, 7))
    assert caught.value.message.endswith("is not where the batch read it")
    assert (caught.value.address, caught.value.nameable) == ("/batches/1/records/7", True)
    directory = directory_of(given, 1)
    for typed in (str(elsewhere), str(elsewhere.parent)):
        assert whereabouts.moved(directory, str(batch.input), typed) == elsewhere
    assert json.loads(opened(given, key_of(1, 7)))["encounter"]


@pytest.mark.parametrize("typed", ["", "/etc/passwd", "../..", "\0", "{{ 7 }}"])
def test_no_other_file_is_read_in_place_of_the_input(tmp_path: Path, typed: str) -> None:
    batch = made(tmp_path, 60, 3, keep=False)
    with pytest.raises(BatchError) as caught:
        whereabouts.moved(look(batch.out), str(batch.input), typed)
    assert "is the input of this batch" in caught.value.message


def test_a_file_of_the_same_length_is_not_the_input(tmp_path: Path) -> None:
    batch = made(tmp_path / "a", 60, 3, keep=False)
    other = tmp_path / "other.jsonl"
    data = bytearray(batch.input.read_bytes())
    data[20] ^= 1
    other.write_bytes(bytes(data))
    with pytest.raises(BatchError):
        whereabouts.moved(look(batch.out), str(batch.input), str(other))


def test_an_input_that_changed_is_not_read(tmp_path: Path) -> None:
    batch = made(tmp_path, 60, 3, keep=False)
    with batch.input.open("a", encoding="utf-8") as file:
        file.write("{}\n")
    with pytest.raises(NotOpenedError) as caught:
        opened(settings_of(batch.out), key_of(1, 7))
    assert caught.value.message.endswith("has changed since the batch")


def test_another_record_on_the_line_is_not_shown(tmp_path: Path) -> None:
    batch = made(tmp_path, 60, 3, keep=False)
    lines = batch.input.read_text("utf-8").splitlines(keepends=True)
    batch.input.write_text("".join(reversed(lines)), "utf-8")  # as many bytes
    with pytest.raises(NotOpenedError) as caught:
        opened(settings_of(batch.out), key_of(1, 7))
    assert caught.value.message == "line 8 of the input holds another record"


@pytest.mark.parametrize(
    "key", ["batch-1-60", "batch-2-0", "batch-0-0", "batch-1-", "batch-1-1x", ""]
)
def test_a_key_of_no_record_is_refused(tmp_path: Path, key: str) -> None:
    batch = made(tmp_path, 60, 3)
    with pytest.raises((NotOpenedError, NoBatchError)):
        opened(settings_of(batch.out), key)


def test_a_run_that_was_broken_off_is_not_browsed(tmp_path: Path) -> None:
    batch = made(tmp_path, 60, 3)
    journal = batch.out / ".parts" / "run.json"
    said = json.loads(journal.read_text("utf-8"))
    journal.write_text(json.dumps({**said, "finished": False}), "utf-8")
    with pytest.raises(NoBatchError):
        directory_of(settings_of(batch.out), 1)


def test_a_directory_written_anew_is_read_anew(tmp_path: Path) -> None:
    batch = made(tmp_path / "a", 60, 3)
    before = STORES.of(look(batch.out))
    assert STORES.of(look(batch.out)) is before
    other = made(tmp_path / "b", 30, 4)
    for path in other.out.glob("*.parquet"):
        path.replace(batch.out / path.name)
    again = look(batch.out)
    assert STORES.of(again) is not before
    assert record_of(again, STORES.of(again), 29).record == 29
    with pytest.raises(NotOpenedError):
        record_of(again, STORES.of(again), 30)
