"""The tables of parts become files whose bytes depend on the parts alone; counts add up."""

import csv
import json
from decimal import Decimal
from pathlib import Path

import pytest

pytest.importorskip("pyarrow", reason="the extra batch is not installed")

import pyarrow.compute as pc
import pyarrow.parquet as pq

from infusion_asp.batch import outputs
from infusion_asp.batch.counts import Counts
from infusion_asp.batch.outcome import Outcome, joined, refused, tables_in
from infusion_asp.batch.outputs import FORMS, Form, merge
from infusion_asp.batch.parts import Part, Raw
from infusion_asp.batch.schema import SCHEMAS
from infusion_asp.batch.summary import counts_in, summary
from infusion_asp.batch.work import Options
from tests.support.batch_answers import part_of, random_records

RECORDS = random_records(3, 12, "verify")
WORK = Options()()


@pytest.fixture(scope="module")
def whole() -> Outcome:
    return WORK(part_of(RECORDS))


@pytest.fixture(scope="module")
def pieces() -> list[Outcome]:
    """The same records in parts of five."""
    part = part_of(RECORDS)
    return [WORK(part.slice(at, at + 5)) for at in range(0, len(RECORDS), 5)]


def kept(outcomes: list[Outcome], place: Path) -> list[Path]:
    place.mkdir(exist_ok=True)
    paths = [place / f"{at}.part" for at in range(len(outcomes))]
    for path, outcome in zip(paths, outcomes, strict=True):
        path.write_bytes(outcome.data)
    return paths


def merged(outcomes: list[Outcome], place: Path, form: Form) -> Counts:
    scratch = place / ".parts"
    place.mkdir(exist_ok=True)
    return merge(kept(outcomes, scratch), place, scratch, form)


def test_pieces_joined_are_the_whole(whole: Outcome, pieces: list[Outcome]) -> None:
    again = joined(pieces)
    assert again.counts.plain() == whole.counts.plain()
    assert again.tables == whole.tables
    assert again.data == whole.data


def test_tables_and_counts_survive_as_bytes(whole: Outcome) -> None:
    counts, tables = tables_in(whole.data)
    assert counts.plain() == whole.counts.plain()
    assert {name: table.schema for name, table in tables.items()} == SCHEMAS
    assert whole.counts.rows["encounters"] == tables["encounters"].num_rows == len(RECORDS)


@pytest.mark.parametrize("form", FORMS)
def test_the_same_parts_give_the_same_bytes(
    tmp_path: Path, pieces: list[Outcome], form: Form
) -> None:
    for name in ("a", "b"):
        merged(pieces, tmp_path / name, form)
    for name in SCHEMAS:
        files = [(tmp_path / each / f"{name}.{form}").read_bytes() for each in ("a", "b")]
        assert files[0] == files[1]


def test_all_forms_hold_the_same_rows(tmp_path: Path, pieces: list[Outcome]) -> None:
    for form in FORMS:
        merged(pieces, tmp_path / form, form)
    for name, schema in SCHEMAS.items():
        table = pq.read_table(tmp_path / "parquet" / f"{name}.parquet")
        assert table.schema.equals(schema)
        rows = table.to_pylist()
        lines = (tmp_path / "jsonl" / f"{name}.jsonl").read_text("utf-8").splitlines()
        plain = json.loads(json.dumps(rows, default=_plain))
        assert [json.loads(line) for line in lines] == plain
        with (tmp_path / "csv" / f"{name}.csv").open(newline="", encoding="utf-8") as file:
            cells = list(csv.DictReader(file))
        assert [row["record"] for row in cells] == [str(row["record"]) for row in rows]
        assert list(cells[0] if cells else schema.names) == schema.names


def _plain(value: object) -> object:
    return float(value) if isinstance(value, Decimal) else str(value)


def test_rows_keep_the_order_of_the_input(tmp_path: Path, pieces: list[Outcome]) -> None:
    merged(pieces, tmp_path / "out", "parquet")
    for name in SCHEMAS:
        records = pq.read_table(tmp_path / "out" / f"{name}.parquet")["record"].to_pylist()
        assert records == sorted(records)


def test_row_groups_end_with_parts_and_lose_no_row(
    tmp_path: Path, pieces: list[Outcome], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outputs, "ROWS", 10)
    counts = merged(pieces, tmp_path / "out", "parquet")
    file = pq.ParquetFile(tmp_path / "out" / "encounters.parquet")
    sizes = [file.metadata.row_group(at).num_rows for at in range(file.num_row_groups)]
    assert sizes == [10, 2]
    assert counts.records == len(RECORDS)


def test_files_of_another_form_are_taken_away(tmp_path: Path, pieces: list[Outcome]) -> None:
    for form in ("csv", "parquet"):
        merged(pieces, tmp_path / "out", form)
    names = {path.name for path in (tmp_path / "out").iterdir()} - {".parts"}
    assert names == {f"{name}.parquet" for name in SCHEMAS}


def test_a_cell_is_no_formula(tmp_path: Path) -> None:
    evil = {"encounter_id": "=cmd()", "administrations": [{"id": "+1", "drug": "@x"}]}
    merged([Options(task="code")()(part_of([evil]))], tmp_path / "out", "csv")
    for path in (tmp_path / "out").glob("*.csv"):
        with path.open(newline="", encoding="utf-8") as file:
            cells = [cell for row in csv.reader(file) for cell in row]
        assert not [cell for cell in cells if cell.startswith(("=", "+", "@"))]


def test_given_up_records_are_errors_with_their_places() -> None:
    part = Part(2, 20, (Raw("a.jsonl", 5, b"{}"), Raw("a.jsonl", 6, b"{}")))
    outcome = refused(part, "too_slow", "it took too long")
    rows = outcome.tables["errors"].to_pylist()
    assert [(row["record"], row["line"], row["kind"]) for row in rows] == [
        (20, 5, "too_slow"),
        (21, 6, "too_slow"),
    ]
    assert outcome.counts.adds_up
    assert (outcome.counts.records, outcome.counts.failed) == (2, 2)


def test_counts_are_those_of_the_tables(whole: Outcome) -> None:
    tables = whole.tables
    derived = tables["lines"].filter(pc.equal(tables["lines"]["source"], "derived"))
    assert whole.counts.lines.total() == derived.num_rows
    assert whole.counts.units.total() == sum(derived["units"].to_pylist())
    assert whole.counts.findings.total() == tables["findings"].num_rows
    assert whole.counts.over == sum(tables["encounters"]["over_usd"].to_pylist())
    assert whole.counts.under == sum(tables["encounters"]["under_usd"].to_pylist())
    assert whole.counts.verdicts.total() == whole.counts.encounters == len(RECORDS)


def test_counts_survive_a_summary(whole: Outcome) -> None:
    text = json.dumps(summary(whole.counts, Options(), "parquet"))
    assert counts_in(text).plain() == whole.counts.plain()


@pytest.mark.parametrize(
    ("levels", "reached"),
    [({}, ()), ({"info": 1}, ("info",)), ({"warning": 2}, ("info", "warning"))],
)
def test_a_level_reaches_itself_and_lower_ones(
    levels: dict[str, int], reached: tuple[str, ...]
) -> None:
    counts = Counts()
    counts.levels.update(levels)
    every = ("info", "warning", "error", "never")
    assert tuple(each for each in every if counts.reaches(each)) == reached
