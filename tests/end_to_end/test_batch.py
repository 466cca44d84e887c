"""The command `batch` on whole files: the answers, the order, the bytes, the errors, the words."""

import gzip
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

pytest.importorskip("pyarrow", reason="the extra batch is not installed")

import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from infusion_asp.batch.schema import SCHEMAS
from infusion_asp.batch.work import Task
from infusion_asp.cli import main
from infusion_asp.model import parse_encounter
from tests.support.batch_answers import alone, random_records, rows_of
from tests.support.batch_tables import csv_of, jsonl_of

TOP = Path(__file__).resolve().parents[2]
CLAIMS, ENCOUNTERS = TOP / "fixtures" / "claims", TOP / "fixtures" / "encounters"


def batch(*arguments: object, stdin: bytes | None = None) -> Result:
    return CliRunner().invoke(main, ["batch", *map(str, arguments)], input=stdin)


def table(out: Path, name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = pq.read_table(out / f"{name}.parquet").to_pylist()
    return rows


def summed(out: Path) -> dict[str, Any]:
    data: dict[str, Any] = json.loads((out / "summary.json").read_text("utf-8"))
    assert data["adds_up"]
    assert data["records"] == data["encounters"] + sum(data["errors"].values())
    assert data["rows"] == {name: len(table(out, name)) for name in SCHEMAS}
    return data


def same_files(first: Path, second: Path) -> None:
    names = [f"{name}.parquet" for name in SCHEMAS] + ["summary.json"]
    for name in names:
        assert (first / name).read_bytes() == (second / name).read_bytes(), name


@pytest.fixture(scope="module", autouse=True)
def one_program() -> Iterator[None]:
    """The program is the same in all runs, whoever edits its source meanwhile."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("infusion_asp.batch.run.program_digest", lambda: "none")
        yield


@pytest.fixture(scope="module")
def claims(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Some twenty-five claims as JSONL; a table cannot say everything that JSON can."""
    path = tmp_path_factory.mktemp("claims") / "claims.jsonl"
    records = [each for each in random_records(11, 30, "verify") if each["billed"]]
    for each in records:
        for service in each.get("other_services", ()):
            service.setdefault("modifiers", [])
    path.write_text(jsonl_of(records), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def verified(claims: Path) -> Path:
    """What a batch of one worker writes for them, in parts of seven."""
    out = claims.parent / "one"
    result = batch(claims, "--out", out, "--workers", 1, "--part-size", 7)
    assert result.exit_code == 1, result.output
    return out


def test_every_claim_of_the_fixtures_is_answered_as_by_verify(tmp_path: Path) -> None:
    result = batch(CLAIMS, "--out", tmp_path / "out", "-q")
    assert result.exit_code == 1
    assert result.output == ""
    records = [json.loads(path.read_text("utf-8")) for path in sorted(CLAIMS.glob("*.json"))]
    answered_as(records, tmp_path / "out", "verify")


def test_every_encounter_of_the_fixtures_is_answered_as_by_code(tmp_path: Path) -> None:
    result = batch(ENCOUNTERS, "--task", "code", "--out", tmp_path / "out")
    assert result.exit_code == 0, result.output
    records = [json.loads(path.read_text("utf-8")) for path in sorted(ENCOUNTERS.glob("*.json"))]
    answered_as(records, tmp_path / "out", "code")


def answered_as(records: list[dict[str, Any]], out: Path, task: Task) -> None:
    data = summed(out)
    assert (data["records"], data["encounters"]) == (len(records), len(records))
    tables = {name: table(out, name) for name in SCHEMAS}
    heads = tables["encounters"]
    assert [row["encounter_id"] for row in heads] == [each["encounter_id"] for each in records]
    assert [json.loads(row["encounter"]) for row in heads] == records
    for number, record in enumerate(records):
        assert rows_of(tables, number) == alone(parse_encounter(record), task), record


@pytest.mark.parametrize("workers", [2, 3])
def test_any_number_of_workers_writes_the_same_bytes(
    claims: Path, verified: Path, workers: int
) -> None:
    out = claims.parent / f"workers-{workers}"
    batch(claims, "--out", out, "--workers", workers, "--part-size", 7, "--cache", "on")
    same_files(verified, out)


def test_other_parts_hold_the_same_rows(claims: Path, verified: Path) -> None:
    out = claims.parent / "parts"
    batch(claims, "--out", out, "--part-size", 25)
    for name in SCHEMAS:
        assert table(out, name) == table(verified, name)


def test_all_forms_of_input_give_the_same_answers(claims: Path, verified: Path) -> None:
    records = [json.loads(line) for line in claims.read_text("utf-8").splitlines()]
    place = claims.parent / "forms"
    place.mkdir()
    (place / "a.json").write_text(json.dumps(records, indent=1), encoding="utf-8")
    (place / "b.csv").write_text(csv_of(records), encoding="utf-8")
    (place / "c.jsonl.gz").write_bytes(gzip.compress(claims.read_bytes()))
    texts = claims.read_text("utf-8").splitlines()
    pq.write_table(pa.table({"encounter": texts}), place / "d.parquet")
    columns = pacsv.read_csv(place / "b.csv")
    pq.write_table(columns, place / "e.parquet")
    result = batch(place, "--out", claims.parent / "all", "--no-records")
    assert result.exit_code == 1, result.output
    count = len(records)
    for name in SCHEMAS:
        once = [_without_place(row) for row in table(verified, name)]
        rows = [_without_place(row) for row in table(claims.parent / "all", name)]
        again = [{**row, "record": row["record"] + at * count} for at in range(5) for row in once]
        assert rows == again, name


def _without_place(row: dict[str, Any]) -> dict[str, Any]:
    return {name: cell for name, cell in row.items() if name not in ("file", "line", "encounter")}


def test_standard_input_is_a_file_like_others(claims: Path, verified: Path) -> None:
    out = claims.parent / "piped"
    batch("-", "--out", out, "--part-size", 7, stdin=claims.read_bytes())
    for name in SCHEMAS:
        rows = [_without_place(row) for row in table(out, name)]
        assert rows == [_without_place(row) for row in table(verified, name)]
    result = batch("-", "--out", out, "--resume", stdin=b"")
    assert result.exit_code == 2
    assert "standard input can't be resumed" in result.output


SECRET = "Zyloprimab"
GOOD = {"id": "a1", "drug": "ceftriaxone", "route": "intravenous", "method": "push"}
GOOD |= {"start": "2025-03-03T10:00", "stop": "2025-03-03T10:02"}


def _bad(**more: Any) -> bytes:
    return json.dumps({"encounter_id": SECRET, "administrations": [{**GOOD, **more}]}).encode()


def _many(count: int) -> bytes:
    given = [{**GOOD, "id": f"a{at}"} for at in range(count)]
    return json.dumps({"encounter_id": SECRET, "administrations": given}).encode()


BROKEN = {
    "bad_json": _bad()[:-9],
    "not_text": _bad(drug=7),
    "not_an_object": b"[7]",
    "tuple_type": json.dumps({"encounter_id": SECRET, "administrations": {}}).encode(),
    "stop_before_start": _bad(start="2025-03-03T11:00"),
    "bad_time": _bad(start="2025-02-30T11:00"),
    "unknown_key": _bad(**{f"patient {SECRET}": "x"}),
    "unknown_value": _bad(route=SECRET),
    "unknown_reference": _bad(same_bag_as=SECRET),
    "too_long": _many(10_000),
    "text_too_long": _bad(drug=SECRET * 100_000),
    "too_large": _bad(notes="x" * (50 << 20)),
    "not_utf8": _bad().replace(b"ceftriaxone", b"\xff\xfe"),
    "nul_character": _bad().replace(b"ceftriaxone", b"\0"),
    "too_deep": b'{"encounter_id":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "number_too_large": b'{"encounter_id":"e","administrations":[{"id":"a","dose":1'
    + b"0" * 5000
    + b"}]}",
}


def test_every_corrupted_record_is_an_error_and_none_is_lost(tmp_path: Path) -> None:
    lines: list[tuple[str | None, bytes]] = [
        (None, json.dumps({**each, "encounter_id": f"good-{at}"}).encode())
        for at, each in enumerate(random_records(5, 80, "code"))
    ]
    lines += list(BROKEN.items())
    random.Random(1).shuffle(lines)
    path = tmp_path / "mixed.jsonl"
    path.write_bytes(b"\n".join(data for _, data in lines))
    out = tmp_path / "out"
    result = batch(path, "--task", "code", "--out", out, "--part-size", 13)
    assert result.exit_code == 2
    assert summed(out)["records"] == len(lines)
    wanted = [(at, at + 1, kind) for at, (kind, _) in enumerate(lines) if kind is not None]
    errors = table(out, "errors")
    assert [(row["record"], row["line"], row["kind"]) for row in errors] == wanted
    good = [at for at, (kind, _) in enumerate(lines) if kind is None]
    assert [row["record"] for row in table(out, "encounters")] == good
    told = (out / "errors.parquet").read_bytes().decode("latin-1") + result.output + str(errors)
    assert SECRET not in told
    assert f"{len(BROKEN)} of {len(lines)} records not coded" in result.output


def test_a_row_of_a_table_that_is_wrong_is_named_by_its_line(tmp_path: Path) -> None:
    rows = [
        "encounter_id,id,drug,route,start,stop",
        "e1,a1,x,intravenous,2025-03-03T10:00,2025-03-03T10:31",
        "e1,a2,x,intravenous,2025-03-03T12:00,2025-03-03T11:31",
        "e2,a1,x,intravenous,2025-03-03T10:00,2025-03-03T10:31",
        "e1,a3,x,intravenous,2025-03-03T10:00,2025-03-03T10:31",
    ]
    (tmp_path / "a.csv").write_text("\n".join(rows))
    result = batch(tmp_path / "a.csv", "--task", "code", "--out", tmp_path / "out")
    assert result.exit_code == 2
    found = [(row["line"], row["kind"]) for row in table(tmp_path / "out", "errors")]
    assert found == [(3, "stop_before_start"), (5, "rows_apart")]


@pytest.mark.parametrize(
    ("level", "code"), [("info", 1), ("warning", 1), ("error", 1), ("never", 0)]
)
def test_the_level_of_findings_decides_how_it_ends(tmp_path: Path, level: str, code: int) -> None:
    claim = CLAIMS / "hour_too_many.json"
    assert batch(claim, "--out", tmp_path, "--fail-on", level).exit_code == code


def test_a_right_claim_ends_with_zero(tmp_path: Path) -> None:
    result = batch(
        CLAIMS / "right_chemotherapy_day.json", "--out", tmp_path, "--fail-on", "warning"
    )
    assert result.exit_code == 0
    assert "1 of 1 records verified" in result.output
    assert "1 record = 1 result + 0 errors" in result.output
    assert max(map(len, result.output.splitlines())) <= 80 + len(str(tmp_path))


def test_reasons_come_where_they_are_asked_for(tmp_path: Path) -> None:
    sentences = {}
    for asked in ("none", "findings", "all"):
        out = tmp_path / asked
        few = ENCOUNTERS / "h*.json"  # a quoted glob
        batch(few, "--task", "code", "--out", out, "--explain", asked, "-q")
        found = {row["record"] for row in table(out, "findings")}
        said = [(row["record"] in found, bool(row["sentence"])) for row in table(out, "lines")]
        sentences[asked] = set(said)
        assert bool(table(out, "lines")[0]["rule_ids"]) == (asked == "all") or asked == "findings"
    assert sentences["none"] == {(True, False), (False, False)}
    assert sentences["findings"] == {(True, True), (False, False)}
    assert sentences["all"] == {(True, True), (False, True)}


def test_a_finished_run_is_not_run_again(claims: Path, verified: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in verified.glob("*.parquet")}
    arguments = (claims, "--out", verified, "--workers", 1, "--part-size", 7, "--resume")
    result = batch(*arguments)
    assert result.exit_code == 1, result.output
    assert "by an earlier run" in result.output
    assert {path: path.stat().st_mtime_ns for path in verified.glob("*.parquet")} == before
    other = batch(*arguments, "--policy", "hydration_reporting=always")
    assert other.exit_code == 2


def test_an_encounter_without_an_answer_stands_alone(tmp_path: Path) -> None:
    drugs = ("ceftriaxone", "famotidine", "ondansetron")
    given = [
        {"encounter_id": f"e{at}", "administrations": [{**GOOD, "drug": drug}]}
        for at, drug in enumerate(drugs)
    ]
    (tmp_path / "a.jsonl").write_text(jsonl_of(given))
    rules = TOP / "fixtures" / "overlays" / "formulary"
    out = tmp_path / "out"
    result = batch(tmp_path / "a.jsonl", "--task", "code", "--rules", rules, "--out", out)
    assert result.exit_code == 2
    (error,) = table(out, "errors")
    assert (error["record"], error["kind"]) == (1, "no_answer")
    assert "formulary can't all be kept" in error["message"]
    assert [row["encounter_id"] for row in table(out, "encounters")] == ["e0", "e2"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--profile", "nobody"), "nobody"),
        (("--policy", "colour=red"), "colour"),
        (("--resume", "--overwrite"), "exclude each other"),
    ],
)
def test_choices_are_checked_before_anything_is_read(
    tmp_path: Path, arguments: tuple[str, ...], words: str
) -> None:
    result = batch(CLAIMS, "--out", tmp_path / "out", *arguments)
    assert result.exit_code == 2
    assert words in result.output
    assert not (tmp_path / "out").exists()


def test_an_input_without_records_gives_empty_tables(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(b"\n")
    result = batch(tmp_path / "a.jsonl", "--out", tmp_path / "out")
    assert result.exit_code == 0, result.output
    assert summed(tmp_path / "out")["records"] == 0


def test_the_input_does_not_lie_in_the_output(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(b"{}")
    result = batch(tmp_path, "--out", tmp_path)
    assert result.exit_code == 2
    assert "holds files of the input" in result.output


def test_without_pyarrow_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("infusion_asp.cli.batch.find_spec", lambda name: None)
    result = batch(CLAIMS, "--out", tmp_path / "out")
    assert result.exit_code == 2
    assert "pip install 'infusion-asp[batch]'" in result.output
