"""Owns the command `convert hl7`: RAS and DFT messages into encounters."""

from __future__ import annotations

from pathlib import Path

import click

from infusion_asp.cli.conversion import conversion_options, inputs_argument, write_encounters
from infusion_asp.model.terms import SETTINGS


@click.command("hl7")
@inputs_argument
@click.option(
    "--equal-end",
    type=click.Choice(["missing", "zero"]),
    default="missing",
    show_default=True,
    help="What an end equal to the start means: a missing stop, or zero minutes.",
)
@click.option(
    "--encounter",
    type=click.Choice(["visit", "account"]),
    default="visit",
    show_default=True,
    help="The number that makes an encounter: PV1-19 or PID-18.",
)
@click.option(
    "--route",
    "routes",
    metavar="CODE=ROUTE",
    multiple=True,
    help="What a local code of RXR-1 means, like IVPORT=intravenous; repeatable.",
)
@click.option("--setting", type=click.Choice(SETTINGS), help="Setting of every encounter.")
@click.option("--payer", metavar="NAME", help="Profile of every encounter.")
@click.option("--inpatient", is_flag=True, help="Keep messages of inpatients (PV1-2 is I).")
@conversion_options
def hl7_command(
    inputs: tuple[Path, ...],
    equal_end: str,
    encounter: str,
    routes: tuple[str, ...],
    setting: str | None,
    payer: str | None,
    inpatient: bool,
    output: Path | None,
    report_file: Path | None,
    strict: bool,
) -> None:
    """Convert HL7 v2 messages to encounters, one for each visit.

    RAS^O17 gives administrations, DFT^P03 billed lines; corrections and deletions are applied.
    Files hold MLLP frames or plain messages.
    """
    from infusion_asp.ingest.hl7 import KIND  # noqa: PLC0415

    options = {
        "equal_end": equal_end,
        "encounter": encounter,
        "inpatient": "yes" if inpatient else "no",
        "routes": ",".join(routes),
        "setting": setting or "facility",
        "payer": payer or "",
    }
    write_encounters(KIND, inputs, options, output=output, report_file=report_file, strict=strict)
