"""Writes which atoms the rules derive on the way to the answers of the rule tests, or must not.

    python -m scripts.rule_derived

For each mutant of the rules that no recorded output and no hand-written expectation notices by
itself, one atom that a test's answer holds and the mutant loses, or that the mutant derives for no
reason, goes into tests/rules/derived/. One atom often serves many mutants. Run it when a rule has
changed on purpose, after scripts.rule_outcomes, and read the difference before committing it: an
atom says that its predicate holds as logic/vocabulary.lp words it.
"""

from __future__ import annotations

import heapq
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from infusion_asp.author.models import Dependence, Models
from infusion_asp.author.mutation.crew import forked
from infusion_asp.author.mutation.noticed import (
    Changed,
    by_tests,
    jobs_of,
    rests_on_itself,
)
from infusion_asp.author.mutation.operators import Mutant, mutants_of
from infusion_asp.author.mutation.touched import Touch
from infusion_asp.author.testing import Case, cases_of
from infusion_asp.author.testing.bench import Bench
from infusion_asp.author.testing.beside import DERIVED, outcomes_beside
from infusion_asp.author.testing.running import prepare
from infusion_asp.rulebook import load_rulebook

KEYS = ("holds", "absent", "says", "silent")
TESTS = Path(__file__).parent.parent / "tests" / "rules"
MOST = 200  # expectations to choose from for each mutant
Choice = tuple[int, str, str]
"""A test, how it expects (`holds`, `absent`, `says`, `silent`), the atom or sentence."""


def main() -> None:
    """Write the derived atoms of all files."""
    bench = Bench(load_rulebook())
    cases, files = _plain_cases()
    models = bench.models(prepare(bench, cases))
    mutants = mutants_of(bench.book)
    options = _options(models, cases, mutants)
    chosen = chosen_of(options)
    _write(files, cases, chosen)
    print(f"{len(mutants)} mutants, {len(options)} by {len(chosen)} atoms on the way")


def _plain_cases() -> tuple[list[Case], list[Path]]:
    """The cases with their outcomes but without atoms that this script wrote; their files."""
    cases: list[Case] = []
    files: list[Path] = []
    for path in sorted(TESTS.glob("*.yaml")):
        outcomes = outcomes_beside(path)
        for case in cases_of(path.read_text("utf-8"), path.name, path.parent):
            cases.append(replace(case, outcome=outcomes.get(case.name)))
            files.append(path)
    return cases, files


def _options(
    models: Models, cases: list[Case], mutants: Iterable[Mutant]
) -> dict[str, frozenset[Choice]]:
    """By mutant the expectations of which each tells it."""
    dependence = Dependence(models.joint.book.statements)
    touch = Touch(models, dependence, frozenset())
    notices = by_tests(models, cases)
    groups = [
        (head, group)
        for head, group in touch.groups(mutants).items()
        if head is not None and not rests_on_itself(dependence, head)
    ]

    def of(number: int) -> dict[str, frozenset[Choice]]:
        head, group = groups[number]
        return {
            name: _choices(models, head, changed)
            for name, changed in touch.changes(head, group).items()
            if changed.heads and notices(head, changed) is None
        }

    found: dict[str, frozenset[Choice]] = {}
    for part in forked(of, range(len(groups))):
        found |= part
    return found


def _choices(models: Models, head: tuple[str, int], changed: Changed) -> frozenset[Choice]:
    """At most MOST of them, short atoms first; sentences only where no atom tells."""
    every = list(changed.expectations)
    wanted = [each for each in every if each[0] in ("holds", "absent")] or every
    texts = heapq.nsmallest(MOST, ((len(text := str(a)), text, key, h) for key, h, a in wanted))
    return frozenset(
        (job, key, text)
        for _, text, key, lifted in texts
        for job in sorted(jobs_of(models, head, (lifted,)))[:3]
    )


def chosen_of(options: Mapping[str, frozenset[Choice]]) -> list[Choice]:
    """Few expectations that tell every mutant: always the one that tells most of those left."""
    serves: dict[Choice, set[str]] = defaultdict(set)
    for name, choices in options.items():
        for choice in choices:
            serves[choice].add(name)
    buckets: dict[int, set[Choice]] = defaultdict(set)
    for choice, names in serves.items():
        buckets[len(names)].add(choice)
    left = set(options)
    chosen: list[Choice] = []
    for size in range(max(buckets, default=0), 0, -1):
        for choice in sorted(buckets[size], key=_order):
            now = serves[choice] & left
            if len(now) == size:
                chosen.append(choice)
                left -= now
            elif now:
                buckets[len(now)].add(choice)
    return chosen


def _order(choice: Choice) -> tuple[int, int, str]:
    job, key, text = choice
    return len(text), job, f"{key} {text}"


def _write(files: list[Path], cases: list[Case], chosen: Iterable[Choice]) -> None:
    """For each file with derived atoms one beside it; others go."""
    by_case: dict[int, dict[str, list[str]]] = defaultdict(lambda: {key: [] for key in KEYS})
    for job, key, text in chosen:
        by_case[job][key].append(text)
    directory = TESTS / DERIVED
    directory.mkdir(exist_ok=True)
    for path in sorted(set(files)):
        blocks = [_block(cases[at], by_case[at]) for at in sorted(by_case) if files[at] == path]
        target = directory / path.name
        if not blocks:
            target.unlink(missing_ok=True)
            continue
        head = f"# Atoms on the way to the answers of {path.name}; made by scripts/rule_derived.py."
        target.write_text("\n".join([head, *blocks]) + "\n", encoding="utf-8")


def _block(case: Case, found: Mapping[str, list[str]]) -> str:
    lines = [f"{json.dumps(case.name, ensure_ascii=False)}:"]
    for key, atoms in found.items():
        if atoms:
            lines.append(f"  {key}:")
            lines += ["  - '{}'".format(text.replace("'", "''")) for text in sorted(atoms)]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
