"""Measures speed and prints one table: stages, fresh and lifted, 8 and 200 administrations, MIMIC.

    python -m benchmarks.speed [--mimic DIR] [--write]

Times are CPU milliseconds of this process (medians), so that a busy machine disturbs little; what
counts are the ratios within one run. `--write` keeps the table in benchmarks/speed.md.
"""

from __future__ import annotations

import argparse
import math
import os
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import clingo
from clingo import ast

from benchmarks.encounters import day_of, several
from infusion_asp.coding import Coder
from infusion_asp.coding.alternatives import alternatives
from infusion_asp.coding.assemble import assemble
from infusion_asp.coding.coder import OUTPUTS
from infusion_asp.engine import solve, solve_batch
from infusion_asp.engine.relevance import relevance
from infusion_asp.engine.run import ABSENT_IS_FALSE
from infusion_asp.facts import encounter_facts, symbols_of
from infusion_asp.ingest.mimic import convert
from infusion_asp.justify import justify
from infusion_asp.model import Encounter, Result
from infusion_asp.rulebook import load_rulebook

HERE = Path(__file__).parent
REPEATS = 15
LARGE = 200
BATCH = 200
QUADRATIC = 1.6  # exponent of growth from half of LARGE to LARGE
FEW = 300  # ground instances that aren't worth a name

Rows = list[tuple[str, str, str]]


def main() -> None:
    """Measure everything, print the table, keep it if asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mimic", type=Path, help="directory of the MIMIC-IV demo tables")
    parser.add_argument("--write", action="store_true", help="keep the table in speed.md")
    options = parser.parse_args()
    coder = Coder(load_rulebook())
    lines = list(_table(coder, options.mimic))
    print("\n".join(lines))
    if options.write:
        (HERE / "speed.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _table(coder: Coder, mimic: Path | None) -> Iterator[str]:
    yield "# Speed"
    yield ""
    yield "Printed by `python -m benchmarks.speed`; CPU milliseconds, medians. Read the ratios."
    load = os.getloadavg()[0] / (os.cpu_count() or 1)
    yield f"Load per core at the start: {load:.1f} (above 1 the times are inflated)."
    yield from _section("One encounter of 8 administrations, by stage", _stages(coder))
    yield from _section("Fresh and lifted, random outpatient encounters", _lifted(coder))
    yield from _section("8 and 200 administrations", _sizes(coder))
    yield from _section(
        f"Ground instances that grow quadratically ({LARGE // 2} to {LARGE} administrations)",
        _growth(coder),
        ("predicate", "instances", "exponent"),
    )
    if mimic is not None:
        yield from _section("Days of the MIMIC-IV demo (intensive care)", _mimic(coder, mimic))


def _section(
    title: str, rows: Rows, head: tuple[str, str, str] = ("what", "ms", "ratio")
) -> Iterator[str]:
    yield from ("", f"## {title}", "", "| " + " | ".join(head) + " |", "|---|---:|---:|")
    yield from (f"| {what} | {value} | {ratio} |" for what, value, ratio in rows)


def _stages(coder: Coder) -> Rows:
    """What each step of code() takes, as a share of the whole with reasons."""
    encounter = day_of(8)
    bare = _median(lambda: coder.code(encounter, explain=False))
    whole = _median(lambda: coder.code(encounter))  # first: many Controls at once slow malloc down
    setting = coder.setting_of(encounter)
    shared = coder.shared(setting, ())
    facts = symbols_of(encounter_facts(encounter, coder.tables))
    rules = relevance(coder.rulebook).fresh(shared, facts)
    answer = solve(coder.rulebook, facts, shared)
    parts = coder.assembly(encounter, setting, answer)
    found = [atom for name, arity in OUTPUTS[:5] for atom in answer.of(name, arity)]

    def add() -> clingo.Control:
        control = clingo.Control([ABSENT_IS_FALSE, "--models=2"])
        with ast.ProgramBuilder(control) as builder:
            for statement in rules:
                builder.add(statement)
        return control

    def hand(control: clingo.Control) -> clingo.Control:
        with control.backend() as backend:
            for fact in (*shared, *facts):
                backend.add_rule([backend.add_atom(fact)])
        return control

    def ground(control: clingo.Control) -> clingo.Control:
        control.ground()
        return control

    def search(control: clingo.Control) -> None:
        with control.solve(yield_=True) as handle:
            for model in handle:
                model.symbols(atoms=True)

    steps: list[tuple[str, float]] = [
        ("facts", _median(lambda: encounter_facts(encounter, coder.tables))),
        ("rules that can fire", _median(lambda: relevance(coder.rulebook).fresh(shared, facts))),
        ("adding rules", _median(add)),
        ("adding facts", _median_of(add, hand)),
        ("grounding", _median_of(lambda: hand(add()), ground)),
        ("solving and reading", _median_of(lambda: ground(hand(add())), search)),
        (
            "reasons",
            _median(
                lambda: justify(
                    coder.rulebook, answer, shared, parts.names, atoms=parts.explained(found)
                )
            ),
        ),
        ("result without reasons", _median(lambda: assemble(parts, None))),
    ]
    result = coder.code(encounter)
    fresh = partial(coder.code, explain=False)
    steps.append(
        (
            f"{len(result.alternatives)} alternatives",
            _median(lambda: alternatives(fresh, coder.lines_many, encounter, result)),
        )
    )
    plain = whole - steps[-1][1]
    rows = [(name, f"{each:.1f}", f"{each / whole:.2f}") for name, each in steps]
    rows.append(("code(), no reasons", f"{bare:.1f}", f"{bare / whole:.2f}"))
    rows.append(("code(), with reasons, nothing open", f"{plain:.1f}", f"{plain / whole:.2f}"))
    rows.append(("code(), with reasons and alternatives", f"{whole:.1f}", "1.00"))
    rows.append((f"rules kept: {len(rules)} of {len(coder.rulebook.statements)}", "", ""))
    return rows


def _lifted(coder: Coder) -> Rows:
    encounters = several(BATCH, 8)
    few = encounters[:40]
    fresh = _once(lambda: [coder.code(each, explain=False) for each in few]) / len(few)
    coder.code_many(encounters)
    lifted = _once(lambda: coder.code_many(encounters)) / len(encounters)
    setting = coder.setting_of(encounters[0])
    facts = [encounter_facts(each, coder.tables) for each in encounters]
    shared = coder.shared(setting, [s.code for each in encounters for s in each.other_services])
    engine = _once(lambda: solve_batch(coder.rulebook, facts, shared, wanted=OUTPUTS)) / len(facts)
    mix = several(BATCH, None)
    mean = statistics.mean(len(each.administrations) for each in mix)
    coder.code_many(mix)
    mixed = min(_once(lambda: coder.code_many(mix)) for _ in range(3)) / len(mix)
    return [
        ("8 administrations: fresh, no reasons, each", f"{fresh:.2f}", "1.00"),
        (f"lifted, {BATCH} at once, each", f"{lifted:.2f}", f"{lifted / fresh:.2f}"),
        ("of which the engine", f"{engine:.2f}", f"{engine / fresh:.2f}"),
        (f"lifted, {mean:.1f} administrations on average", f"{mixed:.2f}", f"{mixed / fresh:.2f}"),
    ]


def _sizes(coder: Coder) -> Rows:
    rows: Rows = []
    for words, explain in (("no reasons", False), ("with reasons", True)):
        small = _median(partial(coder.code, day_of(8), explain=explain), 5)
        large = _median(partial(coder.code, day_of(LARGE), explain=explain), 3)
        rows.append((f"8 administrations, {words}", f"{small:.1f}", "1.0"))
        rows.append((f"{LARGE} administrations, {words}", f"{large:.1f}", f"{large / small:.1f}"))
    return rows


def _growth(coder: Coder) -> Rows:
    half, whole = (_instances(coder, day_of(size)) for size in (LARGE // 2, LARGE))
    rows: Rows = []
    for (name, arity), count in whole.most_common():
        before = half[name, arity]
        exponent = math.log2(count / before) if before else math.inf
        if count >= FEW and exponent >= QUADRATIC:
            rows.append((f"`{name}/{arity}`", str(count), f"{exponent:.1f}"))
    return rows or [("none", "", "")]


def _instances(coder: Coder, encounter: Encounter) -> Counter[tuple[str, int]]:
    shared = coder.shared(coder.setting_of(encounter), ())
    answer = solve(coder.rulebook, encounter_facts(encounter, coder.tables), shared)
    return Counter({key: len(answer.atoms[key]) for key in answer.atoms})


def _mimic(coder: Coder, directory: Path) -> Rows:
    encounters = [Encounter.model_validate(each) for each in convert(directory)]
    begin = time.process_time()
    results = coder.code_many(encounters)
    spent = (time.process_time() - begin) * 1000 / len(encounters)
    failed = sum(not isinstance(result, Result) for result in results)
    most = max(len(each.administrations) for each in encounters)
    return [
        ("days", str(len(encounters)), ""),
        ("administrations of the largest", str(most), ""),
        ("failures", str(failed), f"{failed / len(encounters):.3f}"),
        ("lifted, each day", f"{spent:.1f}", ""),
    ]


def _median(work: Callable[[], object], repeats: int = REPEATS) -> float:
    work()
    return statistics.median(_once(work) for _ in range(repeats))


def _median_of(
    prepare: Callable[[], clingo.Control], work: Callable[[clingo.Control], object]
) -> float:
    """The median of `work` alone, each time on something freshly prepared."""
    prepared = [prepare() for _ in range(REPEATS)]
    return statistics.median(_once(partial(work, each)) for each in prepared)


def _once(work: Callable[[], object]) -> float:
    begin = time.process_time()
    work()
    return (time.process_time() - begin) * 1000


if __name__ == "__main__":
    main()
