"""Owns the search for the policy values that turn our answer into the published one."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache, partial
from itertools import combinations, product

from benchmarks.scoring import Case, Lines, lines_of
from infusion_asp.coding import Coder
from infusion_asp.model import Encounter, parse_encounter
from infusion_asp.rulebook import Rulebook, load_rulebook

Choice = Mapping[str, str]
CHUNK = 16  # choices handed to a process at once


@dataclass(frozen=True)
class Answered:
    """A case with our lines under its own profile and the choices that reproduce it, if any."""

    case: Case
    ours: Lines | None
    reproduced_by: tuple[Choice, ...] = ()

    @property
    def right(self) -> bool:
        """Whether our lines are the published ones."""
        return self.ours == self.case.expected


def answer(cases: Sequence[Case], *, most: int = 2) -> list[Answered]:
    """Every case with our answer; those answered otherwise with all smallest choices of policies.

    First every value of every policy is tried alone, then, for the cases that none reproduces,
    every pair (up to `most` policies). Each choice is one batch over the cases still open.
    """
    plain = _lines(cases, {})
    answers = {case.id: Answered(case, ours) for case, ours in zip(cases, plain, strict=True)}
    wrong = [case for case in cases if not answers[case.id].right]
    for count in range(1, most + 1):
        found = _reproducing(wrong, count)
        for case in wrong:
            if choices := tuple(found.get(case.id, ())):
                answers[case.id] = Answered(case, answers[case.id].ours, choices)
        wrong = [case for case in wrong if case.id not in found]
    return [answers[case.id] for case in cases]


def _reproducing(cases: Sequence[Case], count: int) -> dict[str, list[Choice]]:
    found: dict[str, list[Choice]] = {}
    if not cases:
        return found
    choices = list(_choices(cases, count))
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for choice, lines in zip(
            choices, pool.map(partial(_lines, cases), choices, chunksize=CHUNK), strict=True
        ):
            for case, ours in zip(cases, lines, strict=True):
                if ours == case.expected:
                    found.setdefault(case.id, []).append(choice)
    return found


def _choices(cases: Sequence[Case], count: int) -> Iterator[Choice]:
    """Every choice of `count` policies that changes something for one of the cases."""
    coder = Coder(_rulebook())
    in_effect = [coder.setting_of(each).policies for each in _encounters(cases)]
    values = {
        name: [v for v in policy.values if any(each[name] != v for each in in_effect)]
        for name, policy in coder.choices.policies.items()
    }
    for names in combinations(values, count):
        for chosen in product(*(values[name] for name in names)):
            yield dict(zip(names, chosen, strict=True))


def _lines(cases: Sequence[Case], choice: Choice) -> list[Lines | None]:
    results = Coder(_rulebook(), None, choice).code_many(_encounters(cases))
    return [lines_of(result, case) for case, result in zip(cases, results, strict=True)]


@cache
def _rulebook() -> Rulebook:
    return load_rulebook()


def _encounters(cases: Sequence[Case]) -> list[Encounter]:
    return [parse_encounter(dict(case.encounter)) for case in cases]
