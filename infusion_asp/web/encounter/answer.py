"""Owns the answer to a state: coded, verified where lines are billed, or what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass

from infusion_asp.coding import Coder
from infusion_asp.coding.assemble import assemble
from infusion_asp.coding.assembly import Assembly
from infusion_asp.coding.coder import EXPLAINED, codes_beside
from infusion_asp.engine import EngineError
from infusion_asp.facts import PolicyError
from infusion_asp.justify import DEPTH, Justification, justify
from infusion_asp.model import (
    Encounter,
    ErrorRecord,
    InputError,
    Result,
    Verification,
)
from infusion_asp.verify import Verifier
from infusion_asp.verify.money import Money
from infusion_asp.web.encounter.state import State
from infusion_asp.web.solving.inside import coder


@dataclass(frozen=True)
class Answer:
    """What the rules make of a state, or why they make nothing of it.

    `problems` are of the encounter (paths inside it), or one of the choices or of the rules
    (path `$`); with any of them there is no `result`.
    """

    encounter: Encounter | None = None
    coder: Coder | None = None
    parts: Assembly | None = None
    result: Result | None = None
    money: Money | None = None
    problems: tuple[InputError, ...] = ()


def answered(state: State, *, full: bool = False) -> Answer:
    """The answer to a state; what is wrong with it is part of the answer, never raised.

    Reasons are two levels deep, or whole with `full`. There are no alternatives in it, no claim and
    no questions to the clinician: those take longer than all the rest.
    """
    if state.problems:
        return Answer(problems=state.problems)
    encounter = state.encounter()
    try:
        made = coder(state.profile, state.policies)
        parts, reasons = _solved(made, encounter, full=full)
        result = assemble(parts, reasons, full=full)
    except (PolicyError, EngineError) as error:
        return Answer(encounter, problems=(InputError("$", error.message, error.help),))
    codes = {line.code for line in result.lines}
    money = Money.of(encounter, made.rulebook, made.tables, parts.day, codes)
    return Answer(encounter, made, parts, result, money)


def verified(state: State, *, ask: bool = False) -> Verification | None:
    """The billed lines held against the record; None where nothing is billed, or nothing coded.

    With `ask` with the questions to the clinician, which takes several times as long. Raises
    EngineError where the rules have no answer.
    """
    if state.problems or not state.encounter().billed:
        return None
    try:
        made = coder(state.profile, state.policies)
    except PolicyError:
        return None
    found = Verifier(made).verify_many([state.encounter()], ask=ask)[0]
    if isinstance(found, ErrorRecord):
        raise EngineError(found.error.message, found.error.help)
    return found


def _solved(
    made: Coder, encounter: Encounter, *, full: bool = False
) -> tuple[Assembly, Justification]:
    setting = made.setting_of(encounter)
    shared = made.shared(setting, codes_beside(encounter))
    answer = made.solve(made.facts(encounter, setting), shared)
    parts = made.assembly(encounter, setting, answer)
    found = [atom for name, arity in EXPLAINED for atom in answer.of(name, arity)]
    reasons = justify(
        made.rulebook,
        answer,
        shared,
        parts.names,
        atoms=parts.explained(found),
        depth=None if full else DEPTH,
    )
    return parts, reasons
