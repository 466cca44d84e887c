"""Owns the way from an encounter with billed lines to its verification."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from infusion_asp.coding import Coder
from infusion_asp.coding.assemble import assemble
from infusion_asp.coding.coder import OUTPUTS as CODED
from infusion_asp.coding.coder import codes_beside
from infusion_asp.coding.setting import Setting
from infusion_asp.engine import Answer, EngineError, no_collection
from infusion_asp.engine.reading import Assignment, needs, readings
from infusion_asp.justify import justify
from infusion_asp.model import Encounter, ErrorBody, ErrorRecord
from infusion_asp.model.verification import Reading, Verification
from infusion_asp.verify.build import verification
from infusion_asp.verify.common import Common, common_rules
from infusion_asp.verify.direct import Direct, needed
from infusion_asp.verify.finish import finished, questioned, settled
from infusion_asp.verify.judged import DECIDES, OUTPUTS, Judged, behind
from infusion_asp.verify.reading import broken, listed
from infusion_asp.verify.toward import open_findings, possible

_WANTED = (
    *CODED,
    *OUTPUTS,
    ("in_bag", 2),
    ("service_bag", 2),
    ("hydration_bag", 2),
    ("bag_start", 2),
)


@dataclass(frozen=True)
class Verifier:
    """Verifies claims by the rules and choices of one coder."""

    coder: Coder

    def verify(self, encounter: Encounter, *, full: bool = False) -> Verification:
        """The verification of one claim; `full` lists every reading of a wrong one."""
        return questioned(self.coder, [self._alone(encounter, full=full)])[0]

    def _alone(
        self, encounter: Encounter, *, full: bool = False, toward: bool = False
    ) -> tuple[Verification, Judged]:
        """One claim solved by itself; `toward`: its record is one of several possible ones."""
        setting = self.coder.setting_of(encounter)
        facts = self.coder.facts(encounter, setting, claim=True)
        shared = self.coder.shared(setting, codes_beside(encounter, True), verifying=True)
        answer = self.coder.solve(facts, shared)
        found = self._readings(answer)
        more = broken(found)
        if more:
            answer = self.coder.solve([*facts, *more], shared)
        return self._said(encounter, setting, answer, found if full else (), toward=toward)

    @no_collection()
    def verify_many(
        self, encounters: Sequence[Encounter], *, full: bool = False, ask: bool = False
    ) -> list[Verification | ErrorRecord]:
        """The verifications in the same order, solved together.

        With `ask` wrong claims come with the questions to the clinician, as from `verify`; to find
        them their records are coded in many variations, which takes longer than all the rest.
        """
        rulebook = self.coder.rulebook
        wanted = {*_WANTED, *needs(rulebook), *needed(rulebook)}
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
                continue
            parts = self.coder.assembly(encounter, setting, answer)
            words = Direct.of_answer(self.coder.rulebook, answer, parts.names)
            if not self._differs(answer) and (words or common.silent(at, setting, answer)):
                done[at] = self._finished(Judged(parts, words))
            else:
                noted.append(at)
                read.append(self._readings(answer))
        again = self.coder.together(
            [encounters[at] for at in noted],
            partial(self.coder.solve_many, wanted=sorted({*_WANTED, *behind(rulebook)})),
            claim=True,
            more={place: broken(each) for place, each in enumerate(read)},
        )
        for place, (encounter, setting, answer) in enumerate(again):
            if isinstance(answer, EngineError):
                made[noted[place]] = _error(encounter, answer)
            else:
                shown = read[place] if full else ()
                done[noted[place]] = self._said(encounter, setting, answer, shown)
        if ask:
            asked = questioned(self.coder, list(done.values()))
            made.update(zip(done, asked, strict=True))
        else:
            made.update((at, found) for at, (found, _) in done.items())
        return [common.said(at, made) for at in range(len(encounters))]

    def _readings(self, answer: Answer) -> tuple[Assignment, ...]:
        """All best readings of a claim that differs from its record."""
        if not (
            self._differs(answer) and answer.of("claim_compared", 0) and answer.of("service", 4)
        ):
            return ()
        return readings(self.coder.rulebook, answer)

    def _differs(self, answer: Answer) -> bool:
        """Whether some finding is an over- or underpayment."""
        rule = self.coder.rulebook.rule
        return any(rule(row[0].name).risk in DECIDES for row in answer.rows("claim_finding", 4))

    def _said(
        self,
        encounter: Encounter,
        setting: Setting,
        answer: Answer,
        found: Sequence[Assignment],
        *,
        toward: bool = False,
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
        made, judged = self._finished(Judged(silent.parts, reasons), listed(silent.parts, found))
        if toward:
            return made, judged
        whole = settled(made, judged, lambda each: self._alone(each, toward=True)[0])
        return self._nearest((whole, judged))

    def _nearest(self, done: tuple[Verification, Judged]) -> tuple[Verification, Judged]:
        """Where the record leaves open which lines are right: held against the nearest ones.

        What is asked of the clinician is about the record as it stands.
        """
        made, judged = done
        others = possible(made, judged) if made.verdict == "differs" else []
        if not others:
            return done
        wanted = sorted({*_WANTED, *needs(self.coder.rulebook)})
        first = partial(self.coder.solve_many, wanted=wanted)
        solved = self.coder.together([each for _, each in others], first, claim=True)
        still = {each.rule for each in open_findings(made, judged)}
        edits = {-1: len(made.repair)}
        for at, (encounter, setting, answer) in enumerate(solved):
            if isinstance(answer, EngineError) or any(
                row[0].name in still for row in answer.rows("finding", 3)
            ):
                continue
            other, _ = self._finished(Judged(self.coder.assembly(encounter, setting, answer)))
            edits[at] = len(other.repair)
        best = min(edits, key=lambda at: (edits[at], at))
        if best < 0:
            return done
        words, encounter = others[best]
        near, _ = self._alone(encounter, toward=True)
        kept = [each for each in made.findings if each.rule in still]
        update = {"repair_toward": words, "findings": (*near.findings, *kept)}
        return near.model_copy(update=update), judged

    def _finished(
        self, judged: Judged, found: tuple[Reading, ...] = ()
    ) -> tuple[Verification, Judged]:
        """With verdict, lines, words, money and repair; questions come after."""
        made = verification(judged, assemble(judged.parts, None), found)
        return finished(made, judged), judged


def _error(encounter: Encounter, error: EngineError) -> ErrorRecord:
    body = ErrorBody(path="$", message=error.message, help=error.help)
    return ErrorRecord(encounter_id=encounter.encounter_id, error=body)
