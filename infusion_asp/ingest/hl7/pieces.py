"""Owns what one message yields: administrations and charges, each with its visit and key."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Visit:
    """The encounter that a message is about."""

    id: str
    arrival: str | None = None
    departure: str | None = None


@dataclass(frozen=True, slots=True)
class Piece:
    """One RXA or FT1: what it says and what it does to an earlier one.

    `action` is ADD, UPDATE or DELETE of an administration, CHARGE or CREDIT of a charge.
    `order` and `counter` name what is corrected, `what` tells pieces of one order apart.
    """

    visit: Visit
    kind: str
    action: str
    order: str
    counter: str
    what: str
    number: int
    position: int
    data: dict[str, Any] = field(repr=False)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """One RXA or FT1 that says nothing was given or billed, or that cannot be read."""

    reason: str
    number: int
    position: int
    fault: bool = True
    help: str = ""


GIVEN, BILLED = "administrations", "billed"
"""Kinds of pieces, by the list of the encounter that they belong to."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What a user may set; see `reader.read`."""

    equal_end_is_missing: bool = True
    keep_inpatient: bool = False
    by_account: bool = False
    routes: dict[str, str] = field(default_factory=dict)
