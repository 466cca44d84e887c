"""Owns the command `batch`: files of any size in, tables out."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import click

from infusion_asp.batch.parts import SIZE
from infusion_asp.cli.failures import CLEAN, FAILED, FOUND, say
from infusion_asp.cli.options import (
    LEVELS,
    from_option,
    policy_option,
    profile_option,
    rules_option,
)

if TYPE_CHECKING:
    from infusion_asp.batch.work import Explain

_FAIL_ON = {"code": "error", "verify": "warning"}
_ABOVE_ZERO = click.IntRange(min=1)


@click.command("batch")
@click.argument("inputs", metavar="INPUT...", nargs=-1, required=True)
@click.option(
    "--out",
    "-o",
    required=True,
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write the tables to this directory.",
)
@click.option(
    "--task",
    type=click.Choice(("verify", "code")),
    default="verify",
    show_default=True,
    help="Verify the billed lines, or code the records alone.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(("parquet", "csv", "jsonl")),
    default="parquet",
    show_default=True,
    help="Of the tables.",
)
@from_option
@profile_option
@policy_option
@rules_option
@click.option(
    "--explain",
    type=click.Choice(("none", "words", "findings", "all")),
    default="words",
    show_default=True,
    help="The words of claim findings; with the reasons of lines for encounters with findings, or "
    "for all.",
)
@click.option(
    "--fail-on",
    type=click.Choice(LEVELS),
    help="Exit with 1 when a finding has this level or a higher one (default: code error, verify "
    "warning).",
)
@click.option("--no-records", is_flag=True, help="Keep no copy of the records in the tables.")
@click.option("--resume", is_flag=True, help="Go on with a run that was broken off.")
@click.option("--overwrite", is_flag=True, help="Begin anew where a run was broken off.")
@click.option(
    "--workers", type=_ABOVE_ZERO, metavar="N", help="Processes (default: the cores it may use)."
)
@click.option(
    "--seconds",
    type=click.FloatRange(min=0, min_open=True),
    default=60.0,
    show_default=True,
    help="Longest time for one record.",
)
@click.option(
    "--memory",
    type=click.IntRange(min=256),
    default=4096,
    show_default=True,
    metavar="MB",
    help="Address space of one worker.",
)
@click.option(
    "--part-size",
    type=click.IntRange(1, 100_000),
    default=SIZE,
    show_default=True,
    help="Most records that are solved and kept together.",
)
@click.option(
    "--longest-record",
    type=_ABOVE_ZERO,
    metavar="BYTES",
    help="A longer record is an error (default: 8 MiB).",
)
@click.option(
    "--most-administrations",
    type=_ABOVE_ZERO,
    default=2000,
    show_default=True,
    help="A record with more is an error.",
)
@click.option(
    "--cache",
    type=click.Choice(("auto", "on", "off")),
    default="auto",
    show_default=True,
    help="Use answers again for encounters equal but for ids and days (auto: where it pays).",
)
@click.option("--quiet", "-q", is_flag=True, help="No progress and no summary.")
def batch_command(
    inputs: Sequence[str],
    out: Path,
    task: str,
    form: str,
    kind: str | None,
    profile: str | None,
    policies: Sequence[tuple[str, str]],
    overlays: Sequence[Path],
    explain: Explain,
    fail_on: str | None,
    no_records: bool,
    resume: bool,
    overwrite: bool,
    workers: int | None,
    seconds: float,
    memory: int,
    part_size: int,
    longest_record: int | None,
    most_administrations: int,
    cache: str,
    quiet: bool,
) -> None:
    """Code or verify every record of each INPUT, and write the results as tables.

    INPUT is a file, a directory, a glob, or - for standard input: JSONL, JSON, CSV or Parquet.
    A record that can't be answered is in the table `errors`, and the exit code is 2.
    """
    if find_spec("pyarrow") is None:
        say("'batch' needs pyarrow, which is not installed", "pip install 'infusion-asp[batch]'")
        raise click.exceptions.Exit(FAILED)
    if resume and overwrite:
        raise click.UsageError("--resume and --overwrite exclude each other")
    from infusion_asp.batch.cores import usable_cores  # noqa: PLC0415
    from infusion_asp.batch.hand import prepare  # noqa: PLC0415
    from infusion_asp.batch.inputs import converted_sources_of, sources_of  # noqa: PLC0415
    from infusion_asp.batch.inputs.limits import LONGEST  # noqa: PLC0415
    from infusion_asp.batch.job import Limits  # noqa: PLC0415
    from infusion_asp.batch.run import Plan, run  # noqa: PLC0415
    from infusion_asp.batch.stopping import Stopping  # noqa: PLC0415
    from infusion_asp.batch.work import Options  # noqa: PLC0415
    from infusion_asp.cli.batch_conversion import conversion_for, tell_conversion  # noqa: PLC0415
    from infusion_asp.cli.batch_progress import progress_to  # noqa: PLC0415
    from infusion_asp.cli.batch_summary import summary_lines  # noqa: PLC0415

    prepare(("infusion_asp.batch.work",))
    options = Options(
        "code" if task == "code" else "verify",
        profile,
        tuple(sorted(policies)),
        tuple(overlays),
        seconds if overlays else None,
        explain,
        not no_records,
        most_administrations,
    )
    options()  # refuses an unknown profile or policy before anything is read
    conversion = conversion_for(kind, inputs)
    plan = Plan(
        converted_sources_of(inputs) if conversion else sources_of(inputs),
        options,
        out,
        "csv" if form == "csv" else "jsonl" if form == "jsonl" else "parquet",
        part_size,
        longest_record or LONGEST,
        Limits(workers or usable_cores(), seconds, memory),
        resume,
        overwrite,
        "on" if cache == "on" else "off" if cache == "off" else "auto",
        conversion,
    )
    with Stopping() as stopping, progress_to(quiet) as tell:
        ended = run(plan, stopping, tell)
        code = stopping.exit_code
    if not ended.whole:
        if not quiet:
            click.echo(
                f"stopped: {ended.parts:,} finished parts are kept; the same command with "
                "--resume goes on",
                err=True,
            )
        raise click.exceptions.Exit(code)
    tell_conversion(conversion, out, quiet=quiet)
    if not quiet:
        for line in summary_lines(ended, task, out, form):
            click.echo(line)
    counts = ended.counts
    if not counts.adds_up:
        say("records and results do not add up", "please report it with the command used")
    if counts.failed:
        if not quiet:
            number = f"{counts.failed:,} of {counts.records:,} records"
            click.echo(f"error: {number} not {_DONE[task]}", err=True)
        raise click.exceptions.Exit(FAILED)
    reached = counts.reaches(fail_on or _FAIL_ON[task])
    raise click.exceptions.Exit(FOUND if reached else CLEAN)


_DONE = {"code": "coded", "verify": "verified"}
