"""Owns what `batch --from` says of its conversion: the report beside the tables."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from infusion_asp.cli.sink import sink

if TYPE_CHECKING:
    from infusion_asp.ingest.kinds import Conversion

REPORT = "conversion.json"


def conversion_for(kind: str | None, inputs: Sequence[str]) -> Conversion | None:
    """The conversion that `--from` asks for; raises InputError."""
    if kind is None:
        return None
    from infusion_asp.ingest.kinds import conversion_of  # noqa: PLC0415

    return conversion_of(kind, inputs)


def tell_conversion(conversion: Conversion | None, out: Path, *, quiet: bool) -> None:
    """Write the report of a conversion to the directory `out`; its summary to standard error."""
    if conversion is None or not conversion.tally.read:
        return
    with sink(out / REPORT) as write:
        write(json.dumps(conversion.report.as_dict(), indent=2) + "\n")
    if not quiet:
        for line in conversion.report.summary():
            click.echo(line, err=True)
