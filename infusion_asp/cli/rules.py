"""Owns the group `rules` and the command `profiles`."""

from __future__ import annotations

import click

from infusion_asp.cli.policies import listing
from infusion_asp.cli.rules_format import format_command
from infusion_asp.cli.rules_list import list_command
from infusion_asp.cli.rules_new import new_command
from infusion_asp.cli.rules_show import show_command
from infusion_asp.rulebook import shipped_logic


@click.group("rules")
def rules_group() -> None:
    """Read, write, test and prove rules."""


rules_group.add_command(format_command)
rules_group.add_command(list_command)
rules_group.add_command(new_command)
rules_group.add_command(show_command)


@click.command("profiles")
def profiles_command() -> None:
    """List the profiles with the policies that each sets."""
    for each in listing(shipped_logic()):
        click.echo(each)
