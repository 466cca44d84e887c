"""Owns the record of a mutation run: benchmarks/mutation.md, written and read.

The record names each rule with the digest of its text, so that a later run knows which rules have
changed, and each mutant that no test kills, by the reason why none can (explain.py).
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from infusion_asp.author.mutation.operators import KINDS, Mutant
from infusion_asp.author.mutation.run import EQUIVALENT, KILLED, SURVIVED, Verdict
from infusion_asp.rulebook import Rule, Rulebook

SAMPLE = 200
_LEFT = re.compile(r"^- `(.+)` \([^()]*\)$")
_ROW = re.compile(r"^\| `(\w+)` \| ([0-9a-f]{12}) \| (\d+) \| (\d+) \| (\d+) \| (\d+) \|")
UNEXPLAINED = "Not explained"


@dataclass(frozen=True)
class Score:
    """What became of the mutants of one rule."""

    rule: str
    digest: str
    mutants: int
    killed: int
    equivalent: int
    survived: int

    @property
    def share(self) -> float:
        """The part that tests kill."""
        return self.killed / self.mutants if self.mutants else 1.0


@dataclass(frozen=True)
class Record:
    """A run as it was recorded: scores by rule, the names of mutants left, what was run."""

    scores: Mapping[str, Score] = field(default_factory=dict)
    left: frozenset[str] = frozenset()
    head: str = ""


def digest_of(rule: Rule) -> str:
    """A short digest of a rule's text, header included."""
    return hashlib.sha256(rule.text.encode()).hexdigest()[:12]


def scores(book: Rulebook, verdicts: Iterable[Verdict]) -> list[Score]:
    """The scores of all rules, in the order of the rulebook."""
    counts: dict[str, dict[str, int]] = {}
    for each in verdicts:
        tally = counts.setdefault(each.mutant.rule, {KILLED: 0, EQUIVALENT: 0, SURVIVED: 0})
        tally[each.status] += 1
    return [
        Score(
            rule.id,
            digest_of(rule),
            sum(counts[rule.id].values()),
            counts[rule.id][KILLED],
            counts[rule.id][EQUIVALENT],
            counts[rule.id][SURVIVED],
        )
        for rule in book.rules
        if rule.id in counts
    ]


def changed(book: Rulebook, record: Record) -> list[str]:
    """The rules that the record doesn't know with this text."""
    return [
        rule.id
        for rule in book.rules
        if rule.id not in record.scores or record.scores[rule.id].digest != digest_of(rule)
    ]


def sample(mutants: Sequence[Mutant], size: int = SAMPLE) -> list[Mutant]:
    """A fixed sample: those whose names have the smallest digests."""

    def key(mutant: Mutant) -> str:
        return hashlib.sha256(mutant.name.encode()).hexdigest()

    return sorted(mutants, key=key)[:size]


def read(text: str) -> Record:
    """The record in a text; what is not of its form is left out."""
    found: dict[str, Score] = {}
    for row in filter(None, map(_ROW.match, text.splitlines())):
        numbers = (int(number) for number in row.groups()[2:])
        found[row[1]] = Score(row[1], row[2], *numbers)
    left = frozenset(row[1] for row in filter(None, map(_LEFT.match, text.splitlines())))
    paragraphs = text.split("\n\n")
    return Record(found, left, paragraphs[1] if len(paragraphs) > 1 else "")


def of_another_rulebook(book: Rulebook, record: Record, mutants: Iterable[Mutant]) -> list[str]:
    """The rules that the record doesn't have with this text and these mutants (all of the book)."""
    made = Counter(each.rule for each in mutants)
    return [
        rule.id
        for rule in book.rules
        if made[rule.id]
        and (
            rule.id not in record.scores
            or record.scores[rule.id].digest != digest_of(rule)
            or record.scores[rule.id].mutants != made[rule.id]
        )
    ]


def renewed(mutants: Iterable[Mutant], verdicts: Iterable[Verdict]) -> list[Verdict]:
    """All mutants: those tried again with their verdicts, the others killed as recorded."""
    tried = {each.mutant.name: each for each in verdicts}
    return [tried.get(each.name, Verdict(each, KILLED, "recorded")) for each in mutants]


def written(
    book: Rulebook,
    verdicts: Sequence[Verdict],
    reasons: Mapping[str, str],
    *,
    head: str,
) -> str:
    """The record as Markdown: totals, who survives and why, a line for each rule."""
    total = len(verdicts)
    tally = {status: 0 for status in (KILLED, EQUIVALENT, SURVIVED)}
    for each in verdicts:
        tally[each.status] += 1
    lines = ["# Mutation of the rulebook", "", head, ""]
    lines += ["| mutants | | share |", "|---|---|---|", f"| all | {total} | |"]
    for status, count in tally.items():
        lines.append(f"| {status} | {count} | {count / max(total, 1):.1%} |")
    lines += ["", "| kind | mutants | killed |", "|---|---|---|"]
    for kind in KINDS:
        own = [each for each in verdicts if each.mutant.kind == kind]
        killed = sum(each.status == KILLED for each in own)
        lines.append(f"| {kind} | {len(own)} | {killed} |")
    lines += ["", "## Mutants that no test kills, and why", ""]
    lines += _explained([each for each in verdicts if each.status != KILLED], reasons)
    lines += ["", "## Rules", ""]
    lines += ["| rule | digest | mutants | killed | equivalent | surviving | score |"]
    lines += ["|---|---|---|---|---|---|---|"]
    for score in scores(book, verdicts):
        lines.append(
            f"| `{score.rule}` | {score.digest} | {score.mutants} | {score.killed} "
            f"| {score.equivalent} | {score.survived} | {score.share:.0%} |"
        )
    return "\n".join(lines) + "\n"


def _explained(left: Sequence[Verdict], reasons: Mapping[str, str]) -> list[str]:
    """The mutants by their reason, those that share one together."""
    if not left:
        return ["None."]
    groups: dict[str, list[Verdict]] = {}
    for each in left:
        groups.setdefault(reasons.get(each.mutant.name, UNEXPLAINED), []).append(each)
    lines: list[str] = []
    for reason, group in groups.items():
        lines += ["", f"**{reason}**", ""] if lines else [f"**{reason}**", ""]
        for each in group:
            place = f"{each.mutant.file}:{each.mutant.line}"
            seen = each.bound if each.status == EQUIVALENT else each.status
            lines.append(f"- `{each.mutant.name}` ({place}; {seen})")
    return lines
