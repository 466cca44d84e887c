"""Does a first work when it's imported, so that workers begin with all that this loads.

The process that workers are forked from imports it once. Imported for that only.
"""

from __future__ import annotations

import gc
from contextlib import suppress

from infusion_asp.web.encounter.warm import warm

with suppress(Exception):  # a worker that does the same again says what is wrong
    warm()
gc.collect()
gc.freeze()
