"""Owns the command `rules format`: the canonical layout of rule files."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from infusion_asp.author.layout import Formatted, formatted, rule_files
from infusion_asp.author.lint.book import shown_path
from infusion_asp.rulebook import shipped_logic


@click.command("format")
@click.argument(
    "paths", metavar="[PATH]...", nargs=-1, type=click.Path(exists=True, path_type=Path)
)
@click.option("--check", is_flag=True, help="Write nothing; end with 1 where a file would change.")
@click.option("--diff", is_flag=True, help="Write nothing; show what would change.")
def format_command(paths: Sequence[Path], check: bool, diff: bool) -> None:
    """Lay rule files out (default: all of the shipped rulebook); comments are kept.

    The laid-out file says the same: it is parsed and compared before it is written.
    """
    found = [formatted(path) for path in rule_files(paths or [shipped_logic()])]
    changed = [each for each in found if each.changed]
    for each in changed:
        if diff:
            click.echo(_difference(each), nl=False)
        elif check:
            click.echo(f"{shown_path(each.path)}:{each.line}:1: warning: another layout [layout]")
        else:
            each.path.write_text(each.after, encoding="utf-8")
            click.echo(f"{shown_path(each.path)}: laid out")
    click.echo(f"{len(found)} files, {len(changed)} with another layout", err=True)
    if changed and (check or diff):
        if check:
            click.echo("help: 'infusion-asp rules format' puts it right", err=True)
        sys.exit(1)


def _difference(each: Formatted) -> str:
    name = shown_path(each.path)
    before, after = (text.splitlines(keepends=True) for text in (each.before, each.after))
    return "".join(difflib.unified_diff(before, after, name, name))
