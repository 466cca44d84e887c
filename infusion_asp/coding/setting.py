"""Owns the setting of an encounter: what decides which rules and policies hold for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from infusion_asp.facts import Profile


@dataclass(frozen=True)
class Setting:
    """What decides which rules and policies hold for an encounter."""

    profile: Profile
    policies: dict[str, str]
    claim: str
    day: date | None
    period: int | None
    known: bool

    @property
    def key(self) -> tuple[Any, ...]:
        """Equal for encounters that can be solved together."""
        return self.profile.name, self.claim, self.period
