"""The commands that show the rulebook, over a small one."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from infusion_asp.cli import main
from infusion_asp.cli.policies import listing

VOCABULARY = """%! ran(Admin, Minutes)
%    input
%    Admin: id; Minutes: minutes
%    sentence: {{ Admin }} ran {{ Minutes }} minutes

%! long(Admin)
%    output
%    Admin: id
%    sentence: {{ Admin }} is long
"""
RULES = """% @rule long_run
% title: What ran long
% implements: T4
% sentence: {{ Admin }} ran {{ Minutes }} minutes
% cites: S10
% from: 2025-01-01
long(Admin) :- ran(Admin, Minutes), Minutes > 15.
"""


@pytest.fixture(autouse=True)
def _small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "vocabulary.lp").write_text(VOCABULARY)
    (tmp_path / "derive").mkdir()
    (tmp_path / "derive" / "long.lp").write_text(RULES)
    for command in ("list", "show"):
        monkeypatch.setattr(f"infusion_asp.cli.rules_{command}.shipped_logic", lambda: tmp_path)


def test_list_names_every_rule() -> None:
    done = CliRunner().invoke(main, ["rules", "list"])
    assert done.exit_code == 0, done.output
    assert done.stdout.split() == ["long_run", "T4", "What", "ran", "long"]


def test_show_gives_header_and_source() -> None:
    done = CliRunner().invoke(main, ["rules", "show", "long_run"])
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith("long_run: What ran long\n")
    assert "in force    2025-01-01 to …" in done.stdout
    assert "long(Admin) :- ran(Admin, Minutes)" in done.stdout


def test_show_program_gives_the_statements_with_their_gates() -> None:
    done = CliRunner().invoke(main, ["rules", "show", "long_run", "--program"])
    assert done.stdout.count("\n") == 1
    assert "in_force" in done.stdout


def test_show_suggests_the_nearest_rule() -> None:
    done = CliRunner().invoke(main, ["rules", "show", "long_runs"])
    assert done.exit_code == 2
    assert done.stderr.splitlines() == [
        "error: no rule 'long_runs' in the rulebook",
        "help: did you mean 'long_run'?",
    ]


def test_a_wrong_overlay_is_told_with_its_place(tmp_path: Path) -> None:
    overlay = tmp_path / "overlay"
    overlay.mkdir()
    (overlay / "mine.lp").write_text("% @rule mine\n% title: x\nlong(A) :- run(A).\n")
    done = CliRunner().invoke(main, ["rules", "list", "--rules", str(overlay)])
    assert done.exit_code == 2
    assert "mine.lp:" in done.stderr
    assert "Traceback" not in done.stderr


def test_profiles_list_what_each_sets(tmp_path: Path) -> None:
    (tmp_path / "profiles").mkdir()
    (tmp_path / "profiles" / "medicare.lp").write_text(
        "% What Medicare wants.\npolicy(ncci_modifiers, on).\n"
    )
    (tmp_path / "profiles" / "policies.csv").write_text(
        "policy,value,default,who_says_what\nncci_modifiers,on,no,NCCI\nncci_modifiers,off,yes,NCCI\n"
    )
    assert list(listing(tmp_path)) == [
        "PROFILES",
        "  medicare",
        "    What Medicare wants.",
        f"      {'ncci_modifiers':<32}  on",
        "\nPOLICIES",
        "  ncci_modifiers",
        "    off, on",
        "      says: NCCI",
    ]
