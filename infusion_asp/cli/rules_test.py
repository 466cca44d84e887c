"""Owns the command `rules test`: runs rule tests without pytest."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import click

from infusion_asp.author.guard import EACH, SECONDS, guarded, time_for
from infusion_asp.author.testing.bench import Bench
from infusion_asp.author.testing.files import read_all, test_files
from infusion_asp.author.testing.junit import junit
from infusion_asp.author.testing.running import Outcome, run_cases
from infusion_asp.author.testing.sides import as_data, shown, summary
from infusion_asp.author.testing.watch import watch
from infusion_asp.cli.options import rules_option
from infusion_asp.rulebook import load_rulebook


@click.command("test")
@click.argument("paths", metavar="[PATH]...", nargs=-1, type=click.Path(path_type=Path))
@rules_option
@click.option("--watch", "watching", is_flag=True, help="Run again what a change touches.")
@click.option("--junit", "report", type=click.Path(path_type=Path), help="Write JUnit XML here.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@click.option(
    "--seconds",
    type=click.FloatRange(min=0, min_open=True),
    help=f"Longest time for the run (default: {SECONDS:g}, and {EACH:g} for each case).",
)
def test_command(
    paths: Sequence[Path],
    overlays: Sequence[Path],
    watching: bool,
    report: Path | None,
    form: str,
    seconds: float | None,
) -> None:
    """Run rule tests (default: tests/rules) and show how each failed one differs.

    Ends with 1 where a test failed, with 2 where the rules or a test can't be read.
    """
    if watching:
        watch(paths, overlays, click.echo, seconds or SECONDS)
        return
    begin = time.monotonic()
    book = load_rulebook(None, overlays)
    cases = read_all(test_files(paths))
    found = guarded(
        book,
        lambda: run_cases(Bench(book, overlays), cases),
        seconds=seconds or time_for(len(cases)),
    )
    if report is not None:
        report.write_text(junit(found), encoding="utf-8")
    _show(found, form, time.monotonic() - begin)
    if not all(each.passed for each in found):
        sys.exit(1)


def _show(found: Sequence[Outcome], form: str, seconds: float) -> None:
    if form == "json":
        click.echo(json.dumps([as_data(each) for each in found], indent=2))
        return
    for each in found:
        if not each.passed:
            click.echo(shown(each) + "\n")
    click.echo(summary(found, seconds))
