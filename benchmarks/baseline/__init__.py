"""A procedural coder of RULES.md: the oracle that the rulebook is compared with."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from . import bags as bagging
from . import (
    classes,
    clock,
    drug_lines,
    exclude,
    intake,
    modifiers,
    neighbours,
    outside,
    scopes,
)
from .context import Context, make
from .model import Bag, BaselineResult, Line, Row

__all__ = ["BaselineResult", "Line", "code"]

HOME = "12"
AT_HOME = {"96372", "96401", "96402", "96380", "96381", "G0012"}
SORTED_AWAY = ("vaccine", "blood", "allergen", "nusinersen")


def code(
    encounter: Mapping[str, Any],
    policies: Mapping[str, str] | None = None,
    profile: str | None = None,
    tables: Path | None = None,
) -> BaselineResult:
    """Code one encounter (a dict in the encounter format); `tables` is a directory of CSV."""
    ctx = make(encounter, policies, profile, tables)
    rows = intake.read(ctx)
    first = scopes.first_start(ctx, rows)
    for row in rows:
        classes.classify(row, ctx)
        if row.method == "transfusion" and row.category != "blood_product":
            row.method = "infusion"
        clock.time_row(row, ctx)
    kept, apart = sort_out(rows, ctx)
    bags = bagging.build(kept, rows, ctx)
    accesses = scopes.Accesses(bags, rows, ctx)
    if ctx.place == HOME:
        at_home(bags, rows, apart.get("nusinersen", []), ctx)
    else:
        scopes.run(bags, rows, first, ctx)
        outside.run(bags, kept, accesses, ctx)
        nusinersen(apart.get("nusinersen", []), ctx)
    neighbours.run(apart, first, ctx)
    exclude.by_place(ctx)
    vaccinated = {r.id for r in apart.get("vaccine", [])}
    drugs = drug_lines.run(rows, vaccinated, first, ctx)
    flushed = {r.id for r in rows if ctx.not_reported.get(r.id) == "X1"}
    dates = {d.date for d in drugs if not set(d.administrations) <= flushed}
    if not (ctx.professional and ctx.place in exclude.HOSPITAL_PLACES) and ctx.place != HOME:
        neighbours.port_flush(rows, first, dates, ctx)
    made = modifiers.run(ctx.earned, first, ctx) + drugs
    named = {i for line in made if line.section != "drug" for i in line.administrations}
    missing = {i: r for i, r in ctx.not_reported.items() if i not in named}
    for row in rows:
        if row.id not in named:
            missing.setdefault(row.id, "none")
    return BaselineResult(made, ctx.findings, missing)


def sort_out(rows: list[Row], ctx: Context) -> tuple[list[Row], dict[str, list[Row]]]:
    """Rows that sections 3 to 9 code, and those that others do (section 2)."""
    kept: list[Row] = []
    apart: dict[str, list[Row]] = {}
    for row in rows:
        reason = exclude.reason(row, rows, ctx)
        if reason is None:
            kept.append(row)
        elif reason in SORTED_AWAY:
            apart.setdefault(reason, []).append(row)
        elif reason != "done":
            ctx.drop([row.id], reason)
    return kept, apart


def nusinersen(rows: list[Row], ctx: Context) -> None:
    """X10: 96450 by puncture, once a visit and not again beside intrathecal chemotherapy."""
    kinds = {str(a["id"]): a.get("kind") for a in ctx.encounter.get("accesses") or []}
    for row in rows:
        if kinds.get(row.access) == "ommaya":
            ctx.drop([row.id], "X10")
            continue
        unit = next((u for u in ctx.earned if u.code == "96450" and u.visit == row.visit), None)
        if unit is None:
            reduced = {"52"} if row.raw.get("reduced") is True else set()
            ctx.earn("96450", row.start, [row.id], visit=row.visit, modifiers=reduced)
        else:
            unit.ids.append(row.id)


def at_home(bags: list[Bag], rows: list[Row], spinal: list[Row], ctx: Context) -> None:
    """X8: at home injections by a professional have their codes, everything else is N4."""
    coded = AT_HOME if ctx.professional else set()
    if ctx.professional:
        outside.injections([b for b in bags if b.kind == "injection"], ctx)
    given: dict[str, list[str]] = {}
    for bag in bags:
        if bag.kind != "injection" or not ctx.professional:
            given.setdefault(bag.visit, []).extend(bag.ids)
    for row in spinal:
        given.setdefault(row.visit, []).append(row.id)
    for unit in ctx.earned:
        if unit.code not in coded:
            given.setdefault(unit.visit, []).extend(unit.ids)
    ctx.earned[:] = [u for u in ctx.earned if u.code in coded]
    neighbours.home(given, rows, ctx)
