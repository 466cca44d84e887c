"""Prints the tables of the batch benchmark, each section by itself, and keeps them.

    python -m benchmarks.batch SECTION [--set NAME] [--count N] [--write]
    python -m benchmarks.batch all [--write]       every section at a small size
    python -m benchmarks.batch show                what is kept

Sections: speed (of one `--set`), growth, baseline, profile, claims, workers, memory, million.
With `--write` a section is kept in benchmarks/batch.json with the commit and the load per core
that it was measured under, and benchmarks/batch.md is made anew from all that is kept: a long
table is made in pieces. The ratios of one section are measured in one run.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from benchmarks import batch_profile, batch_runs, batch_speed, mix
from benchmarks.batch_sets import SETS
from benchmarks.mix_describe import described

HERE = Path(__file__).parent
KEPT, TABLES = HERE / "batch.json", HERE / "batch.md"
Section = Callable[[int], Iterator[str]]
SECTIONS: dict[str, tuple[str, Section, int]] = {
    "mix": ("What the mix is made of", lambda count: described(mix.mix(count)), 20_000),
    "growth": ("Growth with administrations", batch_speed.growth, 0),
    "baseline": ("Where the baseline's time goes", batch_profile.by_hand, 5000),
    "profile": ("Where a worker's time goes", batch_profile.verifying, 3000),
    "claims": ("Right and wrong claims", batch_profile.wrong_and_right, 3000),
    "workers": ("Workers", batch_runs.workers, 10_000),
    "memory": ("Memory", batch_runs.memory, 10_000),
    "million": ("A large run", batch_runs.million, 1_000_000),
}
SPEED = 5000
SMALL = {"growth": 0, "workers": 1000, "memory": 1000, "million": 1000, "mix": 2000}
ORDER = ("mix", "speed", "workers", "memory", "million", "claims", "profile", "growth", "baseline")
TITLE = """# Batch

Made by `python -m benchmarks.batch SECTION --write`; every section says from which commit it is
and under which load per core (above 1 its times are inflated; read the ratios, which are of one
run). CPU time wherever nothing else is said."""


def made(section: str, name: str, count: int | None) -> tuple[str, list[str]]:
    """The title and the lines of one section."""
    if section == "speed":
        lines = list(batch_speed.speed(name, count or SPEED))
        return f"Speed: {name}", lines
    title, work, usual = SECTIONS[section]
    size = usual if count is None else count
    return f"{title}: {size} records" if section == "memory" else title, list(work(size))


def keep(key: str, title: str, lines: list[str], load: float) -> None:
    """Keeps a section and writes the page anew."""
    kept = json.loads(KEPT.read_text(encoding="utf-8")) if KEPT.exists() else {}
    kept[key] = {"title": title, "commit": _commit(), "load": round(load, 1), "lines": lines}
    KEPT.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    TABLES.write_text("\n".join(page(kept)) + "\n", encoding="utf-8")


def page(kept: dict[str, dict[str, Any]]) -> Iterator[str]:
    """The page of all that is kept, a section with its pieces by size."""
    yield from TITLE.splitlines()

    def place(key: str) -> tuple[int, int, str]:
        section, _, piece = key.partition(" ")
        return ORDER.index(section), int(piece) if piece.isdigit() else 0, piece

    for key in sorted(kept, key=place):
        each = kept[key]
        yield ""
        yield f"## {each['title']}"
        yield ""
        yield f"Commit `{each['commit']}`, load per core {each['load']}."
        yield ""
        yield from each["lines"]


def _commit() -> str:
    def git(*arguments: str) -> str:
        done = subprocess.run(
            ["git", *arguments], cwd=HERE, capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    changed = git("status", "--porcelain", "--", "../infusion_asp", "../logic")
    return git("rev-parse", "--short", "HEAD") + (" with changes" if changed else "")


def main(arguments: list[str]) -> int:
    """Measure a section, print it, keep it if asked to."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("section", choices=("speed", *SECTIONS, "all", "show"))
    parser.add_argument("--set", choices=tuple(SETS), default="mix", help="of section speed")
    parser.add_argument("--count", type=int, metavar="N")
    parser.add_argument("--write", action="store_true", help="keep it in batch.md")
    options = parser.parse_args(arguments)
    if options.section == "show":
        kept = json.loads(KEPT.read_text(encoding="utf-8")) if KEPT.exists() else {}
        print("\n".join(page(kept)))
        return 0
    wanted = [(options.section, options.set, options.count)]
    if options.section == "all":
        small = options.count or 300
        wanted = [("speed", name, small) for name in SETS]
        wanted += [(each, "", SMALL.get(each, small)) for each in SECTIONS]
    for section, name, count in wanted:
        load = os.getloadavg()[0] / (os.cpu_count() or 1)
        title, lines = made(section, name, count)
        print("\n".join((f"## {title}", "", *lines, "")), flush=True)
        if options.write:
            pieces = {"speed": name, "memory": str(count or SECTIONS["memory"][2])}
            keep(f"{section} {pieces.get(section, '')}".strip(), title, lines, load)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
