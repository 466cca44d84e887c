"""Owns the command `convert`: records of other systems into encounters, one on each line."""

from __future__ import annotations

import json
from pathlib import Path

import click

from infusion_asp.cli.convert_hl7 import hl7_command
from infusion_asp.cli.convert_mar import mar_command
from infusion_asp.cli.convert_x12 import x12_command
from infusion_asp.cli.sink import sink

_DIRECTORY = click.Path(exists=True, file_okay=False, path_type=Path)


@click.group("convert")
def convert_group() -> None:
    """Convert records of other systems to encounters (JSONL)."""


@convert_group.command("mimic")
@click.argument("directory", metavar="DIR", type=_DIRECTORY)
@click.option("--output", "-o", type=click.Path(path_type=Path), help="Write to this file.")
def mimic_command(directory: Path, output: Path | None) -> None:
    """Convert the tables of MIMIC-IV in DIR, one encounter for each stay and day.

    Intensive care data is a stress test: none of it is billable with these codes.
    """
    from infusion_asp.ingest.mimic import convert  # noqa: PLC0415

    number = 0
    with sink(output) as write:
        for encounter in convert(directory):
            number += 1
            write(json.dumps(encounter, ensure_ascii=False, separators=(",", ":")) + "\n")
    click.echo(f"{number} encounters", err=True)


convert_group.add_command(x12_command)
convert_group.add_command(hl7_command)


convert_group.add_command(mar_command)
