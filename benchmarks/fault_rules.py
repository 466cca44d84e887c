"""Owns which rules name a fault of each kind rightly, and what counts as a finding about it."""

from __future__ import annotations

from infusion_asp.model.verification import ClaimFinding, Verification

RULES: dict[str, frozenset[str]] = {
    kind: frozenset(rules.split())
    for kind, rules in {
        "sequential as initial": "claim_second_initial",
        "initial as sequential": "claim_wrong_initial",
        "wrong initial": "claim_wrong_initial",
        "second initial": "claim_second_initial claim_initial_units claim_two_initials",
        "five units of an initial code": (
            "claim_second_initial claim_initial_units claim_mue_exceeded"
        ),
        "hour too many": "claim_units_over_minutes",
        "hour too few": "claim_units_missed claim_service_missed",
        "concurrent twice": "claim_concurrent_twice claim_concurrent_units",
        "concurrent as sequential": "claim_concurrent_as_sequential",
        "sequential as concurrent": "claim_sequential_as_concurrent",
        "hydration of 30 minutes or less": "claim_hydration_too_short claim_units_over_minutes",
        "hydration concurrent": "claim_hydration_concurrent",
        "push as infusion": "claim_push_as_infusion",
        "infusion as push": "claim_infusion_as_push",
        "wrong class": "claim_wrong_class",
        "same drug billed as new": "claim_same_drug_as_new claim_same_drug_again",
        "repeat of a drug billed again": "claim_same_drug_again",
        "never a service of its own": "claim_not_documented claim_units_over_minutes",
        "add-on without parent": "claim_addon_without_parent",
        "orphan add-on": "claim_addon_without_parent",
        "missing 59, XS, XE, XU": "claim_modifier_missing",
        "unfounded 59 or X": "claim_modifier_unfounded",
        "76 or 77 misused": "claim_repeat_modifier",
        "25 on an administration": "claim_visit_modifier_misplaced",
        "25 missing": "claim_visit_modifier_missing",
        "JZ or JW missing": "claim_waste_missing claim_no_waste_missing",
        "JZ or JW unfounded": "claim_waste_unfounded claim_no_waste_unfounded",
        "wrong drug units": "claim_drug_units claim_drug_units_missed",
        "wrong setting": "claim_code_not_for_setting",
        "code of another setting": "claim_code_not_for_setting",
        "MUE exceeded": "claim_mue_exceeded",
        "NCCI pair": "claim_pair_denied",
        "service missed": "claim_service_missed claim_units_missed",
        "service not documented": "claim_not_documented claim_same_drug_again",
    }.items()
}
"""Rule ids by kind of fault."""

CONSEQUENCES = frozenset({"claim_addon_without_parent"})
"""Rules that name what a fault has left behind on lines that it did not touch."""


def about(found: Verification, codes: frozenset[str], risks: frozenset[str]) -> list[ClaimFinding]:
    """The findings about one of the codes, of one of the risks."""
    return [
        each
        for each in found.findings
        if each.risk in risks
        and (each.code in codes or any(code in each.message for code in codes))
    ]


def stray(found: Verification, codes: frozenset[str]) -> list[ClaimFinding]:
    """Over- and underpayment findings about none of the codes, nor about what they left behind."""
    money = frozenset({"over", "under"})
    named = about(found, codes, money)
    return [
        each
        for each in found.findings
        if each.risk in money and each not in named and each.rule not in CONSEQUENCES
    ]


def named_rightly(kind: str, findings: list[ClaimFinding]) -> bool:
    """Whether one of the findings names a rule that is right for the kind."""
    allowed = RULES.get(kind.removeprefix("claim only: "), frozenset())
    return any(each.rule in allowed for each in findings)
