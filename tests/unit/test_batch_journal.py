"""What is on disk of a run that was broken off: whole parts, and what they depend on."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

import infusion_asp
from infusion_asp.batch.journal import (
    DIRECTORY,
    Journal,
    JournalError,
    digest_of,
    program_digest,
    write_whole,
)

RUN: dict[str, Any] = {
    "inputs": [{"name": "a.jsonl", "bytes": 3, "sha256": "ab"}],
    "options": {"profile": None, "policies": {}},
    "rulebook": "d797",
}


def broken_off(out: Path) -> None:
    """A run that kept parts 0 and 2."""
    with Journal(out, RUN) as journal:
        journal.write(0, b"zero")
        journal.write(2, b"two")


def test_a_new_run_has_no_parts(tmp_path: Path) -> None:
    with Journal(tmp_path / "new" / "out", RUN) as journal:
        assert journal.done == frozenset()
        assert not journal.finished


def test_a_run_goes_on_with_the_parts_that_it_kept(tmp_path: Path) -> None:
    broken_off(tmp_path)
    with Journal(tmp_path, RUN, resume=True) as journal:
        assert journal.done == {0, 2}
        assert journal.path(2).read_bytes() == b"two"
        assert not journal.finished


def test_what_a_kill_left_half_written_is_no_part(tmp_path: Path) -> None:
    broken_off(tmp_path)
    half = tmp_path / DIRECTORY / "00000001.part.new"
    half.write_bytes(b"on")
    with Journal(tmp_path, RUN, resume=True) as journal:
        assert journal.done == {0, 2}
    assert not half.exists()


def test_nothing_to_go_on_with_is_a_new_run(tmp_path: Path) -> None:
    with Journal(tmp_path, RUN, resume=True) as journal:
        assert journal.done == frozenset()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"rulebook": "0000"}, "rulebook changed"),
        ({"inputs": []}, "inputs changed"),
        ({"options": {}, "rulebook": ""}, "options and rulebook changed"),
        ({"tables": "2025Q1"}, "tables changed"),
    ],
)
def test_a_run_on_other_terms_does_not_go_on(
    tmp_path: Path, change: dict[str, Any], words: str
) -> None:
    broken_off(tmp_path)
    with pytest.raises(JournalError, match=words) as caught:
        Journal(tmp_path, RUN | change, resume=True)
    assert "--overwrite" in caught.value.help
    with Journal(tmp_path, RUN, resume=True) as journal:
        assert journal.done == {0, 2}, "the refusal leaves everything as it is"


def test_tuples_and_lists_are_the_same_terms(tmp_path: Path) -> None:
    with Journal(tmp_path, {"inputs": ("a", "b")}) as journal:
        journal.write(0, b"")
    with Journal(tmp_path, {"inputs": ["a", "b"]}, resume=True) as journal:
        assert journal.done == {0}


def test_parts_are_not_lost_without_being_asked_for(tmp_path: Path) -> None:
    broken_off(tmp_path)
    with pytest.raises(JournalError, match="broken off") as caught:
        Journal(tmp_path, RUN)
    assert "--resume" in caught.value.help
    with Journal(tmp_path, RUN, anew=True) as journal:
        assert journal.done == frozenset()


def test_parts_that_no_run_vouches_for_are_not_used(tmp_path: Path) -> None:
    broken_off(tmp_path)
    (tmp_path / DIRECTORY / "run.json").write_text(json.dumps({"journal": 0, "run": RUN}))
    with pytest.raises(JournalError, match="broken off") as caught:
        Journal(tmp_path, RUN, resume=True)
    assert "--resume" not in caught.value.help


def test_a_finished_run_says_so_and_keeps_no_parts(tmp_path: Path) -> None:
    with Journal(tmp_path, RUN) as journal:
        journal.write(0, b"zero")
        journal.finish()
    assert not list((tmp_path / DIRECTORY).glob("*.part"))
    with Journal(tmp_path, RUN, resume=True) as journal:
        assert journal.finished
    with Journal(tmp_path, RUN) as journal:
        assert not journal.finished, "it is done again where that is asked for"


def test_two_runs_do_not_write_to_one_place(tmp_path: Path) -> None:
    with Journal(tmp_path, RUN), pytest.raises(JournalError, match="another run"):
        Journal(tmp_path, RUN, resume=True)
    with Journal(tmp_path, RUN, resume=True):
        pass


def test_a_refusal_leaves_the_place_free(tmp_path: Path) -> None:
    broken_off(tmp_path)
    with pytest.raises(JournalError):
        Journal(tmp_path, RUN)
    with Journal(tmp_path, RUN, resume=True):
        pass


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"before")
    write_whole(path, b"after")
    assert path.read_bytes() == b"after"
    assert list(tmp_path.iterdir()) == [path]


def test_a_digest_tells_files_apart(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"abc")
    assert digest_of(path) == {"bytes": 3, "sha256": hashlib.sha256(b"abc").hexdigest()}


def test_the_digest_of_the_program_follows_its_source(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(infusion_asp, "__file__", str(tmp_path / "__init__.py"))
    (tmp_path / "part").mkdir()
    (tmp_path / "part" / "a.py").write_text("1")
    first = program_digest()
    (tmp_path / "part" / "notes.txt").write_text("1")
    assert program_digest() == first
    (tmp_path / "part" / "a.py").write_text("2")
    assert program_digest() != first
