"""Owns the command `rules list`: the rules, narrowed by topic, setting, payer and day."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import click

from infusion_asp.author.catalog import Filter, chosen
from infusion_asp.cli.options import rules_option
from infusion_asp.render.words import columns
from infusion_asp.rulebook import Rule, RulebookError, shipped_logic
from infusion_asp.rulebook.reading import read_book

_WIDTH, _NUMBERED, _LEAST = 80, 11, 24


@click.command("list")
@rules_option
@click.option("--topic", default="", help="A word of file, id or title, or T5: a rule of RULES.md.")
@click.option("--setting", default="", help="Rules that hold in this setting.")
@click.option("--payer", default="", help="Rules that hold for this payer.")
@click.option(
    "--date", "day", type=click.DateTime(["%Y-%m-%d"]), help="Rules that hold on this day."
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
def list_command(
    overlays: Sequence[Path],
    topic: str,
    setting: str,
    payer: str,
    day: datetime | None,
    form: str,
) -> None:
    """List rules: the id, what of RULES.md each carries out, the title."""
    reading = read_book(shipped_logic(), tuple(overlays))
    if reading.problems:
        raise RulebookError(reading.problems)
    wanted = Filter(topic, setting, payer, day.date() if day else None)
    rules = list(chosen(reading, wanted))
    if form == "json":
        click.echo(json.dumps([_plain(rule) for rule in rules], indent=2))
        return
    first = max((len(rule.id) for rule in rules), default=4)
    widths = (first, _NUMBERED, max(_WIDTH - first - _NUMBERED - 4, _LEAST))
    for rule in rules:
        click.echo(columns((rule.id, " ".join(rule.implements), rule.title), widths, indent=0))


def _plain(rule: Rule) -> dict[str, object]:
    return {
        "id": rule.id,
        "title": rule.title,
        "implements": list(rule.implements),
        "file": rule.file,
        "line": rule.line,
        "cites": list(rule.cites),
        "from": rule.date_from.isoformat() if rule.date_from else None,
        "to": rule.date_to.isoformat() if rule.date_to else None,
        "settings": sorted(rule.settings),
        "payers": sorted(rule.payers),
        "level": rule.level,
        "risk": rule.risk,
    }
