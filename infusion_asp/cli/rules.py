"""Owns the commands `rules` and `profiles`: what the rulebook holds."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from infusion_asp.cli.options import rules_option
from infusion_asp.cli.policies import listing
from infusion_asp.render.words import columns, paragraph
from infusion_asp.rulebook import Rule, Rulebook, load_rulebook, shipped_logic


@click.group("rules")
def rules_group() -> None:
    """List the rules, or show one."""


@rules_group.command("list")
@rules_option
def list_command(overlays: Sequence[Path]) -> None:
    """List every rule: its id, what of RULES.md it carries out, its title."""
    rulebook = load_rulebook(None, overlays)
    widths = (
        max((len(each.id) for each in rulebook.rules), default=4),
        12,
        60,
    )
    for rule in rulebook.rules:
        cells = (rule.id, " ".join(rule.implements), rule.title)
        click.echo(columns(cells, widths, indent=0))


@rules_group.command("show")
@click.argument("rule_id", metavar="ID")
@click.option("--program", is_flag=True, help="Show the statements as the solver gets them.")
@rules_option
def show_command(rule_id: str, program: bool, overlays: Sequence[Path]) -> None:
    """Show one rule: its header in words, then its source."""
    rulebook = load_rulebook(None, overlays)
    rule = rulebook.rule(rule_id)
    if program:
        for statement in _compiled(rulebook, rule):
            click.echo(statement)
        return
    click.echo(f"{rule.id}: {rule.title}")
    for name, value in _facts(rule):
        click.echo(paragraph(value, 80, 2, 14, bullet=f"{name:<10}  "))
    click.echo(f"\n{rule.text.rstrip()}")


@click.command("profiles")
def profiles_command() -> None:
    """List the profiles with the policies that each sets."""
    for each in listing(shipped_logic()):
        click.echo(each)


def _compiled(rulebook: Rulebook, rule: Rule) -> list[str]:
    """The statements of `rule` with the gates that the loader added."""
    at = sum(len(each.statements) for each in rulebook.rules[: rulebook.rules.index(rule)])
    return [str(each) for each in rulebook.statements[at : at + len(rule.statements)]]


def _facts(rule: Rule) -> list[tuple[str, str]]:
    dates = " to ".join(day.isoformat() if day else "…" for day in (rule.date_from, rule.date_to))
    found = [
        ("file", f"{rule.file}:{rule.line}"),
        ("implements", ", ".join(rule.implements)),
        ("cites", ", ".join(rule.cites)),
        ("in force", dates if rule.date_from or rule.date_to else ""),
        ("settings", ", ".join(sorted(rule.settings))),
        ("payers", ", ".join(sorted(rule.payers))),
        ("replaces", rule.replaces or ""),
        ("level", rule.level),
        ("risk", rule.risk),
        ("sentence", rule.sentence),
        ("help", rule.help),
    ]
    return [(name, value) for name, value in found if value]
