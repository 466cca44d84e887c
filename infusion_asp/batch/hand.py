"""Owns one worker process as the process that hands out parts sees it."""

from __future__ import annotations

import multiprocessing
import os
import signal
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from multiprocessing import forkserver
from multiprocessing.connection import Connection
from typing import Any

from infusion_asp.batch.allocator import chosen
from infusion_asp.batch.worker import serve

_WARM = "infusion_asp.batch.warm"
_SOCKET = 103  # bytes in the path of a socket, where the least are allowed: macOS
_UNDER = len("/pymp-12345678/listener-12345678")  # what the fork server's has below TMPDIR
DIED = "worker_died"


def _method() -> str:
    """How processes start: from a fork server, where there is one and its socket has room."""
    room = _SOCKET - len(os.fsencode(tempfile.gettempdir()))
    forks = "forkserver" in multiprocessing.get_all_start_methods() and room >= _UNDER
    return "forkserver" if forks else "spawn"


def prepare(preload: Sequence[str] = ()) -> None:
    """Begin to load rulebook and tables beside the caller, for all workers; returns at once.

    `preload` names further modules to import there. What is loaded already stays as it is.
    """
    if _method() == "forkserver":
        forkserver.set_forkserver_preload([_WARM, *preload])
        with chosen():
            forkserver.ensure_running()


class Hand:
    """A worker: starting, then free or busy with one part, at last gone."""

    def __init__(self, make: Callable[[], Callable[[Any], Any]], megabytes: int) -> None:
        context: Any = multiprocessing.get_context(_method())
        self.link: Connection
        self.link, other = context.Pipe()
        self._process = context.Process(target=serve, args=(other, make, megabytes), daemon=True)
        with chosen():
            self._process.start()
        other.close()  # so that the link ends when the worker does
        self.task: Any = None
        self.ready = False
        self.done = 0
        self._deadline = 0.0

    @property
    def pid(self) -> int:
        """The id of its process."""
        return int(self._process.pid)

    @property
    def free(self) -> bool:
        """Whether it can be given a part."""
        return self.ready and self.task is None

    @property
    def left(self) -> float:
        """Seconds of wall clock that its part still has."""
        return self._deadline - time.monotonic()

    def give(self, task: Any, part: Any, seconds: float) -> None:
        """Hand it a part; that it's gone already shows when it is heard."""
        self.task = task
        self._deadline = time.monotonic() + seconds
        try:
            self.link.send((seconds, part))
        except OSError:
            return

    def hear(self) -> tuple[str, Any]:
        """What it says; DIED where it can say no more."""
        try:
            word, value = self.link.recv()
        except (EOFError, OSError):
            return DIED, None
        return word, value

    def end(self) -> None:
        """End it, whatever it's doing."""
        self.link.close()
        with suppress(OSError):  # a group of its own, with the solver of a user's rules
            os.killpg(self.pid, signal.SIGKILL)
        self._process.kill()
        self._process.join()
        self._process.close()
