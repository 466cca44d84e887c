"""What is proved of the shipped rulebook, and whether the record of it stands.

Usage: python -m benchmarks.proof            goes on where it was stopped, writes proof.md
       python -m benchmarks.proof --known    writes proof.md from the record alone
       python -m benchmarks.proof --check    proves again what changed, within --budget seconds
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from infusion_asp.author.comparing.compare import compare
from infusion_asp.author.proof import OPEN, REFUTED, SWEPT
from infusion_asp.author.proving.goals import HALVES, Goals
from infusion_asp.author.proving.invariants import Judged, judged
from infusion_asp.author.proving.ledger import Ledger
from infusion_asp.author.proving.prove import Limits, each_policy, prove
from infusion_asp.author.proving.space import Space
from infusion_asp.author.proving.standing import Standing, standings
from infusion_asp.facts import load_policies
from infusion_asp.rulebook import shipped_logic

HERE = Path(__file__).parent
RECORD, PAGE = HERE / "proof.jsonl", HERE / "proof.md"
BEGIN, END = "<!-- by python -m benchmarks.proof -->", "<!-- end -->"
CHOICES = load_policies(shipped_logic())
DEFAULT = "Two administrations, default policies"
RUNS: Mapping[str, Space] = {
    DEFAULT: Space(),
    "Two administrations, every single policy value": each_policy(Space(), CHOICES),
    "Three administrations, default policies": Space(administrations=3),
}
DRAWN = 2000  # encounters where a part is swept


def main() -> int:
    """Prove, write or check; 1 where something is refuted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--known", action="store_true")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--budget", type=float, default=200.0, help="seconds of --check")
    parser.add_argument("--seconds", type=float, default=600.0, help="of each search")
    parser.add_argument("--megabytes", type=int, default=10240, help="of each search")
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args()
    if given.check:
        return check(given.budget, given.megabytes, given.workers)
    limits = Limits(given.seconds, given.megabytes, DRAWN, given.workers)
    wrong = 0 if given.known else _proved(limits)
    book, ledger = judged(), Ledger(RECORD)
    found = {name: _standings(book, space, ledger) for name, space in RUNS.items()}
    if not wrong:
        ledger.tidy()
    text = PAGE.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    said = "\n\n".join(_section(name, each) for name, each in found.items())
    head = f"Rulebook `{book.book.digest[:12]}`."
    tables = f"{before}{BEGIN}\n{head}\n\n{said}\n{END}{rest.partition(END)[2]}"
    PAGE.write_text(tables, encoding="utf-8")
    return wrong


def _proved(limits: Limits) -> int:
    wrong = 0
    for name, space in RUNS.items():
        print(f"== {name}", flush=True)
        ledger = Ledger(RECORD)
        proofs = prove(space, limits=limits, ledger=ledger, said=_said)
        for proof in proofs:
            print(proof, flush=True)
            wrong |= proof.how in (REFUTED, OPEN)
    return int(wrong)


def _said(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _standings(book: Judged, space: Space, ledger: Ledger) -> list[Standing]:
    return standings(Goals(book, space, CHOICES, 60.0, 4096, ledger), DRAWN)


def _section(name: str, found: Sequence[Standing]) -> str:
    rows = [f"### {name}", "", "| invariant | encounters | most ground rules | seconds | how |"]
    rows.append("|---|---:|---:|---:|---|")
    for each in found:
        rules = f"{each.rules:,}" if each.rules else "-"
        size = f"{each.size:.1e}" if each.size else "-"
        rows.append(f"| `{each.name}` | {size} | {rules} | {each.seconds:.0f} | {_how(each)} |")
    return "\n".join(rows)


def _how(each: Standing) -> str:
    said = []
    if each.proved:
        said.append(f"proved, {each.proved} of {each.parts} parts")
    if each.swept:
        said.append(f"swept, {each.swept} of {each.parts} parts, {each.covered:,} encounters")
    if not each.whole:
        said.append(f"**not run yet: {each.parts - each.proved - each.swept} parts**")
    return "; ".join(said)


def check(budget: float, megabytes: int, workers: int) -> int:
    """Uniqueness and a diff always, else what rests on changed rules; says what is not renewed."""
    same = compare(shipped_logic(), shipped_logic())
    print(f"the rulebook against itself: {same.how}", flush=True)
    book, ledger = judged(), Ledger(RECORD, written=False)
    goals = Goals(book, RUNS[DEFAULT], CHOICES, 60.0, 4096, ledger)
    for cell in goals.cells():
        for half in HALVES:
            ledger.forget(goals.digest(cell, [half]))
    begin = time.monotonic()
    limits = Limits(budget, megabytes, DRAWN, workers, begin + budget)
    wrong = same.differs
    for proof in prove(RUNS[DEFAULT], book=book, limits=limits, ledger=ledger):
        late = proof.how == SWEPT and not proof.covered
        print(f"{proof.name}: not proved again, the time is over" if late else proof)
        wrong |= proof.how in (REFUTED, OPEN)
    print(f"{time.monotonic() - begin:.0f} s of {budget:.0f} s", flush=True)
    for name, space in RUNS.items():
        found = _standings(book, space, Ledger(RECORD, written=False))
        left = [each.name for each in found if not each.whole]
        print(f"{name}: not in the record: {', '.join(left)}" if left else f"{name}: as recorded")
    return int(wrong)


if __name__ == "__main__":
    sys.exit(main())
