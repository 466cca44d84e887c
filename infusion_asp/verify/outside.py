"""Owns edits of billed lines that no record supports or refutes, as the rules about them say."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from infusion_asp.model import Encounter
from infusion_asp.model.encounter import BilledLine
from infusion_asp.model.verification import BilledVerdict, ClaimLine, Edit, Verification
from infusion_asp.verify.judged import Difference
from infusion_asp.verify.money import Money
from infusion_asp.verify.pairing import Billed, cut
from infusion_asp.verify.repair import edit
from infusion_asp.verify.rounds import Inquiry

_ROUNDS = 5  # of edits that make others necessary
_MODIFIER = 2  # characters; a code has five


def edits_outside(
    billed: Sequence[Billed], over: Sequence[Difference], money: Money
) -> tuple[Edit, ...]:
    """Takes off the units that are too many, or puts the modifier that is missing on one line.

    Of several findings about one code the one with the most units holds.
    """
    found: dict[int, Edit] = {}
    added: list[Edit] = []
    for code in sorted({each.code for each in over}):
        about = [each for each in over if each.code == code]
        worst = max(about, key=lambda each: (len(each.other) != _MODIFIER, each.units))
        lines = sorted(
            (each for each in billed if each.line.code == code),
            key=lambda each: (each.line.modifiers, each.line.units, each.index),
        )
        if not lines:  # it stands beside the billed lines
            line = ClaimLine(code=code, units=max(worst.units, 1), modifiers=(worst.other,))
            added.append(edit("add", None, None, line, money, worst.rule.id))
            continue
        if len(worst.other) == _MODIFIER:
            each = lines[0]
            modifiers = (worst.other, *each.line.modifiers)
            after = each.line.model_copy(update={"modifiers": modifiers})
            found[each.index] = edit(
                "change_modifiers", each.index, each.line, after, money, worst.rule.id
            )
            continue
        off = cut(lines, min(worst.units, sum(each.line.units for each in lines)))
        for each in lines:
            units = each.line.units - off.get(each.index, 0)
            if units == 0:
                found[each.index] = edit(
                    "remove", each.index, each.line, None, money, worst.rule.id
                )
            elif units != each.line.units:
                after = each.line.model_copy(update={"units": units})
                found[each.index] = edit(
                    "change_units", each.index, each.line, after, money, worst.rule.id
                )
    return (*(found[index] for index in sorted(found)), *added)


def followed(
    found: Verification,
    encounter: Encounter,
    money: Money,
    codes: Collection[str],
) -> Inquiry[Encounter, Verification | None, tuple[Edit, ...]]:
    """The edits of a claim, and those that only they make necessary; `codes` have no record.

    Asks for the verifications of the claim with other lines; None: it can't be verified.

    A line that goes can leave another one without the first code that it stands beside, or make
    an edit of another one idle, which is left out.
    """
    edits = {each.index: each for each in found.repair if each.index is not None}
    added = [each for each in found.repair if each.index is None]

    def edited(some: Mapping[int, Edit]) -> list[Encounter]:
        lines = [*_kept(found, some).values(), *(e.after for e in added if e.after)]
        billed = tuple(
            BilledLine(code=e.code, units=e.units, modifiers=e.modifiers, date=e.date)
            for e in lines
        )
        return [encounter.model_copy(update={"billed": billed})]

    for _ in range(_ROUNDS):
        (made,) = yield edited(edits)
        more = made.repair if made else ()
        places = list(_kept(found, edits))
        for each in more:
            if each.index is not None and each.index <= len(places):
                index = places[each.index - 1]
                before = _line(found.billed[index - 1])
                rule = edits[index].rule if index in edits else each.rule
                edits[index] = edit(_action(before, each), index, before, each.after, money, rule)
        if not more:
            break
    for idle in sorted(edits):
        others = {at: each for at, each in edits.items() if at != idle}
        if found.billed[idle - 1].code in codes:
            (made,) = yield edited(others)
            if made and made.verdict != "differs":
                edits = others
    return (*(edits[index] for index in sorted(edits)), *added)


def _kept(found: Verification, edits: Mapping[int, Edit]) -> dict[int, ClaimLine]:
    """The lines after the edits, by their place on the claim."""
    kept: dict[int, ClaimLine] = {}
    for each in found.billed:
        line = edits[each.index].after if each.index in edits else _line(each)
        if line is not None:
            kept[each.index] = line
    return kept


def _line(each: BilledVerdict) -> ClaimLine:
    return ClaimLine(code=each.code, units=each.units, modifiers=each.modifiers, date=each.date)


def _action(before: ClaimLine, last: Edit) -> str:
    if last.after is None:
        return "remove"
    return "change_units" if last.after.units != before.units else last.action
