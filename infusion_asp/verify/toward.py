"""Owns the records that a claim may be held against, where the record leaves open which holds."""

from __future__ import annotations

from collections.abc import Iterator

from infusion_asp.coding.open_points import possibilities
from infusion_asp.model import Encounter, Finding
from infusion_asp.model.verification import Verification
from infusion_asp.verify.judged import Judged

_MOST = 12  # records that are tried
_REASON = "main reason"


def open_findings(found: Verification, judged: Judged) -> list[Finding]:
    """The findings by which the record does not decide."""
    undecided = judged.texts("claim_undecided")
    return [
        Finding(
            rule=each.rule,
            level=each.level,
            risk=each.risk,
            administrations=each.administrations,
            arguments=each.arguments,
            sentence=each.message,
            help=each.help,
        )
        for each in found.findings
        if each.rule in undecided
    ]


def possible(found: Verification, judged: Judged) -> list[tuple[str, Encounter]]:
    """What decides, and the encounter as it would be; none where the record decides."""
    open_ones = open_findings(found, judged)
    return list(dict(_possible(found, judged.parts.encounter, open_ones)).items())[:_MOST]


def _possible(
    found: Verification, encounter: Encounter, open_ones: list[Finding]
) -> Iterator[tuple[str, Encounter]]:
    for finding in open_ones:
        others = list(possibilities(encounter, finding))
        yield from others
        if not others:
            yield from _reasons(found, encounter)


def _reasons(found: Verification, encounter: Encounter) -> Iterator[tuple[str, Encounter]]:
    """Each reported administration as the main reason for the visit."""
    named = {
        name for line in found.supported if line.section != "drug" for name in line.administrations
    }
    for given in encounter.administrations:
        if given.id in named:
            words = f"the {_REASON} for the visit is {given.id} ({given.name})"
            yield words, encounter.model_copy(update={"primary_reason": given.id})
