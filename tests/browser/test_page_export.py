"""What is taken along: the encounter and the audit worksheet, equal to what the command writes."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

from click.testing import CliRunner

from infusion_asp.cli.main import main
from tests.support.served import ROOT
from tests.support.workspace import Workspace

Open = Callable[[str], Workspace]


def downloaded(workspace: Workspace, what: str) -> tuple[str, str]:
    """Name and text of a download."""
    workspace.page.locator("#export summary").click()
    with workspace.page.expect_download() as found:
        workspace.page.locator(f"#export-{what}").click()
    name = found.value.suggested_filename
    return name, Path(found.value.path()).read_text(encoding="utf-8")


def test_an_encounter_comes_back_as_it_was_given(open_example: Open) -> None:
    day = open_example("chemotherapy_day")
    name, text = downloaded(day, "json")
    given = ROOT / "fixtures" / "encounters" / "chemotherapy_day.json"
    assert name == "chemotherapy-day.json"
    assert json.loads(text) == json.loads(given.read_text("utf-8"))


def test_an_edited_encounter_is_coded_alike_by_the_command(
    open_example: Open, tmp_path: Path
) -> None:
    quarter = open_example("zoledronic_acid_15_minutes")
    quarter.drag("a1", 1)
    quarter.shows(_96365=1)
    _, text = downloaded(quarter, "json")
    saved = tmp_path / "saved.json"
    saved.write_text(text, encoding="utf-8")
    done = CliRunner().invoke(main, ["code", "--format", "json", str(saved)])
    lines = json.loads(done.stdout)["lines"]
    assert {each["code"]: each["units"] for each in lines} == quarter.codes()


def test_the_worksheet_of_a_claim_has_a_row_for_each_line(workspace: Workspace) -> None:
    workspace.open("file-1-1")
    name, text = downloaded(workspace, "csv")
    assert name.endswith(".csv")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert {"96365", "96366"} <= {value for row in rows for value in row.values()}


def test_the_worksheet_as_a_page_stands_alone(open_example: Open) -> None:
    day = open_example("chemotherapy_day")
    name, text = downloaded(day, "html")
    assert name.endswith(".html")
    assert "96413" in text
    assert "rituximab" in text
    assert "<script" not in text
    assert "http://" not in text.replace("http://www.w3.org", "")
