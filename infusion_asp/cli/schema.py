"""Owns the command `schema`: the JSON Schemas of the encounter and of the result."""

from __future__ import annotations

import json
from typing import Literal

import click

from infusion_asp.model import json_schema


@click.command("schema")
@click.argument("which", type=click.Choice(["encounter", "result"]))
def schema_command(which: Literal["encounter", "result"]) -> None:
    """Print the JSON Schema of an encounter or of a result."""
    click.echo(json.dumps(json_schema(which), indent=2, ensure_ascii=False))
