"""Owns what a comparison says: how it ended, what changed in text, each kind of difference."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from infusion_asp.author.comparing.answers import WORDS

ENDS = {
    "equal": "no difference, proved: the rules are the same",
    "proved": "no difference, proved within the bound",
    "swept": "no difference found, not proved",
    "open": "no difference found, and nothing proved",
    "different": "the rulebooks differ",
}


@dataclass(frozen=True)
class TextChange:
    """One key of a rule's header that differs, or a rule that only one side has."""

    rule: str
    place: str
    key: str
    old: str
    new: str


@dataclass(frozen=True)
class Difference:
    """The smallest encounter found for one kind of difference, with both results."""

    kind: str
    encounter: Mapping[str, Any]
    profile: str | None
    policies: Mapping[str, str]
    old: Mapping[str, Any]
    new: Mapping[str, Any]

    @property
    def words(self) -> str:
        """The kind in words."""
        return WORDS[self.kind]


@dataclass(frozen=True)
class Impact:
    """Over a file of encounters: how many change, by code, and the money (None: no rate known)."""

    encounters: int
    changed: int
    without_answer: int
    units: Mapping[str, int]
    money: Mapping[str, str | None]
    total: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class Report:
    """The whole comparison."""

    names: tuple[str, str]
    digests: tuple[str, str]
    rules: tuple[str, ...]
    removed: tuple[tuple[str, ...], ...]
    added: tuple[tuple[str, ...], ...]
    texts: tuple[TextChange, ...]
    tables: bool
    space: str
    how: str = ""
    note: str = ""
    seconds: float = 0.0
    differences: tuple[Difference, ...] = ()
    tried: int = 0
    size: int = 0
    impact: Impact | None = None

    def ended(
        self,
        how: str,
        note: str,
        seconds: float,
        differences: tuple[Difference, ...] = (),
        tried: int = 0,
        size: int = 0,
    ) -> Report:
        """The report with its end."""
        return replace(
            self,
            how=how,
            note=note,
            seconds=seconds,
            differences=differences,
            tried=tried,
            size=size,
        )

    @property
    def headline(self) -> str:
        """How it ended, in one line."""
        return ENDS[self.how]

    @property
    def differs(self) -> bool:
        """Whether an encounter is answered otherwise."""
        return self.how == "different" or bool(self.impact and self.impact.changed)

    def plain(self) -> dict[str, Any]:
        """The report as JSON."""
        return {"schema_version": 1, "headline": self.headline, **asdict(self)}
