"""Owns what the commands below `convert` share: their options, and the writing of encounters."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from infusion_asp.cli.failures import CLEAN, FAILED
from infusion_asp.cli.options import output_option
from infusion_asp.cli.sink import sink
from infusion_asp.ingest.common import Kind, Tally, encounters_of
from infusion_asp.ingest.kinds import named_once

inputs_argument = click.argument(
    "inputs",
    metavar="INPUT...",
    nargs=-1,
    required=True,
    type=click.Path(path_type=Path),
)


def conversion_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--output`, `--report` and `--strict`."""
    command = click.option(
        "--strict", is_flag=True, help="Fail at the first piece that is wrong or doubtful."
    )(command)
    command = click.option(
        "--report",
        "report_file",
        metavar="FILE",
        type=click.Path(path_type=Path),
        help="Write the counts of the conversion to this file (JSON).",
    )(command)
    return output_option(command)


def write_encounters(
    kind: Kind,
    inputs: Sequence[Path],
    options: Mapping[str, str],
    *,
    output: Path | None,
    report_file: Path | None,
    strict: bool,
) -> None:
    """Write one encounter on each line, the report to its file and its summary to stderr."""
    tally = Tally()
    inputs = named_once(inputs)
    with sink(output) as write:
        for encounter in encounters_of(kind.read(inputs, options, tally), tally, strict=strict):
            write(json.dumps(encounter, ensure_ascii=False, separators=(",", ":")) + "\n")
    report = tally.report(kind.name, kind.unit)
    if report_file is not None:
        with sink(report_file) as write:
            write(json.dumps(report.as_dict(), indent=2) + "\n")
    for line in report.summary():
        click.echo(line, err=True)
    raise click.exceptions.Exit(CLEAN if report.adds_up else FAILED)
