"""Owns the work on one part: raw records in, tables out; nothing but its records decides them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Literal

from infusion_asp.batch.inputs.columns import encounter_of, line_at
from infusion_asp.batch.memo import Memo
from infusion_asp.batch.outcome import Key, Outcome
from infusion_asp.batch.parts import Part, Raw
from infusion_asp.batch.parts import Rows as TableRows
from infusion_asp.batch.rows import Rows
from infusion_asp.batch.shapes import shape_of
from infusion_asp.batch.words import kind_of, path_of, words_of
from infusion_asp.batch.worker import place_of
from infusion_asp.coding import Coder
from infusion_asp.model import (
    Encounter,
    ErrorRecord,
    InputError,
    Record,
    Result,
    Verification,
    read_record,
    record_of,
)
from infusion_asp.model.plain import one_line
from infusion_asp.rulebook import load_rulebook
from infusion_asp.verify import Verifier

Task = Literal["code", "verify"]
Explain = Literal["none", "words", "findings", "all"]
Answer = Result | Verification | ErrorRecord
MOST = 2000  # administrations of one record


@dataclass(frozen=True)
class Options:
    """What is done with every record; small, and the same in all workers.

    `explain`: titles alone; `words`, the sentences of a claim's findings; these and the reasons of
    supported lines for encounters with findings, or for all. Without
    `records` the tables hold no copy of the records. `most` bounds the administrations of one.
    """

    task: Task = "verify"
    profile: str | None = None
    policies: tuple[tuple[str, str], ...] = ()
    overlays: tuple[Path, ...] = ()
    seconds: float | None = None
    explain: Explain = "words"
    records: bool = True
    most: int = MOST

    def __call__(self) -> Callable[[Part], Outcome]:
        """The work itself, rulebook loaded; raises what loading and checking the choices raise."""
        return _Work(self).outcome


@dataclass(frozen=True)
class _Read:
    """A record that can be coded."""

    number: int
    raw: Raw
    encounter: Encounter
    text: str | None


@dataclass
class _Work:
    options: Options
    coder: Coder = field(init=False)
    verifier: Verifier = field(init=False)

    def __post_init__(self) -> None:
        chosen = self.options
        book = load_rulebook(None, chosen.overlays)
        given = {} if chosen.seconds is None else {"seconds": chosen.seconds}
        policies = dict(chosen.policies)
        self.coder = Coder(book, chosen.profile, policies, chosen.overlays, **given)
        self.verifier = Verifier(self.coder)
        self._memo = Memo(self.coder)

    def outcome(self, part: Part) -> Outcome:
        """The tables of a part; every record is in exactly one of results and errors."""
        rows = Rows()
        fill: list[Callable[[], None]] = []
        read: list[_Read] = []
        for number, raw in enumerate(part.records, part.first):
            found = self._read(number, raw, rows)
            if isinstance(found, _Read):
                fill.append(partial(self._fill, rows, found, len(read)))
                read.append(found)
            else:
                fill.append(found)
        before = self._memo.hits
        self._answers = self._answered(read, again=part.memo == "on")
        for each in fill:
            each()
        keys = tuple(map(self._key, read)) if part.memo == "sample" else ()
        return rows.outcome(self._memo.hits - before, keys)

    def _key(self, read: _Read) -> Key:
        """What a record has in common with those equal to it, and whether it gives several."""
        shape = shape_of(self.coder, read.encounter)
        return None if shape is None else shape.key, len(read.encounter.administrations) > 1

    def _read(self, number: int, raw: Raw, rows: Rows) -> _Read | Callable[[], None]:
        """A record to be coded, or what puts it among the errors."""
        try:
            record, data = _record(raw)
            encounter = record.encounter()
            if len(encounter.administrations) > self.options.most:
                raise InputError("$.administrations", "too many", kind="too_long")
        except InputError as error:
            line = line_at(raw.data, error.path) if isinstance(raw.data, TableRows) else 0
            words = words_of(error)
            return partial(rows.error, number, raw, error.kind, words, path_of(error), line)
        except MemoryError:
            raise
        except Exception as error:
            words = f"internal error ({place_of(error)})"
            return partial(rows.error, number, raw, "internal_error", words)
        text = _text(raw, data) if self.options.records else None
        return _Read(number, raw, encounter, text)

    def _answered(self, read: Sequence[_Read], again: bool) -> list[Answer | Exception]:
        """The answers of records solved together; where that fails, of each half by itself."""
        if not read:
            return []
        encounters = [each.encounter for each in read]
        try:
            if again:
                return list(self._memo.answers(encounters, self._solved))
            return list(self._solved(encounters))
        except MemoryError:
            raise
        except Exception as error:
            if len(read) == 1:
                return [error]
        half = len(read) // 2
        return self._answered(read[:half], False) + self._answered(read[half:], False)

    def _solved(self, encounters: Sequence[Encounter]) -> Sequence[Answer]:
        if self.options.task == "code":
            return self.coder.code_many(encounters)
        words = self.options.explain != "none"
        return self.verifier.verify_many(encounters, words=words)

    def _fill(self, rows: Rows, read: _Read, at: int) -> None:
        answer = self._answers[at]
        words: Result | None = None
        if self._wants_words(answer):
            try:
                words = self.coder.code(read.encounter)
            except MemoryError:
                raise
            except Exception as error:
                answer = error
        if isinstance(answer, ErrorRecord):
            message, path = answer.error.message, answer.error.path
            rows.error(read.number, read.raw, kind_of(message), message, path)
        elif isinstance(answer, Exception):
            message = f"internal error ({place_of(answer)})"
            rows.error(read.number, read.raw, "internal_error", message)
        elif isinstance(answer, Verification):
            rows.verified(read.number, read.raw, read.encounter, answer, words, read.text)
        else:
            rows.coded(read.number, read.raw, read.encounter, words or answer, read.text)

    def _wants_words(self, answer: Answer | Exception) -> bool:
        if isinstance(answer, ErrorRecord | Exception) or self.options.explain in ("none", "words"):
            return False
        return self.options.explain == "all" or bool(answer.findings)


def _record(raw: Raw) -> tuple[Record, Any]:
    """The record with its plain data; raises InputError."""
    if isinstance(raw.data, InputError):
        raise raw.data
    if isinstance(raw.data, bytes):
        record = read_record(raw.file, raw.line, raw.data)
        return record, record.data
    data = encounter_of(raw.data) if isinstance(raw.data, TableRows) else raw.data
    return record_of(raw.file, raw.line, data), data


def _text(raw: Raw, data: Any) -> str:
    """The encounter as one line of JSON."""
    if isinstance(raw.data, bytes) and b"\n" not in raw.data and b"\r" not in raw.data:
        return raw.data.decode("utf-8-sig")
    return one_line(data)
