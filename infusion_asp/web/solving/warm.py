"""Makes one workspace when it's imported, so that workers begin with all that this loads.

The process that workers are forked from imports it once. Imported for that only.
"""

from __future__ import annotations

import gc
from contextlib import suppress

from infusion_asp.web.encounter.state import State
from infusion_asp.web.encounter.workspace import workspace

_ENCOUNTER = {
    "encounter_id": "warm",
    "setting": "facility",
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

with suppress(Exception):  # a worker that does the same again says what is wrong
    workspace(State(_ENCOUNTER))
    workspace(State({**_ENCOUNTER, "billed": [{"code": "J0696", "units": 1}]}))
gc.collect()
gc.freeze()
