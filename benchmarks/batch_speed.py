"""Owns CPU time in this process: fresh, lifted, cached, and the baseline, in one run."""

from __future__ import annotations

import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from benchmarks import baseline
from benchmarks.batch_sets import Given, chosen
from benchmarks.encounters import day_of
from infusion_asp.batch.memo import HitRate, Memo
from infusion_asp.batch.shapes import shape_of
from infusion_asp.coding import Coder
from infusion_asp.model import Encounter, Result
from infusion_asp.rulebook import load_rulebook
from infusion_asp.verify import Verifier

ROUNDS = 3
FRESH = 40  # encounters coded one by one: enough for a mean, few enough to be done
GROWTH = (1, 2, 4, 8, 16, 32, 64, 100, 200)
TOGETHER = 400  # administrations of the encounters of one size together, at least four of them
MANY = 1000

Work = Callable[[], object]
Lines = Counter[tuple[str, str, tuple[str, ...], str]]


def speed(name: str, count: int) -> Iterator[str]:
    """The table of one set: CPU seconds of 1,000 encounters, each way in turn, medians."""
    given = chosen(name, count)
    coder = Coder(load_rulebook())
    verifier = Verifier(coder)
    few = given.encounters[:: max(1, len(given.encounters) // FRESH)][:FRESH]
    claims = [each for each in given.encounters if each.billed]
    ways: dict[str, tuple[Work, int]] = {
        "baseline (procedural Python)": (
            lambda: [baseline.code(each) for each in given.records],
            len(given.records),
        ),
        "fresh, no reasons": (lambda: [coder.code(e, explain=False) for e in few], len(few)),
        "fresh, with reasons": (lambda: [coder.code(e) for e in few], len(few)),
        "lifted": (lambda: coder.code_many(given.encounters), len(given.encounters)),
        "lifted + cache": (
            lambda: Memo(coder).answers(given.encounters, coder.code_many),
            len(given.encounters),
        ),
    }
    if claims:
        ways["verify, lifted"] = (lambda: verifier.verify_many(claims), len(claims))
        ways["verify, lifted + cache"] = (
            lambda: Memo(coder).answers(claims, verifier.verify_many),
            len(claims),
        )
        fewer = claims[:: max(1, len(claims) // FRESH)][:FRESH]
        ways["verify, fresh with reasons"] = (
            lambda: [verifier.verify(each) for each in fewer],
            len(fewer),
        )
    spent = _rounds(ways)
    yield (
        f"{given.what}: {len(given.encounters)} encounters of {given.mean:.1f} administrations on "
        f"average; CPU time of one process, medians of {ROUNDS} rounds."
    )
    yield ""
    yield "| way | CPU s per 1,000 | encounters per CPU s | to fresh | to baseline |"
    yield "|---|---:|---:|---:|---:|"
    fresh, plain = spent["fresh, no reasons"], spent["baseline (procedural Python)"]
    for way, each in spent.items():
        yield (
            f"| {way} | {each * MANY:.3f} | {1 / each:.0f} | {each / fresh:.3f} "
            f"| {each / plain:.2f} |"
        )
    yield ""
    yield from _hits(coder, given.encounters)
    yield from _answers(coder, given)


def _rounds(ways: Mapping[str, tuple[Work, int]]) -> dict[str, float]:
    """CPU seconds of one encounter each way, all ways in turn in every round."""
    for work, _ in ways.values():
        work()
    found: dict[str, list[float]] = {way: [] for way in ways}
    for _ in range(ROUNDS):
        for way, (work, count) in ways.items():
            found[way].append(cpu(work) / count)
    return {way: statistics.median(each) for way, each in found.items()}


def cpu(work: Work) -> float:
    """CPU seconds of this process."""
    begin = time.process_time()
    work()
    return time.process_time() - begin


def _hits(coder: Coder, encounters: Sequence[Encounter]) -> Iterator[str]:
    shapes = ((shape_of(coder, each), len(each.administrations) > 1) for each in encounters)
    rate = HitRate.of((None if shape is None else shape.key, more) for shape, more in shapes)
    yield (
        f"Of {rate.records} records {rate.all:.1%} repeat an earlier one but for ids and days, of "
        f"those with two administrations or more {rate.several:.1%}."
    )


def _answers(coder: Coder, given: Given) -> Iterator[str]:
    different = differing(coder, given.records, given.encounters)
    yield (
        f"Lines of the baseline: equal for {len(given.encounters) - len(different)} of "
        f"{len(given.encounters)}"
        + (f"; not for {', '.join(different[:10])}." if different else ".")
    )


def differing(
    coder: Coder, records: Sequence[Mapping[str, Any]], encounters: Sequence[Encounter]
) -> list[str]:
    """The ids of encounters for which rulebook and baseline give other lines."""
    results = coder.code_many(encounters)
    return [
        encounter.encounter_id
        for record, encounter, result in zip(records, encounters, results, strict=True)
        if not isinstance(result, Result)
        or lines(result.lines) != lines(baseline.code(record).lines)
    ]


def lines(found: Iterable[Any]) -> Lines:
    """Units by section, code, modifiers and date."""
    counted: Lines = Counter()
    for line in found:
        key = (line.section, line.code, tuple(sorted(line.modifiers)), str(line.date or ""))
        counted[key] += line.units
    return counted


def growth(_count: int) -> Iterator[str]:
    """CPU time against the number of administrations of an encounter."""
    coder = Coder(load_rulebook())
    yield "Chemotherapy days that repeat after their eighth administration; CPU time, medians."
    yield ""
    yield (
        "| administrations | lifted, ms each | ms per administration | baseline, ms each "
        "| lifted to baseline |"
    )
    yield "|---:|---:|---:|---:|---:|"
    for size in GROWTH:
        count = max(4, TOGETHER // size)
        day = day_of(size)
        name = day.encounter_id
        many = [day.model_copy(update={"encounter_id": f"{name}-{n}"}) for n in range(count)]
        record = day.model_dump(mode="json", exclude_none=True, exclude_defaults=True)
        plain = {**record, "setting": day.setting}
        spent = _rounds(
            {
                "lifted": (lambda many=many: coder.code_many(many), count),  # type: ignore[misc]
                "baseline": (
                    lambda plain=plain, count=count: [baseline.code(plain) for _ in range(count)],  # type: ignore[misc]
                    count,
                ),
            }
        )
        lifted, by_hand = spent["lifted"] * 1000, spent["baseline"] * 1000
        yield (
            f"| {size} | {lifted:.2f} | {lifted / size:.3f} | {by_hand:.2f} "
            f"| {lifted / by_hand:.1f} |"
        )
