"""Owns the command `report`: the outputs of a batch in, one page out."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import click

from infusion_asp.cli.failures import FAILED, say
from infusion_asp.cli.options import output_option, pages_option, rules_option, templates_option
from infusion_asp.cli.sink import sink


@click.command("report")
@click.argument("directory", metavar="DIR", type=click.Path(path_type=Path))
@output_option
@click.option(
    "--top",
    type=click.IntRange(min=0, max=500),
    default=10,
    show_default=True,
    help="Show this many encounters with their timelines; with 0 the page has no health data.",
)
@rules_option
@templates_option
@pages_option
def report_command(
    directory: Path,
    output: Path | None,
    top: int,
    overlays: Sequence[Path],
    templates: Path | None,
    pages: str,
) -> None:
    """Write the output DIR of `batch` as one HTML page that needs no network and no script.

    Totals, findings by rule, code and department, the minutes around the limits of the rulebook,
    the refused records, and the encounters of the first findings.
    """
    if find_spec("pyarrow") is None:
        say("'report' needs pyarrow, which is not installed", "pip install 'infusion-asp[batch]'")
        raise click.exceptions.Exit(FAILED)
    from infusion_asp.report import report  # noqa: PLC0415

    page = report(directory, top=top, pages=pages, overlays=overlays, templates=templates)
    with sink(output) as write:
        write(page)
