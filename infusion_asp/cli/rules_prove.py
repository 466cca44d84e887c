"""Owns the command `rules prove`: every invariant over every encounter up to a bound."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import click

from infusion_asp.author.proof import OPEN, REFUTED, Proof
from infusion_asp.author.proving.ledger import Ledger
from infusion_asp.author.proving.prove import Limits, prove
from infusion_asp.author.proving.prove import each_policy as with_one_other
from infusion_asp.author.proving.space import DAY, Space
from infusion_asp.cli.failures import CLEAN, FOUND
from infusion_asp.cli.options import policy_option, rules_option
from infusion_asp.coding import Coder
from infusion_asp.engine import EngineError
from infusion_asp.facts import load_policies
from infusion_asp.model import parse_encounter
from infusion_asp.render import render
from infusion_asp.rulebook import load_rulebook, shipped_logic


@click.command("prove")
@rules_option
@click.argument("invariants", metavar="[INVARIANT]...", nargs=-1)
@click.option("--administrations", default=2, show_default=True, help="Most administrations.")
@click.option("--accesses", default=2, show_default=True, help="Accesses of the record.")
@click.option("--visits", default=2, show_default=True, help="Visits of the record.")
@click.option("--setting", "settings", multiple=True, help="Only this setting (repeatable).")
@click.option("--payer", default="cpt", show_default=True, help="Rules in force for this payer.")
@policy_option
@click.option("--open", "opened", metavar="POLICY", multiple=True, help="Leave this policy open.")
@click.option("--each-policy", is_flag=True, help="Under each single value of each policy.")
@click.option(
    "--record",
    type=click.Path(path_type=Path, dir_okay=False),
    help="What this file knows is not searched again; what is found is added to it.",
)
@click.option("--workers", default=2, show_default=True, help="Searches at the same time.")
@click.option(
    "--leave-out",
    "left_out",
    type=int,
    metavar="MINUTES",
    multiple=True,
    help="Without this threshold in the grid (repeatable).",
)
@click.option("--date", "day", type=click.DateTime(["%Y-%m-%d"]), help="Day of service.")
@click.option("--seconds", default=600.0, show_default=True, help="Wall clock of each search.")
@click.option("--megabytes", default=6144, show_default=True, help="Memory of each search.")
@click.option("--swept", default=2000, show_default=True, help="Encounters drawn where needed.")
@click.option("--out", type=click.Path(path_type=Path), help="Write counterexamples to this place.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
def prove_command(
    overlays: Sequence[Path],
    invariants: Sequence[str],
    administrations: int,
    accesses: int,
    visits: int,
    settings: Sequence[str],
    payer: str,
    policies: Sequence[tuple[str, str]],
    opened: Sequence[str],
    each_policy: bool,
    record: Path | None,
    workers: int,
    left_out: Sequence[int],
    day: datetime | None,
    seconds: float,
    megabytes: int,
    swept: int,
    out: Path | None,
    form: str,
) -> None:
    """Prove the invariants (or those named) for every encounter of the bound.

    First that no encounter has two answers and none is without one: while either fails, nothing
    else is said to be proved. Ends with 1 where an invariant is refuted, and shows the smallest
    encounter found.
    """
    space = Space(
        administrations=administrations,
        accesses=accesses,
        visits=visits,
        claims=tuple((each, payer) for each in settings or ("facility", "professional")),
        policies=dict(policies),
        opened=tuple(opened),
        day=day.date() if day else DAY,
        left_out=tuple(left_out),
    )
    if each_policy:
        space = with_one_other(space, load_policies(shipped_logic(), *overlays))
    if form == "text":
        click.echo(f"Space: {space}")
    proofs = prove(
        space,
        overlays=overlays,
        only=invariants,
        limits=Limits(seconds, megabytes, swept, workers),
        ledger=Ledger(record),
        said=lambda text: click.echo(text, err=True),
    )
    files = _written(proofs, out)
    if form == "json":
        body = {"space": str(space), "proofs": [asdict(each) for each in proofs]}
        click.echo(json.dumps(body, indent=2, ensure_ascii=False))
    else:
        for each in proofs:
            _say(each, files.get(each.name), overlays)
    wrong = any(each.how in (REFUTED, OPEN) for each in proofs)
    raise click.exceptions.Exit(FOUND if wrong else CLEAN)


def _say(proof: Proof, file: Path | None, overlays: Sequence[Path]) -> None:
    click.echo(f"{proof.how:<8} {proof.name}: {proof.title}")
    click.echo(f"         {str(proof).removeprefix(proof.name + ': ')}")
    example = proof.counterexample
    if example is None:
        return
    for name, value in example.policies.items():
        click.echo(f"         under --policy {name}={value}")
    for text in example.evidence[:5]:
        click.echo(f"         {text}")
    if file is not None:
        click.echo(f"         written to {file}")
    click.echo(json.dumps(example.encounter, indent=2, ensure_ascii=False))
    try:
        coder = Coder(load_rulebook(None, overlays), None, dict(example.policies), tuple(overlays))
        click.echo(render([coder.code(parse_encounter(dict(example.encounter)))], "text"))
    except EngineError as error:
        click.echo(f"error: {error.message}")


def _written(found: Sequence[Proof], out: Path | None) -> dict[str, Path]:
    """The counterexamples as files: `out` itself for one, else files in the directory `out`."""
    wrong = [each for each in found if each.counterexample is not None]
    if out is None or not wrong:
        return {}
    if out.suffix == ".json" and len(wrong) == 1:
        places = {wrong[0].name: out}
    else:
        out.mkdir(parents=True, exist_ok=True)
        places = {each.name: out / f"{each.name}.json" for each in wrong}
    for each in wrong:
        assert each.counterexample is not None
        text = json.dumps(each.counterexample.encounter, indent=2, ensure_ascii=False)
        places[each.name].write_text(text + "\n", encoding="utf-8")
    return places
