"""Owns what a result or a claim comes to, item by item, for formats that other tools read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from infusion_asp.model.result import Finding, Line, Result
from infusion_asp.model.verification import (
    BilledVerdict,
    ClaimFinding,
    ClaimLine,
    MissedLine,
    Verification,
)
from infusion_asp.render.claim_view import STATUS
from infusion_asp.render.words import count

_AS_BILLED = ("supported", "not_evaluable")


@dataclass(frozen=True)
class Issue:
    """One thing to tell: a finding, or a difference that no finding tells."""

    rule: str
    level: str
    risk: str
    message: str
    help: str = ""
    codes: tuple[str, ...] = ()
    billed: tuple[int, ...] = ()
    administrations: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()
    citations: tuple[str, ...] = ()
    amount: Decimal | None = None

    @property
    def documentation(self) -> bool:
        """Whether it is about the record alone and no money of the claim."""
        return self.risk not in ("over", "under")


def issues(result: Result | Verification) -> list[Issue]:
    """Everything that a result or a claim has to tell, claim lines first, in claim order."""
    if isinstance(result, Result):
        return [_of_record(each) for each in result.findings]
    told = [_of_claim(each, result) for each in result.findings]
    untold = [*_untold_lines(result, told), *_untold_services(result, told)]
    return sorted([*told, *untold], key=lambda each: each.billed[:1] or (len(result.billed) + 1,))


def of_line(issue: Issue, index: int) -> bool:
    """Whether `issue` says over- or underpaid of the billed line `index`, and of it first."""
    return not issue.documentation and issue.billed[:1] == (index,)


def named(line: Line | BilledVerdict | MissedLine | ClaimLine) -> str:
    """A line by its code and modifiers: `96361-59`."""
    return "-".join((line.code, *line.modifiers))


def told_of(line: BilledVerdict) -> str:
    """What the record says of one billed line, in words."""
    said = f"billed line {line.index}, {named(line)} with {count(line.units, 'unit')}: "
    said += STATUS[line.status]
    if line.status == "wrong_units" and line.supported_units is not None:
        said += f", the record supports {line.supported_units}"
    elif line.correct is not None and line.status not in _AS_BILLED:
        said += f", the record supports {named(line.correct)} ×{line.correct.units}"
    return said


def _of_record(finding: Finding) -> Issue:
    return Issue(
        rule=finding.rule,
        level=finding.level,
        risk=finding.risk,
        message=finding.sentence,
        help=finding.help,
        administrations=finding.administrations,
        arguments=finding.arguments,
    )


def _of_claim(finding: ClaimFinding, claim: Verification) -> Issue:
    lines = {each.index: each for each in claim.billed}
    codes = tuple(named(lines[each]) for each in finding.billed if each in lines)
    return Issue(
        rule=finding.rule,
        level=finding.level,
        risk=finding.risk,
        message=finding.message,
        help=finding.help,
        codes=codes or ((finding.code,) if finding.code else ()),
        billed=finding.billed,
        administrations=finding.administrations,
        arguments=finding.arguments,
        citations=finding.citations,
        amount=finding.amount,
    )


def _untold_lines(claim: Verification, told: Sequence[Issue]) -> Iterator[Issue]:
    for line in claim.billed:
        if line.status in _AS_BILLED or any(
            not each.documentation and line.index in each.billed for each in told
        ):
            continue
        under = line.amount is not None and line.amount < 0
        yield Issue(
            rule=line.rules[0] if line.rules else line.status,
            level="warning",
            risk="under" if under else "over",
            message=told_of(line),
            codes=(named(line),),
            billed=(line.index,),
            administrations=line.administrations,
            amount=None if line.amount is None else abs(line.amount),
        )


def _untold_services(claim: Verification, told: Sequence[Issue]) -> Iterator[Issue]:
    for line in claim.missed:
        if any(each.risk == "under" and line.code in _codes(each) for each in told):
            continue
        yield Issue(
            rule=line.rule,
            level="warning",
            risk="under",
            message=f"{named(line)} is not billed: {line.sentence}",
            codes=(named(line),),
            administrations=line.administrations,
            amount=line.amount,
        )


def _codes(issue: Issue) -> set[str]:
    return {each.partition("-")[0] for each in issue.codes}
