"""Owns a run from its inputs to its files: parts handed out, kept as they end, merged at last."""

from __future__ import annotations

import json
import platform
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from time import monotonic
from typing import Any

import infusion_asp
from infusion_asp.batch.counts import Counts
from infusion_asp.batch.inputs import Reader, Source
from infusion_asp.batch.inputs.limits import LONGEST
from infusion_asp.batch.inputs.naming import named
from infusion_asp.batch.job import Job, Limits
from infusion_asp.batch.journal import (
    DIRECTORY,
    Journal,
    JournalError,
    digest_of,
    program_digest,
    write_whole,
)
from infusion_asp.batch.memo import HitRate
from infusion_asp.batch.outcome import Outcome, joined, refused
from infusion_asp.batch.outputs import Form, merge
from infusion_asp.batch.parts import SIZE, Part, parts_of
from infusion_asp.batch.pool import run as handed_out
from infusion_asp.batch.sampling import Cache, Sampling
from infusion_asp.batch.stopping import Stopping
from infusion_asp.batch.summary import RUN, SUMMARY, counts_in, summary
from infusion_asp.batch.work import Options
from infusion_asp.ingest.kinds import Conversion
from infusion_asp.rulebook import load_rulebook
from infusion_asp.tables import load_tables
from infusion_asp.tables.store.catalog import stamp
from infusion_asp.tables.store.place import data_directory


@dataclass(frozen=True)
class Plan:
    """What is read, what is done with it, and where it goes; `cache`: see `sampling`.

    With `conversion` the sources are its inputs.
    """

    sources: Sequence[Source]
    options: Options
    out: Path
    form: Form = "parquet"
    size: int = SIZE
    longest: int = LONGEST
    limits: Limits = field(default_factory=Limits)
    resume: bool = False
    anew: bool = False
    cache: Cache = "auto"
    conversion: Conversion | None = None


@dataclass
class Progress:
    """How far a run is: `counts` of what ended in it, `kept` records that ended before it."""

    total: int
    started: float = field(default_factory=monotonic)
    counts: Counts = field(default_factory=Counts)
    kept: int = 0
    done: int = 0  # bytes of the input whose records ended, in this run or an earlier one
    passed: int = 0  # bytes of the input whose records ended earlier
    merging: bool = False
    hits: int = 0
    hit_rate: HitRate | None = None

    @property
    def seconds(self) -> float:
        """Since the run began."""
        return monotonic() - self.started

    @property
    def worked(self) -> int:
        """Bytes of the input whose records ended in this run."""
        return max(0, self.done - self.passed)

    @property
    def rate(self) -> float:
        """Records a second, of those that ended in this run."""
        return self.counts.records / max(self.seconds, 1e-9)


@dataclass(frozen=True)
class Ended:
    """What a run came to; `whole` where it was not broken off and its files are written.

    `parts` are those that are kept of one that was broken off.
    """

    counts: Counts
    whole: bool
    seconds: float
    earlier: bool = False
    hits: int = 0
    parts: int = 0


class _BrokenOffError(Exception):
    """An end was asked for while the files were written."""


def run(plan: Plan, stopping: Stopping, tell: Callable[[Progress], None]) -> Ended:
    """Work on all records that no earlier run has ended; `tell` hears of every part.

    Raises JournalError, PoolError, InputError for a table's header, OSError for the output.
    """
    reader = Reader(plan.sources, plan.longest, conversion=plan.conversion)
    reader.check()
    own = plan.out.resolve()
    if any(each.path and each.path.resolve().is_relative_to(own) for each in plan.sources):
        message = f"{named(str(plan.out))} holds files of the input"
        raise JournalError(message, "write to a directory of its own")
    plan.out.mkdir(parents=True, exist_ok=True)
    if plan.resume and any(source.path is None for source in plan.sources):
        message = "a run over standard input can't be resumed"
        raise JournalError(message, "write the records to a file and name that")
    progress = Progress(reader.total)
    with Journal(plan.out, _stamp(plan), resume=plan.resume, anew=plan.anew) as journal:
        if journal.finished:
            text = (plan.out / SUMMARY).read_text(encoding="utf-8")
            return Ended(counts_in(text), True, 0.0, earlier=True)
        number = _work(plan, reader, journal, stopping, progress, tell)
        try:
            if stopping.asked:
                raise _BrokenOffError
            progress.merging = True
            tell(progress)
            paths = _paths(journal, number, stopping)
            counts = merge(paths, plan.out, plan.out / DIRECTORY, plan.form)
        except _BrokenOffError:
            return Ended(progress.counts, False, progress.seconds, parts=journal.count)
        _say(plan, counts, progress, number)
        journal.finish()
    return Ended(counts, True, progress.seconds, hits=progress.hits)


def _work(
    plan: Plan,
    reader: Reader,
    journal: Journal,
    stopping: Stopping,
    progress: Progress,
    tell: Callable[[Progress], None],
) -> int:
    """Keep the outcome of every part; the number of parts."""
    behind: dict[int, int] = {}
    sample = Sampling(plan.cache)
    number = 0

    def waiting() -> Iterator[Part]:
        nonlocal number
        for part in parts_of(reader, plan.size):
            number = part.number + 1
            if part.number in journal.done:
                progress.kept += len(part)
                progress.passed = progress.done = max(progress.done, reader.done)
            else:
                behind[part.number] = reader.done
                yield replace(part, memo=sample.mode(len(part)))

    job: Job[Part, Outcome] = Job(plan.options, joined, refused)
    for part, outcome in handed_out(waiting(), job, plan.limits, stopping=stopping):
        journal.write(part.number, outcome.data)
        progress.counts.add(outcome.counts)
        progress.hits += outcome.hits
        sample.take(outcome.keys)
        progress.done = max(progress.done, behind.pop(part.number))
        tell(progress)
    progress.hit_rate = sample.rate
    return number


def _paths(journal: Journal, number: int, stopping: Stopping) -> Iterator[Path]:
    """The parts in their order, unless an end is asked for."""
    for at in range(number):
        if stopping.asked:
            raise _BrokenOffError
        yield journal.path(at)


def _say(plan: Plan, counts: Counts, progress: Progress, parts: int) -> None:
    """The summary, and beside it what differs from run to run."""
    seconds = progress.seconds
    timing = {
        "seconds": round(seconds, 3),
        "encounters_per_second": round(counts.encounters / max(seconds, 1e-9), 1),
        "workers": plan.limits.workers,
        "parts": parts,
        "records_of_earlier_runs": progress.kept,
        "cache": {"hits": progress.hits, **_rates(progress.hit_rate)},
        "python": platform.python_version(),
    }
    for name, data in (
        (RUN, timing),
        (SUMMARY, summary(counts, plan.options, plan.form)),
    ):
        text = json.dumps(data, indent=2, ensure_ascii=False) + "\n"
        write_whole(plan.out / name, text.encode())


def _rates(rate: HitRate | None) -> dict[str, Any]:
    """What the sample said: shares of records equal to an earlier one but for ids and days."""
    if rate is None:
        return {}
    return {
        "sample": rate.records,
        "equal": round(rate.all, 4),
        "equal_of_several_administrations": round(rate.several, 4),
    }


def _stamp(plan: Plan) -> dict[str, Any]:
    """What the parts depend on."""
    options = asdict(replace(plan.options, overlays=()))
    options |= {"part_size": plan.size, "longest": plan.longest, "format": plan.form}
    if plan.conversion is not None:
        options |= {"from": plan.conversion.kind.name, "how": dict(plan.conversion.options)}
    tables = {each.table: each.version for each in load_tables().table_versions()}
    return {
        "the input": [_input(source) for source in plan.sources],
        "the options": options,
        "the rulebook": load_rulebook(None, plan.options.overlays).digest,
        "the tables": {"shipped": tables, "imported": stamp(data_directory())},
        "the program": {"version": infusion_asp.__version__, "sha256": program_digest()},
    }


def _input(source: Source) -> dict[str, Any]:
    if source.path is None:
        return {"name": source.name}
    return {"name": source.name, **digest_of(source.path)}
