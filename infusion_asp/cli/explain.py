"""Owns the command `explain`: questions about encounters in, answers out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from infusion_asp.cli.failures import CLEAN, FAILED
from infusion_asp.cli.options import (
    color_option,
    output_option,
    policy_option,
    profile_option,
    rules_option,
    seconds_option,
    templates_option,
)
from infusion_asp.cli.run import Job, records
from infusion_asp.cli.sink import colored, sink, width_of_terminal
from infusion_asp.engine.errors import EngineError
from infusion_asp.model import ErrorBody, ErrorRecord, InputError, Record
from infusion_asp.render.explanation import FORMATS, render_explanations

if TYPE_CHECKING:
    from infusion_asp.explain import Explainer, Questions
    from infusion_asp.model import Explanation


@click.command("explain")
@click.argument("source", metavar="ENCOUNTER")
@click.option(
    "--why", metavar="CODE", multiple=True, help="Why this code is reported (repeatable)."
)
@click.option(
    "--why-not", metavar="CODE", multiple=True, help="Why this code is not reported (repeatable)."
)
@click.option("--for", "administration", metavar="ADMIN", help="Ask --why-not for this one.")
@click.option(
    "--edges", is_flag=True, help="The nearest change of each time and attribute that alters lines."
)
@click.option(
    "--policies",
    "authorities",
    is_flag=True,
    help="The policies of which another value would change the lines.",
)
@click.option(
    "--what-if",
    metavar="PATH=VALUE",
    multiple=True,
    help="The lines if this were charted, as a1.stop=10:47 (repeatable, made together).",
)
@profile_option
@policy_option
@rules_option
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", help="Default: text.")
@output_option
@seconds_option
@click.option("--full", is_flag=True, help="Give whole proofs.")
@templates_option
@color_option
def explain_command(
    source: str,
    why: Sequence[str],
    why_not: Sequence[str],
    administration: str | None,
    edges: bool,
    authorities: bool,
    what_if: Sequence[str],
    profile: str | None,
    policies: Sequence[tuple[str, str]],
    overlays: Sequence[Path],
    form: str,
    output: Path | None,
    seconds: float | None,
    full: bool,
    templates: Path | None,
    no_color: bool,
) -> None:
    """Explain the coding of ENCOUNTER (JSON, JSONL or YAML; - is standard input).

    Without a question: why each line is reported, and the edges. A record that can't be read or
    coded leaves an error in its place, and the exit code is 2.
    """
    if administration is not None and not why_not:
        raise click.UsageError("--for names the administration of --why-not; give both")
    from infusion_asp.explain import Explainer, Questions  # noqa: PLC0415

    job = Job.prepared(profile, policies, overlays, full=full, explain=True, seconds=seconds)
    explainer = Explainer(job.coder)
    asked = Questions(why, why_not, administration, edges, authorities, what_if, full)
    read = list(records([source]))
    found = [_answered(explainer, record, asked, alone=len(read) == 1) for record in read]
    with sink(output) as write:
        write(
            render_explanations(
                found,
                form,
                templates=templates,
                color=colored(no_color, output),
                width=width_of_terminal() if output is None else 80,
                full=full,
                many=len(read) != 1 or read[0].listed,
            )
        )
    failed = sum(isinstance(each, ErrorRecord) for each in found)
    if failed:
        click.echo(f"error: {failed} of {len(read)} records not explained", err=True)
    raise click.exceptions.Exit(FAILED if failed else CLEAN)


def _answered(
    explainer: Explainer, record: Record, asked: Questions, *, alone: bool
) -> Explanation | ErrorRecord:
    """The answers about one record; a record that can't be read leaves its error.

    What can't be asked of a record ends the run where it stands `alone`.
    """
    try:
        encounter = record.encounter()
    except InputError as error:
        return ErrorRecord.of(record.encounter_id, error)
    try:
        return explainer.explain(encounter, asked)
    except InputError as error:
        if alone:
            raise
        return ErrorRecord.of(record.encounter_id, error)
    except EngineError as error:
        body = ErrorBody(path="$", message=error.message, help=error.help)
        return ErrorRecord(encounter_id=record.encounter_id, error=body)
