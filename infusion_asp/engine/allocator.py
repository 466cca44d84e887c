"""Owns two settings of memory: freed small pieces are joined, and no collection in a batch.

glibc keeps small freed pieces apart and joins them all at the next large request. clingo frees
hundreds of thousands of them with each Control and asks for a large one with the next, so that
each Control waits for that: a tenth of the time of one encounter.

A batch makes hundreds of thousands of tuples, none in a circle; Python's collector looks through
all of them again and again: a fifth of the time of a batch.
"""

from __future__ import annotations

import ctypes
import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
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


@contextmanager
def no_collection() -> Iterator[None]:
    """Without the collector of circular garbage, where it was on."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
