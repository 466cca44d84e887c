"""Owns CSV: the rows of an audit worksheet, in cells that no spreadsheet takes for formulas."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from infusion_asp.model.result import ErrorRecord, Line, Result
from infusion_asp.model.verification import BilledVerdict, MissedLine, Verification
from infusion_asp.render.claim_view import ASKED, STATUS
from infusion_asp.render.issues import Issue, issues, named, of_line
from infusion_asp.render.shares import shared_out
from infusion_asp.render.source import Source
from infusion_asp.render.view import Shown, clean

if TYPE_CHECKING:
    from infusion_asp.rulebook import Rulebook

COLUMNS = (
    "account",
    "codes",
    "units",
    "date",
    "start/stop",
    "minutes used",
    "finding",
    "rule",
    "citation",
    "over/under",
    "amount",
    "comment",
)
_NOT_EVALUATED = "rules that this claim gives no facts for, not evaluated"
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")

Cells = dict[str, str]


def worksheet(
    results: Iterable[Shown], sources: Iterable[Source], rulebook: Rulebook | None
) -> Iterator[str]:
    """The lines of the CSV text, the header first; a source for each result, or none at all.

    Rows come result by result, so memory holds one at a time. `rulebook` has the sources that a
    rule cites where the finding itself names none.
    """
    cites = {} if rulebook is None else {rule.id: rule.cites for rule in rulebook.rules}
    yield _text(COLUMNS)
    found = iter(sources)
    for each in results:
        source = next(found, None)
        for cells in _rows(each, source):
            cells["account"] = each.encounter_id or ""
            if not cells.get("citation") and cells.get("finding") != _NOT_EVALUATED:
                cells["citation"] = _cited(cells.get("rule", ""), cites)
            yield _text([guarded(cells.get(name, "")) for name in COLUMNS])


def guarded(text: str) -> str:
    """`text` on one line, with an apostrophe before what a spreadsheet would calculate."""
    shown = clean(text)
    calculated = any(each.startswith(_FORMULA) for each in (text, text.lstrip(), shown.lstrip()))
    return f"'{shown}" if calculated else shown


def _rows(result: Shown, source: Source | None) -> Iterator[Cells]:
    """The rows of one result; one that says so where there is nothing to list."""
    told = False
    for cells in _listed(result, source):
        told = True
        yield cells
    if not told:
        words = result.verdict if isinstance(result, Verification) else "no code is supported"
        yield {"finding": words.replace("_", " ")}


def _listed(result: Shown, source: Source | None) -> Iterator[Cells]:
    if isinstance(result, ErrorRecord):
        yield {"finding": f"refused: {result.error.message}", "comment": result.error.help}
    elif isinstance(result, Result):
        yield from _of_record(result, source)
    else:
        yield from _of_claim(result, source)


def _of_record(result: Result, source: Source | None) -> Iterator[Cells]:
    for line in result.lines:
        yield {
            "codes": named(line),
            "units": str(line.units),
            "date": str(line.date or ""),
            **_times(source, line.administrations, str(line.date or "")),
            "minutes used": _minutes([line], line.administrations),
            "rule": _list(line.rules),
            "citation": _list(line.citations),
            "comment": line.label,
        }
    for each in result.not_reported:
        yield {
            **_times(source, (each.administration,), ""),
            "finding": f"{each.administration} is not reported: {each.sentence}",
            "rule": each.rule or "",
        }
    for issue in issues(result):
        yield {
            **_times(source, issue.administrations, ""),
            "minutes used": _minutes(result.lines, issue.administrations),
            **_told(issue),
        }


def _of_claim(claim: Verification, source: Source | None) -> Iterator[Cells]:
    told = shared_out(claim)
    for line in claim.billed:
        if not any(of_line(each, line.index) for each in told):
            yield _as_billed(claim, line, source)
        for each in told:
            if each.billed[:1] == (line.index,):
                yield _with_lines(claim, each, source)
    lines = {line.index for line in claim.billed}
    for each in told:
        if not each.billed or each.billed[0] not in lines:
            yield _with_lines(claim, each, source)
    for query in claim.queries:
        yield {
            **_times(source, query.administrations, ""),
            "finding": f"query to the clinician: {ASKED[query.kind]}; for the analyst only, "
            f"would support: {query.would_support}",
            "comment": query.question,
        }
    if claim.not_evaluated:
        yield {
            "finding": _NOT_EVALUATED,
            "rule": _list(claim.not_evaluated),
        }


def _as_billed(claim: Verification, line: BilledVerdict, source: Source | None) -> Cells:
    """A billed line that no finding calls over- or underpaid."""
    date = _date(claim, line)
    return {
        "codes": named(line),
        "units": str(line.units),
        "date": date,
        **_times(source, line.administrations, date),
        "minutes used": _minutes(claim.supported, line.administrations, [line.code]),
        "finding": STATUS[line.status],
        "rule": _list(line.rules),
        "comment": line.label,
    }


def _with_lines(claim: Verification, issue: Issue, source: Source | None) -> Cells:
    """A finding, with the billed or missed lines that it is about."""
    codes = [each.partition("-")[0] for each in issue.codes]
    lines: list[BilledVerdict | MissedLine] = []
    if issue.billed:
        lines += [each for each in claim.billed if each.index in issue.billed]
    elif issue.risk == "under":
        lines += [each for each in claim.missed if each.code in codes]
    for line in lines:
        if isinstance(line, BilledVerdict) and line.correct is not None:
            codes.append(line.correct.code)
    dates = list(dict.fromkeys(filter(None, (_date(claim, each) for each in lines))))
    return {
        "codes": _list(issue.codes),
        "units": _list(str(each.units) for each in lines),
        "date": _list(dates),
        **_times(source, issue.administrations, dates[0] if len(dates) == 1 else ""),
        "minutes used": _minutes(claim.supported, issue.administrations, codes),
        **_told(issue),
    }


def _date(claim: Verification, line: BilledVerdict | MissedLine) -> str:
    """The date of a line; of one billed without, the date of the record where it has only one."""
    dates = {str(each.date) for each in claim.supported if each.date is not None}
    if line.date is not None:
        return str(line.date)
    return dates.pop() if len(dates) == 1 else ""


def _told(issue: Issue) -> Cells:
    return {
        "finding": issue.message,
        "rule": issue.rule,
        "citation": _list(issue.citations),
        "over/under": "" if issue.risk == "none" else issue.risk,
        "amount": "" if issue.amount is None else f"{abs(Decimal(issue.amount)):.2f}",
        "comment": issue.help,
    }


def _times(source: Source | None, administrations: Iterable[str], date: str) -> Cells:
    """`a1 09:00-10:05`, with dates where they are not the one of the row."""
    found = []
    for name in administrations:
        given = source.given.get(name) if source else None
        if given is not None and (given.start or given.stop):
            start, stop = given.start or "?", given.stop
            stop = stop[11:] if stop[:11] == start[:11] else stop.replace("T", " ")
            start = start[11:] if date and start[:10] == date else start.replace("T", " ")
            found.append(f"{name} {start}" + (f"-{stop}" if stop else ""))
    return {"start/stop": _list(found)}


def _minutes(
    lines: Sequence[Line], administrations: Iterable[str], codes: Sequence[str] = ()
) -> str:
    """The minutes that the lines use of each administration: `a3 125`.

    Lines of `codes` where there are any for it, else all lines.
    """
    found = []
    for name in administrations:
        used = {
            index: [
                unit.minutes
                for unit in line.units_by
                if unit.administration == name and unit.minutes is not None
            ]
            for index, line in enumerate(lines)
        }
        own = [minutes for index, minutes in used.items() if lines[index].code in codes and minutes]
        total = sum(map(sum, own or used.values()))
        if total:
            found.append(f"{name} {total}")
    return _list(found)


def _cited(rules: str, cites: Mapping[str, tuple[str, ...]]) -> str:
    found = [source for rule in rules.split("; ") for source in cites.get(rule, ())]
    return _list(dict.fromkeys(found))


def _list(parts: Iterable[str]) -> str:
    return "; ".join(parts)


def _text(cells: Iterable[str]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(list(cells))
    return text.getvalue()
