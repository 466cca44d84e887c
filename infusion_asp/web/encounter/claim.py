"""Owns claim against record: each line as billed, as supported and as repaired, side by side."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from infusion_asp.model import Verification
from infusion_asp.model.verification import BilledVerdict, ClaimLine, Edit, MissedLine
from infusion_asp.render.claim_view import STATUS, money, signed

NOTHING = "nothing"


@dataclass(frozen=True)
class ClaimRow:
    """One line in three columns; `sign` and `word` say how they differ.

    `index` is the place in the claim, from 1; None for a line that is not billed. `amount` is what
    the repair changes in payment.
    """

    index: int | None
    billed: str
    supported: str
    repaired: str
    sign: str
    word: str
    status: str
    amount: str
    label: str
    rule: str
    administrations: tuple[str, ...] = ()


def claim_rows(claim: Verification) -> tuple[ClaimRow, ...]:
    """The billed lines in their order, then what is supported and not billed."""
    dates = {each.date for each in claim.billed} | {each.date for each in claim.missed}
    return tuple(_rows(claim, dated=len(dates - {None}) > 1))


def _rows(claim: Verification, *, dated: bool) -> Iterator[ClaimRow]:
    for line in claim.billed:
        own = [each for each in claim.repair if each.index == line.index]
        yield _billed(line, own, dated=dated)
    left = list(claim.missed)
    for edit in claim.repair:
        if edit.index is None and edit.after is not None:
            missed = next((each for each in left if each.code == edit.after.code), None)
            if missed is not None:
                left.remove(missed)
            yield _added(edit, edit.after, missed, dated=dated)
    for each in left:
        yield _missed(each, dated=dated)


def _billed(line: BilledVerdict, edits: list[Edit], *, dated: bool) -> ClaimRow:
    billed = _text(line, dated=dated)
    repaired, word, sign = billed, "as billed", "="
    if edits:
        after = edits[-1].after
        repaired = NOTHING if after is None else _text(after, dated=dated)
        word = ", ".join(each.action.replace("_", " ") for each in edits)
        sign = "−" if after is None else "≠"
    elif line.status != "supported":
        word, sign = "no repair", "?"
    amounts = [each.amount for each in edits if each.amount is not None]
    return ClaimRow(
        line.index,
        billed,
        _supported(line, billed, dated=dated),
        repaired,
        sign,
        word,
        STATUS[line.status],
        signed(sum(amounts)) if amounts else "",
        line.label,
        next((each.rule for each in edits if each.rule), next(iter(line.rules), "")),
        line.administrations,
    )


def _supported(line: BilledVerdict, billed: str, *, dated: bool) -> str:
    if line.correct is not None:
        return _text(line.correct, dated=dated)
    if line.status == "supported":
        return billed
    if line.supported_units is None:
        return "can't be judged" if line.status == "not_evaluable" else NOTHING
    if not line.supported_units:
        return NOTHING
    return _words(line.code, line.supported_units, line.modifiers)


def _added(edit: Edit, after: ClaimLine, missed: MissedLine | None, *, dated: bool) -> ClaimRow:
    text = _text(after, dated=dated)
    return ClaimRow(
        None,
        "",
        text,
        text,
        "+",
        "add",
        "not billed",
        signed(edit.amount),
        missed.label if missed else "",
        edit.rule or (missed.rule if missed else ""),
        missed.administrations if missed else (),
    )


def _missed(line: MissedLine, *, dated: bool) -> ClaimRow:
    return ClaimRow(
        None,
        "",
        _text(line, dated=dated),
        "",
        "?",
        "no repair",
        "not billed",
        money(line.amount),
        line.label,
        line.rule,
        line.administrations,
    )


def _text(line: ClaimLine | BilledVerdict | MissedLine, *, dated: bool) -> str:
    words = _words(line.code, line.units, line.modifiers)
    return f"{words} ({line.date})" if dated and line.date is not None else words


def _words(code: str, units: int, modifiers: tuple[str, ...]) -> str:
    return " ".join((f"{code} ×{units}", *modifiers))
