"""Medication records to encounters: the fixtures, mappings, encodings, and what is dropped."""

from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from infusion_asp.cli import main
from infusion_asp.ingest.common import ConversionReport, Tally, encounters_of
from infusion_asp.ingest.mar.read import read
from infusion_asp.model import InputError, parse_encounter

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures" / "mar"
HEADER = ["CSN", "TAKEN_TIME", "MAR_ACTION", "ORDER_ID", "MEDICATION_NAME", "ROUTE"]
BEGIN = ["e1", "2025-03-03 10:00", "New Bag", "1", "Ceftriaxone", "IVPB"]
END = ["e1", "2025-03-03 10:30", "Stopped", "1", "Ceftriaxone", "IVPB"]


def written(path: Path, rows: list[list[str]], **how: Any) -> Path:
    with path.open("w", encoding=how.pop("encoding", "utf-8"), newline="") as file:
        csv.writer(file, **how).writerows(rows)
    return path


def converted(
    *paths: Path, strict: bool = False, **options: str
) -> tuple[list[dict[str, Any]], ConversionReport]:
    tally = Tally()
    options = options or {"preset": "epic"}
    found = list(encounters_of(read(paths, options, tally), tally, strict=strict))
    return found, tally.report("mar", "rows")


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("epic.csv", {"preset": "epic"}),
        ("cerner.tsv", {"preset": "cerner"}),
        ("pcornet.csv", {"preset": "pcornet"}),
        ("site.csv", {"mapping": str(FIXTURES / "site.yaml")}),
    ],
)
def test_fixtures_become_what_is_expected(name: str, options: dict[str, str]) -> None:
    found, report = converted(FIXTURES / name, **options)
    expected = FIXTURES / "expected" / f"{Path(name).stem}.jsonl"
    assert found == [json.loads(line) for line in expected.read_text("utf-8").splitlines()]
    counts = FIXTURES / "expected" / f"{Path(name).stem}.report.json"
    assert report.as_dict() == json.loads(counts.read_text("utf-8"))
    assert report.adds_up
    for each in found:
        parse_encounter(each)


def test_delimiters_and_encodings_are_found(tmp_path: Path) -> None:
    rows = [HEADER, [*BEGIN[:4], "Ringer für alle", "IV"]]
    plain, _ = converted(written(tmp_path / "mar.csv", rows))
    assert plain[0]["administrations"][0]["drug"] == "Ringer für alle"
    for delimiter in ",;\t|":
        for encoding in ("utf-8", "utf-8-sig", "utf-16", "cp1252"):
            path = written(tmp_path / "mar.csv", rows, delimiter=delimiter, encoding=encoding)
            assert converted(path)[0] == plain
    path = written(tmp_path / "mar.csv", rows, encoding="cp850")
    assert converted(path, preset="epic", encoding="cp850")[0] == plain
    packed = tmp_path / "mar.csv.gz"
    packed.write_bytes(gzip.compress(written(tmp_path / "mar.csv", rows).read_bytes()))
    assert converted(packed)[0][0]["administrations"][0]["origin"] == "mar.csv.gz:2"


def test_parquet_is_read_as_text_tables_are(tmp_path: Path) -> None:
    pa = pytest.importorskip("pyarrow")
    pq = pytest.importorskip("pyarrow.parquet")
    rows = [BEGIN, END]
    columns = {name: [row[at] for row in rows] for at, name in enumerate(HEADER)}
    pq.write_table(pa.table(columns), tmp_path / "mar.parquet")
    (found,), report = converted(tmp_path / "mar.parquet")
    (given,) = found["administrations"]
    assert (given["start"], given["stop"]) == ("2025-03-03T10:00", "2025-03-03T10:30")
    assert given["origin"] == "mar.parquet:1-2"
    assert report.adds_up


@pytest.mark.parametrize(
    ("row", "reason", "fault"),
    [
        (["e1", "2025-03-03 10:00", "Missed", "1", "X", "IV"], "not_given", False),
        (["e1", "2025-03-03 10:00", "Danced", "1", "X", "IV"], "unknown_action", True),
        (["e1", "2025-03-03 10:00", "", "1", "X", "IV"], "no_action", True),
        (["e1", "2025-03-03", "Given", "1", "X", "IV"], "bad_time", True),
        (["e1", "2025-02-30 10:00", "Given", "1", "X", "IV"], "bad_time", True),
        (["e1", "", "Given", "1", "X", "IV"], "no_time", True),
        (["", "2025-03-03 10:00", "Given", "1", "X", "IV"], "no_encounter_id", True),
        (["e1", "2025-03-03 10:00", "Given", "1", "", "IV"], "no_drug", True),
        (["e1", "2025-03-03 10:00", "Given"], "unreadable_row", True),
    ],
)
def test_a_row_that_says_nothing_is_dropped_with_its_reason(
    tmp_path: Path, row: list[str], reason: str, fault: bool
) -> None:
    path = written(tmp_path / "mar.csv", [HEADER, BEGIN, row, END])
    (found,), report = converted(path)
    assert len(found["administrations"]) == 1
    assert report.dropped == {reason: 1}
    assert report.places == {reason: ("mar.csv:3",)}
    assert report.faults == fault
    assert report.adds_up
    if fault:
        with pytest.raises(InputError) as caught:
            converted(path, strict=True)
        assert "mar.csv:3" in caught.value.message
    else:
        assert converted(path, strict=True)[0] == [found]


def test_a_quote_that_nobody_closes_costs_one_row(tmp_path: Path) -> None:
    path = written(tmp_path / "mar.csv", [HEADER, BEGIN])
    with path.open("a", encoding="utf-8") as file:
        file.write('e1,"2025-03-03 10:10,Given,2,X,IV\n')
        file.writelines([",".join(END) + "\n"] * 1)
    (found,), report = converted(path)
    assert found["administrations"][0]["stop"] == "2025-03-03T10:30"
    assert report.dropped == {"unreadable_row": 1}


def test_a_missing_column_is_named_with_what_was_looked_for(tmp_path: Path) -> None:
    path = written(tmp_path / "mar.csv", [["CSN", "TAKEN_TIM", *HEADER[2:]], BEGIN])
    with pytest.raises(InputError) as caught:
        converted(path)
    assert "time" in caught.value.message
    assert caught.value.help == "did you mean 'TAKEN_TIM'?"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("columns: {encounter_id: a, time: b, drug: c}", "action"),
        ("columns: {encounterid: a}", "'encounterid'"),
        ("preset: epik", "'epik'"),
        ("preset: epic\nactions: {Given: gave}", "'gave'"),
        ("preset: epic\nroutes: {Vene: veins}", "'veins'"),
        ("[1, 2]", "not a mapping"),
        ("a: [", "not YAML"),
        ("preset: epic\ncolour: red", "colour"),
    ],
)
def test_a_mapping_that_cannot_be_is_refused(tmp_path: Path, text: str, told: str) -> None:
    file = tmp_path / "site.yaml"
    file.write_text(text, "utf-8")
    with pytest.raises(InputError) as caught:
        converted(FIXTURES / "epic.csv", mapping=str(file))
    assert told in caught.value.message


def test_a_site_maps_its_own_codes_over_a_preset(tmp_path: Path) -> None:
    file = tmp_path / "site.yaml"
    file.write_text("preset: epic\nactions: {Hung: new_bag}\nsetting: professional", "utf-8")
    rows = [HEADER, [*BEGIN[:2], "HUNG", *BEGIN[3:]], END]
    (found,), _ = converted(written(tmp_path / "mar.csv", rows), mapping=str(file))
    assert found["setting"] == "professional"
    assert found["administrations"][0]["stop"] == "2025-03-03T10:30"


def test_the_command_explains_what_it_stitched(tmp_path: Path) -> None:
    path = written(tmp_path / "mar.csv", [HEADER, BEGIN, END, END])
    report = tmp_path / "report.json"
    done = CliRunner().invoke(
        main,
        [
            *("convert", "mar", "--preset", "epic", "--explain-stitching"),
            *("--report", str(report), str(path)),
        ],
    )
    assert done.exit_code == 0
    assert json.loads(done.stdout)["encounter_id"] == "e1"
    told = done.stderr.splitlines()
    assert "  a1  Ceftriaxone, 2025-03-03T10:00 to 2025-03-03T10:30" in told
    assert any("ends" in line and "mar.csv:3" in line for line in told)
    assert json.loads(report.read_text("utf-8"))["adds_up"] is True


def test_times_with_and_without_offset_do_not_mix(tmp_path: Path) -> None:
    other = [BEGIN[0], "2025-03-03 10:10+02:00", "Given", "2", "Ondansetron", "IV"]
    (found,), report = converted(written(tmp_path / "mar.csv", [HEADER, BEGIN, other, END]))
    assert [each["drug"] for each in found["administrations"]] == ["Ceftriaxone"]
    assert report.dropped == {"mixed_zones": 1}
    zoned = [[*row[:1], f"{row[1]}-05:00", *row[2:]] for row in (BEGIN, END)]
    (found,), report = converted(written(tmp_path / "mar.csv", [HEADER, *zoned]))
    assert found["administrations"][0]["stop"] == "2025-03-03T10:30-05:00"
    assert report.dropped == {}


def test_an_encounter_a_day_where_the_mapping_says_so(tmp_path: Path) -> None:
    file = tmp_path / "site.yaml"
    file.write_text("preset: epic\nencounters: by_day", "utf-8")
    late = [BEGIN[0], "2025-03-03 23:30", *BEGIN[2:3], "2", *BEGIN[4:]]
    end = [END[0], "2025-03-04 00:30", *END[2:3], "2", *END[4:]]
    next_day = [BEGIN[0], "2025-03-04 08:00", "IV Push", "3", "Ondansetron", "IV"]
    rows = [HEADER, BEGIN, END, late, end, next_day]
    found, report = converted(written(tmp_path / "mar.csv", rows), mapping=str(file))
    assert [each["encounter_id"] for each in found] == ["e1-2025-03-03", "e1-2025-03-04"]
    assert found[0]["administrations"][1]["stop"] == "2025-03-04T00:30"
    assert report.adds_up


@pytest.mark.parametrize(
    ("name", "data", "options", "kind"),
    [
        ("mar.csv", b"", {}, "empty_file"),
        ("mar.csv.gz", b"no gzip", {}, "unreadable_file"),
        ("mar.csv.gz", gzip.compress(b"CSN,x\n" * 9999)[:-20], {}, "unreadable_file"),
        ("mar.parquet", b"no parquet", {}, "bad_parquet"),
        ("mar.csv", b"CSN,TAKEN_TIME\n", {"encoding": "klingon"}, "unknown_encoding"),
        ("mar.csv", b"CSN,TAKEN_TIME\n", {"encoding": "base64"}, "unknown_encoding"),
        ("mar.csv", b"CSN,TAKEN_TIME\n", {"encoding": "utf-16"}, "wrong_encoding"),
        ("mar.csv", b"CSN,TAKEN_TIME\n", {"delimiter": "ab"}, "bad_delimiter"),
    ],
)
def test_an_input_that_cannot_be_read_says_so(
    tmp_path: Path, name: str, data: bytes, options: dict[str, str], kind: str
) -> None:
    if name.endswith(".parquet"):
        pytest.importorskip("pyarrow")
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(InputError) as caught:
        converted(path, preset="epic", **options)
    assert caught.value.kind == kind


def test_standard_input_is_read_as_a_file_is() -> None:
    data = (FIXTURES / "pcornet.csv").read_bytes()
    for given in (data, gzip.compress(data)):
        done = CliRunner().invoke(main, ["convert", "mar", "--preset", "pcornet", "-"], input=given)
        assert done.exit_code == 0
        first = json.loads(done.stdout.splitlines()[0])
        assert first["administrations"][0]["origin"] == "stdin:2"


def test_exports_that_overlap_give_a_row_once(tmp_path: Path) -> None:
    dose = [*HEADER, "DOSE"]
    begin = [*BEGIN, "1 g"]
    one = written(tmp_path / "one.csv", [dose, begin, begin])
    other = written(tmp_path / "other.csv", [dose, begin, [*END, ""]])
    (found,), report = converted(one, other)
    (given,) = found["administrations"]
    assert (given["stop"], given["origin"]) == ("2025-03-03T10:30", "one.csv:2-3; other.csv:3")
    assert report.dropped == {"same_row_in_another_file": 1}
    assert report.notes == {"same_row_twice": 1}


def test_a_file_that_is_named_twice_is_refused() -> None:
    name = str(FIXTURES / "epic.csv")
    done = CliRunner().invoke(main, ["convert", "mar", "--preset", "epic", name, name])
    assert done.exit_code == 2
    assert "named twice" in done.stderr
