"""Owns what a verified claim is worth and what repairs it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from infusion_asp.model.verification import (
    BilledVerdict,
    ClaimFinding,
    ClaimLine,
    Edit,
    MissedLine,
    Verification,
)
from infusion_asp.verify.judged import Difference, Judged
from infusion_asp.verify.money import Money
from infusion_asp.verify.outside import edits_outside
from infusion_asp.verify.pairing import Billed
from infusion_asp.verify.repair import repair

DISTINCT = "distinct"


def finished(found: Verification, judged: Judged) -> Verification:
    """The verification with amounts, totals and, where it differs, its repair."""
    money = money_of(found, judged)
    edits = Claim(found, judged, money).edits() if found.verdict == "differs" else ()
    codes = {line.code for line in found.billed} | {line.code for line in found.missed}
    return found.model_copy(
        update={
            "billed": tuple(_valued(line, money) for line in found.billed),
            "missed": tuple(_missed(line, money) for line in found.missed),
            "findings": tuple(_worth(each, judged, money) for each in found.findings),
            "repair": edits,
            "rates": money.rates(codes),
            "over": _sum(-each.amount for each in edits if each.amount is not None),
            "under": _sum(each.amount for each in edits if each.amount is not None),
        }
    )


def money_of(found: Verification, judged: Judged) -> Money:
    """The money of a claim; what is packaged depends on the supported lines, else the billed."""
    parts = judged.parts
    dates = [line.date for line in found.supported] + [line.date for line in found.billed]
    days = [each for each in dates if each is not None]
    beside = [line.code for line in found.supported] or [line.code for line in found.billed]
    first = min(days, default=None)
    return Money.of(parts.encounter, parts.rulebook, parts.tables, first, beside)


class Claim:
    """The billed lines as the rules compare them, and the edits from them to other lines."""

    def __init__(self, found: Verification, judged: Judged, money: Money) -> None:
        self.money = money
        self._judged = judged
        self._found = found
        self._codes = judged.texts("claim_judged")
        same = dict.fromkeys(judged.texts("distinct_mark"), DISTINCT)
        kept = judged.texts("kept_modifier") | judged.texts("repeat_modifier")
        self._compared = same | {each: each for each in kept}
        self._tolerated = dict.fromkeys(judged.texts("opened_pair"), DISTINCT)
        self._rules: dict[int | str, str] = {line.code: line.rule for line in found.missed} | {
            line.index: line.rules[0] for line in found.billed if line.rules
        }

    def edits(self) -> tuple[Edit, ...]:
        """The edits to the lines of the record, and those of lines that it cannot support."""
        to_record = self.towards(self._record())
        return (*to_record, *edits_outside(self._outside(), self._beyond(), self.money))

    def towards(self, lines: Sequence[ClaimLine]) -> tuple[Edit, ...]:
        """The edits from the claim to other lines."""
        codes = self._codes | {line.code for line in lines}
        return repair(
            [each for each in self._lines() if each.line.code in codes],
            lines,
            self.money,
            compared=self._compared,
            tolerated=self._tolerated,
            right=self._judged.pairs,
            rules=self._rules,
        )

    def _record(self) -> list[ClaimLine]:
        return [
            ClaimLine(code=line.code, units=line.units, modifiers=line.modifiers, date=line.date)
            for line in self._found.supported
            if line.code in self._codes
        ]

    def _lines(self) -> list[Billed]:
        return [
            Billed(
                each.index,
                ClaimLine(
                    code=each.code, units=each.units, modifiers=each.modifiers, date=each.date
                ),
            )
            for each in self._found.billed
        ]

    def _outside(self) -> list[Billed]:
        return [each for each in self._lines() if each.line.code not in self._codes]

    def _beyond(self) -> list[Difference]:
        """Overpayments of codes that are not compared with the record."""
        return [
            each
            for each in self._judged.differences
            if each.rule.risk == "over" and each.code not in self._codes
        ]


def _valued(line: BilledVerdict, money: Money) -> BilledVerdict:
    """With what is paid over the supported amount; nothing where the line is as it should be."""
    if line.status == "not_evaluable":
        return line
    if line.status == "supported":
        return line.model_copy(update={"amount": Decimal("0.00")})
    paid = money.amount(line.code, line.units)
    if line.correct is not None:
        right = money.amount(line.correct.code, line.correct.units)
    else:
        right = (
            money.amount(line.code, line.supported_units) if line.supported_units else Decimal(0)
        )
    amount = None if paid is None or right is None else paid - right
    return line.model_copy(update={"amount": amount})


def _missed(line: MissedLine, money: Money) -> MissedLine:
    return line.model_copy(update={"amount": money.amount(line.code, line.units)})


def _worth(each: ClaimFinding, judged: Judged, money: Money) -> ClaimFinding:
    """With the money at risk: the units too many or too few, or what the right code is worth."""
    if each.risk not in ("over", "under") or each.code is None:
        return each
    other = each.arguments[0] if each.arguments else ""
    for found in judged.differences:
        if (found.rule.id, found.code, found.other) == (each.rule, each.code, other):
            return each.model_copy(update={"amount": _at_risk(found, judged, money)})
    return each


def _at_risk(found: Difference, judged: Judged, money: Money) -> Decimal | None:
    own = money.amount(found.code, max(found.units, 1))
    instead = judged.pairs.get(found.code) == found.other and found.other
    right = money.amount(found.other, max(found.units, 1)) if instead else Decimal(0)
    if own is None or right is None:
        return None
    return max(own - right if found.rule.risk == "over" else right - own, Decimal("0.00"))


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum((each for each in amounts if each > 0), Decimal("0.00"))
