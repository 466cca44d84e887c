"""Owns what happens inside a worker process: one part after another, each answered or given up.

Between the processes travel pairs of a word and a value: to a worker (SECONDS, part), back
(READY, None), (DONE, result), (MEMORY, None) or (FAILED, where).
"""

from __future__ import annotations

import os
import resource
import select
import signal
import threading
import traceback
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

READY, DONE, MEMORY, FAILED = "ready", "done", "out_of_memory", "failed"
_BACKSTOP = 60  # seconds past a limit after which the kernel ends a worker that nobody watches
_MEGABYTE = 1 << 20
_FIRST_TO_KILL = "500"  # of the oom killer's scale: a worker is replaced, its parent isn't
_PACKAGE = "infusion_asp"


def ignore_signals() -> None:
    """Leave Ctrl-C and SIGTERM, which reach all processes of a run, to the one that hands out."""
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, signal.SIG_IGN)


def serve(link: Connection, make: Callable[[], Callable[[Any], Any]], megabytes: int) -> None:
    """Answer parts until the other end is closed; `make` gives what works on them."""
    os.setpgid(0, 0)  # so that what it starts can be ended with it
    ignore_signals()
    _silent()
    threading.Thread(target=_end_with, args=(link.fileno(),), daemon=True).start()
    _limit(megabytes)
    try:
        work = make()
    except MemoryError:
        link.send((MEMORY, None))
        return
    except Exception as error:
        link.send((FAILED, place_of(error)))
        return
    link.send((READY, None))
    while (asked := _next(link)) is not None:
        seconds, part = asked
        signal.alarm(int(seconds) + _BACKSTOP)
        word, value = _answer(work, part)
        signal.alarm(0)
        del asked, part
        try:
            link.send((word, value))
        except OSError:
            return
        if word == MEMORY:
            return
        del value


def _end_with(link: int) -> None:
    """End this process, whatever it's doing, when the other end of the link is gone."""
    other = select.poll()
    other.register(link, select.POLLRDHUP)
    other.poll()
    os._exit(1)


def _next(link: Connection) -> Any:
    try:
        return link.recv()
    except (EOFError, OSError):
        return None


def _answer(work: Callable[[Any], Any], part: Any) -> tuple[str, Any]:
    try:
        return DONE, work(part)
    except MemoryError:
        return MEMORY, None
    except Exception as error:
        return FAILED, place_of(error)


def place_of(error: BaseException) -> str:
    """Kind and place of an unforeseen error, without any of the values that led to it."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [each for each in frames if _PACKAGE in Path(each.filename).parts] or frames
    where = f" at {Path(own[-1].filename).name}:{own[-1].lineno}" if own else ""
    return f"{type(error).__name__}{where}"


def _silent() -> None:
    """What a dying library prints could hold health data, and would tear the progress bar."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for number in (1, 2):
        os.dup2(nowhere, number)
    os.close(nowhere)


def _limit(megabytes: int) -> None:
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    most = megabytes * _MEGABYTE
    wanted = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(resource.RLIMIT_AS, (wanted, hard))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core file would hold health data
    try:
        Path("/proc/self/oom_score_adj").write_text(_FIRST_TO_KILL, encoding="ascii")
    except OSError:
        return
