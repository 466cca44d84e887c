"""The command line: formats, order, exit codes, errors in place, files that appear whole."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from infusion_asp.cli import main
from infusion_asp.cli.run import Job
from infusion_asp.cli.sink import colored
from infusion_asp.engine.errors import TwoAnswers
from infusion_asp.model import Encounter
from tests.unit.render_samples import day, plain


class _OptionError(Exception):
    """Stands for an unknown policy: an error of the options, not of a record."""

    message = "unknown policy 'lunch'"
    help = "policies: long_push, missing_stop_therapeutic"


def record(name: str, **more: Any) -> dict[str, Any]:
    """The smallest encounter."""
    shot = {"id": "a1", "drug": "ketorolac", "route": "intramuscular"}
    return {"encounter_id": name, "administrations": [shot], **more}


def _code(job: Job, encounter: Encounter) -> Any:
    if "lunch" in job.policies:
        raise _OptionError
    if encounter.encounter_id == "tied":
        raise TwoAnswers
    if encounter.encounter_id == "crash":
        raise ZeroDivisionError("ketorolac")
    if encounter.encounter_id == "warned":
        return day(encounter_id="warned")
    if encounter.encounter_id == "wrong":
        finding = {**day().findings[0].model_dump(), "level": "error"}
        return day(encounter_id="wrong", findings=[finding])
    return plain(encounter.encounter_id)


@pytest.fixture(autouse=True)
def _no_solver(monkeypatch: pytest.MonkeyPatch) -> None:
    def prepared(
        cls: type[Job],
        /,
        profile: str | None,
        policies: Iterable[tuple[str, str]],
        overlays: Sequence[Path],
        **more: Any,
    ) -> Job:
        return cls(None, profile, dict(policies), **more)  # type: ignore[arg-type]

    def many(self: Job, encounters: Sequence[Encounter]) -> Any:
        return [_code(self, each) for each in encounters]

    monkeypatch.setattr(Job, "prepared", classmethod(prepared))
    monkeypatch.setattr(Job, "code", _code)
    monkeypatch.setattr(Job, "code_many", many)


def run(*words: str, input: str | None = None) -> Result:
    """Run the command line as a user would."""
    return CliRunner().invoke(main, list(words), input=input)


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A directory with one record in each form."""
    (tmp_path / "one.json").write_text(json.dumps(record("one")))
    (tmp_path / "list.json").write_text(json.dumps([record("one")]))
    (tmp_path / "some.jsonl").write_text(
        "\n".join(json.dumps(each) for each in (record("x"), record("y", oops=1), record("z")))
    )
    (tmp_path / "good.jsonl").write_text(json.dumps(record("g")) + "\n")
    (tmp_path / "one.yaml").write_text(
        "encounter_id: yam\nadministrations:\n- {id: a1, drug: ketorolac, route: intramuscular}\n"
    )
    return tmp_path


def test_text_is_the_default_and_plain(files: Path) -> None:
    done = run("code", str(files / "one.json"))
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith("one  facility")
    assert "96372" in done.stdout
    assert "\x1b" not in done.stdout
    assert done.stderr == ""


def test_lines_in_give_lines_out_with_errors_in_place(files: Path) -> None:
    done = run("code", str(files / "some.jsonl"))
    assert done.exit_code == 2
    lines = [json.loads(each) for each in done.stdout.splitlines()]
    assert [each["encounter_id"] for each in lines] == ["x", "y", "z"]
    assert set(lines[1]) == {"encounter_id", "error"}
    assert set(lines[1]["error"]) == {"path", "message", "help"}
    assert "oops" in lines[1]["error"]["message"]
    assert "some.jsonl:2" in done.stderr
    assert "1 of 3 records not coded" in done.stderr


def test_lines_without_reasons_keep_order_and_errors(files: Path) -> None:
    done = run("code", "--no-reasons", str(files / "some.jsonl"))
    assert done.exit_code == 2
    names = [json.loads(each)["encounter_id"] for each in done.stdout.splitlines()]
    assert names == ["x", "y", "z"]


def test_standard_input_in_lines_gives_lines() -> None:
    text = "".join(json.dumps(record(each)) + "\n" for each in "abc")
    done = run("code", "-", input=text)
    assert [json.loads(each)["encounter_id"] for each in done.stdout.splitlines()] == list("abc")


def test_standard_input_in_yaml_gives_text() -> None:
    done = run("code", "-", input="encounter_id: q\nadministrations: []\n")
    assert done.stdout.startswith("q  facility")


def test_json_is_an_object_for_one_record_and_an_array_for_a_list(files: Path) -> None:
    one = json.loads(run("code", "--format", "json", str(files / "one.json")).stdout)
    assert one["encounter_id"] == "one"
    many = json.loads(run("code", "--format", "json", str(files / "list.json")).stdout)
    assert [each["encounter_id"] for each in many] == ["one"]
    both = run("code", "--format", "json", str(files / "one.json"), str(files / "one.yaml"))
    assert [each["encounter_id"] for each in json.loads(both.stdout)] == ["one", "yam"]


@pytest.mark.parametrize(
    ("name", "level", "code"),
    [
        ("plain", "info", 0),
        ("warned", "error", 0),
        ("warned", "warning", 1),
        ("warned", "info", 1),
        ("wrong", "error", 1),
        ("wrong", "never", 0),
        ("crash", "never", 2),
        ("tied", "never", 2),
    ],
)
def test_exit_codes(name: str, level: str, code: int) -> None:
    done = run("code", "-", "--fail-on", level, input=json.dumps(record(name)))
    assert done.exit_code == code


def test_a_crash_in_one_record_leaves_the_others_and_no_values() -> None:
    text = "".join(json.dumps(record(each)) + "\n" for each in ("a", "crash", "b"))
    done = run("code", "-", input=text)
    lines = [json.loads(each) for each in done.stdout.splitlines()]
    assert [each["encounter_id"] for each in lines] == ["a", "crash", "b"]
    assert "ZeroDivisionError" in lines[1]["error"]["message"]
    assert "ketorolac" not in done.stdout.splitlines()[1] + done.stderr


def test_an_unknown_policy_ends_the_run_before_any_result(tmp_path: Path) -> None:
    target = tmp_path / "out.txt"
    target.write_text("old")
    done = run(
        "code", "-", "--policy", "lunch=free", "-o", str(target), input=json.dumps(record("a"))
    )
    assert done.exit_code == 2
    assert done.stderr.splitlines() == [
        "error: unknown policy 'lunch'",
        "help: policies: long_push, missing_stop_therapeutic",
    ]
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_policy_without_a_value_is_a_usage_error() -> None:
    done = run("code", "-", "--policy", "long_push", input="{}")
    assert done.exit_code == 2
    assert "'long_push' is not name=value" in done.stderr


def test_a_file_that_does_not_exist_is_an_error_in_place(files: Path) -> None:
    done = run("code", str(files / "good.jsonl"), str(files / "none.jsonl"))
    assert done.exit_code == 2
    first, second = (json.loads(each) for each in done.stdout.splitlines())
    assert first["encounter_id"] == "g"
    assert second["error"]["message"].endswith("cannot be read: no such file or directory")


def test_no_file_is_a_usage_error() -> None:
    assert run("code").exit_code == 2


def test_output_goes_to_the_file_alone(files: Path) -> None:
    target = files / "page.html"
    done = run("code", str(files / "one.json"), "--format", "html", "--output", str(target))
    assert done.exit_code == 0
    assert done.stdout == ""
    assert target.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert not list(files.glob(".page*"))


def test_output_can_replace_its_own_input(files: Path) -> None:
    target = files / "good.jsonl"
    assert run("code", str(target), "-o", str(target)).exit_code == 0
    assert json.loads(target.read_text())["lines"][0]["code"] == "96372"


def test_output_to_a_missing_directory_is_one_sentence(files: Path) -> None:
    done = run("code", str(files / "one.json"), "-o", str(files / "none" / "out.txt"))
    assert done.exit_code == 2
    assert done.stderr.count("\n") == 1
    assert "no such file or directory" in done.stderr


def test_a_wrong_template_leaves_the_old_file(files: Path) -> None:
    (files / "text.txt.j2").write_text("{{ oops }}")
    target = files / "out.txt"
    target.write_text("old")
    done = run("code", str(files / "one.json"), "--templates", str(files), "-o", str(target))
    assert done.exit_code == 2
    assert "text.txt.j2, line 1" in done.stderr
    assert target.read_text() == "old"


def test_colour_follows_the_terminal_and_no_color(
    files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Terminal:
        def isatty(self) -> bool:
            return True

    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert not colored(False, None) or sys.stdout.isatty()
    monkeypatch.setattr("infusion_asp.cli.sink.sys.stdout", Terminal())
    assert colored(False, None)
    assert not colored(True, None)
    assert not colored(False, files / "out")
    monkeypatch.setenv("NO_COLOR", "1")
    assert not colored(False, None)


@pytest.mark.parametrize("which", ["encounter", "result"])
def test_schema_is_json(which: str) -> None:
    done = run("schema", which)
    assert done.exit_code == 0
    assert json.loads(done.stdout)["type"] == "object"


def test_a_reader_that_goes_away_ends_the_run_quietly(tmp_path: Path) -> None:
    script = (
        "import sys; sys.argv=['infusion-asp','schema','result'];"
        "from infusion_asp.cli import main; main()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as child:
        assert child.stdout and child.stderr
        child.stdout.close()
        assert child.stderr.read() == b""
        assert child.wait(30) == 141


def test_a_terminal_without_these_characters_gets_others(files: Path) -> None:
    script = (
        "import sys; from infusion_asp.cli.sink import sink\n"
        "with sink(None) as write: write('█▲ ×2 é\\n')"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        env={"PYTHONIOENCODING": "ascii", "PYTHONPATH": ":".join(sys.path)},
        check=True,
        timeout=30,
    )
    assert done.stdout == b"#^ x2 ?\n"
