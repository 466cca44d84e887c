"""Owns the command `rules coverage`: which rules fire over the tests, or over encounters."""

from __future__ import annotations

import json
import sys
import textwrap
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import click

from infusion_asp.author.guard import EACH, SECONDS, guarded, time_for
from infusion_asp.author.testing.bench import Bench, Prepared
from infusion_asp.author.testing.coverage import (
    FIRED,
    NOT_FIRED,
    ONE_BRANCH,
    Covered,
    below,
    coverage,
)
from infusion_asp.author.testing.files import read_all, test_files
from infusion_asp.author.testing.notation import Case
from infusion_asp.author.testing.running import prepare
from infusion_asp.cli.options import rules_option
from infusion_asp.model import InputError, read_many
from infusion_asp.rulebook import load_rulebook


@click.command("coverage")
@click.argument("paths", metavar="[PATH]...", nargs=-1, type=click.Path(path_type=Path))
@rules_option
@click.option(
    "--encounters",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Cover by this file of encounters in place of tests (repeatable).",
)
@click.option(
    "--threshold",
    type=click.FloatRange(0, 100),
    help="End with 1 where less than this percentage of a rule's statements fired.",
)
@click.option("--all", "every", is_flag=True, help="List the rules that fired too.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@click.option(
    "--seconds",
    type=click.FloatRange(min=0, min_open=True),
    help=f"Longest time for the run (default: {SECONDS:g}, and {EACH:g} for each case).",
)
def coverage_command(
    paths: Sequence[Path],
    overlays: Sequence[Path],
    encounters: Sequence[Path],
    threshold: float | None,
    every: bool,
    form: str,
    seconds: float | None,
) -> None:
    """Say of each rule whether it fired, did not, or fired only in some branch of a policy.

    A rule may have several statements; its coverage is the share of them that fired.
    """
    book = load_rulebook(None, overlays)
    bench = Bench(book, overlays)
    lying = _encounters(bench, encounters) if encounters else _tests(bench, paths)
    found = guarded(
        book, lambda: _plain(coverage(bench.models(lying))), seconds=seconds or time_for(len(lying))
    )
    rules = [
        Covered(rule, fired, branches, tuple(str(each) for each in rule.statements))
        for rule, (fired, branches) in zip(book.rules, found, strict=True)
    ]
    low = below(rules, threshold) if threshold is not None else []
    if form == "json":
        click.echo(json.dumps([_data(each) for each in rules], indent=2))
    else:
        _show(rules, low, every, len(lying))
    if low:
        sys.exit(1)


def _plain(found: Sequence[Covered]) -> list[tuple[tuple[int, ...], tuple[str, ...]]]:
    """What the child hands over: rules hold syntax trees, which stay here."""
    return [(each.fired, each.branches) for each in found]


def _tests(bench: Bench, paths: Sequence[Path]) -> list[Prepared]:
    return prepare(bench, read_all(test_files(paths)))


def _encounters(bench: Bench, files: Sequence[Path]) -> list[Prepared]:
    found: list[Prepared] = []
    refused = 0
    for record in read_many(files):
        try:
            value = record.encounter()
        except InputError:
            refused += 1
            continue
        claim: dict[str, object] = {"billed": []} if "billed" in value.model_fields_set else {}
        found.append(bench.on_bench(Case(name=value.encounter_id, encounter=claim), value))
    if refused:
        click.echo(f"{refused} records are refused and left out", err=True)
    return found


def _show(rules: Sequence[Covered], low: Sequence[Covered], every: bool, count: int) -> None:
    for each in rules:
        if every or each.status != FIRED or each in low:
            most = max(each.fired)
            statements = f"{sum(n > 0 for n in each.fired)}/{len(each.fired)} statements"
            click.echo(f"{each.status:<11} {each.rule.id:<36} {statements:>17} {most:>6} times")
            for branch in each.branches:
                click.echo(f"            never where {branch}")
            for line, text in each.silent:
                said = textwrap.shorten(f"{each.rule.file}:{line}: {text}", 68, placeholder=" …")
                click.echo(f"            {said}")
    tally = Counter(each.status for each in rules)
    total = sum(len(each.fired) for each in rules)
    fired = sum(n > 0 for each in rules for n in each.fired)
    click.echo(
        f"{len(rules)} rules over {count} encounters: {tally[FIRED]} fired, "
        f"{tally[ONE_BRANCH]} in one branch only, {tally[NOT_FIRED]} not; "
        f"{fired} of {total} statements"
    )
    if low:
        names = ", ".join(each.rule.id for each in low)
        click.echo(textwrap.fill(f"below the threshold: {names}", 80, subsequent_indent="  "))


def _data(each: Covered) -> dict[str, object]:
    return {
        "rule": each.rule.id,
        "file": each.rule.file,
        "line": each.rule.line,
        "status": each.status,
        "share": round(each.share, 4),
        "fired": list(each.fired),
        "never": list(each.branches),
        "silent": [{"line": line, "text": text} for line, text in each.silent],
    }
