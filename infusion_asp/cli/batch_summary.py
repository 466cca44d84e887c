"""Owns the last words of a batch: what it came to, in lines of at most 80 columns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from infusion_asp.batch.run import Ended

_SHOWN = 12  # of a list that may be long
_DONE = {"code": "coded", "verify": "verified"}
_LEVELS = ("error", "warning", "info")
_ORDER = ("supported", "differs", "not_evaluable")


def summary_lines(ended: Ended, task: str, out: Path, form: str) -> Iterator[str]:
    """The summary of a run that is whole."""
    counts = ended.counts
    done = f"{counts.encounters:,} of {counts.records:,} records {_DONE[task]}"
    if ended.earlier:
        yield f"{done} by an earlier run, which is whole"
    else:
        rate = counts.encounters / max(ended.seconds, 1e-9)
        yield f"{done} in {ended.seconds:,.1f} seconds, {rate:,.0f} a second"
        if ended.hits:
            yield f"{ended.hits:,} of them by an answer to an equal one"
    for verdict in _ORDER:
        if counts.verdicts[verdict]:
            yield f"  {verdict.replace('_', ' '):<16}{counts.verdicts[verdict]:>12,}"
    if task == "verify":
        yield f"money: ${counts.over:,.2f} over, ${counts.under:,.2f} under"
    yield from _list("supported lines, by code", counts.lines)
    levels = [f"{counts.levels[each]:,} {each}" for each in _LEVELS if counts.levels[each]]
    yield from _list(f"findings, by rule ({', '.join(levels)})", counts.findings)
    yield from _list("errors, by kind", counts.errors)
    sums = f"{counted(counts.encounters, 'result')} + {counted(counts.failed, 'error')}"
    yield f"{counted(counts.records, 'record')} = {sums}"
    yield f"tables: {out}/*.{form}, summary.json"


def counted(number: int, what: str) -> str:
    """A number with its word."""
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"


def _list(title: str, found: Mapping[str, int]) -> Iterator[str]:
    """The most frequent first, then those of a number by name."""
    if not found:
        return
    yield f"{title}:"
    ranked = sorted(Counter(found).items(), key=lambda item: (-item[1], item[0]))
    for name, number in ranked[:_SHOWN]:
        yield f"  {name:<40}{number:>12,}"
    rest = sum(number for _, number in ranked[_SHOWN:])
    if rest:
        yield f"  {f'{len(ranked) - _SHOWN} others':<40}{rest:>12,}"
