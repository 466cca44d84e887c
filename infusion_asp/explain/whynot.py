"""Owns why a code is not reported: elsewhere, nearly, or by no rule of this setting."""

from __future__ import annotations

from infusion_asp.coding import Coder
from infusion_asp.explain.codes import checked_administration, checked_code, label_of
from infusion_asp.explain.words import named
from infusion_asp.model import Encounter, Line, Result, WhyNot


def why_not(
    coder: Coder,
    encounter: Encounter,
    result: Result,
    code: str,
    administration: str | None = None,
) -> WhyNot:
    """Why a code is not reported for an administration, or not at all."""
    code = checked_code(coder, code)
    label = label_of(coder, code)
    lines = [line for line in result.lines if line.code == code]
    if administration is not None:
        checked_administration(encounter, administration)
    mine = [line for line in lines if administration in (None, *line.administrations)]
    if mine:
        places = tuple(_where(encounter, line) for line in mine)
        sentence = f"{code} is reported: {'; '.join(places)}; --why {code} gives the reasons"
        return WhyNot(
            code=code,
            label=label,
            administration=administration,
            case="reported",
            sentence=sentence,
            elsewhere=places,
            rules=mine[0].rules,
        )
    return WhyNot(
        code=code, label=label, administration=administration, case="no_rule", sentence=""
    )


def _where(encounter: Encounter, line: Line) -> str:
    """What a line stands for, and by which minutes."""
    drugs = {given.id: named(given) for given in encounter.administrations}
    units: dict[str, list[int]] = {}
    for unit in line.units_by:
        if unit.minutes is not None:
            units.setdefault(unit.administration, []).append(unit.minutes)
    names = [
        drugs.get(each, each)
        + (f" by {'+'.join(map(str, units[each]))} minutes" if each in units else "")
        for each in line.administrations
    ]
    marks = "".join(f"-{each}" for each in line.modifiers)
    return f"{line.code}{marks} ×{line.units} for {', '.join(names) or 'the encounter'}"
