"""Owns the run of `code` or `verify` over records: settings, results in order, last words."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from infusion_asp.cli.failures import message_of, place_of
from infusion_asp.engine.errors import EngineError
from infusion_asp.model import (
    Encounter,
    ErrorBody,
    ErrorRecord,
    InputError,
    Record,
    Result,
    Verification,
    read_many,
    record_of,
)
from infusion_asp.render import Source
from infusion_asp.rulebook import Rulebook, load_rulebook

if TYPE_CHECKING:
    from infusion_asp.coding import Coder
    from infusion_asp.ingest.kinds import Conversion

BATCH = 64  # records solved together when no reasons are asked for
SHOWN = 10  # refused records that are named on standard error
_RANKS = {"info": 0, "warning": 1, "error": 2}

Coded = Result | Verification | ErrorRecord


@dataclass(frozen=True)
class Job:
    """How every record of a run is coded."""

    rulebook: Rulebook
    profile: str | None
    policies: dict[str, str]
    full: bool
    explain: bool
    overlays: tuple[Path, ...] = ()
    seconds: float | None = None

    @classmethod
    def prepared(
        cls,
        profile: str | None,
        policies: Iterable[tuple[str, str]],
        overlays: Sequence[Path],
        *,
        full: bool,
        explain: bool,
        seconds: float | None = None,
    ) -> Self:
        """The settings, checked before the first record is read."""
        book = load_rulebook(None, overlays)
        return cls(book, profile, dict(policies), full, explain, tuple(overlays), seconds)

    @cached_property
    def coder(self) -> Coder:
        """What codes every record: one rulebook, one child process for a user's own rules."""
        from infusion_asp.coding import Coder  # noqa: PLC0415

        given = {} if self.seconds is None else {"seconds": self.seconds}
        return Coder(self.rulebook, self.profile, self.policies, self.overlays, **given)

    def code(self, encounter: Encounter) -> Coded:
        """The result of one encounter."""
        return self.coder.code(encounter, full=self.full)

    def code_many(self, encounters: Sequence[Encounter]) -> list[Coded]:
        """The results of several encounters, solved together, without reasons."""
        return list(self.coder.code_many(encounters))


@dataclass
class Tally:
    """What a run has seen so far."""

    read: int = 0
    listed: bool = False
    failed: int = 0
    worst: int = -1
    refused: list[str] = field(default_factory=list)
    sourced: bool = False
    _sources: deque[Source] = field(default_factory=deque)

    def reading(self, found: Iterable[Record]) -> Iterator[Record]:
        """The records, counted."""
        for record in found:
            self.read += 1
            self.listed = self.listed or record.listed
            if self.sourced:
                self._sources.append(Source.of(record))
            yield record

    def sources(self) -> Iterator[Source]:
        """Where the records read so far came from, each given once; none unless `sourced`."""
        while self._sources:
            yield self._sources.popleft()

    def refuse(self, record: Record, where: str) -> None:
        """Note a record that is not coded; `where` is path and kind, never a value."""
        self.failed += 1
        if len(self.refused) < SHOWN:
            self.refused.append(f"{record.source}:{record.line}: {where}")

    def coded(self, result: Result | Verification) -> None:
        """Note the findings of a result."""
        self.worst = max([self.worst, *(_RANKS[each.level] for each in result.findings)])

    def reaches(self, level: str) -> bool:
        """Whether a finding has `level` or a higher one."""
        return level in _RANKS and self.worst >= _RANKS[level]

    def complaints(self) -> Iterator[str]:
        """Lines for standard error about the records that were not coded."""
        yield from self.refused
        if self.failed:
            yield f"error: {self.failed} of {self.read} records not coded"


def records(files: Sequence[str], conversion: Conversion | None = None) -> Iterator[Record]:
    """The records of all files in order, converted first where a conversion is given."""
    if conversion is None:
        yield from read_many(files)
        return
    source = str(files[0]) if len(files) == 1 else conversion.kind.name
    for number, encounter in enumerate(conversion.encounters(), 1):
        yield record_of(source, number, encounter)


def results(job: Job, found: Iterable[Record], tally: Tally) -> Iterator[Coded]:
    """One result or error for each record, in order."""
    if job.explain:
        for record in found:
            yield _one(job, record, tally)
        return
    waiting = iter(found)
    while batch := list(islice(waiting, BATCH)):
        yield from _together(job, batch, tally)


def _one(job: Job, record: Record, tally: Tally) -> Coded:
    try:
        result = job.code(record.encounter())
    except BrokenPipeError:
        raise
    except Exception as error:
        return _refused(record, error, tally)
    if not isinstance(result, ErrorRecord):
        tally.coded(result)
    return result


def _together(job: Job, batch: Sequence[Record], tally: Tally) -> Iterator[Coded]:
    """The results of a batch; records that can't be read keep their places."""
    read: list[Encounter | Coded] = []
    for record in batch:
        try:
            read.append(record.encounter())
        except InputError as error:
            read.append(_refused(record, error, tally))
    answers = iter(job.code_many([each for each in read if isinstance(each, Encounter)]))
    for record, each in zip(batch, read, strict=True):
        answer: Any = next(answers) if isinstance(each, Encounter) else each
        if not isinstance(answer, ErrorRecord):
            tally.coded(answer)
        elif isinstance(each, Encounter):
            tally.refuse(record, f"{answer.error.path}: not coded")
        yield answer


def _refused(record: Record, error: Exception, tally: Tally) -> ErrorRecord:
    """The error object of a record; what concerns all records alike ends the run instead."""
    if _of_the_run(error):
        raise error
    if isinstance(error, InputError):
        tally.refuse(record, str(error))
        return ErrorRecord.of(record.encounter_id, error)
    message, help = message_of(error) or (
        f"internal error ({place_of(error)})",
        "please report it with the record's fields, without its values",
    )
    tally.refuse(record, type(error).__name__)
    body = ErrorBody(path="$", message=message, help=help)
    return ErrorRecord(encounter_id=record.encounter_id, error=body)


def _of_the_run(error: Exception) -> bool:
    """Whether an error comes from the options or the rules: told, and about no record's path."""
    if isinstance(error, InputError):
        return not error.path.startswith("$")
    return message_of(error) is not None and not isinstance(error, EngineError)
