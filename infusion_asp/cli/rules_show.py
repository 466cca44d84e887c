"""Owns the command `rules show`: one rule with its header, sources, neighbours and tests."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import click

from infusion_asp.author.catalog import cited, neighbours, test_paths, tests_of
from infusion_asp.author.guard import guarded
from infusion_asp.author.testing.bench import Bench
from infusion_asp.author.testing.coverage import coverage
from infusion_asp.author.testing.files import read_all
from infusion_asp.author.testing.running import prepare
from infusion_asp.cli.options import rules_option
from infusion_asp.render.words import paragraph
from infusion_asp.rulebook import Rule, Rulebook, shipped_logic
from infusion_asp.rulebook.loader import rulebook_of
from infusion_asp.rulebook.reading import Reading, read_book

_MOST = 12


@click.command("show")
@click.argument("rule_id", metavar="ID")
@click.option("--program", is_flag=True, help="Show the statements as the solver gets them.")
@click.option("--quick", is_flag=True, help="Leave out coverage, which runs the rule's tests.")
@rules_option
def show_command(rule_id: str, program: bool, quick: bool, overlays: Sequence[Path]) -> None:
    """Show one rule: its header in words, its source, where it is used, its tests, coverage."""
    reading = read_book(shipped_logic(), tuple(overlays))
    rulebook = rulebook_of(reading)
    rule = rulebook.rule(rule_id)
    if program:
        for statement in _compiled(rulebook, rule):
            click.echo(statement)
        return
    click.echo(f"{rule.id}: {rule.title}")
    for name, value in _facts(rule):
        click.echo(paragraph(value, 80, 2, 14, bullet=f"{name:<10}  "))
    click.echo(f"\n{rule.text.rstrip()}")
    _section("Sources", (f"{c}: {t}" if t else c for c, t in cited(reading, rule)))
    _uses(reading, rule)
    _section("Tests", tests_of(reading, rule))
    paths = [] if quick else test_paths(reading, rule)
    if paths:
        _section("Coverage by them", _coverage(rulebook, rule, paths, overlays))


def _coverage(
    rulebook: Rulebook, rule: Rule, paths: Sequence[Path], overlays: Sequence[Path]
) -> list[str]:
    """In how many cases of the rule's test files each of its statements fires."""
    bench = Bench(rulebook, overlays)
    prepared = prepare(bench, read_all(paths))

    def fired() -> tuple[int, ...]:
        found = coverage(bench.models(prepared))
        return found[rulebook.rules.index(rule)].fired

    counts = guarded(rulebook, fired)
    said = f"{sum(count > 0 for count in counts)} of {len(counts)} statements fire"
    rows = [f"{said} in {len(prepared)} cases"]
    for statement, count in zip(rule.statements, counts, strict=True):
        begin = statement.location.begin
        rows.append(f"{rule.file}:{begin.line}: {f'in {count}' if count else 'never'}")
    return rows


def _uses(reading: Reading, rule: Rule) -> None:
    found = neighbours(reading, rule)
    rows = [
        ("gives", found.gives),
        ("read by", found.readers),
        ("rests on", found.feeders),
        ("replaced by", found.replaced_by),
    ]
    _section("Where used", (f"{name}: {_some(ids)}" for name, ids in rows if ids))


def _some(ids: Sequence[str]) -> str:
    more = len(ids) - _MOST
    return ", ".join(ids[:_MOST]) + (f" and {more} more" if more > 0 else "")


def _section(title: str, rows: Iterable[str]) -> None:
    shown = list(rows)
    if shown:
        click.echo(f"\n{title}")
    for row in shown:
        click.echo(paragraph(row, 80, 2, 4))


def _compiled(rulebook: Rulebook, rule: Rule) -> list[str]:
    """The statements of `rule` with the gates that the loader added."""
    at = sum(len(each.statements) for each in rulebook.rules[: rulebook.rules.index(rule)])
    return [str(each) for each in rulebook.statements[at : at + len(rule.statements)]]


def _facts(rule: Rule) -> list[tuple[str, str]]:
    dates = " to ".join(day.isoformat() if day else "…" for day in (rule.date_from, rule.date_to))
    found = [
        ("file", f"{rule.file}:{rule.line}"),
        ("implements", ", ".join(rule.implements)),
        ("cites", ", ".join(rule.cites)),
        ("in force", dates if rule.date_from or rule.date_to else ""),
        ("settings", ", ".join(sorted(rule.settings))),
        ("payers", ", ".join(sorted(rule.payers))),
        ("replaces", rule.replaces or ""),
        ("level", rule.level),
        ("risk", rule.risk),
        ("sentence", rule.sentence),
        ("help", rule.help),
    ]
    return [(name, value) for name, value in found if value]
