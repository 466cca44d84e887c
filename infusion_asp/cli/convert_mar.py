"""Owns the command `convert mar`: rows of a medication record into encounters."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import click

from infusion_asp.cli.conversion import conversion_options, inputs_argument, write_encounters
from infusion_asp.ingest.common import Kind


@click.command("mar")
@inputs_argument
@click.option("--preset", metavar="NAME", help="epic, cerner, pcornet or mimic-emar.")
@click.option(
    "--mapping",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="YAML file with your columns and words, alone or over a preset.",
)
@click.option("--delimiter", metavar="CHAR", help="A character, or tab; default: as found.")
@click.option("--encoding", metavar="NAME", help="Default: UTF-8, UTF-16 or Windows 1252.")
@click.option(
    "--explain-stitching",
    is_flag=True,
    help="Say on standard error which rows made which administration.",
)
@conversion_options
def mar_command(
    inputs: Sequence[Path],
    preset: str | None,
    mapping: Path | None,
    delimiter: str | None,
    encoding: str | None,
    explain_stitching: bool,
    output: Path | None,
    report_file: Path | None,
    strict: bool,
) -> None:
    """Stitch the event rows of each INPUT into administrations, one encounter on each line.

    INPUT is CSV or TSV, also packed with gzip, or Parquet. Rows are grouped by encounter over
    all inputs.
    """
    from infusion_asp.ingest.mar.read import read  # noqa: PLC0415

    given = {
        "preset": preset,
        "mapping": mapping and str(mapping),
        "delimiter": delimiter,
        "encoding": encoding,
    }
    options = {name: value for name, value in given.items() if value}
    explain = partial(click.echo, err=True) if explain_stitching else None
    kind = Kind("mar", "rows", partial(read, explain=explain))
    write_encounters(kind, inputs, options, output=output, report_file=report_file, strict=strict)
