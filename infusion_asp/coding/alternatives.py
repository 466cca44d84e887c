"""Owns the line sets that another main reason of the visit would give."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infusion_asp.model import Alternative, AlternativeLine, Encounter, Result

if TYPE_CHECKING:
    from infusion_asp.coding.coder import Coder

_UNDECIDED = {"primary_reason_missing", "primary_reason_unusable"}
_MOST = 12  # main reasons that are tried


def alternatives(coder: Coder, encounter: Encounter, result: Result) -> list[Alternative]:
    """Other line sets where the main reason is not documented or not usable; else none."""
    if not any(finding.rule in _UNDECIDED for finding in result.findings):
        return []
    found: dict[tuple[AlternativeLine, ...], list[str]] = {}
    known = _lines(result)
    named = {name for line in result.lines for name in line.administrations}
    candidates = [given for given in encounter.administrations if given.id in named]
    for given in candidates[:_MOST]:
        chosen = encounter.model_copy(update={"primary_reason": given.id})
        other = coder.code(chosen, explain=False)
        if any(finding.rule == "primary_reason_unusable" for finding in other.findings):
            continue
        lines = _lines(other)
        if lines != known:
            found.setdefault(lines, []).append(f"{given.id} ({given.name})")
    return [
        Alternative(
            decided_by=f"the main reason for the visit is {' or '.join(names)}", lines=lines
        )
        for lines, names in found.items()
    ]


def _lines(result: Result) -> tuple[AlternativeLine, ...]:
    return tuple(
        AlternativeLine(code=line.code, units=line.units, modifiers=line.modifiers, date=line.date)
        for line in result.lines
        if line.section != "drug"
    )
