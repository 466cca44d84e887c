"""Owns the options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from infusion_asp.render.addresses import pages_at

LEVELS = ("info", "warning", "error", "never")

rules_option = click.option(
    "--rules",
    "overlays",
    metavar="DIR",
    multiple=True,
    type=click.Path(exists=True, path_type=Path),
    help="Load this directory of rules after the shipped ones (repeatable).",
)


class PolicyOption(click.ParamType[tuple[str, str]]):
    """`name=value`."""

    name = "name=value"

    def convert(self, value: Any, param: Any, ctx: Any) -> tuple[str, str]:
        """Split at the first equals sign."""
        if isinstance(value, tuple):
            return value
        name, sign, chosen = str(value).partition("=")
        if not (sign and name.strip() and chosen.strip()):
            self.fail(f"'{value}' is not name=value", param, ctx)
        return name.strip(), chosen.strip()


class PagesOption(click.ParamType[str]):
    """Where `rules docs` has written: an address, a directory, or a single page."""

    name = "address"

    def convert(self, value: Any, param: Any, ctx: Any) -> str:
        """The address without its last slash; a path becomes a file address."""
        try:
            return pages_at(str(value)) if value else ""
        except ValueError as error:
            self.fail(str(error), param, ctx)


files_argument = click.argument("files", metavar="FILE...", nargs=-1, required=True)
from_option = click.option(
    "--from",
    "kind",
    metavar="KIND",
    help="Convert each FILE first: mar, fhir, x12, hl7, mimic, mimic-emar; options of the kind "
    "behind a colon, mar:preset=epic.",
)
profile_option = click.option(
    "--profile", metavar="NAME", help="Use this profile instead of the payer's."
)
policy_option = click.option(
    "--policy",
    "policies",
    metavar="NAME=VALUE",
    multiple=True,
    type=PolicyOption(),
    help="Choose the value of a policy (repeatable).",
)
output_option = click.option(
    "--output", "-o", type=click.Path(path_type=Path), help="Write to this file."
)
seconds_option = click.option(
    "--seconds",
    type=click.FloatRange(min=0, min_open=True),
    help="Longest time for one record under --rules (default: 60).",
)
templates_option = click.option(
    "--templates",
    metavar="DIR",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Templates that take the place of the shipped ones of the same name.",
)
pages_option = click.option(
    "--docs",
    "pages",
    metavar="ADDRESS",
    default="",
    type=PagesOption(),
    help="Link findings to the pages of `rules docs` there (html, markdown, sarif).",
)
color_option = click.option("--no-color", is_flag=True, help="No colours; NO_COLOR does the same.")


def format_option(formats: tuple[str, ...]) -> Callable[[Any], Any]:
    """`--format`, one of `formats`."""
    return click.option(
        "--format",
        "form",
        type=click.Choice(formats),
        help="Default: jsonl where all input is JSONL, else text.",
    )


def fail_on_option(default: str) -> Callable[[Any], Any]:
    """`--fail-on`, with the level that a command fails on by itself."""
    return click.option(
        "--fail-on",
        type=click.Choice(LEVELS),
        default=default,
        show_default=True,
        help="Exit with 1 when a finding has this level or a higher one.",
    )
