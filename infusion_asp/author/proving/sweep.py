"""Owns the sweep: encounters drawn from the grid and solved in lifted batches by the rulebook."""

from __future__ import annotations

import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from infusion_asp.author.guard import forked
from infusion_asp.author.proof import is_policy, span
from infusion_asp.author.proving.goals import AT_LEAST_ONE, AT_MOST_ONE, HALVES, Goals, about
from infusion_asp.author.proving.ledger import SWEPT, Entry, digest_of
from infusion_asp.author.proving.record import encounter_of, policies_of
from infusion_asp.author.proving.shrink import shrunk
from infusion_asp.author.proving.solved import NONE, TWO, Verdict, verdicts
from infusion_asp.author.proving.space import Space

BATCH = 200
SEED = 1
KINDS = {AT_MOST_ONE: TWO, AT_LEAST_ONE: NONE}


@dataclass(frozen=True)
class Wrong:
    """An encounter that breaks an invariant, as JSON, with the policies under which it does."""

    name: str
    encounter: Mapping[str, Any]
    policies: Mapping[str, str] = field(default_factory=dict)
    evidence: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        """What is wrong with it."""
        return KINDS.get(self.name, "broken")


def sweep(goals: Goals, space: Space, name: str, count: int) -> tuple[int, int, Wrong | None]:
    """Size of a part, encounters solved, and the first that breaks the invariant, made small."""
    known = swept_before(goals, space, name, count)
    if known is not None:
        return known.size, known.covered, None
    if goals.left <= 0:
        return 0, 0, None
    options = goals.options(space, [name])
    counts = {field: len(values) for field, values in options.items()}
    size = span(counts, one_other=space.one_other)
    usual = goals.fixed(replace(space, opened=())) if space.one_other else {}
    rng = random.Random(f"{SEED} {name}")
    covered, begin = 0, time.monotonic()
    end = begin + goals.left
    while covered < min(count, size) and time.monotonic() < end:
        drawn = [
            _drawn(options, usual if space.one_other else {}, rng)
            for _ in range(min(BATCH, count - covered))
        ]
        for policies, members in _grouped(drawn).items():
            records = [encounter_of(each, goals.space.day) for each in members]
            for record, verdict in zip(
                records, _judged(goals, records, dict(policies), name), strict=True
            ):
                if _is_wrong(verdict, name):
                    evidence = tuple(text for rule, text in verdict.broken if rule == name)
                    wrong = Wrong(name, record, dict(policies), evidence)
                    return size, covered, smallest(goals, wrong) or wrong
        covered += len(drawn)
    took = round(time.monotonic() - begin, 1)
    key, said = _key(goals, space, name, count)
    goals.ledger.keep(Entry(key, SWEPT, said, size, 0, covered, took))
    return size, covered, None


def swept_before(goals: Goals, space: Space, name: str, count: int) -> Entry | None:
    """The record of a sweep of so many encounters of a part by this very rulebook."""
    return goals.ledger.get(_key(goals, space, name, count)[0])


def _key(goals: Goals, space: Space, name: str, count: int) -> tuple[str, str]:
    said = f"{about(space, [name])}: {count} encounters"
    return digest_of([goals.judged.book.digest, said]), said


def _drawn(
    options: Mapping[str, Sequence[str]], usual: Mapping[str, str], rng: random.Random
) -> dict[str, str]:
    """One value for each field; where `usual` names policies, only one of these is drawn."""
    other = rng.choice([None, *filter(is_policy, options)]) if usual else None
    found = {}
    for name, values in options.items():
        found[name] = rng.choice(values)
        if usual and is_policy(name) and name != other:
            plain = usual[name.removeprefix("policy(").removesuffix(")")]
            found[name] = next(value for value in values if value.strip('"') == plain)
    return found


def smallest(goals: Goals, wrong: Wrong) -> Wrong | None:
    """The same made small, confirmed by the rulebook; None where that finds nothing wrong."""

    def holds(records: Sequence[dict[str, Any]]) -> list[bool]:
        found = _judged(goals, records, wrong.policies, wrong.name)
        return [_is_wrong(verdict, wrong.name) for verdict in found]

    record = dict(wrong.encounter)
    if holds([record]) != [True]:
        return None
    small = shrunk(record, holds)
    (verdict,) = _judged(goals, [small], wrong.policies, wrong.name)
    of_it = [text for rule, text in verdict.broken if rule == wrong.name or wrong.name in HALVES]
    defaults = {name: policy.values[0] for name, policy in goals.choices.policies.items()}
    policies = {n: v for n, v in wrong.policies.items() if defaults.get(n) != v}
    return Wrong(wrong.name, small, policies, tuple(of_it) or wrong.evidence)


def _judged(
    goals: Goals, records: Sequence[dict[str, Any]], policies: Mapping[str, str], name: str
) -> list[Verdict]:
    chosen = {**goals.space.policies, **policies}
    work = partial(verdicts, goals.judged, records, chosen, billing=name not in HALVES)
    return forked(work, seconds=goals.seconds, megabytes=goals.megabytes)


def _is_wrong(verdict: Verdict, name: str) -> bool:
    if name in KINDS:
        return verdict.kind == KINDS[name]
    return any(rule == name for rule, _ in verdict.broken)


def _grouped(
    drawn: Sequence[dict[str, str]],
) -> dict[tuple[tuple[str, str], ...], list[dict[str, str]]]:
    """Draws by the policies that they chose."""
    found: dict[tuple[tuple[str, str], ...], list[dict[str, str]]] = {}
    for each in drawn:
        found.setdefault(tuple(sorted(policies_of(each).items())), []).append(each)
    return found
