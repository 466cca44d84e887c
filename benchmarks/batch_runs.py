"""Owns whole runs of the command `batch`: seconds, CPU, memory of all its processes."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.batch_profile import verifying, wrong_and_right

WORK = Path(tempfile.gettempdir()) / "infusion-mix"
EVERY = 1.0  # seconds; looking at the memory of large processes costs time of its own
PROFILED = 5000  # records of the profile that goes with a large run
MEGABYTE = 1024
TOLD = ("records", "encounters", "failed", "errors", "adds_up", "verdicts", "over_usd", "under_usd")
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Ran:
    """One run of the command."""

    wall: float
    cpu: float
    peak: float  # MB of all its processes together, shared pages once
    summary: dict[str, object]


def mix_file(count: int, workers: int = 2) -> Path:
    """The mix of so many records as JSONL, made once."""
    WORK.mkdir(exist_ok=True)
    path = WORK / f"mix-{count}.jsonl"
    if not path.exists():
        half = path.with_suffix(".half")
        truth = path.with_suffix(".csv")
        command = [sys.executable, "-m", "benchmarks.mix", "--count", str(count)]
        command += ["--workers", str(workers), "--out", str(half), "--truth", str(truth)]
        subprocess.run(command, check=True)
        half.rename(path)
    return path


def ran(path: Path, *arguments: str) -> Ran:
    """Runs `infusion-asp batch` on a file; raises CalledProcessError where no summary comes."""
    out = Path(tempfile.mkdtemp(dir=WORK)) / "out"
    command = [sys.executable, "-m", "infusion_asp", "batch", str(path), "--out", str(out), "-q"]
    begin = time.monotonic()
    with subprocess.Popen([*command, *arguments]) as process:
        seen = _Watch(process.pid)
        seen.start()
        code = process.wait()
    wall = time.monotonic() - begin
    seen.stop()
    if not (out / "summary.json").exists():
        raise subprocess.CalledProcessError(code, command)
    summary = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    shutil.rmtree(out.parent)
    return Ran(wall, seen.seconds, seen.megabytes, summary)


class _Watch(threading.Thread):
    """Looks at the memory and the CPU time of a process and all below it."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.pid = pid
        self.megabytes = 0.0
        self._ended = threading.Event()
        self._spent: dict[int, float] = {}

    @property
    def seconds(self) -> float:
        """CPU time of all of them, each as it was when last seen."""
        return sum(self._spent.values())

    def run(self) -> None:
        while not self._ended.wait(EVERY):
            alive = list(_below(self.pid))
            self.megabytes = max(self.megabytes, sum(map(_proportional, alive)))
            for pid in alive:
                self._spent[pid] = max(_seconds(pid), self._spent.get(pid, 0.0))

    def stop(self) -> None:
        self._ended.set()
        self.join()


def _below(pid: int) -> Iterator[int]:
    yield pid
    try:
        threads = list(Path(f"/proc/{pid}/task").iterdir())
        children = [one for each in threads for one in (each / "children").read_text().split()]
    except OSError:
        return
    for child in children:
        yield from _below(int(child))


def _seconds(pid: int) -> float:
    """CPU seconds of a process alone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    except OSError:
        return 0.0
    user, system = fields[11:13]
    return (int(user) + int(system)) / TICKS


def _proportional(pid: int) -> float:
    """MB of a process, a page that n processes share as one n-th."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / MEGABYTE


def workers(count: int) -> Iterator[str]:
    """One and two workers, coding and verifying, the cache, the reasons."""
    path = mix_file(count)
    yield f"`infusion-asp batch` on {count} records of the mix, Parquet tables."
    yield ""
    yield (
        "| what | seconds | encounters per s | CPU s per 1,000 | most memory, MB | to one worker |"
    )
    yield "|---|---:|---:|---:|---:|---:|"
    rows: list[tuple[str, Sequence[str], int]] = [
        ("code", ("--task", "code", "--cache", "off"), 1),
        ("code", ("--task", "code", "--cache", "off"), 2),
        ("verify", ("--cache", "off"), 1),
        ("verify", ("--cache", "off"), 2),
        ("verify, cache", ("--cache", "on"), 2),
        ("verify, reasons for findings", ("--cache", "off", "--explain", "findings"), 2),
    ]
    alone: dict[str, float] = {}
    for what, arguments, number in rows:
        done = ran(path, *arguments, "--workers", str(number))
        if number == 1:
            alone[what] = done.wall
        gain = f"{alone[what] / done.wall:.2f}" if what in alone else ""
        yield (
            f"| {what}, {number} worker{'s' if number > 1 else ''} | {done.wall:.1f} "
            f"| {count / done.wall:.0f} | {done.cpu * 1000 / count:.2f} | {done.peak:.0f} "
            f"| {gain} |"
        )


def memory(count: int) -> Iterator[str]:
    """The most memory of one run, and how long it took."""
    path = mix_file(count)
    done = ran(path, "--workers", "2", "--cache", "off")
    yield f"{count} records of the mix ({path.stat().st_size / 1e6:.0f} MB), two workers:"
    yield ""
    yield "| records | most memory, MB | seconds | encounters per s | CPU s per 1,000 |"
    yield "|---:|---:|---:|---:|---:|"
    yield (
        f"| {count} | {done.peak:.0f} | {done.wall:.0f} | {count / done.wall:.0f} "
        f"| {done.cpu * 1000 / count:.2f} |"
    )


def million(count: int) -> Iterator[str]:
    """A whole run: generated, verified on two workers, what came out, where the time went."""
    begin = time.monotonic()
    fresh = not (WORK / f"mix-{count}.jsonl").exists()
    path = mix_file(count)
    if fresh:
        yield f"Generated by two processes in {(time.monotonic() - begin) / 60:.1f} minutes."
    done = ran(path, "--workers", "2")
    summary = done.summary
    yield (
        f"{count} records ({path.stat().st_size / 1e9:.2f} GB) verified by two workers in "
        f"{done.wall / 60:.1f} minutes: {count / done.wall:.0f} encounters per second, "
        f"{done.cpu * 1000 / count:.2f} CPU s per 1,000, at most {done.peak:.0f} MB, "
        f"on {os.cpu_count()} cores."
    )
    yield ""
    yield "| of the summary | |"
    yield "|---|---|"
    yield from (f"| {name} | {summary.get(name)} |" for name in TOLD)
    yield ""
    yield from _found(path, count)
    yield ""
    yield from wrong_and_right(min(count, PROFILED))
    yield ""
    yield from verifying(min(count, PROFILED))


def _found(path: Path, count: int) -> Iterator[str]:
    """How many claims were made wrong."""
    with path.with_suffix(".csv").open(encoding="utf-8") as truth:
        wrong = sum(bool(line.split(",")[2]) for line in truth) - 1
    yield f"Made wrong by the generator: {wrong} of {count} claims."
