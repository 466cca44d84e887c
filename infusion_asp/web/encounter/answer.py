"""Owns the answer to a state: coded, or verified where lines are billed, or what is wrong."""

from __future__ import annotations

from dataclasses import dataclass

from infusion_asp.coding import Coder
from infusion_asp.engine import EngineError
from infusion_asp.facts import PolicyError
from infusion_asp.model import Encounter, InputError, Result, Verification
from infusion_asp.web.encounter.rules import coder
from infusion_asp.web.encounter.state import State


@dataclass(frozen=True)
class Answer:
    """What the rules make of a state, or why they make nothing of it.

    `problems` are of the encounter (paths inside it), or one of the choices or of the rules
    (path `$`); with any of them there is no `result`.
    """

    encounter: Encounter | None = None
    coder: Coder | None = None
    result: Result | None = None
    claim: Verification | None = None
    problems: tuple[InputError, ...] = ()


def answered(state: State) -> Answer:
    """The answer to a state; what is wrong with it is part of the answer, never raised."""
    if state.problems:
        return Answer(problems=state.problems)
    encounter = state.encounter()
    try:
        made = coder(state.profile, state.policies)
        result = made.code(encounter, explain=True)
    except (PolicyError, EngineError) as error:
        return Answer(encounter, problems=(InputError("$", error.message, error.help),))
    return Answer(encounter, made, result)
