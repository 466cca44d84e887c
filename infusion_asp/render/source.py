"""Owns where a result came from: file, place in it, and the charted times of the record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from infusion_asp.model import Record
from infusion_asp.model.errors import json_path
from infusion_asp.render.positions import Place, lines_of

STANDARD_INPUT = "standard input"


@dataclass(frozen=True)
class Given:
    """An administration of the record: its place in the list, and its times as charted."""

    index: int
    start: str = ""
    stop: str = ""


@dataclass(frozen=True)
class Source:
    """The place of one record; `line` counts from 1, `number` from 0 inside the file.

    `origins` say from where a reader took its administrations and billed lines.
    """

    name: str
    line: int
    number: int = 0
    listed: bool = False
    form: str = "json"
    given: Mapping[str, Given] = field(default_factory=lambda: MappingProxyType({}), repr=False)
    origins: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, record: Record) -> Source:
        """The place of `record`, whose data may be wrong in any way."""
        listed = record.listed and record.form != "jsonl"
        given = MappingProxyType(_given(record.data))
        origins = tuple(_origins(record.data))
        return cls(record.source, record.line, record.number, listed, record.form, given, origins)

    @property
    def file(self) -> str | None:
        """The file as typed; None for standard input."""
        return None if self.name == STANDARD_INPUT else self.name

    def path(self, place: Place = ()) -> str:
        """The JSON path of `place` inside the record, from the top of the file or line."""
        return json_path((self.number, *place) if self.listed else place)

    def place_of(self, administration: str) -> Place:
        """Where an administration stands; the record itself when it is not known."""
        given = self.given.get(administration)
        return () if given is None else ("administrations", given.index)


class Lines:
    """The line of a place in a file; every file is read once, and only when it is asked for."""

    def __init__(self) -> None:
        self._read: dict[str, Mapping[Place, int]] = {}

    def line(self, source: Source, place: Place) -> int:
        """The line of `place` in the record; the record's own where the file does not tell."""
        if source.file is None or source.form == "jsonl" or not place:
            return source.line
        if source.file not in self._read:
            self._read[source.file] = lines_of(Path(source.file), source.form)
        return self._read[source.file].get((source.number, *place), source.line)


def _origins(data: Any) -> Iterator[tuple[str, str]]:
    """What was read from where: administrations by their id, billed lines by their number."""
    for part in ("administrations", "billed") if isinstance(data, dict) else ():
        listed = data.get(part)
        for number, each in enumerate(listed if isinstance(listed, list) else (), 1):
            origin = each.get("origin") if isinstance(each, dict) else None
            if isinstance(origin, str):
                name = each.get("id") if part == "administrations" else f"line {number}"
                yield str(name), origin


def _given(data: Any) -> dict[str, Given]:
    found: dict[str, Given] = {}
    listed = data.get("administrations") if isinstance(data, dict) else None
    for index, each in enumerate(listed if isinstance(listed, list) else ()):
        if isinstance(each, dict) and isinstance(each.get("id"), str):
            found[each["id"]] = Given(index, _time(each.get("start")), _time(each.get("stop")))
    return found


def _time(value: Any) -> str:
    return value if isinstance(value, str) else ""
