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
from infusion_asp.engine.reading import Assignment, needs, readings
from infusion_asp.justify import justify
from infusion_asp.model import Encounter, ErrorBody, ErrorRecord
from infusion_asp.model.verification import Reading, Verification
from infusion_asp.verify.build import verification
from infusion_asp.verify.common import Common, common_rules
from infusion_asp.verify.finish import finished, questioned
from infusion_asp.verify.judged import DECIDES, OUTPUTS, Judged
from infusion_asp.verify.reading import broken, listed

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
        answer = self.coder.solve(facts, shared)
        found = self._readings(answer)
        more = broken(found)
        if more:
            answer = self.coder.solve([*facts, *more], shared)
        done = self._said(encounter, setting, answer, found if full else ())
        return questioned(self.coder, [done])[0]

    def verify_many(
        self, encounters: Sequence[Encounter], *, full: bool = False
    ) -> list[Verification | ErrorRecord]:
        """The verifications in the same order; only findings are put into words, together."""
        wanted = {*_WANTED, *needs(self.coder.rulebook)}
        first = partial(self.coder.solve_many, wanted=sorted(wanted))
        found = self.coder.together(encounters, first, claim=True)
        made: dict[int, Verification | ErrorRecord] = {}
        done: dict[int, tuple[Verification, Judged]] = {}
        common = Common(common_rules(self.coder.rulebook))
        noted: list[int] = []
        read: list[tuple[Assignment, ...]] = []
        for at, (encounter, setting, answer) in enumerate(found):
            if isinstance(answer, EngineError):
                made[at] = _error(encounter, answer)
            elif not common.silent(at, setting, answer):
                noted.append(at)
                read.append(self._readings(answer))
            else:
                judged = Judged(self.coder.assembly(encounter, setting, answer))
                done[at] = self._finished(judged)
        again = self.coder.together(
            [encounters[at] for at in noted],
            partial(self.coder.solve_many, wanted=None),
            claim=True,
            more={place: broken(each) for place, each in enumerate(read)},
        )
        for place, (encounter, setting, answer) in enumerate(again):
            if isinstance(answer, EngineError):
                made[noted[place]] = _error(encounter, answer)
            else:
                shown = read[place] if full else ()
                done[noted[place]] = self._said(encounter, setting, answer, shown)
        asked = questioned(self.coder, list(done.values()))
        made.update(zip(done, asked, strict=True))
        return [common.said(at, made) for at in range(len(encounters))]

    def _readings(self, answer: Answer) -> tuple[Assignment, ...]:
        """All best readings of a claim that differs from its record."""
        rulebook = self.coder.rulebook
        differs = any(
            rulebook.rule(atom.arguments[0].name).risk in DECIDES
            for atom in answer.of("claim_finding", 4)
        )
        if not (differs and answer.of("claim_compared", 0) and answer.of("service", 4)):
            return ()
        return readings(rulebook, answer)

    def _said(
        self,
        encounter: Encounter,
        setting: Setting,
        answer: Answer,
        found: Sequence[Assignment],
    ) -> tuple[Verification, Judged]:
        """The verification with its findings in words, and the readings that are to be listed."""
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
        return self._finished(Judged(silent.parts, reasons), listed(silent.parts, found))

    def _finished(
        self, judged: Judged, found: tuple[Reading, ...] = ()
    ) -> tuple[Verification, Judged]:
        """With verdict, lines, words, money and repair; questions come after."""
        made = verification(judged, assemble(judged.parts, None), found)
        return finished(made, judged), judged


def _error(encounter: Encounter, error: EngineError) -> ErrorRecord:
    body = ErrorBody(path="$", message=error.message, help=error.help)
    return ErrorRecord(encounter_id=encounter.encounter_id, error=body)
