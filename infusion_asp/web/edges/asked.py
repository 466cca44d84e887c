"""Owns what is asked about edges: the state, the selected administration, its start or stop."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from infusion_asp.explain.strip import EDGES
from infusion_asp.model import Administration, Encounter
from infusion_asp.web.edges.axis import Axis
from infusion_asp.web.encounter.state import State


@dataclass(frozen=True)
class Asked:
    """One request: `state` as text, `edge` stop or start, `begin` of the strip if it is chosen."""

    state: str = field(repr=False)
    selected: str = ""
    edge: str = EDGES[0]
    begin: str = field(default="", repr=False)
    axis: Axis | None = None

    @property
    def first(self) -> datetime | None:
        """The minute at which the strip shall begin; None where none is chosen, or no time."""
        return time_of(self.begin)

    def read(self) -> State:
        """The state; InputError where it is none."""
        return State.parse(self.state)

    def given(self, encounter: Encounter) -> Administration | None:
        """The selected administration; None where none is."""
        return next((each for each in encounter.administrations if each.id == self.selected), None)


def time_of(text: str) -> datetime | None:
    """An ISO time, or None."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def edge_of(text: str) -> str:
    """Start or stop; stop where it is neither."""
    return text if text in EDGES else EDGES[0]
