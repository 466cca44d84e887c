"""Owns the command `deidentify`: encounters in, date-shifted ones without ids and text out."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path

import click

from infusion_asp.cli.failures import CLEAN, FAILED, say
from infusion_asp.cli.options import files_argument, output_option
from infusion_asp.cli.sink import sink
from infusion_asp.model import InputError, read_many


@click.command("deidentify")
@files_argument
@click.option(
    "--key-file",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Secret of 16 bytes or more; default: a new one that nobody keeps.",
)
@output_option
def deidentify_command(files: Sequence[str], key_file: Path | None, output: Path | None) -> None:
    """Shift the dates of the encounters of each FILE, hash their ids, and drop free text.

    Each encounter is shifted by its own number of whole days, up to a year. With the same key the
    same encounter gives the same ids and the same shift. The result is date-shifted, not Safe
    Harbor: see docs/deidentify.md.
    """
    from infusion_asp.ingest.deidentify import SHORTEST_KEY, deidentified  # noqa: PLC0415

    key = os.urandom(32) if key_file is None else key_file.read_bytes().strip()
    if len(key) < SHORTEST_KEY:
        help = f"give {SHORTEST_KEY} bytes or more, such as from: openssl rand -hex 32"
        raise InputError("--key-file", "the key is too short", help, kind="short_key")
    refused = 0
    with sink(output) as write:
        for number, record in enumerate(read_many(files), 1):
            try:
                hidden = deidentified(record.encounter(), key)
            except InputError as error:
                refused += 1
                click.echo(f"record {number}: {error}", err=True)
                continue
            write(json.dumps(hidden, ensure_ascii=False, separators=(",", ":")) + "\n")
    if refused:
        say(f"{refused} records are left out", "a record that cannot be read cannot be hidden")
    raise click.exceptions.Exit(FAILED if refused else CLEAN)
