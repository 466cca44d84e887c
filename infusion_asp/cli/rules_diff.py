"""Owns the command `rules diff`: where two rulebooks answer otherwise, or that they do nowhere."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import click

from infusion_asp.author.comparing.compare import Limits, compare
from infusion_asp.author.comparing.page import FORMATS, page
from infusion_asp.author.comparing.places import rules_at
from infusion_asp.author.comparing.report import Report
from infusion_asp.cli.failures import CLEAN, FOUND
from infusion_asp.cli.options import output_option
from infusion_asp.model.reading import read_many


@click.command("diff")
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@click.option(
    "--encounters",
    "files",
    multiple=True,
    metavar="FILE",
    help="Say how many of these encounters change, in which codes, and the money (repeatable).",
)
@click.option("--administrations", default=2, show_default=True, help="Bound of the proof.")
@click.option("--seconds", default=20.0, show_default=True, help="Wall clock of each search.")
@click.option("--megabytes", default=4096, show_default=True, help="Memory of each process.")
@click.option("--out", type=click.Path(path_type=Path), help="Write the encounters to this place.")
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", show_default=True)
@output_option
def diff_command(
    old: str,
    new: str,
    files: Sequence[str],
    administrations: int,
    seconds: float,
    megabytes: int,
    out: Path | None,
    form: str,
    output: Path | None,
) -> None:
    """Compare two rulebooks: directories, or git revisions of logic/.

    Shows the smallest encounter for each kind of difference, an encounter without an answer
    first, with both answers and their reasons; or proves that there is none within the bound.
    Ends with 1 where the rulebooks differ.
    """
    records = [record.data for record in read_many(files) if record.data is not None]
    with rules_at(old) as one, rules_at(new) as other:
        report = compare(
            one,
            other,
            names=(old, new),
            limits=Limits(seconds, megabytes, administrations),
            records=records,
        )
    _write(report, out)
    text = page(report, form)
    if output is None:
        click.echo(text, nl=False)
    else:
        output.write_text(text, encoding="utf-8")
    raise click.exceptions.Exit(FOUND if report.differs else CLEAN)


def _write(report: Report, out: Path | None) -> None:
    """Each encounter as a file: `out` itself where it ends in .json, else a directory."""
    if out is None or not report.differences:
        return
    if out.suffix == ".json":
        places = [out]
    else:
        out.mkdir(parents=True, exist_ok=True)
        places = [out / f"{each.kind}.json" for each in report.differences]
    for place, each in zip(places, report.differences, strict=False):
        text = json.dumps(each.encounter, indent=2, ensure_ascii=False)
        place.write_text(text + "\n", encoding="utf-8")
