"""Owns the difference between two answers: per line, in findings, and in one sentence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from infusion_asp.render.claim_view import money
from infusion_asp.render.words import count
from infusion_asp.web.encounter.shown import Shown, ShownLine

Change = Literal["", "new", "gone", "units", "amount"]
SPOKEN = 4  # changes of lines that the sentence names one by one
SIGNS: dict[Change, str] = {"new": "+", "gone": "−", "units": "≠", "amount": "≠", "": ""}


@dataclass(frozen=True)
class LineChange:
    """How a line differs from the state before: sign and words; nothing where it does not."""

    change: Change = ""
    words: str = ""

    @property
    def sign(self) -> str:
        """One character that says the sort of change without colour."""
        return SIGNS[self.change]


@dataclass(frozen=True)
class Difference:
    """What one change of the record did; `lines` by the key of a line, gone ones apart."""

    lines: dict[tuple[str, str, tuple[str, ...], str], LineChange]
    gone: tuple[ShownLine, ...] = ()
    new_findings: frozenset[tuple[str, str]] = frozenset()
    cured: tuple[tuple[str, str], ...] = ()
    sentence: str = ""
    compared: bool = False

    def of(self, line: ShownLine) -> LineChange:
        """The change of a line of the later answer."""
        return self.lines.get(line.key, LineChange())


def difference(before: Shown, after: Shown) -> Difference:
    """What differs; without a state before nothing does, and the sentence says what is there."""
    if not before.answered:
        words = f"{count(len(after.lines), 'line')}, {money(after.total)} in all"
        return Difference({}, sentence=words if after.answered else "")
    known = {each.key: each for each in before.lines}
    now = {each.key for each in after.lines}
    changed = {each.key: _change(known.get(each.key), each) for each in after.lines}
    gone = tuple(each for each in before.lines if each.key not in now)
    said = set(before.findings)
    new = frozenset(after.findings) - said
    cured = tuple(each for each in before.findings if each not in after.findings)
    sentence = _sentence(before, after, changed, gone, len(new), len(cured))
    return Difference(
        {key: each for key, each in changed.items() if each.change},
        gone,
        new,
        cured,
        sentence,
        compared=True,
    )


def _change(before: ShownLine | None, after: ShownLine) -> LineChange:
    if before is None:
        return LineChange("new", "new")
    if before.units != after.units:
        return LineChange("units", f"units {before.units} → {after.units}")
    if before.amount != after.amount:
        return LineChange("amount", f"amount {_money(before.amount)} → {_money(after.amount)}")
    return LineChange()


def _sentence(
    before: Shown,
    after: Shown,
    changed: dict[tuple[str, str, tuple[str, ...], str], LineChange],
    gone: tuple[ShownLine, ...],
    new: int,
    cured: int,
) -> str:
    """One sentence: lines that came, went or changed, the total, and findings."""
    parts = list(_lines(before, after, changed, gone))
    if len(parts) > SPOKEN:
        parts = [*parts[:SPOKEN], f"{count(len(parts) - SPOKEN, 'further line')} changed"]
    if before.total != after.total:
        parts.append(f"total {money(before.total)} to {money(after.total)}")
    if new:
        parts.append(count(new, "new finding"))
    if cured:
        parts.append(f"{count(cured, 'finding')} no longer")
    return "; ".join(parts) or "no line changed"


def _lines(
    before: Shown,
    after: Shown,
    changed: dict[tuple[str, str, tuple[str, ...], str], LineChange],
    gone: tuple[ShownLine, ...],
) -> Iterator[str]:
    known = {each.key: each for each in before.lines}
    for line in after.lines:
        change = changed[line.key].change
        if change == "new":
            yield f"{line.name} is new, {count(line.units, 'unit')}"
        elif change == "units":
            yield f"{line.name} units {known[line.key].units} to {line.units}"
        elif change == "amount":
            was = _money(known[line.key].amount)
            yield f"{line.name} amount {was} to {_money(line.amount)}"
    for line in gone:
        yield f"{line.name} is gone"


def _money(amount: Decimal | None) -> str:
    return money(amount) or "no amount"
