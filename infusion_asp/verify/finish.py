"""Owns what a verified claim is worth and what repairs it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from infusion_asp.coding import Coder
from infusion_asp.coding.lines import LineSet, lines_of
from infusion_asp.model import Encounter, Line
from infusion_asp.model.verification import (
    BilledVerdict,
    ClaimFinding,
    ClaimLine,
    ClinicianQuery,
    Edit,
    MissedLine,
    Verification,
)
from infusion_asp.verify.judged import Difference, Judged
from infusion_asp.verify.money import Money
from infusion_asp.verify.outside import edits_outside, followed
from infusion_asp.verify.pairing import Billed
from infusion_asp.verify.queries import Asking, questions, together
from infusion_asp.verify.repair import repair
from infusion_asp.verify.rounds import Inquiry

DISTINCT = "distinct"
_RISKS = ("over", "under", "documentation", "none")


def finished(found: Verification, judged: Judged) -> Verification:
    """The verification with amounts and totals and, where it differs, its repair."""
    money = money_of(found, judged)
    edits = Claim(found, judged, money).edits() if found.verdict == "differs" else ()
    codes = {line.code for line in found.billed} | {line.code for line in found.missed}
    worth = [_worth(each, judged, money) for each in found.findings]
    return found.model_copy(
        update={
            "billed": tuple(_valued(line, money) for line in found.billed),
            "missed": tuple(_missed(line, money) for line in found.missed),
            "findings": tuple(sorted(worth, key=lambda each: _RISKS.index(each.risk))),
            "repair": edits,
            "rates": money.rates(codes),
            **_totals(edits),
        }
    )


def settled(
    found: Verification, judged: Judged
) -> Inquiry[Encounter, Verification | None, Verification]:
    """Lines that no record supports are repaired until nothing is left.

    Asks for the verifications of the claim with other lines; None: it can't be verified.
    """
    money = money_of(found, judged)
    codes = Claim(found, judged, money).without_record()
    edited = {each.before.code for each in found.repair if each.before is not None}
    added = frozenset(e.after.code for e in found.repair if e.after is not None) - codes
    if not (edited & codes or _paired(codes, added, judged, money)):
        return found
    edits = yield from followed(found, judged.parts.encounter, money, codes)
    return found.model_copy(update={"repair": edits, **_totals(edits)})


def _paired(codes: frozenset[str], added: frozenset[str], judged: Judged, money: Money) -> bool:
    """Whether a code that is added makes a payer's pair with one that no record supports."""
    edits, setting = judged.parts.tables.edits, judged.parts.encounter.setting
    one = edits.between(codes, added, setting, money.day)
    return bool(one or edits.between(added, codes, setting, money.day))


def _totals(edits: Sequence[Edit]) -> dict[str, Decimal]:
    return {
        "over": _sum(-each.amount for each in edits if each.amount is not None),
        "under": _sum(each.amount for each in edits if each.amount is not None),
    }


def questioned(coder: Coder, many: Sequence[tuple[Verification, Judged]]) -> list[Verification]:
    """The verifications with the questions to the clinician, found side by side."""
    asking = {
        at: _questions(found, judged, coder)
        for at, (found, judged) in enumerate(many)
        if judged.parts.encounter.administrations
    }
    asked = dict(zip(asking, together(coder, list(asking.values())), strict=True))
    return [
        found.model_copy(update={"queries": asked[at]}) if asked.get(at) else found
        for at, (found, _) in enumerate(many)
    ]


def _questions(
    found: Verification, judged: Judged, coder: Coder
) -> Asking[tuple[ClinicianQuery, ...]]:
    parts = judged.parts
    claim = Claim(found, judged, money_of(found, judged))
    named = [(each.rule, each.administrations) for each in found.findings]
    lines = lines_of(parts.answer, parts.clock)
    left = found.repair if found.repair_toward else ()
    return questions(coder, parts.encounter, lines, claim.against, named, left)


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
        self._drugs = judged.texts("drug_judged")
        same = dict.fromkeys(judged.texts("distinct_mark"), DISTINCT)
        kept = judged.texts("kept_modifier") | judged.texts("repeat_modifier")
        self._compared = same | {each: each for each in kept}
        self._drug_marks = {each: each for each in judged.texts("drug_mark")}
        self._tolerated = dict.fromkeys(judged.texts("opened_pair"), DISTINCT)
        self._rules: dict[int | str, str] = {line.code: line.rule for line in found.missed}
        mistaken = {
            each.code: each.rule.id
            for each in judged.differences
            if each.other and judged.pairs.get(each.code) == each.other
        }
        for line in found.billed:
            if line.rules:
                self._rules[line.index] = mistaken.get(line.code, line.rules[0])

    def edits(self) -> tuple[Edit, ...]:
        """The edits to the lines of the record, and those of lines that it cannot support."""
        supported = self._found.supported
        to_record = self.towards([_plain(line) for line in supported])
        return (*to_record, *edits_outside(self._outside(), self._beyond(), self.money))

    def against(self, lines: LineSet) -> tuple[Edit, ...]:
        """The edits from the claim to the lines of another record."""
        return self.towards(
            [
                ClaimLine(
                    code=line.code,
                    units=line.units,
                    modifiers=line.modifiers,
                    date=date.fromisoformat(line.date) if line.date else None,
                )
                for line in sorted(lines)
            ]
        )

    def towards(self, lines: Sequence[ClaimLine]) -> tuple[Edit, ...]:
        """The edits from the claim to other lines: services, then drugs with and without waste."""
        drugs = {line.code for line in lines if self._is_drug(line.code)}
        services = self._codes | {line.code for line in lines} - drugs
        open_waste = self._drugs & self._judged.texts("drug_tolerated")
        found = [
            *self._part(services, lines, self._compared),
            *self._part(self._drugs - open_waste, lines, self._drug_marks),
            *self._part(open_waste, lines, {}),
        ]
        return tuple(sorted(found, key=lambda each: (each.index is None, each.index or 0)))

    def _part(
        self, codes: frozenset[str], lines: Sequence[ClaimLine], compared: Mapping[str, str]
    ) -> tuple[Edit, ...]:
        return repair(
            [each for each in self._lines() if each.line.code in codes],
            [line for line in lines if line.code in codes],
            self.money,
            compared=compared,
            tolerated=self._tolerated,
            right=self._judged.pairs,
            rules=self._rules,
        )

    def _is_drug(self, code: str) -> bool:
        return bool(self._judged.parts.tables.drugs.by_hcpcs(code))

    def _lines(self) -> list[Billed]:
        return [Billed(each.index, _plain(each)) for each in self._found.billed]

    def without_record(self) -> frozenset[str]:
        """Billed codes that are not compared with the record."""
        return frozenset(each.line.code for each in self._outside())

    def _outside(self) -> list[Billed]:
        return [each for each in self._lines() if not self._judges(each.line.code)]

    def _beyond(self) -> list[Difference]:
        """Overpayments of codes that are not compared with the record."""
        return [
            each
            for each in self._judged.differences
            if each.rule.risk == "over" and not self._judges(each.code)
        ]

    def _judges(self, code: str) -> bool:
        return code in self._codes or code in self._drugs


def _plain(line: Line | BilledVerdict) -> ClaimLine:
    return ClaimLine(code=line.code, units=line.units, modifiers=line.modifiers, date=line.date)


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
    """With the money at risk, and with the risk that the money shows.

    Units too many or too few are worth their price; with another code in place of the right one it
    is the difference, and where the right one pays more the claim was underpaid.
    """
    if each.risk not in ("over", "under") or each.code is None:
        return each
    other = each.arguments[0] if each.arguments else ""
    for found in judged.differences:
        if (found.rule.id, found.code, found.other) == (each.rule, each.code, other):
            over = _overpaid(found, judged, money)
            if over is None:
                return each
            risk = each.risk if not over else "over" if over > 0 else "under"
            return each.model_copy(update={"amount": abs(over), "risk": risk})
    return each


def _overpaid(found: Difference, judged: Judged, money: Money) -> Decimal | None:
    """What is paid too much; negative where it is too little."""
    own = money.amount(found.code, max(found.units, 1))
    if not found.other or judged.pairs.get(found.code) != found.other:
        return own if own is None or found.rule.risk == "over" else -own
    right = money.amount(found.other, max(found.units, 1))
    return None if own is None or right is None else own - right


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum((each for each in amounts if each > 0), Decimal("0.00"))
