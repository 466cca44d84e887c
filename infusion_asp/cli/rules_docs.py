"""Owns the command `rules docs`: the rulebook as a site, or as a single page."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from infusion_asp.author.docs import write_page, write_site
from infusion_asp.author.docs.book import Book
from infusion_asp.author.docs.examples import Example, examples
from infusion_asp.author.guard import SECONDS, guarded
from infusion_asp.author.lint.citations import read_citations
from infusion_asp.author.testing.bench import Bench
from infusion_asp.author.testing.files import read_all, test_files
from infusion_asp.author.testing.words import BadCase
from infusion_asp.cli.options import rules_option
from infusion_asp.facts import load_policies
from infusion_asp.rulebook import Rulebook, load_rulebook, shipped_logic

Found = tuple[dict[str, tuple[Example, ...]], dict[str, int]]


@click.command("docs")
@click.option(
    "--out",
    required=True,
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Write the pages here; with --single also a file that ends in .html.",
)
@click.option("--single", is_flag=True, help="Write one page that holds everything.")
@click.option(
    "--tests",
    metavar="PATH",
    multiple=True,
    type=click.Path(exists=True, path_type=Path),
    help="Take examples from these rule tests (default: tests/rules, and tests/ in --rules).",
)
@click.option("--no-examples", is_flag=True, help="Run no tests; the pages have no examples.")
@rules_option
@click.option("--seconds", default=SECONDS, show_default=True, help="Longest time for the tests.")
def docs_command(
    out: Path,
    single: bool,
    tests: Sequence[Path],
    no_examples: bool,
    overlays: Sequence[Path],
    seconds: float,
) -> None:
    """Write the rulebook for reading: rules by topic, policies, predicates, sources.

    The page of a rule is rules/ID.html. Everything works from the file system, without a server.
    """
    rulebook = load_rulebook(None, overlays)
    found = None if no_examples else _examples(rulebook, overlays, tests, seconds)
    book = Book(
        rulebook,
        read_citations((shipped_logic(), *(each for each in overlays if each.is_dir()))),
        load_policies(shipped_logic(), *overlays),
        *(found or ({}, {})),
        tested=found is not None,
    )
    if single:
        click.echo(f"{len(rulebook.rules)} rules in {write_page(book, out)}")
    else:
        pages = write_site(book, out)
        click.echo(f"{pages} pages for {len(rulebook.rules)} rules in {out / 'index.html'}")


def _own_tests(overlay: Path) -> list[Path]:
    """The rule tests of an overlay."""
    return sorted((overlay / "tests").rglob("*.yaml"))


def _examples(
    rulebook: Rulebook, overlays: Sequence[Path], tests: Sequence[Path], seconds: float
) -> Found | None:
    """Examples from the tests; None where no tests were named and none are there."""
    files = [file for each in overlays if (each / "tests").is_dir() for file in _own_tests(each)]
    try:
        files = test_files(tests) if tests else test_files() + files
    except BadCase:
        if tests:
            raise
    if not files:
        click.echo("no rule tests here: the pages have no examples (--tests PATH)", err=True)
        return None
    cases = read_all(files)
    return guarded(rulebook, lambda: examples(Bench(rulebook, overlays), cases), seconds=seconds)
