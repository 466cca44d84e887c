"""Owns tables of where CPU time goes: the stages of coding and verifying, the baseline's calls."""

from __future__ import annotations

import cProfile
import json
import pstats
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from benchmarks import baseline
from benchmarks.batch_sets import chosen
from benchmarks.mix import mix
from benchmarks.sampling import Sampler
from infusion_asp.batch.parts import Part, Raw, parts_of
from infusion_asp.batch.work import Options
from infusion_asp.model import parse_encounter
from infusion_asp.verify import Verifier

STAGES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("reading and checking the record", ("model/", "batch/work.py:_r", "batch/work.py:_t")),
    ("facts: the record and the tables as atoms", ("facts/", "tables/")),
    ("grounding and solving", ("engine/run.py", "engine/stages.py", "engine/solver.py")),
    ("rules that can fire", ("engine/relevance.py", "rulebook/")),
    ("facts in, atoms out", ("engine/batch.py", "engine/answer.py", "engine/")),
    ("reasons", ("justify/",)),
    ("the result: lines, findings, sentences", ("coding/", "render/")),
    ("the verification: findings, money, repair", ("verify/",)),
    ("tables of the part", ("batch/",)),
)
CALLS = 20


def verifying(count: int) -> Iterator[str]:
    """Where a worker's time goes: JSON lines of the mix in, Arrow tables out."""
    records = [one.record for one in mix(count)]
    work = Options(task="verify")()
    parts = list(parts_of(_raw(records)))
    work(Part(0, 0, parts[0].records[:50]))
    with Sampler() as sampler:
        begin = time.process_time()
        for part in parts:
            work(part)
        spent = time.process_time() - begin
    yield (
        f"A worker's part of a run: {count} records of the mix, one claim in ten wrong, verified "
        f"without reasons in {spent:.1f} CPU s ({spent * 1000 / count:.2f} ms each)."
    )
    yield ""
    yield from _stages(sampler, count)
    yield ""
    yield "| function | ms each | share |"
    yield "|---|---:|---:|"
    yield from (
        f"| `{place}` | {each:.3f} | {share:.1%} |" for place, each, share in sampler.rows(count)
    )


def wrong_and_right(count: int) -> Iterator[str]:
    """What a wrong claim takes beside a right one."""
    made = list(mix(count))
    right = [parse_encounter(one.record) for one in made if not one.fault]
    wrong = [parse_encounter(one.record) for one in made if one.fault]
    verifier = Verifier(Options()().__self__.coder)  # type: ignore[attr-defined]
    yield "| claims | number | ms each | as found |"
    yield "|---|---:|---:|---|"
    for what, claims in (("right", right), ("wrong", wrong)):
        verifier.verify_many(claims[:20])
        begin = time.process_time()
        found = verifier.verify_many(claims)
        each = (time.process_time() - begin) * 1000 / len(claims)
        verdicts = _counted([str(getattr(one, "verdict", "error")) for one in found])
        yield f"| {what} | {len(claims)} | {each:.2f} | {verdicts} |"


def _counted(words: Sequence[str]) -> str:
    return ", ".join(f"{word} {words.count(word)}" for word in sorted(set(words)))


def _raw(records: Sequence[dict[str, Any]]) -> Iterator[Raw]:
    for number, record in enumerate(records):
        yield Raw("mix.jsonl", number + 1, json.dumps(record).encode())


def _stages(sampler: Sampler, count: int) -> Iterator[str]:
    yield "| stage | ms each | share |"
    yield "|---|---:|---:|"
    found = sampler.by(STAGES)
    for stage, seconds in sorted(found.items(), key=lambda each: -each[1]):
        share = seconds / sampler.total
        if share >= 0.005:
            yield f"| {stage} | {seconds * 1000 / count:.3f} | {share:.1%} |"


def by_hand(count: int) -> Iterator[str]:
    """The baseline's own profile on the mix."""
    given = chosen("mix", count)
    begin = time.process_time()
    _all(baseline.code, given.records)
    plain = (time.process_time() - begin) * 1000 / count
    profile = cProfile.Profile(time.process_time)
    profile.runcall(_all, baseline.code, given.records)
    stats = pstats.Stats(profile)
    rows: Any = stats.stats  # type: ignore[attr-defined]
    total = sum(each[2] for each in rows.values())
    yield (
        f"{count} records of the mix, {plain:.3f} ms each; under cProfile, which slows small calls "
        f"down, {total * 1000 / count:.3f} ms each:"
    )
    yield ""
    yield "| function | calls each | own time, share | with what it calls, share |"
    yield "|---|---:|---:|---:|"
    ranked = sorted(rows.items(), key=lambda each: -each[1][2])
    for (file, _, function), (_, calls, own, whole, _) in ranked[:CALLS]:
        place = f"{_short(file)}{function}"
        yield f"| `{place}` | {calls / count:.1f} | {own / total:.1%} | {whole / total:.1%} |"


def _all(work: Callable[[Any], object], records: Sequence[Any]) -> None:
    for record in records:
        work(record)


def _short(file: str) -> str:
    return "" if file.startswith("~") else f"{Path(file).name}:"
