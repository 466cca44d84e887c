"""Owns solving encounters as JSON under a judged rulebook: answers, broken invariants."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import clingo

from infusion_asp.author.proving.invariants import BROKEN, Judged
from infusion_asp.coding import Coder
from infusion_asp.coding.lines import LINE, lines_of
from infusion_asp.engine import Answer, EngineError, NoAnswer, TwoAnswers, solve_batch
from infusion_asp.facts import Clock
from infusion_asp.model import Encounter, InputError, parse_encounter

Record = dict[str, Any]
TWO, NONE = "two answers", "no answer"


@dataclass(frozen=True)
class Verdict:
    """What came of one encounter: `kind` is "", "two answers", "no answer", "refused" or "error".

    `broken` are the invariants that do not hold, with the evidence.
    """

    kind: str = ""
    broken: tuple[tuple[str, str], ...] = ()


def verdicts(
    judged: Judged, records: Sequence[Record], policies: Mapping[str, str], *, billing: bool = True
) -> list[Verdict]:
    """One verdict for each encounter; with `billing` its lines are billed and judged as well."""
    coder = Coder(judged.book, None, dict(policies))
    parsed: dict[int, Encounter] = {}
    found: dict[int, Verdict] = {}
    for at, record in enumerate(records):
        try:
            parsed[at] = parse_encounter(record)
        except InputError:
            found[at] = Verdict("refused")
    solve = partial(solve_batch, judged.book, wanted=(BROKEN, LINE))
    answers = coder.together(list(parsed.values()), solve)
    claims: dict[int, Encounter] = {}
    for at, (encounter, _, answer) in zip(parsed, answers, strict=True):
        found[at] = _verdict(answer)
        if billing and isinstance(answer, Answer):
            claims[at] = _billed(encounter, answer)
    if claims:
        solve = partial(solve_batch, judged.book, wanted=(BROKEN,))
        again = coder.together(list(claims.values()), solve, claim=True)
        for at, (_, _, answer) in zip(claims, again, strict=True):
            more = _verdict(answer)
            found[at] = Verdict(found[at].kind or more.kind, _merged(found[at], more))
    return [found[at] for at in range(len(records))]


def _merged(first: Verdict, second: Verdict) -> tuple[tuple[str, str], ...]:
    return tuple(dict.fromkeys((*first.broken, *second.broken)))


def _verdict(answer: Answer | EngineError) -> Verdict:
    if isinstance(answer, Answer):
        rows = answer.rows(*BROKEN)
        return Verdict("", tuple((rule.name, str(evidence)) for rule, evidence in rows))
    if isinstance(answer, TwoAnswers):
        return Verdict(TWO)
    if isinstance(answer, NoAnswer):
        return Verdict(NONE, tuple((_rule(atom), str(atom)) for atom in answer.collisions))
    return Verdict("error", (("error", answer.message),))


def _rule(atom: clingo.Symbol) -> str:
    return str(atom.arguments[0])


def _billed(encounter: Encounter, answer: Answer) -> Encounter:
    """The encounter with its own lines as the claim."""
    lines = lines_of(answer, Clock.of(encounter))
    record = encounter.model_dump(mode="json", exclude_none=True, exclude_defaults=True)
    record["billed"] = [
        {
            "code": line.code,
            "units": line.units,
            "modifiers": list(line.modifiers),
            **({"date": str(line.date)} if line.date else {}),
        }
        for line in sorted(lines)
    ]
    return parse_encounter(record)
