"""Owns which rules name a fault of each kind rightly; written beside, never from, the verifier."""

from __future__ import annotations

from infusion_asp.model.verification import ClaimFinding, Verification

RULES: dict[str, frozenset[str]] = {}
"""Rule ids by kind of fault."""


def about(found: Verification, codes: frozenset[str], risks: frozenset[str]) -> list[ClaimFinding]:
    """The findings about one of the codes, of one of the risks."""
    return [
        each
        for each in found.findings
        if each.risk in risks
        and (each.code in codes or any(code in each.message for code in codes))
    ]


def stray(found: Verification, codes: frozenset[str]) -> list[ClaimFinding]:
    """Over- and underpayment findings about none of the codes."""
    money = frozenset({"over", "under"})
    named = about(found, codes, money)
    return [each for each in found.findings if each.risk in money and each not in named]


def named_rightly(kind: str, found: Verification, findings: list[ClaimFinding]) -> bool:
    """Whether one of the findings names a rule that is right for the kind."""
    allowed = RULES.get(kind.removeprefix("claim only: "), frozenset())
    return any(each.rule in allowed for each in findings)
