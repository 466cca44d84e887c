"""The command: what it serves, where it listens, how it ends, and what its log has."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from click.testing import CliRunner

from infusion_asp.cli import main
from infusion_asp.model import InputError
from infusion_asp.web.inputs import sorted_inputs
from infusion_asp.web.serve import ServeError, address_of, checked
from infusion_asp.web.settings import Settings
from tests.support.batch_directory import made
from tests.support.served import ROOT, serving

FIXTURE = ROOT / "fixtures" / "encounters" / "chemotherapy_day.json"
TOKEN = "a-token-that-nobody-guesses"


def ran(*arguments: str) -> tuple[int, str]:
    """Exit code and what stands on standard error."""
    result = CliRunner().invoke(main, ["serve", "--no-browser", *arguments])
    return result.exit_code, result.stderr


def test_other_machines_are_let_in_with_a_token_only() -> None:
    code, said = ran("--host", "0.0.0.0")
    assert code == 2
    assert "--host '0.0.0.0' lets other machines in, which needs --token" in said


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_this_machine_needs_no_token(host: str) -> None:
    assert checked(Settings(host=host)).host == host


def test_a_token_has_sixteen_characters() -> None:
    assert checked(Settings(host="0.0.0.0", token="x" * 16))
    with pytest.raises(ServeError, match="shorter than 16"):
        checked(Settings(token="x" * 15))


def test_a_port_in_use_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, said = ran("--port", str(port))
    assert code == 2
    assert f"can't listen on '127.0.0.1', port {port}: address already in use" in said


def test_a_host_that_is_no_address_is_told() -> None:
    code, said = ran("--host", "no such host", "--token", TOKEN)
    assert code == 2
    assert "can't listen on 'no such host'" in said


def test_a_missing_extra_is_named_with_what_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("infusion_asp.cli.serve._NEEDED", ("starlette", "no_such_package"))
    code, said = ran()
    assert code == 2
    assert "'serve' needs no-such-package, which is not installed" in said
    assert "pip install 'infusion-asp[web]'" in said


def test_an_input_that_is_not_there_is_told_before_the_page_is(tmp_path: Path) -> None:
    code, said = ran(str(tmp_path / "gone.json"))
    assert code == 2
    assert "is not there" in said


def test_an_unknown_profile_is_told_before_the_page_is() -> None:
    code, said = ran("--profile", "medicair")
    assert code == 2
    assert "'medicair'" in said


def test_files_and_batches_are_told_apart(tmp_path: Path) -> None:
    batch = tmp_path / "out"
    batch.mkdir()
    (batch / "encounters.jsonl").write_text("", encoding="utf-8")
    found = sorted_inputs([FIXTURE, batch], None)
    assert (found.files, found.batches) == ((FIXTURE,), (batch,))


def test_a_batch_that_was_broken_off_is_one(tmp_path: Path) -> None:
    (tmp_path / ".parts").mkdir()
    (tmp_path / ".parts" / "run.json").write_text("{}", encoding="utf-8")
    assert sorted_inputs([tmp_path], None).batches == (tmp_path,)


def test_a_directory_without_tables_is_no_batch(tmp_path: Path) -> None:
    with pytest.raises(InputError) as refused:
        sorted_inputs([tmp_path], None)
    assert "holds no tables of a batch" in refused.value.message


def test_a_directory_is_an_input_where_it_is_converted(tmp_path: Path) -> None:
    assert sorted_inputs([tmp_path], "fhir").files == (tmp_path,)


def test_a_kind_that_is_not_known_is_told() -> None:
    with pytest.raises(InputError) as refused:
        sorted_inputs([FIXTURE], "fihr")
    assert "fhir" in refused.value.help


def test_the_one_encounter_is_opened_at_once(tmp_path: Path) -> None:
    two = tmp_path / "two.jsonl"
    line = json.dumps(json.loads(FIXTURE.read_text(encoding="utf-8")))
    two.write_text(f"{line}\n{line}\n", encoding="utf-8")
    opened = address_of(Settings(files=(FIXTURE,)))
    assert opened == "http://127.0.0.1:8765/encounter?open=file-1-1"
    assert address_of(Settings(files=(two,))) == "http://127.0.0.1:8765/"
    assert address_of(Settings(files=(FIXTURE,), batches=(tmp_path,))) == "http://127.0.0.1:8765/"
    assert address_of(Settings(batches=(tmp_path,))) == "http://127.0.0.1:8765/batches"


def test_the_address_has_the_token_and_brackets() -> None:
    assert address_of(Settings(host="::1", port=9, token="a&b")) == "http://[::1]:9/?token=a%26b"


def test_the_page_is_served_and_ends_with_its_workers(tmp_path: Path) -> None:
    with serving(tmp_path / "log", str(FIXTURE)) as page:
        answer = httpx2.get(f"{page.address}/encounter?open=file-1-1", timeout=60)
        assert answer.status_code == 200
        assert "server" not in answer.headers
        assert httpx2.get(page.address, headers={"Host": "evil.example"}).status_code == 421
        assert httpx2.get(f"{page.address}/nowhere?id=E-1234").status_code == 404
    assert "E-1234" not in page.said()
    assert page.said().count("\n") == 1


@pytest.fixture
def scratch(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A temporary directory for the page, with a path short enough for workers to be forked."""
    with tempfile.TemporaryDirectory() as name:
        monkeypatch.setenv("TMPDIR", name)
        yield Path(name)


@pytest.mark.parametrize(("sign", "code"), [(signal.SIGINT, 0), (signal.SIGTERM, 143)])
def test_a_signal_ends_the_page_its_processes_and_private_directories(
    sign: signal.Signals, code: int, tmp_path: Path, scratch: Path
) -> None:
    command = [sys.executable, "-m", "infusion_asp", "serve", "--port", "0", "--no-browser"]
    command += [str(made(tmp_path / "batch", 20, form="jsonl").out)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, cwd=ROOT, text=True, start_new_session=True
    ) as process:
        assert process.stdout is not None
        address = process.stdout.readline().split()[4]
        assert httpx2.get(f"{address}/1", timeout=60).status_code == 200
        assert list(scratch.glob("infusion-asp-*"))
        process.send_signal(sign)
        assert process.wait(60) == code
    assert not list(scratch.glob("infusion-asp-*"))
    for _ in range(100):
        if not members(process.pid):
            return
        time.sleep(0.1)
    raise AssertionError("processes of the page are left")


def members(session: int) -> list[int]:
    """The processes of a session."""
    found = []
    for each in Path("/proc").glob("[0-9]*"):
        try:
            if os.getsid(int(each.name)) == session:
                found.append(int(each.name))
        except ProcessLookupError:
            continue
    return found
