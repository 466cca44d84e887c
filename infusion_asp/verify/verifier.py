"""Owns the way from an encounter with billed lines to its verification."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from infusion_asp.coding import Coder
from infusion_asp.coding.assemble import assemble
from infusion_asp.coding.coder import OUTPUTS as CODED
from infusion_asp.coding.coder import Setting, codes_beside
from infusion_asp.engine import Answer, EngineError
from infusion_asp.justify import justify
from infusion_asp.model import Encounter, ErrorBody, ErrorRecord
from infusion_asp.model.verification import Verification
from infusion_asp.verify.build import verification
from infusion_asp.verify.finish import finished
from infusion_asp.verify.judged import OUTPUTS, Judged

_WANTED = (*CODED, *OUTPUTS, ("in_bag", 2), ("service_bag", 2), ("hydration_bag", 2))


@dataclass(frozen=True)
class Verifier:
    """Verifies claims by the rules and choices of one coder."""

    coder: Coder

    def verify(self, encounter: Encounter, *, full: bool = False) -> Verification:
        """The verification of one claim; `full` lists every reading of a wrong one."""
        setting = self.coder.setting_of(encounter)
        facts = self.coder.facts(encounter, setting, claim=True)
        shared = self.coder.shared(setting, codes_beside(encounter, True), verifying=True)
        return self._said(encounter, setting, self.coder.solve(facts, shared), full)

    def verify_many(
        self, encounters: Sequence[Encounter], *, full: bool = False
    ) -> list[Verification | ErrorRecord]:
        """The verifications in the same order; only findings are put into words, together."""
        solve = partial(self.coder.solve_many, wanted=_WANTED)
        found = self.coder.together(encounters, solve, claim=True)
        made: dict[int, Verification | ErrorRecord] = {}
        noted: list[int] = []
        for at, (encounter, setting, answer) in enumerate(found):
            if isinstance(answer, EngineError):
                made[at] = _error(encounter, answer)
            elif answer.of("claim_finding", 4) or answer.of("finding", 3):
                noted.append(at)
            else:
                judged = Judged(self.coder.assembly(encounter, setting, answer))
                made[at] = finished(verification(judged, assemble(judged.parts, None)), judged)
        whole = partial(self.coder.solve_many, wanted=None)
        again = self.coder.together([encounters[at] for at in noted], whole, claim=True)
        for at, (encounter, setting, answer) in zip(noted, again, strict=True):
            if isinstance(answer, EngineError):
                made[at] = _error(encounter, answer)
            else:
                made[at] = self._said(encounter, setting, answer, full)
        return [made[at] for at in range(len(encounters))]

    def _said(
        self, encounter: Encounter, setting: Setting, answer: Answer, full: bool
    ) -> Verification:
        """The verification with its findings in words."""
        silent = Judged(self.coder.assembly(encounter, setting, answer))
        shared = self.coder.shared(setting, codes_beside(encounter, True), verifying=True)
        reasons = justify(
            self.coder.rulebook,
            answer,
            shared,
            silent.parts.names,
            atoms=silent.asked(),
            depth=0,
        )
        judged = Judged(silent.parts, reasons)
        found = verification(judged, assemble(judged.parts, None), full=full)
        return finished(found, judged)


def _error(encounter: Encounter, error: EngineError) -> ErrorRecord:
    body = ErrorBody(path="$", message=error.message, help=error.help)
    return ErrorRecord(encounter_id=encounter.encounter_id, error=body)
