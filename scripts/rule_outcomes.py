"""Writes what else the answers to the rule tests say, held against the independent coder.

    python -m scripts.rule_outcomes

For each case of tests/rules the output atoms of its answer go into tests/rules/outcomes/. Lines and
what is not reported are compared with benchmarks/baseline, a coder that was written from RULES.md
alone; cases in which the two differ are printed, and keep an outcome only where their lines were
worked out by hand. Run it when a rule has changed
on purpose, and read the difference before committing it.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import clingo

from benchmarks import baseline
from infusion_asp.author.models import Models
from infusion_asp.author.testing import Case, read_cases
from infusion_asp.author.testing.bench import Bench, failures_of, rows_of
from infusion_asp.author.testing.observed import outcome_of
from infusion_asp.facts import Clock
from infusion_asp.model import parse_encounter
from infusion_asp.rulebook import load_rulebook

TESTS = Path(__file__).parent.parent / "tests" / "rules"
Lines = Counter[tuple[str, int, tuple[str, ...], str | None, tuple[str, ...]]]


def main() -> None:
    """Write the outcomes of all files."""
    bench = Bench(load_rulebook())
    agreed = differing = 0
    for path in sorted(TESTS.glob("*.yaml")):
        cases = [replace(case, outcome=None) for case in read_cases(path, path.name)]
        prepared = [bench.prepared(case) for case in cases]
        models = bench.models(prepared)
        kept: dict[str, tuple[str, ...]] = {}
        for number, case in enumerate(cases):
            said = differs(case, models, number)
            fell = failures_of(prepared[number], models, number)
            if said or fell:
                differing += 1
                print(f"{case.place}: {said or 'fails'}")
            else:
                agreed += 1
            if not fell and (not said or case.lines is not None):
                kept[case.name] = outcome_of(partial(rows_of, models, number))
        _write(path, kept)
    print(f"{agreed} agree, {differing} differ")


def differs(case: Case, models: Models, number: int) -> str:
    """How the independent coder differs; empty where it agrees."""
    if number in models.wrong:
        return "no single answer"
    try:
        plain = json.loads(parse_encounter(case.encounter).model_dump_json(exclude_none=True))
        other = baseline.code(plain, case.policies, case.profile)
    except Exception as error:
        return f"the independent coder fails ({type(error).__name__})"
    theirs = Counter(
        (line.code, line.units, tuple(sorted(line.modifiers)), line.date) for line in other.lines
    )
    ours = _lines(case, models, number)
    if ours != theirs:
        return f"{sorted(map(str, (ours - theirs)))} against {sorted(map(str, (theirs - ours)))}"
    return ""


def _lines(case: Case, models: Models, number: int) -> Counter[Any]:
    clock = Clock.of(parse_encounter(case.encounter))
    found: Counter[Any] = Counter()
    for _, code, mods, day, units in rows_of(models, number, ("line", 5)):
        date = clock.date(day.number) if day.type == clingo.SymbolType.Number else None
        texts = (each for each in mods.arguments if each.type == clingo.SymbolType.String)
        marks = tuple(sorted(each.string for each in texts))
        found[code.string, units.number, marks, date.isoformat() if date else None] += 1
    return found


def _write(path: Path, kept: dict[str, tuple[str, ...]]) -> None:
    """One block for each case, one atom a line."""
    lines = [f"# Every output of the cases of {path.name}; made by scripts/rule_outcomes.py."]
    for name, atoms in kept.items():
        lines.append(f"{json.dumps(name, ensure_ascii=False)}:" + ("" if atoms else " []"))
        lines += [f"- '{_quoted(atom)}'" for atom in atoms]
    target = path.parent / "outcomes" / path.name
    target.parent.mkdir(exist_ok=True)
    target.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _quoted(text: str) -> str:
    return text.replace("'", "''")


if __name__ == "__main__":
    main()
