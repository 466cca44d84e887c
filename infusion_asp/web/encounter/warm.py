"""Owns the first work of a worker: what every later answer needs is read and built."""

from __future__ import annotations

from infusion_asp.web.encounter.asked import claim_against_record
from infusion_asp.web.encounter.state import State
from infusion_asp.web.encounter.workspace import workspace

RECORD = {
    "encounter_id": "first",
    "administrations": [
        {
            "id": "a1",
            "drug": "ceftriaxone",
            "route": "intravenous",
            "start": "2025-03-03T10:00",
            "stop": "2025-03-03T11:31",
        }
    ],
    "billed": [{"code": "J0696"}],
}


def warm() -> None:
    """Code a small record with its reasons, and verify a claim that differs from it."""
    state = State(RECORD)
    workspace(state)
    claim_against_record(state.text())
