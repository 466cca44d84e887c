"""Owns the command `convert fhir`: FHIR R4 resources into encounters."""

from __future__ import annotations

from pathlib import Path

import click

from infusion_asp.cli.conversion import conversion_options, inputs_argument, write_encounters


@click.command("fhir")
@inputs_argument
@click.option(
    "--setting",
    type=click.Choice(["facility", "professional"]),
    default="facility",
    show_default=True,
    help="Setting where no claim says it.",
)
@click.option("--payer", metavar="NAME", help="Profile of every encounter.")
@click.option(
    "--timezone",
    metavar="ZONE",
    help="Put all times into this zone, such as America/New_York.",
)
@click.option(
    "--equal-end",
    type=click.Choice(["zero", "missing"]),
    default="zero",
    show_default=True,
    help="What an end equal to the start means: zero minutes, or no end.",
)
@click.option(
    "--join",
    type=click.Choice(["reference", "patient-day"]),
    default="reference",
    show_default=True,
    help="How a claim finds its encounter: by its reference alone, or by patient and days too.",
)
@click.option(
    "--inpatient",
    is_flag=True,
    help="Keep inpatient bills, which are otherwise counted and left out.",
)
@conversion_options
def fhir_command(
    inputs: tuple[Path, ...],
    setting: str,
    payer: str | None,
    timezone: str | None,
    equal_end: str,
    join: str,
    inpatient: bool,
    output: Path | None,
    report_file: Path | None,
    strict: bool,
) -> None:
    """Convert FHIR R4 resources to encounters: NDJSON, Bundles, or single resources.

    Administrations and claims are put together by the Encounter that they refer to.
    """
    from infusion_asp.ingest.fhir import KIND  # noqa: PLC0415

    options = {"setting": setting, "equal_end": equal_end, "join": join}
    options["inpatient"] = "yes" if inpatient else "no"
    if payer:
        options["payer"] = payer
    if timezone:
        options["timezone"] = timezone
    write_encounters(KIND, inputs, options, output=output, report_file=report_file, strict=strict)
