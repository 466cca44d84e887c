"""Sources of other systems are read directly by `code`, `verify` and `batch`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from infusion_asp.cli import main
from infusion_asp.ingest.kinds import KINDS, conversion_of
from infusion_asp.model import InputError

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures" / "mar"
RECORD = str(FIXTURES / "pcornet.csv")


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_is_there(name: str) -> None:
    assert conversion_of(name, [RECORD]).kind.name == name


@pytest.mark.parametrize(
    ("text", "message", "help"),
    [
        ("marr", "'marr' is not a kind of input", "did you mean 'mar'?"),
        ("mar:preset", "'preset' is not an option with a value", "KIND:name=value"),
    ],
)
def test_a_kind_that_is_none_is_refused(text: str, message: str, help: str) -> None:
    with pytest.raises(InputError) as caught:
        conversion_of(text, [RECORD])
    assert caught.value.message == message
    assert help in caught.value.help


def test_options_go_to_the_reader() -> None:
    found = conversion_of("mar:mapping=a,b.yaml,delimiter=,", [RECORD])
    assert found.options == {"mapping": "a,b.yaml", "delimiter": ","}
    with pytest.raises(InputError) as caught:
        list(conversion_of("mar:presets=pcornet", [RECORD]).encounters())
    assert caught.value.help == "did you mean 'preset'?"


def test_code_reads_what_convert_writes(tmp_path: Path) -> None:
    run = CliRunner()
    encounters = tmp_path / "encounters.jsonl"
    done = run.invoke(
        main, ["convert", "mar", "--preset", "pcornet", RECORD, "-o", str(encounters)]
    )
    assert done.exit_code == 0
    direct = run.invoke(
        main,
        ["code", "--no-reasons", "--format", "jsonl", "--from", "mar:preset=pcornet", RECORD],
    )
    in_steps = run.invoke(main, ["code", "--no-reasons", "--format", "jsonl", str(encounters)])
    assert direct.stdout == in_steps.stdout
    assert "rows: 4 read, 3 used, 1 dropped" in direct.stderr


def test_batch_keeps_the_report_of_the_conversion(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    out = tmp_path / "out"
    asked = ["batch", "--task", "code", "--format", "jsonl", "--workers", "1", "-q"]
    done = CliRunner().invoke(
        main, [*asked, "--from", "mar:preset=pcornet", "-o", str(out), RECORD]
    )
    assert done.exit_code == 0
    report = json.loads((out / "conversion.json").read_text("utf-8"))
    assert (report["read"], report["used"], report["adds_up"]) == (4, 3, True)
    rows = (out / "encounters.jsonl").read_text("utf-8").splitlines()
    assert len(rows) == report["encounters"] == 2


@pytest.mark.parametrize("form", ["text", "markdown", "html"])
def test_a_result_says_from_where_it_was_read(form: str) -> None:
    asked = ["code", "--no-reasons", "--format", form, "--from", "mar:preset=pcornet", RECORD]
    assert "pcornet.csv:3" in CliRunner().invoke(main, asked).stdout
