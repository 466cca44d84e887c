"""Owns the page of a batch: what its template is given."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from infusion_asp.render.environment import environment, filled
from infusion_asp.render.view import LEVELS, cleaned
from infusion_asp.report.cases import cases
from infusion_asp.report.errors import BatchDirectoryError
from infusion_asp.report.limits import Population, populations
from infusion_asp.report.pileup import CHANCE, LEAST, NEAR, RATIO, STEP_CHANCE, WINDOW, pile_up
from infusion_asp.report.plot import closeup, overview
from infusion_asp.report.reading import Tables
from infusion_asp.report.tally import NOT_GIVEN, Sums, Tally, tally
from infusion_asp.report.words import FILTERS
from infusion_asp.rulebook import Rulebook, RuleNotFound, load_rulebook
from infusion_asp.tables import load_tables

TOP = 10  # encounters shown with their timelines
DEPARTMENTS = 30  # rows of the tables by department
CLOSE_UPS = 6
_SOURCES = ("derived", "billed", "missed")


def report(
    directory: Path,
    *,
    top: int = TOP,
    pages: str = "",
    overlays: Sequence[Path] = (),
    templates: Path | None = None,
) -> str:
    """The output directory of a batch as one HTML page; it holds health data where `top` is not 0.

    `top` encounters are shown with their findings and timelines. `pages` is where `rules docs`
    has written, `overlays` are the rules that the batch was run with besides the shipped ones,
    `templates` override the shipped ones. Raises BatchDirectoryError where the directory is no
    such output, or where its tables do not add up.
    """
    book = load_rulebook(None, overlays)
    tables = Tables(directory)
    summary = tables.summary()
    held = populations(book, summary.get("profile"), _texts(summary.get("policies")))
    made = tally(tables, _near(held))
    _consistent(directory, summary, made)
    data = {
        "heading": cleaned(directory.resolve().name),
        "profile": cleaned(summary.get("profile")),
        "stamp": cleaned(_stamp(summary, book)),
        "totals": _totals(made),
        "verified": bool(made.verdicts),
        "priced": made.priced,
        "rules": list(_rules(made, book)),
        "unreported": list(_unreported(made, book)),
        "codes": list(_codes(made)),
        "departments": list(_departments(made)),
        "minutes": [_minutes(made, each) for each in held],
        "window": WINDOW,
        "marked": {
            "ratio": RATIO,
            "chance": CHANCE,
            "step": STEP_CHANCE,
            "near": NEAR,
            "least": LEAST,
        },
        "errors": cleaned(_errors(made)),
        "cases": cases(tables, made.ranking.records(top)),
    }
    env = environment(templates, color=False, pages=pages)
    env.filters.update(FILTERS)
    return filled(env, "report.html.j2", **data).strip("\n") + "\n"


def _texts(found: object) -> dict[str, str]:
    if not isinstance(found, Mapping):
        return {}
    return {str(key): str(value) for key, value in found.items()}


def _consistent(directory: Path, summary: Mapping[str, Any], made: Tally) -> None:
    """Raise BatchDirectoryError where rows have no encounter, or the summary counts otherwise."""
    cure = "run `batch` again, or `batch --resume`"
    if made.orphans:
        raise BatchDirectoryError(
            f"{made.orphans} rows of {str(directory)!r} belong to no encounter", cure
        )
    counted = {
        "records": made.encounters + made.errors,
        "encounters": made.encounters,
        "over_usd": made.over / 100,
        "under_usd": made.under / 100,
    }
    for name, number in counted.items():
        said = summary.get(name, number)
        if said != number:
            raise BatchDirectoryError(
                f"summary.json counts {said} {name}, the tables hold {number}", cure
            )


def _near(held: Sequence[Population]) -> set[int]:
    """All minutes that lie in a window of some limit."""
    return {
        minute
        for each in held
        for limit in each.limits
        for minute in range(limit.minute - WINDOW + 1, limit.minute + 2 * WINDOW + 1)
    }


def _stamp(summary: Mapping[str, Any], book: Rulebook) -> dict[str, Any]:
    """The rulebook that the batch was run with; `other` where it is not the one at hand."""
    said = summary.get("rulebook")
    said = said if isinstance(said, Mapping) else {}
    digest = str(said.get("digest", ""))
    return {
        "version": said.get("version", book.version),
        "digest": digest or book.digest,
        "other": bool(digest) and digest != book.digest,
    }


def _totals(made: Tally) -> dict[str, Any]:
    return {
        "records": made.encounters + made.errors,
        "encounters": made.encounters,
        "errors": made.errors,
        "administrations": made.administrations,
        "lines": made.lines,
        "findings": made.findings,
        "levels": {level: made.levels[level] for level in LEVELS},
        "differ": made.verdicts["differs"],
        "unjudged": made.verdicts["not_evaluable"],
        "over": _dollars(made.over),
        "under": _dollars(made.under),
    }


def _rules(made: Tally, book: Rulebook) -> Iterator[dict[str, Any]]:
    for (rule, level, risk), sums in sorted(
        made.rules.items(),
        key=lambda each: (LEVELS.index(each[0][1]), -_money(each[1]), -each[1].rows, each[0]),
    ):
        yield {
            **_row(sums),
            "rule": rule,
            "title": _title(book, rule),
            "level": level,
            "risk": risk,
            "share": sums.records / made.encounters if made.encounters else 0,
        }


def _unreported(made: Tally, book: Rulebook) -> Iterator[dict[str, Any]]:
    for (rule,), sums in sorted(
        made.unreported.items(), key=lambda each: (-each[1].rows, str(each[0]))
    ):
        yield {**_row(sums), "rule": rule or "", "title": _title(book, rule)}


def _title(book: Rulebook, rule: str | None) -> str:
    try:
        return book.rule(rule or "").title
    except RuleNotFound:
        return "" if rule else "no rule applies to it"


def _codes(made: Tally) -> Iterator[dict[str, Any]]:
    """The codes in order; `aside` are those of drugs about which there is nothing to say."""
    known = load_tables()
    none = Sums()
    for code in sorted({code for _, code in made.codes} | {code for (code,) in made.found}):
        by = {source: made.codes.get((source, code), none) for source in _SOURCES}
        label = known.codes[code].label if code in known.codes else ""
        if not label:
            drugs = known.drugs.by_hcpcs(code)
            label = drugs[0].generic if drugs else ""
        found = made.found.get((code,), none).rows
        differs = bool(made.verdicts) and by["derived"].units != by["billed"].units
        yield {
            "code": code,
            "label": label,
            "aside": code not in known.codes and not found and not differs,
            **{source: _row(sums) for source, sums in by.items()},
            "findings": found,
            "over": _dollars(sum(each.over for each in by.values())),
            "under": _dollars(sum(each.under for each in by.values())),
        }


def _departments(made: Tally) -> Iterator[dict[str, Any]]:
    """The departments with the most money, or findings, first; none where none is given."""
    if set(made.departments) <= {(NOT_GIVEN,)}:
        return
    for (name,), sums in sorted(
        made.departments.items(), key=lambda each: (-_money(each[1]), -each[1].rows, each[0])
    ):
        differing = made.differing[name]
        yield {
            **_row(sums),
            "name": cleaned(name),
            "differing": differing,
            "share": differing / sums.records if sums.records else 0,
            "rate": sums.rows / sums.records if sums.records else 0,
        }


def _minutes(made: Tally, held: Population) -> dict[str, Any]:
    counted = _of_kinds(made.minutes, held.kinds)
    found = [(limit, pile_up(counted, limit.minute)) for limit in held.limits]
    told = [(limit, pile) for limit, pile in found if pile.enough]
    nearest = sorted(told, key=lambda each: (not each[1].marked, -each[1].total))[:CLOSE_UPS]
    return {
        "name": held.name,
        "total": sum(counted.values()),
        "plot": overview(counted, held.limits, WINDOW) if counted else None,
        "limits": [{"limit": limit, "found": pile} for limit, pile in found],
        "closeups": [
            {"limit": limit, "found": pile, "plot": closeup(counted, limit, pile)}
            for limit, pile in sorted(nearest, key=lambda each: each[0].minute)
        ],
        "columns": [limit for limit, _ in told][:CLOSE_UPS],
        "departments": list(_by_department(made, held, [limit.minute for limit, _ in told])),
    }


def _by_department(
    made: Tally, held: Population, limits: Sequence[int]
) -> Iterator[dict[str, Any]]:
    """Departments with enough administrations at some limit, the most conspicuous first."""
    if set(made.departments) <= {(NOT_GIVEN,)}:
        return
    rows = []
    for name, counts in made.where.items():
        counted = _of_kinds(counts, held.kinds)
        piles = [pile_up(counted, limit) for limit in limits[:CLOSE_UPS]]
        if any(each.enough for each in piles):
            least = min((each.chance for each in piles if each.enough), default=1.0)
            rows.append((least, name, piles))
    for _, name, piles in sorted(rows, key=lambda each: each[:2])[:DEPARTMENTS]:
        yield {"name": cleaned(name), "found": piles}


def _of_kinds(counts: Mapping[tuple[str, int], int], kinds: Sequence[str]) -> Counter[int]:
    made: Counter[int] = Counter()
    for (kind, minutes), count in counts.items():
        if kind in kinds:
            made[minutes] += count
    return made


def _errors(made: Tally) -> list[dict[str, Any]]:
    return [
        {"kind": kind, "count": sums.rows, "places": made.places.get(kind, [])}
        for (kind,), sums in sorted(made.kinds.items(), key=lambda each: (-each[1].rows, each[0]))
    ]


def _row(sums: Sums) -> dict[str, Any]:
    return {
        "rows": sums.rows,
        "records": sums.records,
        "units": sums.units,
        "over": _dollars(sums.over),
        "under": _dollars(sums.under),
    }


def _money(sums: Sums) -> int:
    return sums.over + sums.under


def _dollars(cents: int) -> Decimal:
    return Decimal(cents) / 100
