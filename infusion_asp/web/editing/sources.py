"""Owns the encounters that files hold, each with what tells it from others and what is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from infusion_asp.ingest.kinds import Conversion, conversion_of
from infusion_asp.model import InputError, Record, read_many, record_of
from infusion_asp.web.editing.places import parts
from infusion_asp.web.editing.times import times_of
from infusion_asp.web.encounter.state import State

MOST_DRUGS = 4  # drugs that a list names of an encounter


@dataclass(frozen=True)
class Wrong:
    """What is wrong with a record, and where: a JSON path, or a line of the file."""

    place: str
    message: str = field(repr=False)
    help: str = field(default="", repr=False)


@dataclass(frozen=True)
class Found:
    """One record of a source: the text of its state, None where it cannot be read at all."""

    name: str = field(repr=False)
    about: str = field(repr=False)
    state: str | None = field(default=None, repr=False)
    errors: tuple[Wrong, ...] = ()


def found_in(
    paths: Sequence[Path], kind: str | None, conversion: Conversion | None = None
) -> Iterator[Found]:
    """The records of files in order: encounters where `kind` is None, else converted ones.

    Raises InputError where a conversion cannot read an input at all.
    """
    if conversion is None and kind is not None:
        conversion = conversion_of(kind, paths)
    if conversion is None:
        yield from map(_found, read_many(paths))
        return
    for number, encounter in enumerate(conversion.encounters(), 1):
        yield _found(record_of(kind or "", number, encounter))


def _found(record: Record) -> Found:
    if record.data is None:
        return Found(record.encounter_id or "", "", None, _errors(record, record.error))
    state = State(record.data)
    errors = [wrong for error in state.problems[:1] for wrong in _errors(record, error)]
    return Found(record.encounter_id or "", about(record.data), state.text(), tuple(errors))


def _errors(record: Record, error: InputError | None) -> tuple[Wrong, ...]:
    if error is None:
        return ()
    place = f"line {record.line}" if record.line > 1 or record.listed else ""
    where = ", ".join(filter(None, [place, "" if error.path == "$" else error.path]))
    name = Path(record.source).name
    return (Wrong(where, error.message.replace(record.source, name), error.help),)


def about(document: Mapping[str, Any]) -> str:
    """What tells an encounter from others in a list: its date, drugs and billed lines."""
    first = next(times_of(document), None)
    given = [each for each in parts(document, "administrations") if isinstance(each, Mapping)]
    names = dict.fromkeys(
        str(each.get("drug") or each.get("hcpcs") or "+".join(map(str, parts(each, "mix"))))
        for each in given
    )
    drugs = ", ".join(list(names)[:MOST_DRUGS]) + (" …" if len(names) > MOST_DRUGS else "")
    billed = len(parts(document, "billed"))
    told = [
        "" if first is None else f"{first:%Y-%m-%d}",
        drugs,
        "" if not billed else "1 billed line" if billed == 1 else f"{billed} billed lines",
    ]
    return " · ".join(filter(None, told))
