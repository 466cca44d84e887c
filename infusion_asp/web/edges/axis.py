"""Owns the axis of the strip: the one that the timeline above it has, or one of its own."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from infusion_asp.explain.strip import MINUTE

LEFT, WIDTH, MARGIN = 186.0, 892.0, 26.0
WIDEST = 10_000.0
_NAMES = ("left", "per_unit", "width")


@dataclass(frozen=True)
class Axis:
    """Where a time is: `origin` stands at `left`, a unit of the drawing is `per_unit` minutes."""

    origin: datetime = field(repr=False)
    left: float
    per_unit: float
    width: float

    @classmethod
    def of(cls, told: Mapping[str, str]) -> Axis | None:
        """The axis that the page tells of its timeline; None where it is no axis."""
        try:
            origin = datetime.fromisoformat(told.get("origin", ""))
            left, per_unit, width = (float(told.get(name, "")) for name in _NAMES)
        except ValueError:
            return None
        fits = 0 <= left < width <= WIDEST and 0 < per_unit <= WIDEST
        return cls(origin, left, per_unit, width) if fits else None

    @classmethod
    def over(cls, first: datetime, last: datetime) -> Axis:
        """An axis just as long as a stretch of time."""
        length = max(1, (last - first) // MINUTE)
        return cls(first, LEFT, length / (WIDTH - LEFT - MARGIN), WIDTH)

    def fits(self, time: datetime) -> bool:
        """Whether its times are of the same kind as this one, with or without offset."""
        return (self.origin.tzinfo is None) == (time.tzinfo is None)

    def x(self, time: datetime) -> float:
        """The place of a time, kept inside of the drawing."""
        minutes = (time - self.origin) / MINUTE
        return round(min(max(self.left + minutes / self.per_unit, self.left), self.right), 2)

    @property
    def right(self) -> float:
        """Where the axis ends."""
        return self.width - 2

    @property
    def end(self) -> datetime:
        """The last minute that has a place."""
        minutes = math.floor((self.right - self.left) * self.per_unit)
        return self.origin + timedelta(minutes=minutes)
