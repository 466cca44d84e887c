"""Owns the command `schema`: the JSON Schemas of what goes in and of what comes out."""

from __future__ import annotations

import json

import click

from infusion_asp.model import json_schema
from infusion_asp.model.schema import SUBJECTS, Subject


@click.command("schema")
@click.argument("which", type=click.Choice(SUBJECTS))
def schema_command(which: Subject) -> None:
    """Print the JSON Schema of an encounter, a result, a verification or an explanation."""
    click.echo(json.dumps(json_schema(which), indent=2, ensure_ascii=False))
