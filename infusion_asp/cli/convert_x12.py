"""Owns the command `convert x12`: 837 claims into claim-only encounters."""

from __future__ import annotations

from pathlib import Path

import click

from infusion_asp.cli.conversion import conversion_options, inputs_argument, write_encounters


@click.command("x12")
@inputs_argument
@click.option("--payer", metavar="NAME", help="Profile of every claim; else by the claim.")
@click.option(
    "--inpatient",
    is_flag=True,
    help="Keep inpatient bills, which are otherwise counted and left out.",
)
@click.option(
    "--join",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Join the claims to the encounters of this file (JSONL).",
)
@click.option(
    "--join-by",
    type=click.Choice(["patient_control_number", "medical_record_number"]),
    default="patient_control_number",
    show_default=True,
    help="The number of a claim that is the encounter_id in the joined file.",
)
@conversion_options
def x12_command(
    inputs: tuple[Path, ...],
    payer: str | None,
    inpatient: bool,
    join: Path | None,
    join_by: str,
    output: Path | None,
    report_file: Path | None,
    strict: bool,
) -> None:
    """Convert 837 claims, professional and institutional, to encounters.

    A claim becomes one encounter with its service lines as billed lines.
    """
    from infusion_asp.ingest.x12 import KIND  # noqa: PLC0415

    options = {"inpatient": "yes" if inpatient else "no", "join_by": join_by}
    if payer:
        options["payer"] = payer
    if join is not None:
        options["join"] = str(join)
    write_encounters(KIND, inputs, options, output=output, report_file=report_file, strict=strict)
