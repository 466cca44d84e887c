"""Owns the options that several commands share."""

from __future__ import annotations

from pathlib import Path

import click

rules_option = click.option(
    "--rules",
    "overlays",
    metavar="DIR",
    multiple=True,
    type=click.Path(exists=True, path_type=Path),
    help="Load this directory of rules after the shipped ones (repeatable).",
)
