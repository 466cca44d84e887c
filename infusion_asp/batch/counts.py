"""Owns the counts of a batch: those of its parts add up to those of the run."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

LEVELS = ("info", "warning", "error")


@dataclass
class Counts:
    """What a part, or a run, has come to; money in US dollars."""

    records: int = 0
    encounters: int = 0
    errors: Counter[str] = field(default_factory=Counter)  # by kind
    lines: Counter[str] = field(default_factory=Counter)  # derived lines by code
    units: Counter[str] = field(default_factory=Counter)  # their units by code
    findings: Counter[str] = field(default_factory=Counter)  # by rule
    levels: Counter[str] = field(default_factory=Counter)  # findings by level
    verdicts: Counter[str] = field(default_factory=Counter)  # claims by verdict
    over: Decimal = Decimal(0)
    under: Decimal = Decimal(0)
    rows: Counter[str] = field(default_factory=Counter)  # by table

    def add(self, other: Counts) -> None:
        """Count what `other` counted too."""
        self.records += other.records
        self.encounters += other.encounters
        self.over += other.over
        self.under += other.under
        for name in _COUNTERS:
            getattr(self, name).update(getattr(other, name))

    @classmethod
    def total(cls, many: Iterable[Counts]) -> Counts:
        """The sum of several counts."""
        whole = cls()
        for each in many:
            whole.add(each)
        return whole

    @property
    def failed(self) -> int:
        """Records without a result."""
        return self.errors.total()

    @property
    def adds_up(self) -> bool:
        """Whether every record is in exactly one of results and errors."""
        return self.records == self.encounters + self.failed

    def reaches(self, level: str) -> bool:
        """Whether a finding has `level` or a higher one; never for any other word."""
        if level not in LEVELS:
            return False
        return any(self.levels[each] for each in LEVELS[LEVELS.index(level) :])

    def plain(self) -> dict[str, Any]:
        """The counts as JSON holds them, in an order that depends on them alone."""
        found: dict[str, Any] = {
            "records": self.records,
            "encounters": self.encounters,
            "over": str(self.over),
            "under": str(self.under),
        }
        return found | {name: dict(sorted(getattr(self, name).items())) for name in _COUNTERS}

    def text(self) -> str:
        """The counts as one line of JSON."""
        return json.dumps(self.plain(), separators=(",", ":"))

    @classmethod
    def parse(cls, text: str) -> Counts:
        """The counts that `text` wrote."""
        data = json.loads(text)
        found = cls(data["records"], data["encounters"])
        found.over, found.under = Decimal(data["over"]), Decimal(data["under"])
        for name in _COUNTERS:
            getattr(found, name).update(data[name])
        return found


_COUNTERS = ("errors", "lines", "units", "findings", "levels", "verdicts", "rows")
