"""Owns edits of billed lines that no record supports or refutes, as the rules about them say."""

from __future__ import annotations

from collections.abc import Sequence

from infusion_asp.model.verification import Edit
from infusion_asp.verify.judged import Difference
from infusion_asp.verify.money import Money
from infusion_asp.verify.pairing import Billed, cut
from infusion_asp.verify.repair import edit

_MODIFIER = 2  # characters; a code has five


def edits_outside(
    billed: Sequence[Billed], over: Sequence[Difference], money: Money
) -> tuple[Edit, ...]:
    """Takes off the units that are too many, or puts on the modifier that is missing.

    Of several findings about one code the one with the most units holds.
    """
    found: dict[int, Edit] = {}
    for code in sorted({each.code for each in over}):
        about = [each for each in over if each.code == code]
        worst = max(about, key=lambda each: (len(each.other) != _MODIFIER, each.units))
        lines = sorted(
            (each for each in billed if each.line.code == code),
            key=lambda each: (each.line.modifiers, each.line.units, each.index),
        )
        if len(worst.other) == _MODIFIER:
            for each in lines:
                if worst.other not in each.line.modifiers:
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
    return tuple(found[index] for index in sorted(found))
