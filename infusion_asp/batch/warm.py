"""Loads rulebook and tables when it's imported, and codes and verifies one encounter.

The process that workers are forked from imports it once: they begin where this ends, and share
its memory. Imported for that only.
"""

from __future__ import annotations

import gc
from contextlib import suppress

from infusion_asp.batch.worker import ignore_signals
from infusion_asp.coding import Coder
from infusion_asp.model import parse_encounter
from infusion_asp.rulebook import load_rulebook
from infusion_asp.verify import Verifier

_RECORD = {
    "encounter_id": "warm",
    "administrations": [
        {
            "id": "a1",
            "drug": "ceftriaxone",
            "route": "intravenous",
            "start": "2025-03-03T10:00",
            "stop": "2025-03-03T10:31",
        }
    ],
}


def _warm() -> None:
    coder = Coder(load_rulebook())
    encounter = parse_encounter(_RECORD)
    coder.code_many([encounter])
    Verifier(coder).verify_many([encounter])


ignore_signals()
with suppress(Exception):  # a worker that loads the same again says what is wrong
    _warm()
gc.collect()
gc.freeze()
