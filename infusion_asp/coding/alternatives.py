"""Owns the line sets that another main reason, or another class of a drug, would give."""

from __future__ import annotations

from collections.abc import Callable

from infusion_asp.model import Alternative, AlternativeLine, Encounter, Result

Code = Callable[[Encounter], Result]

_UNDECIDED = {"primary_reason_missing", "primary_reason_unusable"}
_UNCLASSED = "unclassed_bag"
_READINGS = ("therapeutic", "hydration")
_MOST = 12  # main reasons, or drugs without a class, that are tried


def alternatives(code: Code, encounter: Encounter, result: Result) -> tuple[Alternative, ...]:
    """Other line sets where the main reason or the class of a large bag is open; else none.

    `code` codes an encounter without reasons.
    """
    return (*_classes(code, encounter, result), *_reasons(code, encounter, result))


def _classes(code: Code, encounter: Encounter, result: Result) -> list[Alternative]:
    """The lines of each reading of a bag that is not coded until it is classed."""
    open_bags = [
        name for each in result.findings if each.rule == _UNCLASSED for name in each.administrations
    ]
    found = []
    for name in open_bags[:_MOST]:
        for reading in _READINGS:
            given = [
                each.model_copy(update={"category": reading}) if each.id == name else each
                for each in encounter.administrations
            ]
            chosen = encounter.model_copy(update={"administrations": given})
            lines = _lines(code(chosen))
            found.append(Alternative(decided_by=f"{name} is {reading}", lines=lines))
    return found


def _reasons(code: Code, encounter: Encounter, result: Result) -> list[Alternative]:
    """The lines that other main reasons would give, where it is not documented or not usable."""
    if not any(finding.rule in _UNDECIDED for finding in result.findings):
        return []
    found: dict[tuple[AlternativeLine, ...], list[str]] = {}
    known = _lines(result)
    named = {name for line in result.lines for name in line.administrations}
    candidates = [given for given in encounter.administrations if given.id in named]
    for given in candidates[:_MOST]:
        chosen = encounter.model_copy(update={"primary_reason": given.id})
        other = code(chosen)
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
