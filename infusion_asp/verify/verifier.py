"""Owns the way from an encounter with billed lines to its verification."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from infusion_asp.coding import Coder
from infusion_asp.coding.assemble import assemble
from infusion_asp.coding.coder import OUTPUTS as CODED
from infusion_asp.coding.coder import codes_beside
from infusion_asp.coding.setting import Setting
from infusion_asp.engine import Answer, EngineError, no_collection
from infusion_asp.engine.answer import Signature
from infusion_asp.engine.reading import Assignment, needs, readings
from infusion_asp.justify import justify
from infusion_asp.model import Encounter, ErrorBody, ErrorRecord
from infusion_asp.model.verification import Reading, Verification
from infusion_asp.verify.build import verification
from infusion_asp.verify.common import Common, common_rules
from infusion_asp.verify.direct import Direct, needed
from infusion_asp.verify.finish import finished, questioned, settled
from infusion_asp.verify.judged import DECIDES, OUTPUTS, READING, Judged, behind
from infusion_asp.verify.reading import broken, listed
from infusion_asp.verify.rounds import side_by_side
from infusion_asp.verify.toward import open_findings, possible

_WANTED = (
    *CODED,
    *OUTPUTS,
    ("in_bag", 2),
    ("service_bag", 2),
    ("hydration_bag", 2),
    ("bag_start", 2),
)
_Solved = Sequence[tuple[Encounter, Setting, Answer | EngineError]]


@dataclass(frozen=True)
class Verifier:
    """Verifies claims by the rules and choices of one coder."""

    coder: Coder

    def verify(self, encounter: Encounter, *, full: bool = False) -> Verification:
        """The verification of one claim; `full` lists every reading of a wrong one."""
        return questioned(self.coder, [self._alone(encounter, full=full)])[0]

    def _alone(self, encounter: Encounter, *, full: bool = False) -> tuple[Verification, Judged]:
        """One claim solved by itself, with words."""
        return self._whole([self._worded(encounter, full=full)])[0]

    def _worded(self, encounter: Encounter, *, full: bool = False) -> tuple[Verification, Judged]:
        """The same before its repair is held against other lines and other records."""
        setting = self.coder.setting_of(encounter)
        facts = self.coder.facts(encounter, setting, claim=True)
        shared = self.coder.shared(setting, codes_beside(encounter, True), verifying=True)
        answer = self.coder.solve(facts, shared)
        found = self._readings(answer)
        more = broken(found)
        if more:
            answer = self.coder.solve([*facts, *more], shared)
        return self._said(encounter, setting, answer, found if full else ())

    @no_collection()
    def verify_many(
        self,
        encounters: Sequence[Encounter],
        *,
        full: bool = False,
        ask: bool = False,
        words: bool = True,
    ) -> list[Verification | ErrorRecord]:
        """The verifications in the same order, solved together.

        With `ask` wrong claims come with the questions to the clinician, as from `verify`; to find
        them their records are coded in many variations, which takes longer than all the rest.
        Without `words` findings that need a proof for their sentence have the rule's title.
        """
        rulebook = self.coder.rulebook
        made: dict[int, Verification | ErrorRecord] = {}
        done: dict[int, tuple[Verification, Judged]] = {}
        common = Common(common_rules(self.coder.rulebook))
        noted: dict[int, Answer] = {}
        found = self._solved(encounters, needed(rulebook))
        for at, (encounter, setting, answer) in enumerate(found):
            if isinstance(answer, EngineError):
                made[at] = _error(encounter, answer)
                continue
            parts = self.coder.assembly(encounter, setting, answer)
            said = Direct.of_answer(rulebook, answer, parts.names)
            if not self._differs(answer) and (said or common.silent(at, setting, answer)):
                done[at] = self._finished(Judged(parts, said))
            else:
                noted[at] = answer
        read = {at: self._readings(answer) for at, answer in noted.items()}
        wrong: dict[int, tuple[Verification, Judged]] = {}
        again = self._with_readings(encounters, noted, read, behind(rulebook) if words else ())
        for at, (encounter, setting, answer) in again.items():
            if isinstance(answer, EngineError):
                made[at] = _error(encounter, answer)
            elif words:
                wrong[at] = self._said(encounter, setting, answer, read[at] if full else ())
            else:
                parts = self.coder.assembly(encounter, setting, answer)
                said = Direct.of_answer(rulebook, answer, parts.names)
                wrong[at] = self._finished(Judged(parts, said))
        done.update(zip(wrong, self._whole(list(wrong.values()), words=words), strict=True))
        if ask:
            asked = questioned(self.coder, list(done.values()))
            made.update(zip(done, asked, strict=True))
        else:
            made.update((at, found) for at, (found, _) in done.items())
        return [common.said(at, made) for at in range(len(encounters))]

    def _solved(self, encounters: Sequence[Encounter], more: Iterable[Signature] = ()) -> _Solved:
        """The claims solved together, with all that a reading starts from."""
        wanted = sorted({*_WANTED, *needs(self.coder.rulebook), *more})
        return self.coder.together(
            encounters, partial(self.coder.solve_many, wanted=wanted), claim=True
        )

    def _with_readings(
        self,
        encounters: Sequence[Encounter],
        noted: Mapping[int, Answer],
        read: Mapping[int, Sequence[Assignment]],
        more: Collection[Signature],
    ) -> dict[int, tuple[Encounter, Setting, Answer | EngineError]]:
        """The answers once it is known which rules the codes break, with `more` predicates.

        Where nothing is broken and nothing more is asked for, the answer is the one before.
        """
        facts = {at: broken(each) for at, each in read.items()}
        places = [at for at in noted if facts[at] or more]
        wanted = sorted({*_WANTED, READING, *more})
        solved = self.coder.together(
            [encounters[at] for at in places],
            partial(self.coder.solve_many, wanted=wanted),
            claim=True,
            more={place: facts[at] for place, at in enumerate(places)},
        )
        found = dict(zip(places, solved, strict=True))
        for at, answer in noted.items():
            if at not in found:
                found[at] = encounters[at], self.coder.setting_of(encounters[at]), answer
        return {at: found[at] for at in noted}

    def _silent(self, encounters: Sequence[Encounter]) -> list[Verification | None]:
        """The verifications of other claims without words: what counts is verdict and repair."""
        answers: dict[int, Answer] = {}
        for at, (_, _, answer) in enumerate(self._solved(encounters)):
            if isinstance(answer, Answer):
                answers[at] = answer
        read = {at: self._readings(answer) for at, answer in answers.items()}
        found: list[Verification | None] = [None] * len(encounters)
        for at, each in self._with_readings(encounters, answers, read, ()).items():
            encounter, setting, answer = each
            if isinstance(answer, Answer):
                parts = self.coder.assembly(encounter, setting, answer)
                found[at] = self._finished(Judged(parts))[0]
        return found

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

    def _whole(
        self, done: Sequence[tuple[Verification, Judged]], *, words: bool = True
    ) -> list[tuple[Verification, Judged]]:
        """With lines that no record supports repaired to the end, and against the nearest lines.

        What is asked of the clinician is about the record as it stands.
        """
        wholes = side_by_side([settled(*each) for each in done], self._silent)
        judged = [each for _, each in done]
        others = [
            possible(made, each) if made.verdict == "differs" else []
            for made, each in zip(wholes, judged, strict=True)
        ]
        every = self._solved([encounter for some in others for _, encounter in some])
        solved = iter(every)
        near: dict[int, tuple[str, Encounter]] = {}
        for at, some in enumerate(others):
            mine = [next(solved) for _ in some]
            best = self._nearest(wholes[at], judged[at], mine)
            if best is not None:
                near[at] = some[best]
        records = [encounter for _, encounter in near.values()]
        found: Sequence[Verification | None] = (
            [self._worded(each)[0] for each in records] if words else self._silent(records)
        )
        for (at, (said, _)), made in zip(near.items(), found, strict=True):
            if made is not None:
                wholes[at] = _toward(wholes[at], judged[at], made, said)
        return list(zip(wholes, judged, strict=True))

    def _nearest(self, made: Verification, judged: Judged, others: _Solved) -> int | None:
        """The record, of several possible ones, with the fewest edits; None: the one as it is."""
        still = {each.rule for each in open_findings(made, judged)}
        edits = {-1: len(made.repair)}
        for at, (encounter, setting, answer) in enumerate(others):
            if isinstance(answer, EngineError) or any(
                row[0].name in still for row in answer.rows("finding", 3)
            ):
                continue
            other, _ = self._finished(Judged(self.coder.assembly(encounter, setting, answer)))
            edits[at] = len(other.repair)
        best = min(edits, key=lambda at: (edits[at], at))
        return best if best >= 0 else None

    def _finished(
        self, judged: Judged, found: tuple[Reading, ...] = ()
    ) -> tuple[Verification, Judged]:
        """With verdict, lines, words, money and repair; questions come after."""
        made = verification(judged, assemble(judged.parts, None), found)
        return finished(made, judged), judged


def _toward(made: Verification, judged: Judged, near: Verification, said: str) -> Verification:
    """The verification against another possible record, with what the own one leaves open."""
    still = {each.rule for each in open_findings(made, judged)}
    kept = [each for each in made.findings if each.rule in still]
    return near.model_copy(update={"repair_toward": said, "findings": (*near.findings, *kept)})


def _error(encounter: Encounter, error: EngineError) -> ErrorRecord:
    body = ErrorBody(path="$", message=error.message, help=error.help)
    return ErrorRecord(encounter_id=encounter.encounter_id, error=body)
