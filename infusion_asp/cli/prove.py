"""Owns the command `rules prove`: exactly one answer for every encounter on the grid, or not."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import click

from infusion_asp.cli.options import rules_option
from infusion_asp.rulebook import load_rulebook


@click.command("prove")
@rules_option
@click.option("--open", "opened", metavar="POLICY", multiple=True, help="Leave this policy open.")
@click.option("--date", "day", type=click.DateTime(["%Y-%m-%d"]), help="Day of service (today).")
@click.option("--seconds", default=300.0, show_default=True, help="Wall clock of each search.")
def prove_command(
    overlays: Sequence[Path], opened: Sequence[str], day: datetime | None, seconds: float
) -> None:
    """Prove that every encounter of two administrations has exactly one answer.

    Prints a counterexample and ends with 1 where it doesn't.
    """
    from infusion_asp.author import prove  # noqa: PLC0415

    refuted = False
    date = day.date() if day else None
    for proof in prove(load_rulebook(None, overlays), opened=opened, day=date, seconds=seconds):
        click.echo(str(proof))
        if proof.counterexample is not None:
            refuted = True
            for field, value in sorted(proof.counterexample.fields.items()):
                click.echo(f"  {field:<40} {value}")
            for atom in proof.counterexample.evidence:
                click.echo(f"  {atom}")
    if refuted:
        sys.exit(1)
