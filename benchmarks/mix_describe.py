"""Owns what is said about a generated mix: shares by unit, administrations, claims and faults."""

from __future__ import annotations

import statistics
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchmarks.mix import Made


def described(records: Iterable[Made]) -> Iterator[str]:
    """Tables in Markdown of what the records are made of."""
    sizes: dict[str, list[int]] = defaultdict(list)
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    faults: Counter[str] = Counter()
    for one in records:
        record, count = one.record, counts[one.department]
        sizes[one.department].append(len(record["administrations"]))
        count["lines"] += len(record.get("billed", ()))
        count["office"] += record["setting"] == "professional"
        count["medicare"] += record["payer"] == "medicare"
        count["two accesses"] += len(record.get("accesses", ())) > 1
        count["a port"] += any(each["kind"] == "port" for each in record.get("accesses", ()))
        count["a stop missing"] += any(
            row["method"] == "infusion" and "stop" not in row for row in record["administrations"]
        )
        count["midnight"] += len({_day(row) for row in record["administrations"]} - {""}) > 1
        count["equal"] += one.equal_to is not None
        count["wrong"] += bool(one.fault)
        if one.fault:
            faults[one.fault] += 1
    yield from _units(sizes, counts)
    yield ""
    yield "| fault | claims |"
    yield "|---|---:|"
    yield from (f"| {kind} | {number} |" for kind, number in faults.most_common())


def _day(row: dict[str, str]) -> str:
    return row.get("start", "")[:10]


def _units(sizes: dict[str, list[int]], counts: dict[str, Counter[str]]) -> Iterator[str]:
    total = sum(map(len, sizes.values()))
    places = ("office", "medicare", "two accesses", "a port", "a stop missing", "midnight")
    shares = (*places, "equal", "wrong")
    head = ("unit", "share", "administrations: mean", "median", "most", "lines", *shares)
    yield f"| {' | '.join(head)} |"
    yield "|---|" + "---:|" * (len(head) - 1)
    every = [size for own in sizes.values() for size in own]
    whole: Counter[str] = Counter()
    for count in counts.values():
        whole.update(count)
    for unit, own, count in [
        *((unit, sizes[unit], counts[unit]) for unit in sorted(sizes)),
        ("all", every, whole),
    ]:
        cells = [
            unit,
            f"{len(own) / total:.1%}",
            f"{statistics.mean(own):.1f}",
            f"{statistics.median(own):.0f}",
            str(max(own)),
            f"{count['lines'] / len(own):.1f}",
            *(f"{count[name] / len(own):.1%}" for name in shares),
        ]
        yield f"| {' | '.join(cells)} |"
