"""Owns the command `code`: records in, coded claims out, in the same order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from infusion_asp.cli.failures import CLEAN, FAILED, FOUND
from infusion_asp.cli.options import (
    color_option,
    fail_on_option,
    files_argument,
    format_option,
    from_option,
    output_option,
    pages_option,
    policy_option,
    profile_option,
    rules_option,
    seconds_option,
    templates_option,
)
from infusion_asp.cli.run import Job, Tally, records, results
from infusion_asp.cli.sink import colored, sink, width_of_terminal
from infusion_asp.model import Record
from infusion_asp.render import FORMATS, SOURCED, STREAMED, render, streamed

if TYPE_CHECKING:
    from infusion_asp.ingest.kinds import Conversion

LINES = (".jsonl", ".ndjson")


@click.command("code")
@files_argument
@from_option
@profile_option
@policy_option
@rules_option
@format_option(FORMATS)
@output_option
@fail_on_option("error")
@seconds_option
@click.option("--full", is_flag=True, help="Give whole proofs, and the policies in effect.")
@click.option("--no-reasons", is_flag=True, help="Leave the reasons out, which is faster.")
@templates_option
@pages_option
@color_option
def code_command(
    files: Sequence[str],
    kind: str | None,
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
    pages: str,
    no_color: bool,
) -> None:
    """Code the encounters of each FILE: JSON (one or a list), JSONL or YAML; - is standard input.

    A record that can't be coded leaves an error in its place, and the exit code is 2.
    """
    job = Job.prepared(
        profile, policies, overlays, full=full, explain=not no_reasons, seconds=seconds
    )
    run(
        job,
        files,
        form,
        output,
        fail_on,
        templates=templates,
        color=colored(no_color, output),
        pages=pages,
        kind=kind,
    )


def run(
    job: Job,
    files: Sequence[str],
    form: str | None,
    output: Path | None,
    fail_on: str,
    *,
    templates: Path | None,
    color: bool,
    pages: str = "",
    kind: str | None = None,
) -> None:
    """Write what `job` makes of every record, and end with the exit code that it deserves."""
    conversion = None if kind is None else _conversion(kind, files)
    found, read = _form(form, files, records(files, conversion))
    tally = Tally(sourced=found in SOURCED)
    coded = results(job, tally.reading(read), tally)
    with sink(output) as write:
        if found in STREAMED:
            for piece in streamed(coded, found, tally.sources(), job.rulebook):
                write(piece)
        else:
            page = render(
                list(coded),
                found,
                templates=templates,
                color=color,
                width=width_of_terminal() if output is None else 80,
                full=job.full,
                many=tally.listed or len(files) > 1 or tally.read != 1,
                sources=tally.sources(),
                rulebook=job.rulebook,
                fail_on=fail_on,
                pages=pages,
            )
            write(page)
    for told in conversion.report.summary() if conversion else ():
        click.echo(told, err=True)
    for complaint in tally.complaints():
        click.echo(complaint, err=True)
    if tally.failed:
        raise click.exceptions.Exit(FAILED)
    raise click.exceptions.Exit(FOUND if tally.reaches(fail_on) else CLEAN)


def _conversion(kind: str, files: Sequence[str]) -> Conversion:
    from infusion_asp.ingest.kinds import conversion_of  # noqa: PLC0415

    return conversion_of(kind, files)


def _form(
    asked: str | None, files: Sequence[str], read: Iterator[Record]
) -> tuple[str, Iterator[Record]]:
    """The format to write: the one asked for, jsonl where all input is JSONL, else text.

    Standard input is JSONL when its first line is a whole record.
    """
    if asked is not None:
        return asked, read
    named = [each for each in files if each != "-"]
    if any(Path(each).suffix.lower() not in LINES for each in named):
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
