"""Owns the command `convert`: records of other systems into encounters, one on each line."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import click

from infusion_asp.cli.conversion import conversion_options, write_encounters
from infusion_asp.cli.convert_fhir import fhir_command
from infusion_asp.cli.convert_hl7 import hl7_command
from infusion_asp.cli.convert_mar import mar_command
from infusion_asp.cli.convert_x12 import x12_command

_DIRECTORY = click.Path(exists=True, file_okay=False, path_type=Path)


@click.group("convert")
def convert_group() -> None:
    """Convert records of other systems to encounters (JSONL)."""


@convert_group.command("mimic")
@click.argument("directory", metavar="DIR", type=_DIRECTORY)
@click.option(
    "--emar", is_flag=True, help="Read the medication record (emar, emar_detail) instead."
)
@click.option("--explain-stitching", is_flag=True, help="With --emar: say what each row did.")
@conversion_options
def mimic_command(
    directory: Path,
    emar: bool,
    explain_stitching: bool,
    output: Path | None,
    report_file: Path | None,
    strict: bool,
) -> None:
    """Convert the tables of MIMIC-IV in DIR, one encounter for each stay and day.

    Intensive care data is a stress test: none of it is billable with these codes.
    """
    from infusion_asp.ingest import mimic, mimic_emar  # noqa: PLC0415

    explain = partial(click.echo, err=True) if explain_stitching else None
    kind = mimic_emar.kind_with(explain) if emar else mimic.KIND
    write_encounters(kind, [directory], {}, output=output, report_file=report_file, strict=strict)


convert_group.add_command(fhir_command)
convert_group.add_command(x12_command)
convert_group.add_command(hl7_command)


convert_group.add_command(mar_command)
