"""Owns the limits that a child process of the engine puts on itself."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys

_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of prctl.h


def confine(megabytes: int) -> None:
    """At most so much address space, and no core file."""
    size = megabytes * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (size, size))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def end_with_parent() -> None:
    """Be killed when the thread that started this process ends; Linux alone can do it.

    Grounding can't be interrupted: nothing else ends a child whose parent was killed.
    """
    if not sys.platform.startswith("linux"):
        return
    parent = os.getppid()
    prctl = getattr(ctypes.CDLL(None), "prctl", None)
    if prctl is not None:
        prctl(_DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:  # it ended meanwhile
        os.kill(os.getpid(), signal.SIGKILL)
