"""The smallest list of edits from the billed lines to those that the record supports."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from infusion_asp.model.verification import ClaimLine, Edit
from infusion_asp.verify.money import Money
from infusion_asp.verify.pairing import Billed, Groups, Key, Pairing
from infusion_asp.verify.search import pair

Rules = Mapping[int | str, str]


def repair(
    billed: Sequence[Billed],
    supported: Sequence[ClaimLine],
    money: Money,
    *,
    compared: Mapping[str, str],
    tolerated: Mapping[str, str] | None = None,
    right: Mapping[str, str] | None = None,
    rules: Rules | None = None,
) -> tuple[Edit, ...]:
    """The edits, those of billed lines in the order of the claim, then what is added.

    `compared` says as which modifier one is compared ("XS" as "59"); the others are let alone.
    One too many of the modifier `tolerated` on a code is let alone too.
    Of equally short lists the one is taken that puts the `right` code in the place of a wrong one,
    else the one that moves the least money. `rules` names the rule that decides, by place of a
    billed line or by code of a missed one.
    The order of the lines changes nothing but the places that the edits name.
    """
    groups = Groups.of(billed, supported, compared, tolerated)

    def worth(before: ClaimLine, after: ClaimLine) -> Decimal:
        if (right or {}).get(before.code) == after.code:
            return Decimal(0)
        return abs(change(before, after, money) or Decimal(0))

    return tuple(_edits(groups, billed, pair(groups, worth), money, compared, rules or {}))


def nearest(
    billed: Sequence[Billed],
    targets: Mapping[str, Sequence[ClaimLine]],
    money: Money,
    *,
    compared: Mapping[str, str],
    tolerated: Mapping[str, str] | None = None,
    right: Mapping[str, str] | None = None,
    rules: Rules | None = None,
) -> tuple[str, tuple[Edit, ...]]:
    """The target with the fewest edits and these edits; of several the first one.

    A target is named by what decides for it; put the lines of the record as it stands first.
    """
    found = {
        name: repair(
            billed, lines, money, compared=compared, tolerated=tolerated, right=right, rules=rules
        )
        for name, lines in targets.items()
    }
    name = min(found, key=lambda each: len(found[each]))
    return name, found[name]


def repaired(billed: Sequence[Billed], edits: Sequence[Edit]) -> tuple[ClaimLine, ...]:
    """The claim after the edits: the billed lines in their order, then what is added."""
    by_index = {edit.index: edit for edit in edits if edit.index is not None}
    kept = (by_index[each.index].after if each.index in by_index else each.line for each in billed)
    added = (edit.after for edit in edits if edit.index is None)
    return tuple(line for line in (*kept, *added) if line is not None)


def change(before: ClaimLine | None, after: ClaimLine | None, money: Money) -> Decimal | None:
    """What one line in place of another changes in payment; None where a rate is not known."""
    amounts = [
        Decimal(0) if line is None else money.amount(line.code, line.units)
        for line in (before, after)
    ]
    old, new = amounts
    if before is not None and after is not None and _same_pay(before, after):
        return Decimal("0.00")
    return None if old is None or new is None else new - old


def _same_pay(one: ClaimLine, other: ClaimLine) -> bool:
    return (one.code, one.units) == (other.code, other.units)


def _edits(
    groups: Groups,
    billed: Sequence[Billed],
    found: Pairing,
    money: Money,
    compared: Mapping[str, str],
    rules: Rules,
) -> Iterator[Edit]:
    for each in sorted(billed, key=lambda each: each.index):
        line, index = each.line, each.index
        rule = rules.get(index, "")
        if index in found.moves:
            key = found.moves[index]
            after = _moved(line, key, groups.line_of(key, line.units), compared)
            action = "change_modifiers" if after.code == line.code else "change_code"
            yield edit(action, index, line, after, money, rule)
            continue
        units = line.units + found.raises.get(index, 0) - found.cuts.get(index, 0)
        if units == 0:
            yield edit("remove", index, line, None, money, rule)
        elif units != line.units:
            after = line.model_copy(update={"units": units})
            yield edit("change_units", index, line, after, money, rule)
    for key, units in found.adds.items():
        yield edit("add", None, None, groups.line_of(key, units), money, rules.get(key.code, ""))


def _moved(line: ClaimLine, key: Key, target: ClaimLine, compared: Mapping[str, str]) -> ClaimLine:
    """The line with the code, or the compared modifiers, of a group; its other ones stay."""
    if line.code != key.code:
        return line.model_copy(update={"code": key.code})
    own = tuple(each for each in line.modifiers if each not in compared)
    written = tuple(each for each in target.modifiers if each in compared)
    return line.model_copy(update={"modifiers": (*written, *own)})


def edit(
    action: str,
    index: int | None,
    before: ClaimLine | None,
    after: ClaimLine | None,
    money: Money,
    rule: str,
) -> Edit:
    """One edit with what it changes in payment."""
    return Edit(
        action=action,  # type: ignore[arg-type]
        index=index,
        before=before,
        after=after,
        rule=rule,
        amount=change(before, after, money),
    )
