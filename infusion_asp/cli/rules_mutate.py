"""Owns the command `rules mutate`: mutants of the rules against the rule tests."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import click

from infusion_asp.author.mutation import record as records
from infusion_asp.author.mutation.apart import against_solver
from infusion_asp.author.mutation.explain import (
    BadExplanations,
    Explanations,
    read_explanations,
)
from infusion_asp.author.mutation.operators import Mutant, mutants_of
from infusion_asp.author.mutation.run import (
    EQUIVALENT,
    KILLED,
    POOL,
    SURVIVED,
    Verdict,
    against_pool,
    against_tests,
    processes,
)
from infusion_asp.author.testing.bench import Bench
from infusion_asp.author.testing.files import read_all, test_files
from infusion_asp.cli.options import rules_option
from infusion_asp.rulebook import Rulebook, load_rulebook, shipped_logic

RECORD = Path("benchmarks") / "mutation.md"
EXPLANATIONS = "mutation_equivalents.yaml"
"""Beside the record."""


@click.command("mutate")
@click.argument("rules", metavar="[RULE]...", nargs=-1)
@rules_option
@click.option(
    "--tests",
    multiple=True,
    type=click.Path(exists=True, path_type=Path),
    help="Rule tests to kill mutants with (default: tests/rules).",
)
@click.option(
    "--ci",
    is_flag=True,
    help="Rules changed since the record, and a fixed sample; every survivor must be explained.",
)
@click.option(
    "--left",
    is_flag=True,
    help="Only the mutants that the record has left; the rules must be those of the record.",
)
@click.option(
    "--record",
    "path",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The recorded run to compare with (default: benchmarks/mutation.md).",
)
@click.option(
    "--write", is_flag=True, help="Write this run (of all rules, or --left) as the record."
)
@click.option("--sample", default=records.SAMPLE, show_default=True, help="Mutants with --ci.")
@click.option("--processes", "count", type=click.IntRange(1), help="Default: one for each core.")
@click.option("--pool", default=POOL, show_default=True, help="Encounters to tell survivors by.")
@click.option(
    "--search",
    type=click.FloatRange(0),
    metavar="SECONDS",
    help="Let the solver look at what is left, so long for each search.",
)
@click.option("--threshold", type=click.FloatRange(0, 100), help="Least percentage killed.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@click.option(
    "--encounters",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write the encounters that tell survivors apart into this directory.",
)
def mutate_command(
    rules: Sequence[str],
    overlays: Sequence[Path],
    tests: Sequence[Path],
    ci: bool,
    left: bool,
    path: Path | None,
    write: bool,
    sample: int,
    count: int | None,
    pool: int,
    search: float | None,
    threshold: float | None,
    form: str,
    encounters: Path | None,
) -> None:
    """Make one small mistake at a time in the rules and see whether a rule test notices.

    A survivor is shown with an encounter that would tell it from the original; where none of the
    variations of the tests does, it is equivalent as far as was looked. mutation_equivalents.yaml
    beside the record says why. Ends with 1 where a survivor is left that it does not explain (with
    --ci, an equivalent one too), or less than --threshold is killed.
    """
    begin = time.monotonic()
    book = load_rulebook(None, overlays)
    for rule in rules:
        book.rule(rule)
    known = path or _default()
    recorded = records.read(known.read_text("utf-8")) if known.is_file() else records.Record()
    mutants = _left(book, recorded) if left else _chosen(book, rules, recorded, ci, sample)
    bench = Bench(book, overlays)
    cases = read_all(test_files(tests))
    number = count or processes()
    verdicts = against_tests(bench, cases, mutants, count=number, say=_say("tests"))
    explanations = _explanations(known.with_name(EXPLANATIONS))
    reasons = explanations.valid(book)
    if pool and not (ci and _explained(verdicts, reasons)):
        verdicts = against_pool(
            bench, cases, verdicts, count=number, size=pool, say=_say("variations")
        )
    if search is not None:
        verdicts = against_solver(shipped_logic(), verdicts, search, number, _say("searches"))
    if encounters is not None:
        _separating(verdicts, encounters)
    seconds = time.monotonic() - begin
    if form == "json":
        click.echo(json.dumps([_data(each) for each in verdicts], indent=2))
    else:
        _show(book, verdicts, reasons, seconds)
    of_rules = mutants_of(book, sorted({each.rule for each in mutants}))
    outdated = explanations.outdated(book, of_rules, verdicts)
    for text in outdated:
        click.echo(text, err=True)
    if write:
        head = _head(book, cases, verdicts, seconds, number, pool)
        if left:
            head = f"{recorded.head}\n\n{_head_left(cases, verdicts, seconds)}"
            verdicts = records.renewed(mutants_of(book), verdicts)
        known.write_text(records.written(book, verdicts, reasons, head=head), encoding="utf-8")
    if _fails(verdicts, reasons, threshold, strict=ci) or (ci and outdated):
        sys.exit(1)


def _explanations(path: Path) -> Explanations:
    """The explanations beside the record; none where there is no such file."""
    if not path.is_file():
        return Explanations()
    try:
        return read_explanations(path.read_text("utf-8"))
    except BadExplanations as error:
        raise click.ClickException(f"{path.name}: {error.message}; {error.help}") from None


def _explained(verdicts: Sequence[Verdict], reasons: Mapping[str, str]) -> bool:
    return all(each.status == KILLED or each.mutant.name in reasons for each in verdicts)


def _default() -> Path:
    return RECORD if RECORD.is_file() else shipped_logic().parent / RECORD


def _chosen(
    book: Rulebook, rules: Sequence[str], recorded: records.Record, ci: bool, size: int
) -> list[Mutant]:
    if rules or not ci:
        return mutants_of(book, list(rules) or None)
    every = mutants_of(book)
    changed = frozenset(records.changed(book, recorded))
    picked = {each.name for each in records.sample(every, size)}
    return [each for each in every if each.rule in changed or each.name in picked]


def _left(book: Rulebook, recorded: records.Record) -> list[Mutant]:
    every = mutants_of(book)
    other = records.of_another_rulebook(book, recorded, every)
    if other:
        raise click.ClickException(
            f"{len(other)} rules are not as recorded, '{other[0]}' for one; "
            "'rules mutate --write' without --left records them"
        )
    return [each for each in every if each.name in recorded.left]


def _say(what: str) -> Callable[[int, int], None]:
    def say(done: int, of: int) -> None:
        click.echo(f"{what}: {done} of {of} mutants", err=True)

    return say


def _show(
    book: Rulebook, verdicts: Sequence[Verdict], reasons: Mapping[str, str], seconds: float
) -> None:
    for each in verdicts:
        if each.status == KILLED or each.mutant.name in reasons:
            continue
        click.echo(f"{each.status} {each.mutant.name}")
        click.echo(f"  {each.mutant.file}:{each.mutant.line}: {each.mutant.text or '(nothing)'}")
        if each.separating is not None:
            click.echo(f"  told apart by {json.dumps(each.separating.encounter)}")
            if each.separating.policies or each.separating.profile:
                chosen = {"profile": each.separating.profile, **each.separating.policies}
                click.echo(f"  under {json.dumps(chosen)}")
        else:
            click.echo(f"  equivalent within the bound: {each.bound}")
    for score in records.scores(book, verdicts):
        if score.killed < score.mutants:
            click.echo(
                f"{score.share:6.1%}  {score.rule}: {score.killed} of {score.mutants} killed, "
                f"{score.equivalent} equivalent"
            )
    tally = {status: sum(each.status == status for each in verdicts) for status in _STATUSES}
    share = tally[KILLED] / max(len(verdicts), 1)
    click.echo(
        f"{len(verdicts)} mutants, {share:.1%} killed, {tally[EQUIVALENT]} equivalent, "
        f"{tally[SURVIVED]} survived, {seconds:.0f} s"
    )


_STATUSES = (KILLED, EQUIVALENT, SURVIVED)


def _head(
    book: Rulebook,
    cases: Sequence[object],
    verdicts: Sequence[Verdict],
    seconds: float,
    count: int,
    pool: int,
) -> str:
    return (
        f"Rulebook {book.version}, digest {book.digest[:12]}: {len(verdicts)} mutants against "
        f"{len(cases)} rule tests, survivors against {pool} variations of the tests with at most 3 "
        f"administrations; {seconds:.0f} s on {count} process{'es' if count > 1 else ''}. "
        "`infusion-asp rules mutate --write` makes this file."
    )


def _head_left(cases: Sequence[object], verdicts: Sequence[Verdict], seconds: float) -> str:
    killed = sum(each.status == KILLED for each in verdicts)
    return (
        f"Renewed by `infusion-asp rules mutate --left --write`: of all these only the "
        f"{len(verdicts)} mutants that the record had left were tried again, against "
        f"{len(cases)} rule tests, and {killed} are killed now ({seconds:.0f} s). The rules are "
        "unchanged and tests were only added, so what was killed stays killed."
    )


def _fails(
    verdicts: Sequence[Verdict],
    reasons: Mapping[str, str],
    threshold: float | None,
    *,
    strict: bool,
) -> bool:
    unexplained = any(
        each.status in ((SURVIVED, EQUIVALENT) if strict else (SURVIVED,))
        and each.mutant.name not in reasons
        for each in verdicts
    )
    killed = sum(each.status == KILLED for each in verdicts)
    low = threshold is not None and killed * 100 < threshold * len(verdicts)
    return unexplained or low


def _separating(verdicts: Sequence[Verdict], directory: Path) -> None:
    """One file for each survivor: the encounter that tells it from the original."""
    directory.mkdir(parents=True, exist_ok=True)
    survivors = [each for each in verdicts if each.separating is not None]
    for number, each in enumerate(survivors, 1):
        assert each.separating is not None
        file = directory / f"{number:03}_{each.mutant.rule}.json"
        file.write_text(json.dumps(each.separating.encounter, indent=2) + "\n", encoding="utf-8")


def _data(each: Verdict) -> dict[str, object]:
    apart = each.separating
    return {
        "mutant": each.mutant.name,
        "rule": each.mutant.rule,
        "file": each.mutant.file,
        "line": each.mutant.line,
        "text": each.mutant.text,
        "status": each.status,
        "by": each.by,
        "encounter": None if apart is None else apart.encounter,
        "profile": None if apart is None else apart.profile,
        "policies": {} if apart is None else apart.policies,
    }
