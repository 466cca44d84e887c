"""Owns the command `verify`: records with billed lines in, verified claims out, in order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import click

from infusion_asp.cli.code import LINES, run
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
from infusion_asp.cli.run import Coded, Job
from infusion_asp.cli.sink import colored
from infusion_asp.model import Encounter
from infusion_asp.render import FORMATS

if TYPE_CHECKING:
    from infusion_asp.verify import Verifier


@dataclass(frozen=True)
class VerifyJob(Job):
    """How every claim of a run is verified; `ask`: with questions to the clinician."""

    ask: bool = True

    @cached_property
    def verifier(self) -> Verifier:
        """What verifies every claim."""
        from infusion_asp.verify import Verifier  # noqa: PLC0415

        return Verifier(self.coder)

    def code(self, encounter: Encounter) -> Coded:
        """The verification of one claim."""
        return self.verifier.verify(encounter, full=self.full)

    def code_many(self, encounters: Sequence[Encounter]) -> list[Coded]:
        """The verifications of several claims, solved together."""
        return list(self.verifier.verify_many(encounters, full=self.full, ask=self.ask))


@click.command("verify")
@files_argument
@from_option
@profile_option
@policy_option
@rules_option
@format_option(FORMATS)
@output_option
@fail_on_option("warning")
@seconds_option
@click.option("--full", is_flag=True, help="List every way to read a wrong claim, and policies.")
@click.option(
    "--queries/--no-queries",
    "ask",
    default=None,
    help="Questions to the clinician for wrong claims; default: unless all input is JSONL.",
)
@templates_option
@pages_option
@color_option
def verify_command(
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
    ask: bool | None,
    templates: Path | None,
    pages: str,
    no_color: bool,
) -> None:
    """Verify the billed lines of each FILE: JSON, JSONL or YAML; - is standard input.

    A record that can't be verified leaves an error in its place, and the exit code is 2.
    """
    job = VerifyJob.prepared(profile, policies, overlays, full=full, explain=False, seconds=seconds)
    if ask is None:
        ask = form != "jsonl" and not all(Path(each).suffix.lower() in LINES for each in files)
    job = replace(job, ask=ask)
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
