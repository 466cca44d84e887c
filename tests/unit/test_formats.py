"""SARIF and JUnit hold to their schemas, CSV to the worksheet; all say where in the input."""

from __future__ import annotations

import csv
import io
import json
import re
import tempfile
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Xml

import jsonschema
import pytest
import xmlschema
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from infusion_asp.cli import main
from infusion_asp.model import read_many
from infusion_asp.render import Shown, Source, render
from infusion_asp.render.positions import lines_of
from infusion_asp.render.sarif import _prose
from infusion_asp.render.worksheet import COLUMNS, guarded
from infusion_asp.rulebook import load_rulebook
from tests.unit.claim_samples import CLAIM, billed, claim, right
from tests.unit.render_samples import day, plain, refused

SCHEMAS = Path(__file__).parents[1] / "support" / "schemas"
SARIF = json.loads((SCHEMAS / "sarif-2.1.0-rtm.5.json").read_text())
JUNIT = xmlschema.XMLSchema(str(SCHEMAS / "junit-10.xsd"))

SAMPLES: list[list[Shown]] = [
    [claim(), refused(), right()],
    [day(), refused(None), plain()],
    [claim(encounter_id="a\x00b\x1b[2J<&>\"'é\udfff")],
    [],
]
DOCUMENT = """\
[
  {
    "encounter_id": "other",
    "note": "a { in a \\"text\\" ]"
  },
  {
    "encounter_id": "chemo-day-04",
    "administrations": [
      {"id": "a1", "start": "2025-03-03T08:50", "stop": "2025-03-03T09:10",
       "pauses": []},
      {"id": "a3", "start": "2025-03-03T23:00", "stop": "2025-03-04T01:05"}
    ],
    "billed": [
      {"code": "96413"},
      {"code": "96415", "units": 3},
      {"code": "96365"}
    ]
  }
]
"""
YAML = """\
- encounter_id: other
- encounter_id: chemo-day-04
  administrations:
  - id: a1
    start: 2025-03-03T08:50
  - {id: a3}
  billed:
  - code: "96413"
  - code: "96415"
"""


def _sarif(results: list[Shown], **more: Any) -> dict[str, Any]:
    log: dict[str, Any] = json.loads(render(results, "sarif", **more))
    jsonschema.Draft4Validator(SARIF).validate(log)
    return log


def _junit(results: list[Shown], **more: Any) -> Xml.Element:
    text = render(results, "junit", **more)
    JUNIT.validate(text)
    return Xml.fromstring(text.encode())


def _csv(results: list[Shown], **more: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(render(results, "csv", **more))))


def _sources(tmp_path: Path, name: str = "day.json", text: str = DOCUMENT) -> list[Source]:
    file = tmp_path / name
    file.write_text(text)
    return [Source.of(each) for each in read_many([str(file)])]


@pytest.mark.parametrize("results", SAMPLES)
def test_sarif_holds_to_its_schema(results: list[Shown]) -> None:
    assert _sarif(results)["version"] == "2.1.0"


@pytest.mark.parametrize("results", SAMPLES)
def test_junit_holds_to_its_schema(results: list[Shown]) -> None:
    assert len(_junit(results)) == len(results)


def test_sarif_levels_are_those_of_sarif() -> None:
    found = _sarif([claim()])["runs"][0]["results"]
    assert [(each["ruleId"], each["level"]) for each in found] == [
        ("units_by_minutes", "error"),
        ("one_initial", "error"),
        ("concurrent", "error"),
        ("hydration_diagnosis", "note"),
        ("push", "warning"),
    ]
    assert found[0]["properties"]["amount"] == 131.26
    assert found[0]["properties"]["risk"] == "over"


def test_sarif_lists_each_rule_once_with_help_and_citations() -> None:
    run = _sarif([claim(), claim(encounter_id="again")])["runs"][0]
    rules = run["tool"]["driver"]["rules"]
    assert [each["id"] for each in rules] == sorted({each["id"] for each in rules})
    for each in run["results"]:
        assert rules[each["ruleIndex"]]["id"] == each["ruleId"]
    units = next(each for each in rules if each["id"] == "units_by_minutes")
    assert units["properties"]["citations"] == ["S10", "S14"]
    assert "Sources: S10, S14" in units["help"]["text"]
    assert all(each["help"]["text"] for each in rules)


def test_sarif_takes_title_help_and_sources_from_the_rulebook() -> None:
    book = load_rulebook()
    rule = next(each for each in book.rules if each.help and each.cites and "{{" in each.sentence)
    finding = {**CLAIM["findings"][1], "rule": rule.id}
    run = _sarif([claim(findings=[finding], missed=())], rulebook=book)["runs"][0]
    told = next(each for each in run["tool"]["driver"]["rules"] if each["id"] == rule.id)
    assert told["shortDescription"]["text"] == rule.title
    assert set(rule.cites) <= set(told["properties"]["citations"])
    assert "{{" not in told["fullDescription"]["text"]


def test_templates_of_the_rulebook_are_told_without_their_syntax() -> None:
    template = 'drop {{ N }} unit{{ "" if N == 1 else "s" }} of {{ Code | name }}'
    assert _prose(template) == "drop [N] units of [Code]"
    assert _prose("{% if A %}a {{ A }}{% else %}b{% endif %}, c") == "a [A], c"
    for rule in load_rulebook().rules:
        assert not re.search(r"{[{%]|[%}]}", _prose(rule.sentence) + _prose(rule.help)), rule.id


@pytest.mark.parametrize(
    ("name", "text", "billed_line", "given_line"),
    [("day.json", DOCUMENT, 15, 9), ("day.yaml", YAML, 9, 4)],
)
def test_sarif_points_at_file_line_and_path(
    tmp_path: Path, name: str, text: str, billed_line: int, given_line: int
) -> None:
    sources = _sources(tmp_path, name, text)
    run = _sarif([right("other"), claim()], sources=sources)["runs"][0]
    found = {each["ruleId"]: each for each in run["results"]}
    place = found["units_by_minutes"]["locations"][0]
    assert place["physicalLocation"]["artifactLocation"]["uri"] == (tmp_path / name).as_uri()
    assert place["physicalLocation"]["region"] == {"startLine": billed_line}
    assert place["logicalLocations"][0]["fullyQualifiedName"] == "$[1].billed[1]"
    also = found["one_initial"]["relatedLocations"]
    assert [each["logicalLocations"][0]["name"] for each in also] == ["a1", "a3"]
    assert also[0]["physicalLocation"]["region"] == {"startLine": given_line}
    assert also[1]["logicalLocations"][0]["fullyQualifiedName"] == "$[1].administrations[1]"


def test_sarif_points_at_the_line_of_a_record_in_jsonl(tmp_path: Path) -> None:
    lines = [json.dumps(each) for each in json.loads(DOCUMENT)]
    sources = _sources(tmp_path, "day.jsonl", "\n".join(lines))
    run = _sarif([right("other"), claim()], sources=sources)["runs"][0]
    place = run["results"][0]["locations"][0]
    assert place["physicalLocation"]["region"] == {"startLine": 2}
    assert place["logicalLocations"][0]["fullyQualifiedName"] == "$.billed[1]"


def test_sarif_of_standard_input_has_paths_and_no_file() -> None:
    run = _sarif([claim()], sources=[Source("standard input", 1)])["runs"][0]
    place = run["results"][0]["locations"][0]
    assert "physicalLocation" not in place
    assert place["logicalLocations"][0]["fullyQualifiedName"] == "$.billed[1]"


@pytest.mark.parametrize(
    ("name", "uri"),
    [
        ("some dir/a#b.json", "some%20dir/a%23b.json"),
        ("é.json", "%C3%A9.json"),
        ("\udcff.json", "%FF.json"),
        ("/tmp/x y.json", "file:///tmp/x%20y.json"),
    ],
)
def test_sarif_writes_file_names_as_addresses(name: str, uri: str) -> None:
    run = _sarif([claim()], sources=[Source(name, 1)])["runs"][0]
    place = run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]
    assert place["uri"] == uri
    _junit([claim()], sources=[Source(name, 1)])


def test_sarif_tells_what_was_refused_and_what_was_not_evaluated() -> None:
    invocation = _sarif([claim(), refused()])["runs"][0]["invocations"][0]
    assert invocation["executionSuccessful"] is False
    levels = [each["level"] for each in invocation["toolExecutionNotifications"]]
    assert levels == ["note", "error"]
    told = [each["message"]["text"] for each in invocation["toolExecutionNotifications"]]
    assert "push_presence" in told[0]
    assert "administrations[2].stop" in told[1]
    assert _sarif([right()])["runs"][0]["invocations"][0]["executionSuccessful"] is True


def test_sarif_fingerprints_tell_findings_apart_and_stay() -> None:
    def prints(name: str) -> list[str]:
        found = _sarif([claim(encounter_id=name)])["runs"][0]["results"]
        return [each["partialFingerprints"]["encounterFinding/v1"] for each in found]

    assert prints("x") == prints("x")
    assert len({*prints("x"), *prints("y")}) == 10


def test_junit_has_a_case_for_each_line_finding_and_open_rule() -> None:
    suite = _junit([claim()])[0]
    names = [each.get("name") for each in suite.iter("testcase")]
    assert names == [
        "line 1: 96413",
        "line 2: 96415 units_by_minutes",
        "line 3: 96365 one_initial",
        "line 4: 96368 concurrent",
        "line 5: J9263",
        "line 6: 99213-25",
        "a5 hydration_diagnosis",
        "96375 push",
        "push_presence",
        "same_minute_pushes",
    ]
    assert (suite.get("tests"), suite.get("failures")) == ("10", "4")
    assert (suite.get("errors"), suite.get("skipped")) == ("0", "3")


def test_junit_never_passes_a_rule_that_was_not_evaluated() -> None:
    cases = {each.get("name"): each for each in _junit([claim()])[0].iter("testcase")}
    for name in ("push_presence", "same_minute_pushes", "line 6: 99213-25"):
        assert cases[name].find("skipped") is not None


@pytest.mark.parametrize(
    ("fail_on", "failures"),
    [("never", "0"), ("error", "3"), ("warning", "4"), ("info", "5"), (None, "4")],
)
def test_junit_fails_from_the_level_that_was_asked_for(fail_on: str | None, failures: str) -> None:
    assert _junit([claim()], fail_on=fail_on).get("failures") == failures


def test_junit_says_what_failed_and_what_to_do() -> None:
    failure = next(_junit([claim()]).iter("failure"))
    assert failure.get("type") == "units_by_minutes"
    assert "125 minutes of a3" in (failure.get("message") or "")
    assert "help: bill 96415 with 1 unit" in (failure.text or "")
    assert "S14" in (failure.text or "")
    assert "$131.26" in (failure.text or "")


def test_junit_errors_are_refused_records() -> None:
    root = _junit([refused(), plain()])
    assert (root.get("tests"), root.get("errors")) == ("2", "1")


def test_the_worksheet_has_its_columns_and_the_times_of_the_record(tmp_path: Path) -> None:
    text = render([right("other"), claim()], "csv", sources=_sources(tmp_path))
    header = "account,codes,units,date,start/stop,minutes used,finding,rule,citation,over/under,"
    assert text.startswith(header + "amount,comment\n")
    found = [each for each in csv.DictReader(io.StringIO(text)) if each["codes"] == "96415"]
    assert found == [
        {
            "account": "chemo-day-04",
            "codes": "96415",
            "units": "3",
            "date": "2025-03-03",
            "start/stop": "a3 23:00-2025-03-04 01:05",
            "minutes used": "a3 125",
            "finding": "96415 is billed with 3 units; the 125 minutes of a3 support 1",
            "rule": "units_by_minutes",
            "citation": "S10; S14",
            "over/under": "over",
            "amount": "131.26",
            "comment": "bill 96415 with 1 unit (amount: OPPS 2025)",
        }
    ]
    initial = next(each for each in _csv([claim()]) if each["codes"] == "96365")
    assert initial["start/stop"] == ""


def test_the_worksheet_has_a_row_for_every_line_and_finding() -> None:
    found = _csv([claim(), refused()])
    assert [each["codes"] for each in found[:6]] == [
        each["code"] + ("-25" if each["index"] == 6 else "") for each in CLAIM["billed"]
    ]
    assert sum(float(each["amount"] or 0) for each in found) == 316.82
    rules = [each["rule"] for each in found]
    assert "push_presence; same_minute_pushes" in rules
    assert found[-1]["account"] == "bad-01"
    assert set(found[0]) == set(COLUMNS)


@pytest.mark.parametrize("repair", [CLAIM["repair"], ()])
def test_the_money_of_a_line_is_counted_once(repair: Any) -> None:
    again = {**CLAIM["findings"][1], "rule": "claim_mue_exceeded"}
    found = _csv([claim(findings=[*CLAIM["findings"], again], repair=repair)])
    rows = {each["rule"]: each for each in found if each["codes"] == "96415"}
    assert rows["units_by_minutes"]["amount"] == "131.26"
    assert rows["claim_mue_exceeded"]["amount"] == ""
    assert "amount counted with units_by_minutes" in rows["claim_mue_exceeded"]["comment"]


def test_the_side_of_the_money_is_that_of_the_repair() -> None:
    dearer = {**CLAIM["repair"][1], "amount": Decimal("20.00")}
    found = _csv([claim(repair=[dearer])])
    row = next(each for each in found if each["codes"] == "96365")
    assert (row["over/under"], row["amount"]) == ("under", "20.00")
    units = next(each for each in found if each["codes"] == "96415")
    assert units["amount"] == ""
    assert "$131.26 at risk, not part of the repair" in units["comment"]


def test_an_edit_that_no_finding_is_about_has_a_row() -> None:
    found = _csv([claim(findings=(), missed=())])
    row = next(each for each in found if each["codes"] == "96375-59")
    assert row["finding"] == "repair: add 96375-59 ×1"
    assert (row["over/under"], row["amount"]) == ("under", "41.50")


def test_the_worksheet_of_a_record_has_codes_minutes_and_findings() -> None:
    found = _csv([day()], rulebook=load_rulebook())
    assert [each["codes"] for each in found[:3]] == ["96413", "96415", "96367"]
    assert found[2]["minutes used"] == "a1 20; a4 60"
    assert [each["over/under"] for each in found][-2:] == ["documentation", "under"]


def test_differences_that_no_finding_tells_are_told_all_the_same() -> None:
    silent = claim(findings=())
    assert [each["over/under"] for each in _csv([silent]) if each["over/under"]] == [
        "over",
        "over",
        "over",
        "under",
    ]
    assert len(_sarif([silent])["runs"][0]["results"]) == 4
    assert _junit([silent]).get("failures") == "4"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", " =", "\t+", "＝"])
def test_no_cell_begins_a_formula(start: str) -> None:
    text = f"{start}cmd|' /c calc'!a1"
    assert guarded(text).startswith("'")
    for each in _csv([claim(encounter_id=text, billed=[billed(1, text, text)])]):
        assert each["account"].startswith("'")
        for cell in each.values():
            assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))


def test_cells_keep_quotes_commas_and_stay_on_one_line() -> None:
    text = 'a "b", c\r\nd'
    found = _csv([claim(encounter_id=text)])
    assert {each["account"] for each in found} == {'a "b", c  d'}


@given(st.text())
def test_no_text_becomes_a_formula(text: str) -> None:
    cell = guarded(text)
    assert not cell.lstrip(" ").startswith(("=", "+", "-", "@"))
    assert not cell.startswith(("\t", "\r", "\n"))
    assert "\n" not in cell
    assert "\r" not in cell


@given(
    st.lists(st.lists(st.integers() | st.text(), max_size=4), max_size=4),
    st.sampled_from([None, 1, 4]),
)
def test_every_item_is_found_on_its_line(lists: list[list[Any]], indent: int | None) -> None:
    text = json.dumps([{"x": {"billed": [1]}, "billed": each} for each in lists], indent=indent)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "any.json"
        file.write_text(text)
        found = lines_of(file, "json")
    rows = text.split("\n")
    for number, each in enumerate(lists):
        assert (number, "billed") in found
        for index, item in enumerate(each):
            assert json.dumps(item) in rows[found[number, "billed", index] - 1]


@given(st.text(alphabet='{}[]",:\\ \nab1-'), st.sampled_from(["json", "yaml"]))
def test_places_of_a_broken_file_are_left_out_without_an_error(text: str, form: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "any"
        file.write_text(text)
        lines_of(file, form)


@pytest.fixture
def fixture_file(tmp_path: Path) -> Path:
    shot = {"id": "a1", "drug": "ketorolac", "route": "intramuscular", "start": "2025-03-03T09:00"}
    records = [
        {"encounter_id": "one", "administrations": [shot]},
        {"encounter_id": "two", "administrations": [{**shot, "oops": 1}]},
    ]
    file = tmp_path / "some.json"
    file.write_text(json.dumps(records, indent=1))
    return file


def test_the_command_writes_all_three_with_their_sources(fixture_file: Path) -> None:
    def run(form: str) -> str:
        done = CliRunner().invoke(main, ["code", "--format", form, str(fixture_file)])
        assert done.exit_code == 2, done.output
        return done.stdout

    rows = list(csv.DictReader(io.StringIO(run("csv"))))
    assert rows[0]["start/stop"].startswith("a1 09:00")
    assert rows[0]["codes"] == "96372"
    log = json.loads(run("sarif"))
    jsonschema.Draft4Validator(SARIF).validate(log)
    note = log["runs"][0]["invocations"][0]["toolExecutionNotifications"][-1]
    place = note["locations"][0]
    assert place["logicalLocations"][0]["fullyQualifiedName"] == "$[1]"
    JUNIT.validate(run("junit"))
    assert f'file="{fixture_file}"' in run("junit")


def test_the_schema_of_a_verification_is_printed() -> None:
    done = CliRunner().invoke(main, ["schema", "verification"])
    assert done.exit_code == 0
    schema = json.loads(done.stdout)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert "repair" in schema["properties"]
