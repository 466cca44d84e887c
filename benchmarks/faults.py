"""Breaks right claims in every way of RULES.md section 12 and counts what the verifier finds.

    python -m benchmarks.faults [--source published own random] [--random N] [--most M] [--every E]
                                [--kind K] [--claim C] [--show] [--write]

Every published case whose published lines we derive is billed so (`published`), likewise our own
encounters (`own`, with dates and drug lines) and random ones. Each claim is first verified as it
is: no finding may speak of over- or underpayment. Then it is broken, one fault at a time, at most M
of a kind. `--show` prints each fault that is not found, not named by a right rule, or that draws
findings about other codes; `--write` keeps the table in benchmarks/faults.md.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from benchmarks import fault_edits, fault_kinds
from benchmarks.fault_claims import (
    Claim,
    own_claims,
    published_as_printed,
    published_claims,
    random_claims,
)
from benchmarks.fault_kit import BREAKERS, Fault
from benchmarks.fault_records import bare_claim, denied_alone, with_visit_code, without_record
from benchmarks.fault_rules import about, named_rightly, stray
from infusion_asp.coding import Coder
from infusion_asp.model import ErrorRecord, parse_encounter
from infusion_asp.model.verification import Verification
from infusion_asp.rulebook import load_rulebook
from infusion_asp.verify import Verifier

HERE = Path(__file__).parent
RANDOM = 40
MOST = 2  # faults of one kind on one claim
BREAKERS_FROM = (fault_kinds, fault_edits)  # importing them registers the ways to break
SOURCES = ("published", "own", "random")
MONEY = ("over", "under")


@dataclass
class Tally:
    """Counts of one kind of fault, and the faults that something is wrong with."""

    injected: int = 0
    found: int = 0
    named: int = 0
    stray: int = 0
    open: list[str] = field(default_factory=list)

    def add(self, fault: Fault, result: Verification | ErrorRecord) -> None:
        """Counts one fault by what was found."""
        self.injected += 1
        if isinstance(result, ErrorRecord):
            self.open.append(f"REFUSED {_where(fault)}: {result.error.message}")
            return
        findings = about(result, fault.codes, fault.risks)
        seen = bool(findings) and result.verdict == "differs"
        right = seen and named_rightly(fault.kind, findings)
        others = stray(result, fault.codes | fault.touched)
        self.found += seen
        self.named += right
        self.stray += bool(others)
        told = "; ".join(f"{each.rule}/{each.risk}/{each.code}" for each in result.findings)
        if not seen:
            self.open.append(f"NOT FOUND {_where(fault)}: {result.verdict} [{told}]")
        elif not right:
            self.open.append(f"NOT NAMED {_where(fault)}: [{told}]")
        if others:
            self.open.append(f"STRAY {_where(fault)}: [{told}]")


@dataclass
class Report:
    """The counts of one source."""

    claims: int = 0
    untouched: list[str] = field(default_factory=list)
    kinds: dict[str, Tally] = field(default_factory=dict)


def _where(fault: Fault) -> str:
    return f"{fault.kind} | {fault.claim} | {fault.what}"


def faults_of(claim: Claim, kinds: Iterable[str] = (), most: int = MOST) -> Iterator[Fault]:
    """The first faults of each kind, on the claim alone too where no record is needed."""
    wanted = set(kinds)
    for breaker in BREAKERS.values():
        for fault in islice(breaker(claim), most):
            bare = without_record(fault)
            for each in (fault, bare):
                if each is not None and (not wanted or each.kind in wanted):
                    yield each


def one_of_each(claims: Sequence[Claim], each: int = 1) -> list[Fault]:
    """Some faults of every kind, each from another claim, and the same on the claims alone."""
    found: list[Fault] = []
    for breaker in BREAKERS.values():
        firsts = (next(breaker(claim), None) for claim in claims)
        found += islice((fault for fault in firsts if fault is not None), each)
    alone = [without_record(fault) for fault in found]
    return [*found, *(fault for fault in alone if fault is not None)]


def complaints(result: Verification | ErrorRecord) -> str:
    """What an untouched claim is blamed for; empty: nothing."""
    if isinstance(result, ErrorRecord):
        return result.error.message
    told = [
        f"{each.rule}/{each.risk}/{each.code}: {each.message}"
        for each in result.findings
        if each.risk in MONEY
    ]
    if result.verdict == "differs" or told:
        return f"{result.verdict} [{'; '.join(told)}]"
    return ""


def untouched(claim: Claim) -> Iterator[tuple[str, dict[str, Any]]]:
    """The right claim as such, beside a visit code, and alone."""
    yield claim.name, claim.billed(claim.lines)
    visit = with_visit_code(claim)
    if visit is not None:
        yield f"{claim.name} beside a visit", visit
    if claim.lines and not denied_alone(claim):
        yield f"{claim.name} without its record", bare_claim(claim.billed(claim.lines))


def examine(
    verifier: Verifier,
    claims: Sequence[Claim],
    kinds: Iterable[str] = (),
    most: int = MOST,
    also: Iterable[tuple[str, dict[str, Any]]] = (),
) -> Report:
    """Verifies the claims untouched and broken."""
    faults = [fault for claim in claims for fault in faults_of(claim, kinds, most)]
    return judged(verifier, claims, faults, also)


def judged(
    verifier: Verifier,
    claims: Sequence[Claim],
    faults: Sequence[Fault],
    also: Iterable[tuple[str, dict[str, Any]]] = (),
) -> Report:
    """Verifies the claims untouched and the faults."""
    report = Report(claims=len(claims))
    right = [*also, *(each for claim in claims for each in untouched(claim))]
    results = verifier.verify_many([parse_encounter(record) for _, record in right])
    for (name, _), result in zip(right, results, strict=True):
        if said := complaints(result):
            report.untouched.append(f"{name}: {said}")
    found = verifier.verify_many([parse_encounter(fault.record) for fault in faults])
    for fault, result in zip(faults, found, strict=True):
        report.kinds.setdefault(fault.kind, Tally()).add(fault, result)
    return report


def table(reports: dict[str, Report]) -> Iterator[str]:
    """The table in Markdown."""
    yield "# Faults injected into right claims"
    yield ""
    yield (
        "Made by `python -m benchmarks.faults --write`; rulebook "
        f"`{load_rulebook().digest[:12]}`. A fault is found when the claim differs and a finding "
        "of the right risk names the code; named right when that finding's rule is one that "
        "carries out the broken rule (`benchmarks/fault_rules.py`); the last column counts claims "
        "with over- or underpayment findings about other codes."
    )
    for source, report in reports.items():
        yield ""
        yield f"## {source.capitalize()}: {report.claims} claims"
        yield ""
        blamed = len(report.untouched)
        yield f"Untouched claims with an over- or underpayment finding: {blamed}."
        yield ""
        yield "| fault | injected | found | named right | other findings |"
        yield "|---|---:|---:|---:|---:|"
        for kind, tally in sorted(report.kinds.items()):
            row = (kind, tally.injected, tally.found, tally.named, tally.stray)
            yield f"| {' | '.join(map(str, row))} |"
        sums = Counter[str]()
        for tally in report.kinds.values():
            sums.update(i=tally.injected, f=tally.found, n=tally.named, s=tally.stray)
        yield f"| all | {sums['i']} | {sums['f']} | {sums['n']} | {sums['s']} |"


def claims_of(coder: Coder, source: str, count: int = RANDOM) -> list[Claim]:
    """The right claims of one source."""
    if source == "published":
        return list(published_claims(coder))
    return list(own_claims(coder) if source == "own" else random_claims(coder, count))


def as_printed(claims: Sequence[Claim]) -> list[tuple[str, dict[str, Any]]]:
    """The published claims with the lines as printed, drug lines and all."""
    names = {claim.name for claim in claims}
    return [
        (f"{name} as printed", record) for name, record in published_as_printed() if name in names
    ]


def main(arguments: Sequence[str]) -> int:
    """Print the table; 1 where something is not found or an untouched claim is blamed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--source", nargs="+", choices=SOURCES, default=list(SOURCES))
    parser.add_argument("--random", type=int, default=RANDOM, metavar="N")
    parser.add_argument("--kind", nargs="+", default=[], metavar="K")
    parser.add_argument("--most", type=int, default=MOST, metavar="M")
    parser.add_argument("--every", type=int, default=1, metavar="E", help="one claim in E")
    parser.add_argument("--claim", metavar="C", help="only this claim")
    parser.add_argument(
        "--show", action="store_true", help="each fault that something is wrong with"
    )
    parser.add_argument("--write", action="store_true", help="keep the table in faults.md")
    options = parser.parse_args(arguments)
    verifier = Verifier(Coder(load_rulebook()))
    reports: dict[str, Report] = {}
    for source in options.source:
        claims = claims_of(verifier.coder, source, options.random)[:: options.every]
        if options.claim:
            claims = [claim for claim in claims if claim.name == options.claim]
        also = as_printed(claims) if source == "published" else []
        reports[source] = examine(
            verifier, claims, kinds=options.kind, most=options.most, also=also
        )
    lines = list(table(reports))
    print("\n".join(lines))
    if options.show:
        for report in reports.values():
            print(*(f"BLAMED {each}" for each in report.untouched), sep="\n")
            for tally in report.kinds.values():
                print(*tally.open, sep="\n")
    if options.write:
        (HERE / "faults.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    missed = any(
        report.untouched or any(each.found < each.injected for each in report.kinds.values())
        for report in reports.values()
    )
    return int(missed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
