"""Owns how a failed rule test is shown: expected and got side by side, and the rules behind."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from itertools import zip_longest

from infusion_asp.author.testing.observed import Failure
from infusion_asp.author.testing.running import Outcome

WIDTH = 80
_SIDE = 35


def shown(outcome: Outcome) -> str:
    """One failed case as text of at most 80 columns."""
    lines = [f"FAIL {outcome.case.place}"]
    for fell in outcome.failures:
        lines += [f"  {fell.kind}", *_table(fell)]
    if outcome.rules:
        lines.append("  rules behind it")
    for subject, places in outcome.rules:
        text = f"{subject}: {', '.join(places)}"
        lines += textwrap.wrap(
            text, WIDTH, initial_indent="    ", subsequent_indent="      ", break_on_hyphens=False
        )
    return "\n".join(line.rstrip() for line in lines)


def _table(fell: Failure) -> Iterable[str]:
    yield f"    {'expected':<{_SIDE}}   got"
    for mark, left, right in _aligned(fell.expected, fell.got):
        wrapped = zip_longest(_cells(left), _cells(right), fillvalue="")
        for number, (one, two) in enumerate(wrapped):
            yield f"  {mark if not number else ' '} {one:<{_SIDE}} | {two}"


def _cells(text: str) -> list[str]:
    return textwrap.wrap(text, _SIDE, break_long_words=True) or [""]


def _aligned(expected: Sequence[str], got: Sequence[str]) -> list[tuple[str, str, str]]:
    """Rows of both sides, equal texts in one row, in the order expected."""
    left = list(got)
    rows = []
    for each in expected:
        if each in left:
            left.remove(each)
            rows.append((" ", each, each))
        else:
            rows.append(("-", each, ""))
    for each in left:
        code = each.split()[0] if each.split() else each
        for number, (mark, one, two) in enumerate(rows):
            if mark == "-" and not two and one.split()[:1] == [code]:
                rows[number] = ("!", one, each)
                break
        else:
            rows.append(("+", "", each))
    return rows


def summary(outcomes: Sequence[Outcome], seconds: float) -> str:
    """How many passed and failed."""
    failed = sum(not each.passed for each in outcomes)
    word = "test" if len(outcomes) == 1 else "tests"
    return f"{len(outcomes)} rule {word}, {failed} failed, {seconds:.1f} s"


def as_data(outcome: Outcome) -> dict[str, object]:
    """One outcome for machines."""
    return {
        "file": outcome.case.file,
        "line": outcome.case.line,
        "name": outcome.case.name,
        "passed": outcome.passed,
        "failures": [
            {"kind": fell.kind, "expected": list(fell.expected), "got": list(fell.got)}
            for fell in outcome.failures
        ],
        "rules": {subject: list(places) for subject, places in outcome.rules},
    }
