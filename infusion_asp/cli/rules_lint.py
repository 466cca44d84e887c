"""Owns the command `rules lint`: every finding about the rule files, and the exit code."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from infusion_asp.author.lint import lint
from infusion_asp.author.lint.finding import LEVELS
from infusion_asp.author.lint.grounding import Limits
from infusion_asp.author.lint.output import FORMATS
from infusion_asp.cli.options import fail_on_option, output_option, rules_option
from infusion_asp.rulebook.reading import FIRST


@click.command("lint")
@click.argument(
    "directory", metavar="[DIR]", required=False, type=click.Path(exists=True, path_type=Path)
)
@rules_option
@click.option(
    "--format",
    "form",
    type=click.Choice(tuple(FORMATS)),
    default="text",
    show_default=True,
    help="How findings are shown.",
)
@fail_on_option("info")
@click.option("--seconds", default=30.0, show_default=True, help="Wall clock of each grounding.")
@click.option("--megabytes", default=1500, show_default=True, help="Memory of each grounding.")
@click.option("--no-ground", is_flag=True, help="Only what needs no grounding: faster.")
@output_option
def lint_command(
    directory: Path | None,
    overlays: Sequence[Path],
    form: str,
    fail_on: str,
    seconds: float,
    megabytes: int,
    no_ground: bool,
    output: Path | None,
) -> None:
    """Look for mistakes in rule files.

    DIR is a rulebook in place of the shipped one, or an overlay of it, as with --rules.
    """
    root = directory if directory is not None and _whole(directory) else None
    added = [directory, *overlays] if directory is not None and root is None else overlays
    limits = None if no_ground else Limits(seconds, megabytes)
    found = lint(root, list(filter(None, added)), limits)
    shown = FORMATS[form](found)
    if output is None:
        click.echo(shown, nl=False)
    else:
        output.write_text(shown, encoding="utf-8")
    rank = LEVELS.index
    if any(fail_on != "never" and rank(e.level) >= rank(fail_on) for e in found.findings):
        sys.exit(1)


def _whole(directory: Path) -> bool:
    """Whether a directory is a rulebook of its own: it has the thresholds, or the policies."""
    return any((directory / name).is_file() for name in (FIRST[1], "profiles/policies.csv"))
