"""Owns the command group: its commands, its version, and what happens when one fails."""

from __future__ import annotations

import click

import infusion_asp
from infusion_asp.cli.batch import batch_command
from infusion_asp.cli.code import code_command
from infusion_asp.cli.convert import convert_group
from infusion_asp.cli.deidentify import deidentify_command
from infusion_asp.cli.explain import explain_command
from infusion_asp.cli.failures import Group
from infusion_asp.cli.report import report_command
from infusion_asp.cli.rules import profiles_command, rules_group
from infusion_asp.cli.rules_coverage import coverage_command
from infusion_asp.cli.rules_diff import diff_command
from infusion_asp.cli.rules_docs import docs_command
from infusion_asp.cli.rules_lint import lint_command
from infusion_asp.cli.rules_mutate import mutate_command
from infusion_asp.cli.rules_profile import profile_command
from infusion_asp.cli.rules_prove import prove_command
from infusion_asp.cli.rules_test import test_command
from infusion_asp.cli.schema import schema_command
from infusion_asp.cli.serve import serve_command
from infusion_asp.cli.tables import tables_group
from infusion_asp.cli.verify import verify_command

_HELP = """Code injections and infusions from the clock times of the record, with reasons.

Exit codes: 0 clean or only findings below --fail-on, 1 findings at or above it, 2 the tool or the
input failed.
"""


@click.group(cls=Group, help=_HELP, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=lambda context, _, asked: _version(context) if asked else None,
    help="Show the versions of the program and of its rulebook, and the rulebook's digest.",
)
def main() -> None:
    """Run a command."""


def _version(context: click.Context) -> None:
    from infusion_asp.rulebook import load_rulebook  # noqa: PLC0415

    click.echo(f"infusion-asp {infusion_asp.__version__}")
    rulebook = load_rulebook()
    click.echo(f"rulebook {rulebook.version} sha256:{rulebook.digest}")
    context.exit()


main.add_command(batch_command)
main.add_command(code_command)
main.add_command(convert_group)
main.add_command(deidentify_command)
main.add_command(explain_command)
main.add_command(profiles_command)
main.add_command(report_command)
main.add_command(rules_group)
rules_group.add_command(docs_command)
rules_group.add_command(profile_command)
rules_group.add_command(lint_command)
rules_group.add_command(prove_command)
rules_group.add_command(diff_command)
rules_group.add_command(coverage_command)
rules_group.add_command(mutate_command)
rules_group.add_command(test_command)
main.add_command(schema_command)
main.add_command(serve_command)
main.add_command(tables_group)
main.add_command(verify_command)
