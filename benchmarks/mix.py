"""Writes a generated outpatient mix of any size: encounters with claims, one in ten wrong.

    python -m benchmarks.mix --count N --out FILE [--seed S] [--wrong SHARE] [--equal SHARE]
                             [--workers W] [--truth FILE]
    python -m benchmarks.mix --describe N

Every record is drawn from the seed and its number alone, so that a longer mix begins with a
shorter one. `--equal` is the share of records that repeat an earlier one under another id on
another day; no other two are equal after renaming and shifting whole days. `--wrong` is the share
of claims with one fault. `--truth` keeps id, department, fault and what is repeated as CSV.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import multiprocessing
import os
import random
import sys
from collections.abc import Iterator
from contextlib import ExitStack, nullcontext
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from itertools import chain
from typing import Any, TextIO

from benchmarks.mix_chart import Chart
from benchmarks.mix_claims import billed
from benchmarks.mix_describe import described
from benchmarks.mix_units import BUILD, DIAGNOSES, OFFICE, OPENING, PAYERS, draw_unit

SEED = 5
WRONG = 0.10
EQUAL = 0.0
NEAR = 20_000  # a repeated record is at most so many records back
BLOCK = 500  # records that a worker makes at once
FIRST = date(2024, 7, 31)
DAYS = tuple((FIRST + timedelta(days=n)).isoformat() for n in range(40))
FIRST_DAYS = 31  # encounters begin in August, in one quarter of the shipped edits
TIMES = tuple(f"T{minute // 60:02d}:{minute % 60:02d}" for minute in range(1440))
CLOCK = ("start", "stop", "last_charted")
LIMITS = ("arrival", "departure", "inpatient_order")
DAY = 1440


@dataclass(frozen=True, slots=True)
class Made:
    """One record, and the truth about it."""

    number: int
    record: dict[str, Any]
    department: str
    fault: str = ""
    equal_to: int | None = None
    shape: bytes = b""


def made(seed: int, number: int, wrong: float, equal: float, attempt: int = 0) -> Made:
    """One record by its number, with its claim."""
    draw = random.Random(f"{seed} {number} {attempt}")
    equal_to = None
    source = number
    while source and _tells(seed, source) < equal and not attempt:
        source -= 1 + int(_tells(seed, source, "back") * min(source, NEAR))
        equal_to = source
    body = draw if equal_to is None else random.Random(f"{seed} {source} 0")
    chart = _chart(body)
    plain = _plain(chart, body)
    shape = hashlib.blake2b(json.dumps(plain).encode(), digest_size=12).digest()
    first = 1 + int(draw.random() * FIRST_DAYS)
    name = f"{chart.department.replace(' ', '-')}-{number:08d}"
    record = _written({"encounter_id": name, **plain}, first)
    fault = ""
    if wrong >= 0:
        record["billed"], fault = billed(record, draw, wrong=draw.random() < wrong)
    return Made(number, record, chart.department, fault, equal_to, shape)


def mix(
    count: int, *, seed: int = SEED, wrong: float = WRONG, equal: float = EQUAL, workers: int = 1
) -> Iterator[Made]:
    """The first `count` records; `wrong` below zero leaves the claims out."""
    seen: set[bytes] = set()
    work = partial(_block, seed, wrong, equal)
    blocks = [(low, min(low + BLOCK, count)) for low in range(0, count, BLOCK)]
    pool = multiprocessing.get_context("spawn").Pool(workers) if workers > 1 else nullcontext()
    with pool as started:
        found = started.imap(work, blocks) if started else map(work, blocks)
        for one in chain.from_iterable(found):
            yield _unlike(one, seen, seed, wrong)


def _unlike(one: Made, seen: set[bytes], seed: int, wrong: float) -> Made:
    """The record, drawn again where it happens to be equal to an earlier one."""
    attempt = 0
    while one.equal_to is None and one.shape in seen:
        attempt += 1
        one = made(seed, one.number, wrong, 0.0, attempt)
    seen.add(one.shape)
    return one


def _block(seed: int, wrong: float, equal: float, numbers: tuple[int, int]) -> list[Made]:
    return [made(seed, number, wrong, equal) for number in range(*numbers)]


def _tells(seed: int, number: int, what: str = "") -> float:
    """A number from 0 to 1 that depends on nothing but the record and what is asked."""
    digest = hashlib.blake2b(f"{seed} {number} {what}".encode(), digest_size=4).digest()
    return int.from_bytes(digest, "big") / 2**32


def _chart(draw: random.Random) -> Chart:
    unit = draw_unit(draw)
    low, high = OPENING[unit]
    # on the second day, so that an arrival may lie before midnight
    chart = Chart(draw, unit, DAY + low + int(draw.random() * (high - low + 1)))
    BUILD[unit](chart)
    return chart


def _plain(chart: Chart, draw: random.Random) -> dict[str, Any]:
    """The encounter format with minutes for times, without an id."""
    plain: dict[str, Any] = {"setting": "facility"}
    if draw.random() < OFFICE[chart.department]:
        plain.update(setting="professional", place_of_service=11)
        if draw.random() < 0.9:
            long = [row for row in chart.given if row["method"] == "infusion"] or chart.given
            plain["primary_reason"] = long[-1]["id"]
    plain["payer"] = draw.choices(tuple(PAYERS), tuple(PAYERS.values()))[0]
    if draw.random() < 0.6:
        plain["diagnoses"] = [draw.choice(DIAGNOSES[chart.department])]
    if chart.accesses:
        plain["accesses"] = chart.accesses
    return {**plain, **chart.more, "administrations": chart.given}


def _written(plain: dict[str, Any], first: int) -> dict[str, Any]:
    """The record with ISO times, the first day being the day of that number."""
    days = DAYS[first - 1 :]

    def text(minute: int) -> str:
        day, rest = divmod(minute, DAY)
        return days[day] + TIMES[rest]

    for name in LIMITS:
        if name in plain:
            plain[name] = text(plain[name])
    for row in plain["administrations"]:
        for name in CLOCK:
            if name in row:
                row[name] = text(row[name])
        if "pauses" in row:
            row["pauses"] = [{key: text(at) for key, at in one.items()} for one in row["pauses"]]
    return plain


def main(arguments: list[str]) -> int:
    """Write the mix, or what it is made of."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--count", type=int, default=10_000, metavar="N")
    parser.add_argument("--out", default="-", metavar="FILE", help="JSONL; - is standard output")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--wrong", type=float, default=WRONG, help="below 0: no claims at all")
    parser.add_argument("--equal", type=float, default=EQUAL)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--truth", metavar="FILE")
    parser.add_argument("--describe", action="store_true", help="print what the mix is made of")
    options = parser.parse_args(arguments)
    records = mix(
        options.count,
        seed=options.seed,
        wrong=options.wrong,
        equal=options.equal,
        workers=options.workers,
    )
    if options.describe:
        print("\n".join(described(records)))
        return 0
    with ExitStack() as files:
        out = files.enter_context(_written_to(options.out)) if options.out != "-" else sys.stdout
        table = csv.writer(files.enter_context(_written_to(options.truth or os.devnull)))
        table.writerow(("encounter_id", "department", "fault", "equal_to"))
        for one in records:
            out.write(json.dumps(one.record, separators=(",", ":")) + "\n")
            name = one.record["encounter_id"]
            table.writerow((name, one.department, one.fault, one.equal_to))
    return 0


def _written_to(path: str) -> TextIO:
    return open(path, "w", encoding="utf-8", newline="")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
