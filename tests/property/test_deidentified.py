"""A deidentified encounter codes the same lines, apart from dates and ids."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

from infusion_asp.coding import Coder
from infusion_asp.ingest.deidentify import deidentified
from infusion_asp.model import Encounter, Result, parse_encounter
from infusion_asp.rulebook import load_rulebook
from tests.support.random_encounters import random_encounter

ENCOUNTERS = 60
OF_THE_DAY = "edits_outside_quarters"


def lines(result: Result, shift: timedelta) -> list[Any]:
    return [
        (line.section, line.code, line.units, line.modifiers, line.date and line.date + shift)
        for line in result.lines
    ]


def rules(result: Result) -> list[str]:
    """The rules of all findings but the one that says that no edits of the day are loaded."""
    return sorted(each.rule for each in result.findings if each.rule != OF_THE_DAY)


def shift_between(before: Encounter, after: Encounter) -> timedelta:
    pairs = zip(before.times(), after.times(), strict=True)
    shifts = {later - earlier for (_, earlier), (_, later) in pairs}
    assert len(shifts) <= 1
    return shifts.pop() if shifts else timedelta()


def test_a_deidentified_encounter_codes_the_same_lines() -> None:
    rng = random.Random(20251103)
    before = [parse_encounter(random_encounter(rng)) for _ in range(ENCOUNTERS)]
    after = [parse_encounter(deidentified(each, rng.randbytes(32))) for each in before]
    coder = Coder(load_rulebook())
    coded, again = coder.code_many(before), coder.code_many(after)
    for old, new, own, other in zip(before, after, coded, again, strict=True):
        shift = shift_between(old, new)
        assert shift.seconds == 0
        assert sorted(map(repr, lines(own, shift))) == sorted(map(repr, lines(other, timedelta())))
        assert rules(own) == rules(other)
