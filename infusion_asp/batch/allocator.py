"""Owns which allocator workers use: jemalloc where the machine has it, else the C library's own.

clingo makes and frees millions of small pieces, which jemalloc does in three quarters of the time
(benchmarks/batch.md). It can only be chosen when a process starts.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from ctypes.util import find_library

CHOICE = "INFUSION_ASP_ALLOCATOR"  # "system": the C library's own
_PRELOAD = "LD_PRELOAD"


@contextmanager
def chosen() -> Iterator[str | None]:
    """Processes started inside use what is given here; None: the C library's allocator."""
    found = None
    if sys.platform.startswith("linux") and os.environ.get(CHOICE) != "system":
        found = find_library("jemalloc")
    if found is None:
        yield None
        return
    before = os.environ.get(_PRELOAD)
    os.environ[_PRELOAD] = f"{found}:{before}" if before else found
    try:
        yield found
    finally:
        if before is None:
            del os.environ[_PRELOAD]
        else:
            os.environ[_PRELOAD] = before
