"""Owns the report of a conversion: what was read, used and dropped, and that it adds up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from infusion_asp.ingest.common.items import Converted, Dropped

PLACES = 5  # places that are named for each reason


@dataclass(frozen=True)
class ConversionReport:
    """Counts of one conversion, in pieces of the source (`unit`: rows, segments, resources).

    `dropped` and `notes` count by reason, `places` names the first places of each reason.
    """

    kind: str
    unit: str
    read: int
    used: int
    dropped: Mapping[str, int]
    faults: int
    notes: Mapping[str, int]
    places: Mapping[str, tuple[str, ...]]
    encounters: int
    administrations: int
    billed: int

    @property
    def adds_up(self) -> bool:
        """Whether every piece that was read is used or dropped, and none twice."""
        return self.read == self.used + sum(self.dropped.values())

    def as_dict(self) -> dict[str, Any]:
        """The report as JSON has it."""
        return {
            "kind": self.kind,
            "unit": self.unit,
            "read": self.read,
            "used": self.used,
            "dropped": dict(self.dropped),
            "faults": self.faults,
            "notes": dict(self.notes),
            "places": {reason: list(places) for reason, places in self.places.items()},
            "encounters": self.encounters,
            "administrations": self.administrations,
            "billed": self.billed,
            "adds_up": self.adds_up,
        }

    def summary(self) -> Iterator[str]:
        """Lines for a person, without any value of the source."""
        made = [_counted(self.administrations, "administration")] if self.administrations else []
        made += [_counted(self.billed, "billed line")] if self.billed else []
        with_what = f" with {' and '.join(made)}" if made else ""
        yield f"{_counted(self.encounters, 'encounter')}{with_what}"
        gone = sum(self.dropped.values())
        yield f"{self.unit}: {self.read} read, {self.used} used, {gone} dropped"
        for reason, count in self.dropped.items():
            at = ", ".join(self.places.get(reason, ())[:2])
            yield f"  dropped {count}: {reason.replace('_', ' ')}" + (f" ({at})" if at else "")
        for note, count in self.notes.items():
            yield f"  noted {count}: {note.replace('_', ' ')}"
        if not self.adds_up:
            yield "  the counts do not add up: please report this"


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


@dataclass
class Tally:
    """The counts of a conversion that is under way."""

    read: int = 0
    used: int = 0
    faults: int = 0
    encounters: int = 0
    administrations: int = 0
    billed: int = 0
    _dropped: Counter[str] = field(default_factory=Counter)
    _notes: Counter[str] = field(default_factory=Counter)
    _places: dict[str, list[str]] = field(default_factory=dict)

    def see(self, count: int = 1) -> None:
        """Count pieces that were read."""
        self.read += count

    def note(self, *names: str) -> None:
        """Count what was seen and kept as it is."""
        self._notes.update(names)

    def use(self, item: Converted) -> None:
        """Count an encounter and the pieces it was made of."""
        self.used += item.used
        self.encounters += 1
        self.administrations += len(item.encounter.get("administrations") or ())
        self.billed += len(item.encounter.get("billed") or ())
        self.note(*item.notes)

    def drop(self, item: Dropped) -> None:
        """Count dropped pieces."""
        self._dropped[item.reason] += item.count
        self.faults += item.count if item.fault else 0
        places = self._places.setdefault(item.reason, [])
        if len(places) < PLACES:
            places.append(item.place)

    def report(self, kind: str, unit: str) -> ConversionReport:
        """The counts so far; reasons in the order of their names."""
        return ConversionReport(
            kind,
            unit,
            self.read,
            self.used,
            dict(sorted(self._dropped.items())),
            self.faults,
            dict(sorted(self._notes.items())),
            {reason: tuple(places) for reason, places in sorted(self._places.items())},
            self.encounters,
            self.administrations,
            self.billed,
        )
