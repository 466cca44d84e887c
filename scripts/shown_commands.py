"""Owns the commands that pages show: `python -m scripts.shown_commands` runs them anew.

A text block that begins with `$ infusion-asp ` is one command and all that it prints; the example
of the README's first screen, which leaves lines out, belongs to readme_example.py.
"""

from __future__ import annotations

import os
import re
import shlex
import tempfile
from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path

from click.testing import CliRunner

from infusion_asp.cli import main as cli

ROOT = Path(__file__).resolve().parents[1]
_PROMPT = "$ infusion-asp "
_BLOCK = re.compile(r"^```text\n(\$ infusion-asp .*?)^```$", re.M | re.S)
_LEFT_OUT = re.compile(r"^ *\.\.\.$", re.M)


def pages() -> Iterator[Path]:
    """The pages that show commands."""
    yield ROOT / "README.md"
    yield from sorted((ROOT / "docs").glob("*.md"))


def shown(page: Path) -> list[str]:
    """The commands of a page with what they print, those that leave lines out excepted."""
    found = _BLOCK.findall(page.read_text(encoding="utf-8"))
    return [each for each in found if not _LEFT_OUT.search(each)]


def now(block: str) -> str:
    """A command with what it prints now, in a terminal of 80 columns and without own tables."""
    command = block.splitlines()[0]
    with tempfile.TemporaryDirectory() as empty, chdir(ROOT):
        plain = {"COLUMNS": "80", "NO_COLOR": "1", "INFUSION_ASP_DATA": empty}
        done = CliRunner(env={**os.environ, **plain}).invoke(
            cli, shlex.split(command.removeprefix(_PROMPT)), prog_name="infusion-asp"
        )
    printed = done.stdout.replace(empty, "~/.local/share/infusion-asp")
    lines = [line.rstrip() for line in printed.rstrip().splitlines()]
    return "\n".join([command, *lines, ""])


def main() -> None:
    """Write the output of every command anew."""
    for page in pages():
        text = page.read_text(encoding="utf-8")
        for block in shown(page):
            text = text.replace(block, now(block))
        page.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
