"""The frame: README commands, licence, package data and the shape of a result."""

import datetime as dt
import re
import tomllib
from pathlib import Path

import pytest
from pydantic import ValidationError

import infusion_asp
from infusion_asp.model import Line, Reason, Result, RulebookStamp, UnitBy

TOP = Path(__file__).resolve().parents[2]


def test_readme_shows_exactly_two_commands() -> None:
    text = (TOP / "README.md").read_text("utf-8")
    blocks = re.findall(r"^```sh\n(.*?)^```$", text, re.M | re.S)
    assert len(blocks) == 2
    main_job, tests = (block.strip() for block in blocks)
    assert "\n" not in main_job.replace("\\\n", "")
    assert ".venv/bin/infusion-asp code fixtures/encounters/" in main_job
    assert "[dev]" in tests
    assert tests.rstrip().split(" && ")[-1].startswith(".venv/bin/python -m pytest")


def test_readme_has_example_output_in_the_first_screen() -> None:
    first = (TOP / "README.md").read_text("utf-8").splitlines()[:40]
    assert any("infusion-asp code" in line for line in first)


def test_the_wheel_takes_the_rulebook_and_the_examples_along() -> None:
    project = tomllib.loads((TOP / "pyproject.toml").read_text("utf-8"))
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert wheel["force-include"] == {
        "logic": "infusion_asp/_logic",
        "fixtures/encounters": "infusion_asp/_examples",
    }
    assert any(d.startswith("clingo>=5.8,<6") for d in project["project"]["dependencies"])


def test_licence_and_notes_are_there() -> None:
    assert "Apache License" in (TOP / "LICENSE").read_text("utf-8")[:200]
    for name in ("CHANGELOG.md", "CONTRIBUTING.md", "docs/decisions.md"):
        assert (TOP / name).read_text("utf-8").startswith("# ")


def test_decisions_are_numbered_and_reasoned() -> None:
    text = (TOP / "docs" / "decisions.md").read_text("utf-8")
    numbers = [int(n) for n in re.findall(r"^## (\d+)\. ", text, re.M)]
    assert numbers == list(range(1, len(numbers) + 1))
    for decision in re.split(r"^## \d+\. ", text, flags=re.M)[1:]:
        title, _, body = decision.partition("\n")
        assert title and len(body.split()) > 5, title  # a title says what, not why
        assert "**Decision.**" not in body or "**Reason.**" in body, title


def test_unknown_names_of_the_package() -> None:
    with pytest.raises(AttributeError, match="cod"):
        infusion_asp.cod  # type: ignore[attr-defined]


def test_a_result_goes_out_and_comes_back() -> None:
    line = Line(
        section="drug",
        code="J0696",
        label="ceftriaxone",
        units=4,
        date=dt.date(2025, 3, 3),
        units_by=[UnitBy(administration="a1", minutes=None)],  # type: ignore[arg-type]
        because=(Reason(rule="r", sentence="s", children=(Reason(rule="q", sentence="t"),)),),
    )
    result = Result(
        encounter_id="e1",
        rulebook=RulebookStamp(version="1", digest="d"),
        profile="cpt",
        setting="facility",
        lines=(line,),
    )
    assert Result.model_validate_json(result.model_dump_json()) == result
    assert result.schema_version == "1"
    with pytest.raises(ValidationError):
        Result.model_validate(result.model_dump() | {"line": []})
