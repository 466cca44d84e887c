"""Owns the command `rules new`: a rule and its test to begin with."""

from __future__ import annotations

from pathlib import Path

import click

from infusion_asp.author.skeleton import begin
from infusion_asp.rulebook import load_rulebook
from infusion_asp.rulebook.reading import LAYERS


@click.command("new")
@click.argument("rule_id", metavar="ID")
@click.option(
    "--rules",
    "overlay",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Begin it in this directory of your own rules (made where there is none).",
)
@click.option("--title", default="", help="Its line in lists (default: the id in words).")
@click.option(
    "--layer",
    type=click.Choice(LAYERS),
    default="report",
    show_default=True,
    help="Without --rules: the directory of logic/ that it goes to.",
)
def new_command(rule_id: str, overlay: Path | None, title: str, layer: str) -> None:
    """Begin a rule: a file with its header and a test file, both of which run as they stand."""
    known = [overlay] if overlay is not None and any(overlay.rglob("*.lp")) else []
    book = load_rulebook(None, known)
    made = begin(book, rule_id, title=title, overlay=overlay, layer=layer)
    added = f" --rules {overlay}" if overlay is not None else ""
    click.echo(f"{made.rule}\n{made.test}\n\nNow change both, and run:")
    click.echo(f"  infusion-asp rules lint{added}")
    click.echo(f"  infusion-asp rules test{added} {made.test}")
