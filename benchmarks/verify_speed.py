"""Measures `verify` against `code` on the same encounters, one claim in ten wrong, and the edges.

    python -m benchmarks.verify_speed [--count N] [--write]

Times are CPU milliseconds of this process; both sides of a ratio are measured in turn within one
run, and the medians of the rounds are compared. `--write` keeps the table in verify_speed.md.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.encounters import day_of, several
from benchmarks.fault_claims import Claim, claim_of
from benchmarks.faults import faults_of
from infusion_asp.coding import Coder
from infusion_asp.explain import Explainer
from infusion_asp.model import Encounter, parse_encounter
from infusion_asp.rulebook import load_rulebook
from infusion_asp.verify import Verifier

HERE = Path(__file__).parent
COUNT = 100
SIZE = 8
WRONG = 10  # one claim in so many
ROUNDS = 3
FEW = 10
MOST_RATIO = 3.0
MOST_SECONDS = 5.0


def claims(coder: Coder, count: int, seed: int = 11) -> list[Encounter]:
    """Random outpatient encounters billed as derived, one in ten with a random fault."""
    draw = random.Random(seed)
    made = []
    for number, encounter in enumerate(several(count, SIZE, seed)):
        record = encounter.model_dump(mode="json", exclude_none=True, exclude_defaults=True)
        claim = claim_of(coder, f"claim-{number}", record, dated=True)
        if claim is not None:
            made.append(_billed(claim, draw, wrong=number % WRONG == 0))
    return made


def _billed(claim: Claim, draw: random.Random, *, wrong: bool) -> Encounter:
    faults = list(faults_of(claim)) if wrong else []
    right = claim.billed(claim.lines)
    return parse_encounter(draw.choice(faults).record if faults else right)


def table(count: int) -> Iterator[str]:
    """The table in Markdown."""
    coder = Coder(load_rulebook())
    verifier, explainer = Verifier(coder), Explainer(coder)
    billed = claims(coder, count)
    bare = [each.model_copy(update={"billed": ()}) for each in billed]
    found = verifier.verify_many(billed)
    wrong = sum(getattr(each, "verdict", "") == "differs" for each in found)
    few, few_bare = billed[:FEW], bare[:FEW]
    yield "# Speed of verifying"
    yield ""
    yield (
        f"Printed by `python -m benchmarks.verify_speed`; CPU milliseconds, medians of {ROUNDS} "
        "rounds in one run. Read the ratios."
    )
    load = os.getloadavg()[0] / (os.cpu_count() or 1)
    yield f"Load per core at the start: {load:.1f} (above 1 the times are inflated)."
    yield ""
    yield (
        f"{len(billed)} random outpatient encounters of {SIZE} administrations, billed as derived; "
        f"{wrong} claims differ."
    )
    yield ""
    yield "| what | code, each | verify, each | ratio | at most |"
    yield "|---|---:|---:|---:|---:|"
    rows: list[tuple[str, Callable[[], object], Callable[[], object], int]] = [
        (
            "a file (lifted)",
            lambda: coder.code_many(bare),
            lambda: verifier.verify_many(billed),
            len(billed),
        ),
        (
            "one by one, with reasons",
            lambda: [coder.code(each) for each in few_bare],
            lambda: [verifier.verify(each) for each in few],
            len(few),
        ),
    ]
    for what, code, verify, size in rows:
        coded, verified = _medians(code, verify)
        yield (
            f"| {what} | {coded / size:.2f} | {verified / size:.2f} | {verified / coded:.2f} "
            f"| {MOST_RATIO:.0f} |"
        )
    yield ""
    day = day_of(SIZE)
    spent = statistics.median(_once(lambda: explainer.edges(day)) for _ in range(2)) / 1000
    yield "| what | seconds | at most |"
    yield "|---|---:|---:|"
    yield f"| `explain --edges`, {SIZE} administrations | {spent:.1f} | {MOST_SECONDS:.0f} |"


def _medians(one: Callable[[], object], two: Callable[[], object]) -> tuple[float, float]:
    """Median times of two things done in turn, after once each to warm up."""
    one()
    two()
    spent = [(_once(one), _once(two)) for _ in range(ROUNDS)]
    return statistics.median(a for a, _ in spent), statistics.median(b for _, b in spent)


def _once(work: Callable[[], object]) -> float:
    begin = time.process_time()
    work()
    return (time.process_time() - begin) * 1000


def main() -> None:
    """Measure, print the table, keep it if asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=COUNT, metavar="N")
    parser.add_argument("--write", action="store_true", help="keep the table in verify_speed.md")
    options = parser.parse_args()
    lines = list(table(options.count))
    print("\n".join(lines))
    if options.write:
        (HERE / "verify_speed.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
