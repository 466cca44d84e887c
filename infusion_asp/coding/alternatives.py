"""Owns the line sets that a result could have, where something that decides is not documented."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date

from infusion_asp.coding.lines import LineSet
from infusion_asp.coding.open_points import possibilities
from infusion_asp.model import Alternative, AlternativeLine, Encounter, ErrorRecord, Line, Result

Code = Callable[[Encounter], Result]
LinesMany = Callable[[Sequence[Encounter]], list[LineSet | ErrorRecord]]

_UNDECIDED = {"primary_reason_missing", "primary_reason_unusable"}
_MOST = 12  # main reasons that are tried
_POSSIBLE = 36  # other possibilities that are tried


def alternatives(
    code: Code, lines_many: LinesMany, encounter: Encounter, result: Result
) -> tuple[Alternative, ...]:
    """The other line sets that the record leaves possible, and what decides for each of them.

    `code` codes an encounter without reasons; `lines_many` gives the lines of several.
    """
    found: dict[tuple[AlternativeLine, ...], list[str]] = {}
    known = _lines(result)
    for words, lines in _possible(lines_many, encounter, result):
        if lines != known:
            found.setdefault(lines, []).append(words)
    reasons = _reasons(code, encounter, result, known)
    return (
        *(
            Alternative(decided_by=", or ".join(dict.fromkeys(words)), lines=lines)
            for lines, words in found.items()
        ),
        *reasons,
    )


def _possible(
    lines_many: LinesMany, encounter: Encounter, result: Result
) -> Iterable[tuple[str, tuple[AlternativeLine, ...]]]:
    """The lines of everything that findings say is open."""
    open_ones: dict[str, Encounter] = {}
    for finding in result.findings:
        for words, varied in possibilities(encounter, finding):
            open_ones.setdefault(words, varied)
    asked = list(open_ones.items())[:_POSSIBLE]
    if not asked:
        return
    for (words, _), lines in zip(asked, lines_many([each for _, each in asked]), strict=True):
        if not isinstance(lines, ErrorRecord):
            yield words, _of_set(lines)


def _reasons(
    code: Code, encounter: Encounter, result: Result, known: tuple[AlternativeLine, ...]
) -> list[Alternative]:
    """The lines that other main reasons would give, where it is not documented or not usable."""
    if not any(finding.rule in _UNDECIDED for finding in result.findings):
        return []
    found: dict[tuple[AlternativeLine, ...], list[str]] = {}
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
        for line in sorted(result.lines, key=lambda each: (each.section, _place(each)))
        if line.section != "drug"
    )


def _of_set(lines: LineSet) -> tuple[AlternativeLine, ...]:
    made = [
        (
            key.section,
            AlternativeLine(
                code=key.code,
                units=key.units,
                modifiers=key.modifiers,
                date=date.fromisoformat(key.date) if key.date else None,
            ),
        )
        for key in lines
        if key.section != "drug"
    ]
    return tuple(line for _, line in sorted(made, key=lambda each: (each[0], _place(each[1]))))


def _place(line: AlternativeLine | Line) -> tuple[date, str, tuple[str, ...]]:
    return line.date or date.min, line.code, line.modifiers
