"""Owns the command `rules profile`: what records ground to, by rule and by predicate."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click

from infusion_asp.author.profiling import Growth, Profile, profile
from infusion_asp.cli.failures import FAILED, FOUND, say
from infusion_asp.cli.options import files_argument, policy_option, profile_option, rules_option
from infusion_asp.model import Encounter, InputError, read_many
from infusion_asp.render.words import columns, count, paragraph
from infusion_asp.rulebook import load_rulebook

_FEWEST = 20  # instances of a rule whose exponent says something


@click.command("profile")
@files_argument
@profile_option
@policy_option
@rules_option
@click.option(
    "--doublings",
    default=2,
    show_default=True,
    type=click.IntRange(0, 6),
    help="How often everything given is doubled.",
)
@click.option("--claim", is_flag=True, help="Judge the billed lines too, as verify does.")
@click.option(
    "--top", default=20, show_default=True, type=click.IntRange(0), help="Rows shown; 0 is all."
)
@click.option(
    "--most",
    metavar="EXPONENT",
    type=float,
    help=f"End with 1 where a rule of {_FEWEST} instances or more grows faster.",
)
@click.option("--seconds", default=60.0, show_default=True, help="Wall clock of 20 groundings.")
@click.option("--format", "form", type=click.Choice(("text", "json")), default="text")
def profile_command(
    files: Sequence[str],
    profile: str | None,
    policies: Sequence[tuple[str, str]],
    overlays: Sequence[Path],
    doublings: int,
    claim: bool,
    top: int,
    most: float | None,
    seconds: float,
    form: str,
) -> None:
    """Count what the encounters of each FILE ground to, as they are and doubled.

    clingo has no clock for a single rule; its time goes with its ground instances. The exponent
    is that of the last doubling: 1 is twice as many instances, 2 four times as many.
    """
    from infusion_asp.coding import Coder  # noqa: PLC0415

    coder = Coder(load_rulebook(None, overlays), profile, dict(policies), tuple(overlays))
    encounters = _encounters(files)
    found = _profile(coder, encounters, doublings, claim, seconds)
    fast = [] if most is None else _faster(found, most)
    if form == "json":
        click.echo(json.dumps(_json(found, coder.rulebook.digest, fast), indent=2))
    else:
        for line in _text(found, top):
            click.echo(line)
        for rule_id, exponent in fast:
            click.echo(f"\n{rule_id} grows with exponent {exponent:.2f}, more than {most:g}")
    if fast:
        raise click.exceptions.Exit(FOUND)


def _profile(
    coder: Any, encounters: Sequence[Encounter], doublings: int, claim: bool, seconds: float
) -> Profile:
    return profile(coder, encounters, doublings=doublings, claim=claim, seconds=seconds)


def _encounters(files: Sequence[str]) -> list[Encounter]:
    found = []
    for record in read_many(files):
        try:
            found.append(record.encounter())
        except InputError as error:
            say(f"{record.source}:{record.line}: {error}", "`infusion-asp code` says what is wrong")
            raise click.exceptions.Exit(FAILED) from None
    if not found:
        say("no record in the files", "name a file with at least one encounter")
        raise click.exceptions.Exit(FAILED)
    return found


def _faster(found: Profile, most: float) -> list[tuple[str, float]]:
    return [
        (each.id, each.whole.exponent)
        for each in found.rules
        if each.whole.last >= _FEWEST and each.whole.exponent is not None
        if each.whole.exponent > most
    ]


def _text(found: Profile, top: int) -> Iterator[str]:
    sizes = [f"×{2**at}" for at in range(len(found.administrations))]
    said = f"{count(found.encounters, 'encounter')}, as it is"
    if len(sizes) > 1:
        said += f" and with everything given doubled ({', '.join(sizes[1:])})"
    wide = max(6, *(len(f"{each:,}") for each in (*found.instances.counts, *found.atoms.counts)))
    yield paragraph(said, 80)
    yield ""
    yield _row(wide, "", sizes, "growth")
    yield _row(wide, "administrations", [f"{each:,}" for each in found.administrations])
    yield _growth(wide, "ground instances", found.instances)
    yield _growth(wide, "atoms", found.atoms)
    yield _row(wide, "seconds of grounding", [f"{each:.2f}" for each in found.seconds])
    rules = [each for each in found.rules if each.whole.last]
    shown = rules[:top] if top else rules
    yield f"\nRULES ({len(shown)} of {len(rules)} that have instances)"
    for rule in shown:
        yield _growth(wide, rule.id, rule.whole, f"{rule.file}:{rule.line}")
    atoms = [each for each in found.predicates if each.atoms.last]
    listed = atoms[:top] if top else atoms
    yield f"\nPREDICATES ({len(listed)} of {len(atoms)} that have atoms)"
    for each in listed:
        yield _growth(wide, each.name, each.atoms, "given" if each.given else "")


def _growth(wide: int, name: str, growth: Growth, more: str = "") -> str:
    exponent = "" if growth.exponent is None else f"{growth.exponent:.2f}"
    return _row(wide, name, [f"{each:,}" for each in growth.counts], exponent, more)


def _row(wide: int, name: str, cells: Sequence[str], exponent: str = "", more: str = "") -> str:
    """A row of the table; what comes behind it goes to a line of its own where it does not fit."""
    row = columns((name, *cells, exponent), (24, *(-wide for _ in cells), -6), indent=0)
    rest = 80 - 24 - (wide + 2) * len(cells) - 8 - 2
    if not more:
        return row
    if len(more) <= rest and "\n" not in row:
        return f"{row}  {more}"
    return f"{row}\n    {more}"


def _json(found: Profile, digest: str, fast: Sequence[tuple[str, float]]) -> dict[str, Any]:
    return {
        "schema_version": 1,
        "rulebook": digest,
        "encounters": found.encounters,
        "sizes": [2**at for at in range(len(found.administrations))],
        "administrations": list(found.administrations),
        "seconds": [round(each, 4) for each in found.seconds],
        "instances": _counts(found.instances),
        "atoms": _counts(found.atoms),
        "rules": [
            {
                "id": each.id,
                "title": each.title,
                "file": each.file,
                "line": each.line,
                **_counts(each.whole),
                "bodies": list(each.instances.counts),
                "elements": list(each.elements.counts),
            }
            for each in found.rules
        ],
        "predicates": [
            {"name": each.name, "given": each.given, **_counts(each.atoms)}
            for each in found.predicates
        ],
        "faster": [rule_id for rule_id, _ in fast],
    }


def _counts(growth: Growth) -> dict[str, Any]:
    exponent = growth.exponent
    return {
        "counts": list(growth.counts),
        "exponent": None if exponent is None else round(exponent, 3),
    }
