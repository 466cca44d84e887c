"""Owns work in a forked process under a wall clock and a memory limit: rules may loop."""

from __future__ import annotations

import multiprocessing
import resource
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any, TypeVar

from infusion_asp.engine import EngineError, MemoryLimit, TimeLimit

T = TypeVar("T")
_FORK = multiprocessing.get_context("fork")


def limited(work: Callable[[], T], seconds: float, megabytes: int) -> T:
    """What `work` returns. Raises TimeLimit, MemoryLimit, or the EngineError that it raised."""
    receiver, sender = _FORK.Pipe(duplex=False)
    process = _FORK.Process(target=_run, args=(work, sender, megabytes), daemon=True)
    process.start()
    sender.close()
    try:
        if not receiver.poll(seconds):
            raise TimeLimit(seconds)
        done, value = receiver.recv()
    except EOFError:  # clingo aborts where it can't allocate
        raise MemoryLimit(megabytes) from None
    finally:
        process.kill()
        process.join()
        receiver.close()
    if done:
        return value  # type: ignore[no-any-return]
    if value is None:
        raise MemoryLimit(megabytes)
    raise value


def _run(work: Callable[[], Any], sender: Connection, megabytes: int) -> None:
    size = megabytes * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (size, size))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        sender.send((True, work()))
    except MemoryError:
        sender.send((False, None))
    except EngineError as error:
        sender.send((False, EngineError(error.message, error.help)))
