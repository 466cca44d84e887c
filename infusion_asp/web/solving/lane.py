"""Owns one queue of work and the worker processes for it: who waits, and what replaces a worker."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from infusion_asp.batch import worker
from infusion_asp.batch.hand import Hand
from infusion_asp.web.settings import Settings
from infusion_asp.web.solving.errors import (
    BusyError,
    DiedError,
    FailedError,
    NotReadyError,
    SolvingError,
    TooSlowError,
)
from infusion_asp.web.solving.inside import Make

LOG = logging.getLogger("infusion_asp.web")
STARTING_SECONDS = 60.0  # until a new worker has loaded rulebook and tables
PATIENCE = 3  # times the wall clock of one work that a work may wait and run altogether
RENEWED = 5000  # works after which a worker is replaced: clingo never frees a symbol
_PAUSE, _LONGEST_PAUSE = 1.0, 60.0  # seconds before a worker that could not start is tried again


@dataclass(eq=False)
class _Work:
    """A call that waits or runs."""

    function: Callable[..., Any]
    args: tuple[Any, ...]
    answer: asyncio.Future[Any] = field(default_factory=asyncio.Future)


class Lane:
    """Work in the order in which it was asked for, done by workers that `make` gives their work.

    One work has `seconds` of wall clock. What nobody waits for any more is not begun.
    """

    def __init__(self, make: Make, workers: int, seconds: float, settings: Settings) -> None:
        self._make = make
        self._workers = workers
        self._seconds = seconds
        self._settings = settings
        self._waiting: deque[_Work] = deque()
        self._asked = asyncio.Semaphore(0)
        self._threads = ThreadPoolExecutor(max(1, workers), "worker")
        self._hands: set[Hand] = set()
        self._begun = self._stopping = False
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin to start the workers; work may be given at once."""
        for number in range(self._workers):
            self._tasks.append(asyncio.create_task(self._worker(), name=f"worker {number}"))

    async def stop(self) -> None:
        """End the workers, whatever they do; what waits is refused."""
        self._stopping = True
        for hand in list(self._hands):
            _kill(hand)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        while self._waiting:
            _refuse(self._waiting.popleft(), DiedError())
        await asyncio.to_thread(self._threads.shutdown)
        for hand in self._hands:
            hand.end()
        self._hands.clear()

    async def run(self, function: Callable[..., Any], args: tuple[Any, ...]) -> Any:
        """What the function returns in a worker; raises its error for people, or SolvingError."""
        if len(self._waiting) >= self._settings.waiting:
            raise BusyError
        work = _Work(function, args)
        self._waiting.append(work)
        self._asked.release()
        patience = PATIENCE * self._seconds + (0 if self._begun else STARTING_SECONDS)
        try:
            async with asyncio.timeout(patience):
                result, error = await work.answer
        except TimeoutError:
            raise BusyError if self._begun else NotReadyError from None
        finally:
            with suppress(ValueError):  # a worker has taken it
                self._waiting.remove(work)
        if error is not None:
            raise error
        return result

    async def _worker(self) -> None:
        """One worker and those that replace it, until the lane is stopped."""
        while True:
            hand = await self._started()
            done = 0
            while done < RENEWED and await self._one(hand):
                done += 1
            self._hands.discard(hand)
            hand.end()

    async def _started(self) -> Hand:
        pause = _PAUSE
        while True:
            try:
                hand: Hand = await self._in_thread(self._new)
            except (EOFError, OSError) as error:
                LOG.error("a worker can't start: %s", type(error).__name__)
            else:
                said = await self._within(STARTING_SECONDS, hand, hand.hear)
                word, value = said or ("too slow", None)
                if word == worker.READY:
                    self._begun = True
                    return hand
                self._hands.discard(hand)
                hand.end()
                LOG.error("a worker can't start: %s %s", word, value or "")
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)

    def _new(self) -> Hand:
        """A worker, known to the lane even if nobody waits for it any more."""
        hand = Hand(self._make, self._settings.megabytes)
        self._hands.add(hand)
        return hand

    async def _one(self, hand: Hand) -> bool:
        """Give a worker the next work; whether it can take more."""
        await self._asked.acquire()
        if not self._waiting:  # it was taken back
            return True
        work = self._waiting.popleft()
        try:
            said = await self._within(self._seconds, hand, _exchanged, hand, work, self._seconds)
        except Exception as error:  # arguments that can't be pickled
            _refuse(work, FailedError(worker.place_of(error)))
            return True
        finally:
            if self._stopping:
                _refuse(work, DiedError())
        if said is None:
            LOG.error("work took longer than %g s; its worker is replaced", self._seconds)
            _refuse(work, TooSlowError(self._seconds))
            return False
        return _told(work, *said)

    async def _within(
        self, seconds: float, hand: Hand, function: Callable[..., tuple[str, Any]], *args: Any
    ) -> tuple[str, Any] | None:
        """What the function returns in a thread; None if the worker had to be killed for it.

        The link is closed only after the thread has left it: another one may get its number.
        """
        said: asyncio.Future[tuple[str, Any]] = self._in_thread(function, *args)
        done, _ = await asyncio.wait({said}, timeout=seconds)
        if done:
            return said.result()
        _kill(hand)
        await asyncio.wait({said})
        return None

    def _in_thread(self, function: Callable[..., Any], *args: Any) -> asyncio.Future[Any]:
        return asyncio.get_running_loop().run_in_executor(self._threads, function, *args)


def _kill(hand: Hand) -> None:
    """End a worker and what it has started, without closing the link to it."""
    try:
        os.killpg(hand.pid, signal.SIGKILL)
    except OSError:  # it has no group of its own yet
        with suppress(OSError):
            os.kill(hand.pid, signal.SIGKILL)


def _exchanged(hand: Hand, work: _Work, seconds: float) -> tuple[str, Any]:
    hand.give(work, (work.function, work.args), seconds)
    said = hand.hear()
    hand.task = None
    return said


def _told(work: _Work, word: str, value: Any) -> bool:
    """Hand over what a worker said; whether the worker is still there."""
    if word == worker.DONE:
        if not work.answer.done():
            work.answer.set_result(value)
        return True
    if word == worker.FAILED:
        LOG.error("work failed: %s", value)
        _refuse(work, FailedError(value))
        return True
    LOG.error("a worker ended during its work (%s); it is replaced", word)
    _refuse(work, DiedError())
    return False


def _refuse(work: _Work, error: SolvingError) -> None:
    if not work.answer.done():
        work.answer.set_result((None, error))
