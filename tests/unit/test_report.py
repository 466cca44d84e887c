"""The page of a batch: what it counts, what it shows, what it refuses, and that it stays whole."""

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from infusion_asp.cli import main
from infusion_asp.report import BatchDirectoryError, report
from infusion_asp.report.cases import OF_A_RULE
from infusion_asp.report.reading import Tables
from infusion_asp.report.tally import DEPARTMENTS, OTHERS, Tally, tally
from infusion_asp.rulebook import load_rulebook
from tests.support.batch_outputs import RULE, Rows, claim, many, rows_of, written


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.addresses += [value or "" for name, value in attrs if name in ("href", "src")]

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def read(page: str) -> _Tags:
    found = _Tags()
    found.feed(page)
    return found


def words(page: str) -> str:
    return " ".join(" ".join(read(page).words).split())


def counted(directory: Path) -> Tally:
    return tally(Tables(directory), range(1, 500))


@pytest.fixture(scope="module")
def rows() -> Rows:
    return rows_of(many(1200, pile=0.8), refused=5)


@pytest.fixture(scope="module")
def page(rows: Rows, tmp_path_factory: pytest.TempPathFactory) -> str:
    return report(written(tmp_path_factory.mktemp("batch") / "january", rows))


def test_every_record_is_counted_once(page: str, rows: Rows) -> None:
    found = rows["findings"]
    over = sum(row["amount_usd"] for row in found)
    assert "1,205" in words(page)
    assert "1,200 with a result, 5 refused" in words(page)
    assert f"findings {len(found)} {len(found)} error" in words(page)
    assert f"overpaid ${over:,.2f}" in words(page)


def test_the_page_is_the_same_whatever_the_format_of_the_tables(
    rows: Rows, page: str, tmp_path: Path
) -> None:
    assert report(written(tmp_path / "csv" / "january", rows, "csv")) == page
    assert report(written(tmp_path / "jsonl" / "january", rows, "jsonl")) == page


def test_the_page_needs_no_script_and_no_network(page: str) -> None:
    found = read(page)
    assert "script" not in found.tags
    assert not [each for each in found.addresses if not each.startswith(("#", "data:"))]
    assert "url(" not in page
    assert "@import" not in page


def test_a_pile_up_is_marked_and_named_by_its_limit(page: str) -> None:
    assert re.search(r"90 minutes <b class=\"pile\">pile-up", page)
    assert not re.search(r"150 minutes <b class=\"pile\">", page)


def test_findings_link_to_the_pages_of_the_rules(rows: Rows, tmp_path: Path) -> None:
    page = report(written(tmp_path / "out", rows), pages="https://rules.example")
    assert f"https://rules.example/rules/{RULE}.html" in read(page).addresses


def test_the_encounters_of_the_first_findings_are_drawn(page: str, rows: Rows) -> None:
    first = max(rows["findings"], key=lambda row: row["amount_usd"])
    assert first["encounter_id"] in words(page)
    assert "vancomycin" in words(page)
    assert page.count('<article class="case">') == OF_A_RULE


def test_without_encounters_the_page_holds_no_health_data(rows: Rows, tmp_path: Path) -> None:
    page = report(written(tmp_path / "out", rows), top=0)
    assert "vancomycin" not in page
    assert not [row for row in rows["encounters"] if f">{row['encounter_id']}<" in page]


def test_a_record_that_was_not_kept_has_no_timeline(tmp_path: Path) -> None:
    rows = rows_of([claim(0, 90, over=46.14, kept=False)])
    page = report(written(tmp_path / "out", rows))
    assert "no timeline" in words(page)
    assert "e0" in words(page)


def test_findings_with_the_most_money_come_first_and_rules_take_turns(tmp_path: Path) -> None:
    other = {"rule": "claim_missed_line", "over": 10}
    claims = [claim(n, 90, over=100 + n) for n in range(6)]
    claims += [claim(6 + n, 90, **other) for n in range(6)]
    found = counted(written(tmp_path / "out", rows_of(claims)))
    assert found.ranking.records(5) == [5, 4, 3, 6, 7]
    assert found.ranking.records(50) == [5, 4, 3, 6, 7, 8]


def test_without_money_each_rule_is_shown_before_one_is_shown_again(tmp_path: Path) -> None:
    rows = rows_of(
        claim(n, 90, over=1, rule=rule, level=level)
        for n, (rule, level) in enumerate(
            [("b", "warning"), ("b", "warning"), ("a", "info"), ("c", "error"), ("d", "warning")]
        )
    )
    for row in rows["findings"]:
        row["amount_usd"] = None
    found = counted(written(tmp_path / "out", rows))
    assert found.ranking.records(5) == [3, 0, 4, 1, 2]


def test_sums_do_not_depend_on_how_many_rows_are_read_at_once(
    rows: Rows, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    directory = written(tmp_path / "out", rows)
    whole = counted(directory)
    monkeypatch.setattr("infusion_asp.report.reading.ROWS", 7)
    assert counted(directory) == whole


@pytest.mark.parametrize("form", ["parquet", "csv", "jsonl"])
def test_a_table_is_never_in_memory_whole(
    form: Any, rows: Rows, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("infusion_asp.report.reading.ROWS", 100)
    tables = Tables(written(tmp_path / "out", rows, form))
    found = [each.num_rows for each in tables.rows("encounters", ("record", "encounter"))]
    assert max(found) <= 100
    assert sum(found) == len(rows["encounters"])


def test_departments_are_told_apart_up_to_a_number(tmp_path: Path) -> None:
    claims = [claim(n, 90, f"unit {n}") for n in range(DEPARTMENTS + 3)]
    found = counted(written(tmp_path / "out", rows_of(claims)))
    assert len(found.departments) == DEPARTMENTS + 1
    assert found.departments[(OTHERS,)].records == 3
    assert found.where[OTHERS].total() == 3


def test_without_departments_the_page_has_no_such_table(tmp_path: Path) -> None:
    page = report(written(tmp_path / "out", rows_of([claim(0, 90, over=1)])))
    assert 'id="departments"' not in page


@pytest.mark.parametrize("bad", ["<script>alert(1)</script>", "a\u202eb", '"><img src=x>'])
def test_names_of_the_input_are_not_markup(bad: str, tmp_path: Path) -> None:
    rows = rows_of([claim(0, 90, bad, over=1)], refused=1)
    rows["encounters"][0]["encounter_id"] = bad
    rows["errors"][0]["file"] = bad
    rows["findings"][0]["sentence"] = bad
    found = read(report(written(tmp_path / "out", rows)))
    assert "script" not in found.tags
    assert "img" not in found.tags
    assert "\u202e" not in "".join(found.words)


def test_records_that_were_coded_show_no_money(tmp_path: Path) -> None:
    rows = rows_of([claim(0, 90), claim(1, 20)])
    rows["lines"] = [row for row in rows["lines"] if row["source"] == "derived"]
    for row in rows["encounters"]:
        row.update(verdict=None, over_usd=None, under_usd=None)
    page = report(written(tmp_path / "out", rows))
    assert "records coded" in words(page)
    assert "$" not in words(page)


def test_a_batch_without_a_record_has_a_page(tmp_path: Path) -> None:
    page = report(written(tmp_path / "out", rows_of([])))
    assert "No administration has a start and a stop" in words(page)


def test_refused_records_are_told_by_kind_and_place(page: str) -> None:
    assert re.search(r"not json 3 claims\.jsonl:1201", words(page))
    assert "$.administrations[0].stop" in words(page)


@pytest.mark.parametrize(
    ("summary", "told"),
    [
        ({"records": 3}, "summary.json counts 3 records, the tables hold 2"),
        ({"encounters": 1}, "summary.json counts 1 encounters, the tables hold 2"),
        ({"over_usd": 1.0}, "summary.json counts 1.0 over_usd, the tables hold 2.0"),
    ],
)
def test_a_summary_that_counts_otherwise_is_refused(
    summary: dict[str, Any], told: str, tmp_path: Path
) -> None:
    rows = rows_of([claim(0, 90, over=2), claim(1, 90)])
    with pytest.raises(BatchDirectoryError, match=re.escape(told)):
        report(written(tmp_path / "out", rows, **summary))


def test_rows_of_no_encounter_are_refused(tmp_path: Path) -> None:
    rows = rows_of([claim(0, 90, over=2), claim(1, 90)])
    rows["encounters"].pop(0)
    with pytest.raises(BatchDirectoryError, match="belong to no encounter"):
        report(written(tmp_path / "out", rows))


def test_another_rulebook_than_that_of_the_batch_is_told(tmp_path: Path) -> None:
    rows = rows_of([claim(0, 90)])
    same = {"version": "1", "digest": load_rulebook().digest}
    assert "is another one" not in report(written(tmp_path / "same", rows, rulebook=same))
    other = report(written(tmp_path / "other", rows, rulebook=same | {"digest": "f" * 64}))
    assert "is another one" in other
    assert "ffffffff" in other


def test_what_is_no_output_of_a_batch_is_named(tmp_path: Path) -> None:
    run = CliRunner().invoke(main, ["report", str(tmp_path / "nowhere")])
    assert (run.exit_code, run.stdout) == (2, "")
    assert "no directory at" in run.stderr
    run = CliRunner().invoke(main, ["report", str(tmp_path)])
    assert run.exit_code == 2
    assert "has no table 'encounters'" in run.stderr


@pytest.mark.parametrize("form", ["parquet", "csv", "jsonl"])
def test_a_damaged_table_is_named_without_its_contents(form: Any, tmp_path: Path) -> None:
    directory = written(tmp_path / "out", rows_of([claim(0, 90, over=2)]), form)
    (directory / f"findings.{form}").write_bytes(b'{"record": "vancomycin",,\n"')
    run = CliRunner().invoke(main, ["report", str(directory)])
    assert run.exit_code == 2
    assert f"findings.{form} can't be read" in run.stderr
    assert "vancomycin" not in run.stderr


def test_the_command_writes_the_page(rows: Rows, page: str, tmp_path: Path) -> None:
    directory = written(tmp_path / "january", rows)
    target = tmp_path / "page.html"
    run = CliRunner().invoke(main, ["report", str(directory), "--output", str(target)])
    assert (run.exit_code, run.output) == (0, "")
    assert target.read_text("utf-8") == page
    assert CliRunner().invoke(main, ["report", str(directory)]).stdout == page
