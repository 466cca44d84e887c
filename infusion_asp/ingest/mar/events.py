"""Owns the events of a medication record: their names, and one charted row as an event."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

NEW_BAG, STARTED, RESTARTED = "new_bag", "started", "restarted"
RATE_CHANGE, SAME_BAG, PAUSED, STOPPED = "rate_change", "same_bag", "paused", "stopped"
GIVEN, BOLUS, PUSH, FLUSH = "given", "bolus", "push", "flush"
WASTE, NOT_GIVEN, NO_EVENT = "waste", "not_given", "no_event"

BEGINNING = frozenset({NEW_BAG, STARTED})
SINGLE = frozenset({GIVEN, BOLUS, PUSH, FLUSH})
RUNNING = frozenset({RATE_CHANGE, SAME_BAG, PAUSED})
ACTIONS = (
    NEW_BAG,
    STARTED,
    RATE_CHANGE,
    SAME_BAG,
    PAUSED,
    RESTARTED,
    STOPPED,
    GIVEN,
    BOLUS,
    PUSH,
    FLUSH,
    WASTE,
    NOT_GIVEN,
    NO_EVENT,
)
"""Every event that a mapping may name.

`not_given` says that nothing reached the patient, `no_event` that nothing changed, `waste` that
the dose of the row was discarded.
"""


@dataclass(frozen=True, slots=True)
class Event:
    """One row that says when something happened; amounts as charted, `line` counts from 1.

    `stop` is the end where the row charts begin and end. `rate` is in ml an hour; a rate in any
    other unit is left out.
    """

    file: int
    line: int
    action: str
    time: datetime = field(repr=False)
    stop: datetime | None = field(default=None, repr=False)
    order: str = field(default="", repr=False)
    bag: str = field(default="", repr=False)
    drug: str = field(default="", repr=False)
    hcpcs: str = ""
    route: str = ""
    method: str = ""
    access: str = field(default="", repr=False)
    access_kind: str = ""
    visit: str = field(default="", repr=False)
    volume: float | None = None
    rate: float | None = None
    dose: float | None = None
    dose_unit: str = ""
    wasted: float | None = None
