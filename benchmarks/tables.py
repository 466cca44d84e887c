"""Looking up a claim in full tables of NCCI pairs: made-up files of over four million rows.

Usage: python -m benchmarks.tables > benchmarks/tables.md   (about two minutes, 300 MB in /tmp)
"""

from __future__ import annotations

import random
import statistics
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from itertools import pairwise
from pathlib import Path

from infusion_asp.facts.context import context_facts
from infusion_asp.tables import Tables, load_tables
from infusion_asp.tables.load import shipped_tables
from infusion_asp.tables.store import Release, import_files

FIRST_CODES = 8_200
FEW, MANY = 210, 1_400  # pairs of a code in column 1
PARTS = 4
DAY = date(2025, 11, 3)
CLAIMS = 1_000
LINES = (5, 20)
SEED = 20251103
SETTINGS = (("ccipra", "professional"), ("ccioph", "facility"))
FACTS_OF = 100


def main() -> None:
    """Make the files, import them, look claims up; print the tables."""
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        codes = _codes()
        releases: list[Release] = []
        seconds = 0.0
        for prefix, _ in SETTINGS:
            files = _files(directory, prefix, codes)
            begun = time.process_time()
            releases += import_files("ptp", files, directory=directory / "store")
            seconds += time.process_time() - begun
            for file in files:
                file.unlink()
        rows = sum(each.rows for each in releases)
        size = sum(each.path.stat().st_size for each in releases)
        print("# Full tables of NCCI pairs\n")
        print("Printed by `python -m benchmarks.tables`; CPU milliseconds. Read the ratios.\n")
        print(f"A made-up quarter of both settings: {rows:,} rows from eight archives, imported in")
        print(f"{seconds:.0f} CPU seconds, {rows / seconds:,.0f} rows a second.")
        print(f"{size >> 20} MiB are kept.")
        _print_pairs(releases, codes)
        _print_facts(releases, codes)


def _print_pairs(releases: Sequence[Release], codes: list[str]) -> None:
    print("\n## Pairs among the codes of one claim\n")
    print("| codes | table | median | 99 of 100 | slowest | ratio |")
    print("|---:|---|---:|---:|---:|---:|")
    for lines in LINES:
        claims = _claims(codes, lines)
        shipped, full = load_tables(), Tables(shipped_tables(), releases)
        base = statistics.median(_times(shipped, claims))
        for title, tables in (
            ("shipped slice", shipped),
            ("full, codes that no claim before had", full),
            ("full, the same claims again", full),
        ):
            times = _times(tables, claims)
            middle = statistics.median(times)
            print(
                f"| {lines} | {title} | {middle:.3f} | {_rank(times, 0.99):.3f} | "
                f"{max(times):.3f} | {middle / base:.1f} |"
            )


def _print_facts(releases: Sequence[Release], codes: list[str]) -> None:
    print("\n## Facts of a claim: edits among all derivable codes and 5 others\n")
    print("| table | first claim | others, new codes | others, codes seen before | ratio |")
    print("|---|---:|---:|---:|---:|")
    base = 0.0
    for title, tables in (
        ("shipped slice", load_tables()),
        ("full", Tables(shipped_tables(), releases)),
    ):
        claims = _claims(codes, LINES[0])[:FACTS_OF]
        first, *new = _facts(tables, claims)
        mixed = [[one[0], *other[1:]] for one, other in pairwise(claims)]
        seen = statistics.median(_facts(tables, mixed))
        middle = statistics.median(new)
        base = base or middle
        print(f"| {title} | {first:.1f} | {middle:.2f} | {seen:.2f} | {middle / base:.1f} |")


def _times(tables: Tables, claims: list[list[str]]) -> list[float]:
    return [
        _milliseconds(lambda claim=claim, n=n: tables.edits.ptp(claim, SETTINGS[n % 2][1], DAY))  # type: ignore[misc]
        for n, claim in enumerate(claims)
    ]


def _facts(tables: Tables, claims: list[list[str]]) -> list[float]:
    return [
        _milliseconds(
            lambda claim=claim: context_facts(  # type: ignore[misc]
                tables,
                policies={},
                setting="facility",
                in_force=(),
                other_codes=claim,
                day=DAY,
            )
        )
        for claim in claims
    ]


def _milliseconds(ask: Callable[[], object]) -> float:
    begun = time.process_time_ns()
    ask()
    return (time.process_time_ns() - begun) / 1e6


def _rank(times: list[float], share: float) -> float:
    return sorted(times)[int(share * len(times))]


def _codes() -> list[str]:
    """Made-up codes of five characters, and those of the rulebook."""
    chance = random.Random(SEED)
    numbers = chance.sample(range(10_000, 99_999), FIRST_CODES - 1_000)
    letters = [f"{chance.choice('ACEGHJKLQ')}{n:04d}" for n in chance.sample(range(9_999), 1_000)]
    return sorted({*load_tables().codes, *(str(number) for number in numbers), *letters})


def _claims(codes: list[str], lines: int) -> list[list[str]]:
    chance = random.Random(SEED + lines)
    return [chance.sample(codes, lines) for _ in range(CLAIMS)]


def _files(directory: Path, prefix: str, codes: list[str]) -> list[Path]:
    """The four parts of one setting, each in its archive."""
    size = -(-len(codes) // PARTS)
    found = []
    for part in range(PARTS):
        path = directory / f"medicare-ncci-2025q4-{prefix}-v313r0-f{part + 1}.zip"
        text = "\n".join(_rows(codes, codes[part * size : (part + 1) * size], part))
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as made:
            made.writestr(f"{prefix}-v313r0-f{part + 1}.TXT", text)
        found.append(path)
    return found


def _rows(codes: list[str], first: list[str], part: int) -> Iterator[str]:
    """Most codes have some pairs, one in twenty has very many."""
    chance = random.Random(SEED + part)
    yield from ["Notice", "Column1/Column2 Edits", "Column 1\tColumn 2\t\t\t\t"]
    days = [f"{year}{month:02d}01" for year in range(1997, 2026) for month in (1, 4, 7, 10)]
    for number, code in enumerate(first):
        for other in chance.sample(codes, MANY if number % 20 == 0 else FEW):
            ended = "*" if chance.random() < 0.8 else "20201231"
            begun, kind = chance.choice(days[:90]), chance.choice("01")
            yield f"{code}\t{other}\t \t{begun}\t{ended}\t{kind}\tMade up"


if __name__ == "__main__":
    main()
