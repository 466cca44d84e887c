"""Owns the making of a Verification: verdict, lines, findings with words and money, repair."""

from __future__ import annotations

import re
from collections.abc import Sequence

from infusion_asp.coding.assemble import findings_of
from infusion_asp.model import Result
from infusion_asp.model.result import Level, Risk
from infusion_asp.model.verification import (
    BilledVerdict,
    ClaimFinding,
    Reading,
    Verdict,
    Verification,
)
from infusion_asp.verify.judged import Difference, Judged
from infusion_asp.verify.lines import missed, verdicts

_LEVELS: tuple[Level, ...] = ("error", "warning", "info")
_RISKS: tuple[Risk, ...] = ("over", "under", "documentation", "none")


def verification(
    judged: Judged, result: Result, readings: tuple[Reading, ...] = ()
) -> Verification:
    """The verification of a judged claim, beside the result of its record."""
    lines = verdicts(judged, result.lines)
    gone = missed(judged, result.lines)
    found = [*_claim_findings(judged, lines), *_record_findings(judged)]
    return Verification(
        encounter_id=result.encounter_id,
        rulebook=result.rulebook,
        profile=result.profile,
        setting=result.setting,
        policies=result.policies,
        tables=result.tables,
        verdict=_verdict(judged),
        billed=lines,
        missed=gone,
        findings=tuple(sorted(found, key=_order)),
        readings=readings,
        not_evaluated=tuple(sorted(judged.texts("not_evaluated"))),
        supported=result.lines,
        timeline=result.timeline,
    )


def _verdict(judged: Judged) -> Verdict:
    if judged.differs:
        return "differs"
    return "supported" if judged.compared else "not_evaluable"


def _claim_findings(judged: Judged, lines: Sequence[BilledVerdict]) -> list[ClaimFinding]:
    return [_claim_finding(judged, each, lines) for each in judged.differences]


def _claim_finding(
    judged: Judged, each: Difference, lines: Sequence[BilledVerdict]
) -> ClaimFinding:
    right = judged.pairs.get(each.code, "")
    codes = tuple(dict.fromkeys(code for code in (each.code, each.other, right) if code))
    own = [line for line in lines if line.code == each.code]
    wrong = [line for line in own if line.status != "supported"]
    sentence = judged.said([each.atom]) or each.rule.title
    because = judged.readings(each)
    said = [
        *(reason.sentence for reason in because),
        judged.said([*judged.evidence(*codes), *judged.ignored(each.code)]),
    ]
    members = judged.members(*codes)
    evidence = "; ".join(text for text in said if text) if each.decides else ""
    if unsaid := [
        name for name in members if evidence and not _names(name, f"{sentence} {evidence}")
    ]:
        evidence += f"; with {', '.join(sorted(unsaid))}"
    help = ""
    if judged.reasons is not None:
        firings = [one for one in judged.reasons.of(each.atom) if one.rule.id == each.rule.id]
        help = judged.reasons.help(firings[0]) if firings else ""
    return ClaimFinding(
        rule=each.rule.id,
        level=next((one for one in _LEVELS if one == each.rule.level), "info"),
        risk=next((one for one in _RISKS if one == each.rule.risk), "none"),
        code=each.code or None,
        billed=tuple(line.index for line in wrong or own),
        administrations=members,
        arguments=tuple(value for value in (each.other,) if value),
        message=f"{sentence} ({evidence})" if evidence else sentence,
        help=help,
        citations=each.rule.cites,
        because=because,
    )


def _names(administration: str, text: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(administration)}(?!\w)", text) is not None


def _record_findings(judged: Judged) -> list[ClaimFinding]:
    """What the record says of itself: no difference between it and the claim."""
    return [
        ClaimFinding(
            rule=each.rule,
            level=each.level,
            risk="none" if each.risk == "none" else "documentation",
            administrations=each.administrations,
            arguments=each.arguments,
            message=each.sentence,
            help=each.help,
            citations=judged.parts.rulebook.rule(each.rule).cites,
        )
        for each in findings_of(judged.parts, judged.reasons)
    ]


def _order(each: ClaimFinding) -> tuple[int, int, str, str, tuple[str, ...]]:
    return (
        _RISKS.index(each.risk),
        _LEVELS.index(each.level),
        each.code or "",
        each.rule,
        (*each.arguments, *each.administrations),
    )
