"""The walk-through for rule authors: its files written, its commands run, its output compared."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from click.testing import CliRunner

from infusion_asp.cli import main
from infusion_asp.cli.rules import rules_group

ROOT = Path(__file__).parents[2]
OF_AUTHORS = (ROOT / "logic" / "README.md").read_text(encoding="utf-8")
GUIDE = ROOT / "docs" / "rule-author.md"
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NAMED = re.compile(r"(at the end of )?`([\w./-]+)`:\s*\Z")
CODE = re.compile(r"\s+# ends with (\d)$")


@dataclass(frozen=True)
class File:
    """A file that the reader writes, or adds to."""

    path: str
    text: str
    added: bool


@dataclass(frozen=True)
class Command:
    """A command that the reader types, its exit code, and what it prints."""

    words: tuple[str, ...]
    code: int
    printed: tuple[str, ...]


def steps(guide: str) -> Iterator[File | Command]:
    """What the reader does, in order."""
    for fence in FENCE.finditer(guide):
        language, text = fence.groups()
        if language == "console":
            yield from commands(text)
            continue
        named = NAMED.search(guide[: fence.start()].rstrip("\n"))
        assert named, f"a block of {language} without a file: {text[:40]}"
        yield File(named[2], text, added=bool(named[1]))


def commands(text: str) -> Iterator[Command]:
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        first, *printed = part.rstrip("\n").split("\n")
        ends = CODE.search(first)
        words = shlex.split(first[: ends.start()] if ends else first)
        yield Command(tuple(words), int(ends[1]) if ends else 0, tuple(printed))


def as_expected(printed: tuple[str, ...], got: str) -> bool:
    """Whether the output is the printed one; `…` is any text, alone on a line any lines.

    `to …` at the end of a line is what the program itself prints.
    """
    pattern = []
    for line in printed:
        if line == "…":
            pattern.append(r"(?:[^\n]*\n)*?")
        else:
            pattern.append(re.escape(line).replace("…", "[^\n]*") + r"[ ]*\n")
    return re.fullmatch("".join(pattern), got) is not None


def test_the_walk_through_does_what_it_says(tmp_path: Path) -> None:
    done = 0
    for step in steps(GUIDE.read_text(encoding="utf-8")):
        if isinstance(step, File):
            path = tmp_path / step.path
            path.parent.mkdir(parents=True, exist_ok=True)
            before = path.read_text(encoding="utf-8") if step.added else ""
            path.write_text(before + step.text, encoding="utf-8")
            continue
        assert step.words[0] == "infusion-asp"
        finished = subprocess.run(
            [sys.executable, "-m", "infusion_asp", *step.words[1:]],
            cwd=tmp_path,
            env={"PATH": "", "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"},
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=900,
            check=False,
        )
        typed = " ".join(step.words)
        assert "Traceback" not in finished.stderr, typed
        assert finished.returncode == step.code, f"{typed}\n{finished.stdout}{finished.stderr}"
        assert as_expected(step.printed, finished.stdout), f"{typed}\n{finished.stdout}"
        done += 1
    assert done >= 10
    assert (tmp_path / "zeta.html").stat().st_size > 100_000
    assert "zeta_short_infusion a1 29" in (tmp_path / "zeta.html").read_text(encoding="utf-8")


def test_every_command_for_authors_is_in_their_guide() -> None:
    missing = [name for name in rules_group.commands if f"| `{name} " not in OF_AUTHORS]
    assert [name for name in missing if f"| `{name}`" not in OF_AUTHORS] == []


def test_every_option_that_the_guide_names_is_one() -> None:
    for name, row in re.findall(r"^\| `(\w+)(.*)\|$", OF_AUTHORS, re.MULTILINE):
        command = rules_group.commands.get(name)
        if command is not None:
            known = {each for option in command.params for each in option.opts}
            assert set(re.findall(r"--[a-z-]+", row)) <= known, name


def test_the_tests_in_the_guide_pass(tmp_path: Path) -> None:
    (shown,) = re.findall(r"^```yaml\n(.*?)^```$", OF_AUTHORS, re.MULTILINE | re.DOTALL)
    path = tmp_path / "guide.yaml"
    path.write_text(shown, encoding="utf-8")
    done = CliRunner().invoke(main, ["rules", "test", str(path)])
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith("3 rule tests, 0 failed")


def test_the_printed_output_is_compared() -> None:
    assert as_expected(("a", "…", "d in … s"), "a\nb\nc\nd in 3 s\n")
    assert as_expected(("…", "d"), "d\n")
    assert not as_expected(("a", "d"), "a\nb\nd\n")
    assert not as_expected(("a … c",), "a b d\n")
