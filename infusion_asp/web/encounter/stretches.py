"""Owns which minutes of which administration earned which unit of which line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import clingo

from infusion_asp.coding.assembly import Assembly
from infusion_asp.coding.lines import modifiers
from infusion_asp.engine import Answer
from infusion_asp.model import Result

WHOLE = 0  # the unit of a stretch that stands for all units of its line


@dataclass(frozen=True, order=True)
class Stretch:
    """Minutes of an administration behind a unit, both counted from 00:00 of the first date.

    `line` and `unit` count from 1; `unit` 0: all units of the line (those of a drug). An
    administration without minutes has `start` and `stop` alike.
    """

    line: int
    unit: int
    administration: str
    start: int
    stop: int


@dataclass(frozen=True)
class Piece:
    """A segment in which a service was counted, and the administrations that ran in it."""

    start: int
    stop: int
    rows: tuple[str, ...]


@dataclass(frozen=True)
class Running:
    """When administrations, bags and services ran, read from one answer."""

    answer: Answer

    @cached_property
    def segments(self) -> dict[int, tuple[int, int]]:
        """First minute and length of each segment."""
        rows = self.answer.rows("segment", 3)
        return {number.number: (begin.number, size.number) for number, begin, size in rows}

    @cached_property
    def by_row(self) -> dict[str, frozenset[int]]:
        """The segments in which each administration ran, as far as they count."""
        return self._grouped("runs")

    @cached_property
    def paused(self) -> dict[str, frozenset[int]]:
        """The segments in which each administration was paused."""
        return self._grouped("paused")

    @cached_property
    def rows_of(self) -> dict[str, tuple[str, ...]]:
        """The administrations that are rows of each bag, the bag's first row among them."""
        found: dict[str, list[str]] = {}
        for row, bag in self.answer.rows("in_bag", 2):
            found.setdefault(bag.string, []).append(row.string)
        return {bag: tuple(rows) for bag, rows in found.items()}

    @cached_property
    def class_of(self) -> dict[str, str]:
        """The class that each administration is coded in."""
        return {row[0].string: row[1].name for row in self.answer.rows("class", 2)}

    @cached_property
    def by_technique(self) -> dict[str, str]:
        """Push, infusion or pump: how each administration counts as given, with its bag."""
        return {
            row: technique.name
            for bag, technique in self.answer.rows("technique", 2)
            for row in self.rows_of.get(bag.string, (bag.string,))
        }

    @cached_property
    def without_stop(self) -> frozenset[str]:
        """The administrations whose stop is missing, and that need one."""
        return frozenset(row[0].string for row in self.answer.rows("stop_missing", 1))

    @cached_property
    def stop_from(self) -> dict[str, str]:
        """What settled each missing stop."""
        return {row[0].string: row[1].name for row in self.answer.rows("stop_source", 2)}

    def span_of(self, admin: str) -> tuple[int, int] | None:
        """First and last counted minute of an administration; None where it has none."""
        return self._spans.get(admin)

    @cached_property
    def _spans(self) -> dict[str, tuple[int, int]]:
        return {
            row[0].string: (row[1].number, row[2].number) for row in self.answer.rows("span", 3)
        }

    def spans(self, segments: Iterable[int]) -> list[tuple[int, int]]:
        """First and last minute of stretches of segments, neighbours joined."""
        found: list[tuple[int, int]] = []
        for number in sorted(segments):
            start, size = self.segments[number]
            if found and found[-1][1] == start:
                found[-1] = (found[-1][0], start + size)
            else:
                found.append((start, start + size))
        return found

    def counted(self, service: clingo.Symbol) -> list[Piece]:
        """The segments whose minutes earn the units of a service, in order of time."""
        if service.type == clingo.SymbolType.Function:
            return self.fluid(service.arguments[0], "hydration_counts")
        bags = [row[1] for row in self.answer.rows("service_bag", 2) if row[0] == service]
        if not bags:
            return self.bags((service.string,))
        gone = {row[1].number for row in self.answer.rows("yielded", 2) if row[0] == service}
        return self.bags([bag.string for bag in bags], gone)

    def bags(self, bags: Iterable[str], gone: Iterable[int] = ()) -> list[Piece]:
        """The segments in which some row of the bags ran, those `gone` left out, in order."""
        rows = [row for bag in bags for row in self.rows_of.get(bag, (bag,))]
        numbers = {each for row in rows for each in self.by_row.get(row, ())}.difference(gone)
        return [self._running(number, rows) for number in sorted(numbers)]

    def fluid(self, scope: clingo.Symbol, counting: str) -> list[Piece]:
        """The segments of a scope that `counting` (a predicate) holds for, with their fluids."""
        counts = {row[1].number for row in self.answer.rows(counting, 2) if row[0] == scope}
        rows: dict[int, list[str]] = {}
        for where, segment, bag in self.answer.rows("fluid_runs", 3):
            if where == scope and segment.number in counts:
                rows.setdefault(segment.number, []).extend(
                    self.rows_of.get(bag.string, (bag.string,))
                )
        return [self._running(number, rows[number]) for number in sorted(rows)]

    def _running(self, number: int, rows: Iterable[str]) -> Piece:
        start, size = self.segments[number]
        ran = tuple(row for row in rows if number in self.by_row.get(row, ()))
        return Piece(start, start + size, ran)

    def _grouped(self, name: str) -> dict[str, frozenset[int]]:
        found: dict[str, set[int]] = {}
        for admin, segment in self.answer.rows(name, 2):
            found.setdefault(admin.string, set()).add(segment.number)
        return {admin: frozenset(numbers) for admin, numbers in found.items()}


def stretches(parts: Assembly, result: Result, running: Running) -> tuple[Stretch, ...]:
    """What earned each unit, line by line; the timed units of a service share out its minutes.

    Minutes go to the units in order: the first hour to the first code, the next to the next.
    """
    keys = {
        (row[1].string, modifiers(row[2]), _date(parts, row[3])): tuple(row[1:4])
        for row in parts.answer.rows("line", 5)
        if row[0].name != "drug"
    }
    timed: dict[clingo.Symbol, list[tuple[int, int, int, int]]] = {}
    found: set[Stretch] = set()
    for at, line in enumerate(result.lines, 1):
        if line.section == "drug":
            for name in line.administrations:
                found.update(_whole(running, at, WHOLE, name))
            continue
        key = keys.get((line.code, line.modifiers, line.date), ())
        for unit, (service, number, admin, minutes) in enumerate(parts.units_of(key), 1):
            if minutes.type == clingo.SymbolType.Number and minutes.number:
                timed.setdefault(service, []).append((number.number, minutes.number, at, unit))
            else:
                found.update(_whole(running, at, unit, admin.string))
    for service, units in timed.items():
        found.update(_shared_out(running.counted(service), sorted(units)))
    return tuple(sorted(found))


def _date(parts: Assembly, day: clingo.Symbol) -> date | None:
    return parts.clock.date(day.number) if day.type == clingo.SymbolType.Number else None


def _whole(running: Running, line: int, unit: int, admin: str) -> Iterator[Stretch]:
    """All minutes of an administration and of the rows of its bag; one point without minutes."""
    for row in running.rows_of.get(admin, (admin,)):
        spans = running.spans(running.by_row.get(row, ()))
        for start, stop in spans or [(0, 0)]:
            yield Stretch(line, unit, row, start, stop)


def _shared_out(pieces: list[Piece], units: list[tuple[int, int, int, int]]) -> Iterator[Stretch]:
    """The pieces cut at the minutes where one unit ends and the next begins."""
    waiting = iter(pieces)
    piece = next(waiting, None)
    at = piece.start if piece else 0
    for _, minutes, line, unit in units:
        left = minutes
        while piece is not None and left:
            until = min(piece.stop, at + left)
            for row in piece.rows:
                yield Stretch(line, unit, row, at, until)
            left -= until - at
            at = until
            if at == piece.stop:
                piece = next(waiting, None)
                at = piece.start if piece else 0
