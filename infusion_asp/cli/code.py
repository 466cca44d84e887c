"""Owns the command `code`: records in, coded claims out, in the same order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click

from infusion_asp.cli.failures import CLEAN, FAILED, FOUND
from infusion_asp.cli.options import rules_option
from infusion_asp.cli.run import Job, Tally, records, results
from infusion_asp.cli.sink import colored, sink, width_of_terminal
from infusion_asp.model import Record
from infusion_asp.render import FORMATS, render, render_lines

_LINES = (".jsonl", ".ndjson")
LEVELS = ("info", "warning", "error", "never")


class _Policy(click.ParamType[tuple[str, str]]):
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


@click.command("code")
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@click.option("--profile", metavar="NAME", help="Use this profile instead of the payer's.")
@click.option(
    "--policy",
    "policies",
    metavar="NAME=VALUE",
    multiple=True,
    type=_Policy(),
    help="Choose the value of a policy (repeatable).",
)
@rules_option
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    help="Default: jsonl where all input is JSONL, else text.",
)
@click.option("--output", "-o", type=click.Path(path_type=Path), help="Write to this file.")
@click.option(
    "--fail-on",
    type=click.Choice(LEVELS),
    default="error",
    show_default=True,
    help="Exit with 1 when a finding has this level or a higher one.",
)
@click.option(
    "--seconds",
    type=click.FloatRange(min=0, min_open=True),
    help="Longest time for one record under --rules (default: 60).",
)
@click.option("--full", is_flag=True, help="Give whole proofs, and the policies in effect.")
@click.option("--no-reasons", is_flag=True, help="Leave the reasons out, which is faster.")
@click.option(
    "--templates",
    metavar="DIR",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Templates that take the place of the shipped ones of the same name.",
)
@click.option("--no-color", is_flag=True, help="No colours; NO_COLOR does the same.")
def code_command(
    files: Sequence[str],
    profile: str | None,
    policies: Sequence[tuple[str, str]],
    overlays: Sequence[Path],
    form: str | None,
    output: Path | None,
    fail_on: str,
    seconds: float | None,
    full: bool,
    no_reasons: bool,
    templates: Path | None,
    no_color: bool,
) -> None:
    """Code the encounters of each FILE: JSON (one or a list), JSONL or YAML; - is standard input.

    A record that can't be coded leaves an error in its place, and the exit code is 2.
    """
    job = Job.prepared(
        profile, policies, overlays, full=full, explain=not no_reasons, seconds=seconds
    )
    found, read = _form(form, files, records(files))
    tally = Tally()
    coded = results(job, tally.reading(read), tally)
    with sink(output) as write:
        if found == "jsonl":
            for line in render_lines(coded):
                write(line)
        else:
            page = render(
                list(coded),
                found,
                templates=templates,
                color=colored(no_color, output),
                width=width_of_terminal() if output is None else 80,
                full=full,
                many=tally.listed or len(files) > 1 or tally.read != 1,
            )
            write(page)
    for complaint in tally.complaints():
        click.echo(complaint, err=True)
    if tally.failed:
        raise click.exceptions.Exit(FAILED)
    raise click.exceptions.Exit(FOUND if tally.reaches(fail_on) else CLEAN)


def _form(
    asked: str | None, files: Sequence[str], read: Iterator[Record]
) -> tuple[str, Iterator[Record]]:
    """The format to write: the one asked for, jsonl where all input is JSONL, else text.

    Standard input is JSONL when its first line is a whole record.
    """
    if asked is not None:
        return asked, read
    named = [each for each in files if each != "-"]
    if any(Path(each).suffix.lower() not in _LINES for each in named):
        return "text", read
    if len(named) == len(files):
        return "jsonl", read
    kept = list(read) if named else []
    if named:
        return ("jsonl" if all(each.form == "jsonl" for each in kept) else "text"), iter(kept)
    first = next(read, None)
    if first is None:
        return "jsonl", iter(())
    return ("jsonl" if first.form == "jsonl" else "text"), _again(first, read)


def _again(first: Record, others: Iterator[Record]) -> Iterator[Record]:
    yield first
    yield from others
