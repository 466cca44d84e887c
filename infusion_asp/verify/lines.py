"""Owns the verdict of each billed line: which supported units it gets, and what is left missing."""

from __future__ import annotations

from collections.abc import Sequence

from infusion_asp.model import Encounter, Line
from infusion_asp.model.encounter import BilledLine
from infusion_asp.model.result import Section
from infusion_asp.model.verification import BilledVerdict, ClaimLine, MissedLine, Status
from infusion_asp.verify.judged import Difference, Judged


def verdicts(judged: Judged, supported: Sequence[Line]) -> tuple[BilledVerdict, ...]:
    """A verdict for each billed line, in the order of the claim."""
    found: dict[int, BilledVerdict] = {}
    by_code: dict[str, list[tuple[int, BilledLine]]] = {}
    for index, line in enumerate(judged.parts.encounter.billed, 1):
        by_code.setdefault(line.code, []).append((index, line))
    for code, lines in by_code.items():
        for verdict in _of_code(judged, code, lines, supported):
            found[verdict.index] = verdict
    return tuple(found[index] for index in sorted(found))


def missed(judged: Judged, supported: Sequence[Line]) -> tuple[MissedLine, ...]:
    """Supported units that no billed line gets, in the order of the result."""
    lacking = judged.texts("claim_lacks")
    gone = {each.code: each for each in judged.differences if each.rule.id in lacking}
    found: list[MissedLine] = []
    for code, each in gone.items():
        lines = [
            (index, line)
            for index, line in enumerate(judged.parts.encounter.billed, 1)
            if line.code == code
        ]
        ours = [line for line in supported if line.code == code]
        _, left = _allocated(judged, lines, ours)
        for line in ours:
            group = _group(judged, line.modifiers)
            units = min(left.get(group, 0), line.units, each.units)
            if units:
                left[group] -= units
                found.append(_missed(judged, each, line, units))
    place = {id(line): at for at, line in enumerate(supported)}
    keys = {(line.code, line.modifiers, line.date): place[id(line)] for line in supported}
    return tuple(sorted(found, key=lambda one: keys[one.code, one.modifiers, one.date]))


def _missed(judged: Judged, each: Difference, line: Line, units: int) -> MissedLine:
    return MissedLine(
        section=line.section,
        code=line.code,
        label=line.label,
        units=units,
        modifiers=line.modifiers,
        date=line.date,
        administrations=line.administrations,
        rule=each.rule.id,
        sentence=judged.said([each.atom]) or each.rule.title,
    )


def _of_code(
    judged: Judged, code: str, lines: list[tuple[int, BilledLine]], supported: Sequence[Line]
) -> list[BilledVerdict]:
    about = [each for each in judged.differences if each.code == code]
    deciding = [each for each in about if each.decides]
    broken = [reason.rule for each in deciding for reason in judged.readings(each)]
    rules = tuple(dict.fromkeys([*(each.rule.id for each in (*deciding, *about)), *broken]))
    given = judged.members(code)
    ours = [line for line in supported if line.code == code]
    section: Section | None = ours[0].section if ours else _section(judged, code)
    label = ours[0].label if ours else _label(judged, code)
    shares = _shares(judged, code, lines, ours, bool(deciding))
    return [
        BilledVerdict(
            index=index,
            section=section,
            code=code,
            label=label,
            units=line.units,
            modifiers=line.modifiers,
            date=line.date,
            status=status,
            supported_units=units,
            rules=rules if status != "supported" or not deciding else (),
            administrations=given or _members(ours),
            correct=correct,
        )
        for (index, line), (status, units, correct) in zip(lines, shares, strict=True)
    ]


_Share = tuple[Status, int | None, ClaimLine | None]


def _shares(
    judged: Judged,
    code: str,
    lines: list[tuple[int, BilledLine]],
    ours: Sequence[Line],
    differs: bool,
) -> list[_Share]:
    """Status, supported units and right line of each billed line of one code."""
    if not (ours or differs or code in judged.judged_codes):
        return [("not_evaluable", None, None)] * len(lines)
    if not differs:
        return [("supported", line.units, None) for _, line in lines]
    given, _ = _allocated(judged, lines, ours)
    right = judged.pairs.get(code)
    return [_share(judged, line, given[index], right, ours) for index, line in lines]


def _allocated(
    judged: Judged, lines: list[tuple[int, BilledLine]], ours: Sequence[Line]
) -> tuple[dict[int, int], dict[frozenset[str], int]]:
    """Supported units of each billed line of one code, and those left, by their modifiers.

    Lines get units that are written as they are first; what is left of the same writing goes to
    the last of them, whatever else is left is missed.
    """
    left: dict[frozenset[str], int] = {}
    for each in ours:
        group = _group(judged, each.modifiers)
        left[group] = left.get(group, 0) + each.units
    order = sorted(lines, key=lambda each: (*_words(each[1]), each[0]))
    given = {index: 0 for index, _ in lines}
    for exact in (True, False):
        for index, line in order:
            own = _group(judged, line.modifiers)
            for group in sorted(left, key=sorted):
                if exact and group != own:
                    continue
                share = min(line.units - given[index], left[group])
                given[index] += share
                left[group] -= share
    for index, line in reversed(order):
        given[index] += left.pop(_group(judged, line.modifiers), 0)
    return given, left


def _share(
    judged: Judged, line: BilledLine, share: int, right: str | None, ours: Sequence[Line]
) -> _Share:
    written = ClaimLine(
        code=line.code, units=max(share, 1), modifiers=line.modifiers, date=line.date
    )
    if share == line.units:
        groups = {_group(judged, each.modifiers): each.modifiers for each in ours}
        if groups and _group(judged, line.modifiers) not in groups:
            best = groups[min(groups, key=sorted)]
            return "wrong_code", share, written.model_copy(update={"modifiers": best})
        return "supported", share, None
    if share:
        return "wrong_units", share, written
    if right is not None:
        update = {"code": right, "units": line.units}
        return "wrong_code", 0, written.model_copy(update=update)
    return "not_supported", 0 if judged.compared else None, None


def _group(judged: Judged, modifiers: Sequence[str]) -> frozenset[str]:
    """What a line is compared by: its modifiers, all that say distinct as one."""
    distinct = judged.texts("distinct_mark")
    one = min(distinct, default="")
    return frozenset(
        one if each in distinct else each for each in modifiers if each in judged.marks
    )


def _words(line: BilledLine) -> tuple[tuple[str, ...], str, int]:
    return line.modifiers, str(line.date or ""), line.units


def _members(ours: Sequence[Line]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for line in ours for name in line.administrations))


def _section(judged: Judged, code: str) -> Section | None:
    row = judged.parts.tables.codes.get(code)
    if row is not None:
        return "neighbour" if row.section == "neighbour" else "administration"
    return "drug" if judged.parts.tables.drugs.by_hcpcs(code) else None


def _label(judged: Judged, code: str) -> str:
    row = judged.parts.tables.codes.get(code)
    if row is not None:
        return row.label
    drugs = judged.parts.tables.drugs.by_hcpcs(code)
    return drugs[0].generic if drugs else ""


def claim_lines(encounter: Encounter) -> list[ClaimLine]:
    """The billed lines as lines of a claim."""
    return [
        ClaimLine(code=each.code, units=each.units, modifiers=each.modifiers, date=each.date)
        for each in encounter.billed
    ]
