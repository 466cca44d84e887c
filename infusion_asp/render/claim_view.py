"""Owns what a template sees of a verified claim: its fields, and words for verdict and money."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from infusion_asp.model.verification import Verification
from infusion_asp.render.words import count

STATUS = {
    "supported": "supported",
    "wrong_units": "wrong units",
    "wrong_code": "wrong code",
    "not_supported": "not supported",
    "not_evaluable": "not evaluable",
}
VERDICT = {"supported": "supported", "differs": "differs", "not_evaluable": "not evaluable"}
RISK = {"over": "overpayment", "under": "underpayment", "documentation": "documentation"}
SOURCE = {"opps": "OPPS", "physician_fee_schedule": "physician fee schedule"}
ASKED = {
    "stop": "stop time",
    "access": "access",
    "order": "order",
    "hydration_reason": "reason for hydration",
    "primary_reason": "primary reason",
}


def claim_fields(claim: Verification, data: Mapping[str, Any]) -> dict[str, Any]:
    """What a verification adds to its own fields; `data` is the verification as plain data.

    Amounts stay as they are for the filters `money` and `signed`; every finding gets `sentence`
    and `note`, so that a template lists it like the finding of a result.
    """
    dates = {each["date"] for each in (*data["billed"], *data["missed"]) if each["date"]}
    dates = dates or {each["date"] for each in data["supported"] if each["date"]}
    return {
        "kind": "verification",
        "verdict_words": VERDICT[claim.verdict],
        "summary": summary(claim),
        "one_date": next(iter(dates)) if len(dates) == 1 else None,
        "dated": len(dates) > 1,
        "billed": [_billed(each) for each in data["billed"]],
        "findings": [
            {**each, "sentence": each["message"], "note": note(each)} for each in data["findings"]
        ],
        "repair_amount": _sum(each.amount for each in claim.repair),
        "queries": [{**each, "asks": ASKED[each["kind"]]} for each in data["queries"]],
        "rates_words": rates(claim),
        "priced": bool(claim.over or claim.under or _at_rates(claim)),
    }


def summary(claim: Verification) -> str:
    """One sentence on the lines: how many are not as the record supports them."""
    total = len(claim.billed)
    wrong = [each for each in claim.billed if each.status not in ("supported", "not_evaluable")]
    parts = []
    if wrong:
        verb = "is" if len(wrong) == 1 else "are"
        parts.append(
            f"{len(wrong)} of {count(total, 'billed line')} {verb} not supported as billed"
        )
    if claim.missed:
        verb = "is" if len(claim.missed) == 1 else "are"
        parts.append(f"{count(len(claim.missed), 'supported line')} {verb} not billed")
    unjudged = sum(1 for each in claim.billed if each.status == "not_evaluable")
    if unjudged:
        parts.append(f"{unjudged} of {count(total, 'billed line')} can't be judged by this record")
    if not parts:
        return (
            f"{count(total, 'billed line')}, all as the record supports"
            if total
            else ("nothing is billed and nothing is missing")
        )
    return "; ".join(parts)


def note(finding: Mapping[str, Any]) -> str:
    """What a finding is about and worth: `overpayment of $46.14, billed line 2, a3`."""
    parts = []
    risk = RISK.get(finding["risk"], "")
    if risk and finding["amount"]:
        parts.append(f"{risk} of {money(abs(finding['amount']))}")
    elif risk and finding["amount"] is not None:
        parts.append(f"{risk} worth {money(0)}")
    elif risk:
        parts.append(risk)
    if finding["billed"]:
        numbers = ", ".join(str(each) for each in finding["billed"])
        parts.append(f"billed line{'s' if len(finding['billed']) > 1 else ''} {numbers}")
    if finding["administrations"]:
        parts.append(" ".join(finding["administrations"]))
    return ", ".join(parts)


def rates(claim: Verification) -> str:
    """The table of the amounts with its year: `OPPS 2025`; empty without one."""
    if claim.rates is None:
        return ""
    return f"{SOURCE[claim.rates.source]} {claim.rates.year}"


def _at_rates(claim: Verification) -> bool:
    """Whether rates were asked for a difference, be it worth nothing."""
    return claim.rates is not None and claim.verdict == "differs"


def money(amount: float | Decimal | None) -> str:
    """US dollars and cents: `$1,046.14`, `-$3.00`; nothing where no amount is known."""
    if amount is None:
        return ""
    exact = Decimal(str(amount))
    return f"{'-' if exact < 0 else ''}${abs(exact):,.2f}"


def signed(amount: float | Decimal | None) -> str:
    """A change in dollars with its sign: `+$46.14`, `-$3.00`, `$0.00`."""
    shown = money(amount)
    return f"+{shown}" if amount is not None and amount > 0 else shown


def _billed(line: Mapping[str, Any]) -> dict[str, Any]:
    return {**line, "status_words": STATUS[line["status"]], "worth": _worth(line)}


def _worth(line: Mapping[str, Any]) -> str:
    """`$46.14 over`, `$12.00 under`; nothing for a line as supported or without a rate."""
    amount = line["amount"]
    if amount is None or (line["status"] == "supported" and not amount):
        return ""
    side = " over" if amount > 0 else " under" if amount < 0 else ""
    return f"{money(abs(amount))}{side}"


def _sum(amounts: Any) -> Decimal | None:
    known: Sequence[Decimal] = [each for each in amounts if each is not None]
    return sum(known, Decimal(0)) if known else None
