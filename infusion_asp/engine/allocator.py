"""Owns one setting of the C allocator: freed small pieces are joined at once.

glibc keeps small freed pieces apart and joins them all at the next large request. clingo frees
hundreds of thousands of them with each Control and asks for a large one with the next, so that
each Control waits for that: a tenth of the time of one encounter.
"""

from __future__ import annotations

import ctypes
import sys
from functools import cache

_LARGEST_KEPT_APART = 1  # M_MXFAST of malloc.h


@cache
def join_freed_memory() -> None:
    """Ask glibc, once a process; other allocators are left as they are."""
    if not sys.platform.startswith("linux"):
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_LARGEST_KEPT_APART, 0)
