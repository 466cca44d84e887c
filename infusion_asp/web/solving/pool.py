"""Owns the worker processes of the page: who waits, who works, and what replaces a lost worker."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from collections import deque
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any, ParamSpec, TypeVar

from infusion_asp.batch import worker
from infusion_asp.batch.hand import Hand, prepare
from infusion_asp.web.settings import Settings
from infusion_asp.web.solving.errors import (
    BusyError,
    DiedError,
    FailedError,
    NotReadyError,
    SolvingError,
    TooSlowError,
)
from infusion_asp.web.solving.inside import Make, answered, told

P = ParamSpec("P")
R = TypeVar("R")
_WARM = "infusion_asp.web.solving.warm"
LOG = logging.getLogger("infusion_asp.web")
STARTING_SECONDS = 60.0  # until a new worker has loaded rulebook and tables
PATIENCE = 3  # times the wall clock of one work that a work may wait and run altogether
RENEWED = 5000  # works after which a worker is replaced: clingo never frees a symbol
_PAUSE, _LONGEST_PAUSE = 1.0, 60.0  # seconds before a worker that could not start is tried again


@dataclass(eq=False)
class _Work:
    """A call that waits or runs; `slow` work leaves a worker for the other kind."""

    function: Callable[..., Any]
    args: tuple[Any, ...]
    slow: bool
    answer: asyncio.Future[Any]


class Pool:
    """The workers of one run. Work is taken in its order, quick work before slow work.

    What nobody waits for any more is not begun.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._waiting: dict[bool, deque[_Work]] = {False: deque(), True: deque()}
        self._slow = 0
        self._changed = asyncio.Condition()
        self._threads = ThreadPoolExecutor(max(1, settings.workers), "worker")
        self._hands: set[Hand] = set()
        self._begun = self._stopping = False
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin to start the workers; work may be given at once."""
        for number in range(self._settings.workers):
            self._tasks.append(asyncio.create_task(self._worker(), name=f"worker {number}"))

    async def stop(self) -> None:
        """End the workers, whatever they do; what waits is refused."""
        self._stopping = True
        for hand in list(self._hands):
            _kill(hand)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for queue in self._waiting.values():
            while queue:
                _refuse(queue.popleft(), DiedError())
        await asyncio.to_thread(self._threads.shutdown)
        for hand in self._hands:
            hand.end()
        self._hands.clear()

    async def run(self, function: Callable[..., Any], args: tuple[Any, ...], slow: bool) -> Any:
        """What the function returns in a worker; raises its error for people, or SolvingError."""
        if sum(map(len, self._waiting.values())) >= self._settings.waiting:
            raise BusyError
        work = _Work(function, args, slow, asyncio.get_running_loop().create_future())
        async with self._changed:
            self._waiting[slow].append(work)
            self._changed.notify()
        try:
            async with asyncio.timeout(self._patience(slow)):
                result, error = await work.answer
        except TimeoutError:
            raise BusyError if self._begun else NotReadyError from None
        finally:
            self._forget(work)
        if error is not None:
            raise error
        return result

    def _limit(self, slow: bool) -> float:
        return self._settings.slow_seconds if slow else self._settings.seconds

    def _patience(self, slow: bool) -> float:
        return PATIENCE * self._limit(slow) + (0 if self._begun else STARTING_SECONDS)

    def _forget(self, work: _Work) -> None:
        with suppress(ValueError):  # a worker has taken it
            self._waiting[work.slow].remove(work)

    async def _worker(self) -> None:
        """One worker and those that replace it, until the pool is stopped."""
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
        """A worker, known to the pool even if nobody waits for it any more."""
        hand = Hand(Make(self._settings), self._settings.megabytes)
        self._hands.add(hand)
        return hand

    async def _one(self, hand: Hand) -> bool:
        """Give a worker the next work; whether it can take more."""
        async with self._changed:
            await self._changed.wait_for(self._due)
            work = self._taken()
        seconds = self._limit(work.slow)
        try:
            said = await self._within(seconds, hand, _exchanged, hand, work, seconds)
        except Exception as error:  # arguments that can't be pickled
            _refuse(work, FailedError(worker.place_of(error)))
            return True
        finally:
            await self._over(work)
            if self._stopping:
                _refuse(work, DiedError())
        if said is None:
            LOG.error("work took longer than %g s; its worker is replaced", seconds)
            _refuse(work, TooSlowError(seconds))
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

    def _due(self) -> bool:
        return bool(self._waiting[False]) or (bool(self._waiting[True]) and self._room)

    @property
    def _room(self) -> bool:
        """Whether slow work may take one more worker."""
        return self._slow < max(1, self._settings.workers - 1)

    def _taken(self) -> _Work:
        slow = not self._waiting[False]
        self._slow += slow
        return self._waiting[slow].popleft()

    async def _over(self, work: _Work) -> None:
        self._slow -= work.slow
        if work.slow:
            async with self._changed:
                self._changed.notify()


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


class _Here:
    """Stands in for the pool where there are no workers: the work is done in this process."""

    async def run(self, function: Callable[..., Any], args: tuple[Any, ...], slow: bool) -> Any:
        """What the function returns; raises its error for people, or FailedError."""
        try:
            result, error = answered((function, args))
        except Exception as caught:
            raise FailedError(worker.place_of(caught)) from None
        if error is not None:
            raise error
        return result


_pool: Pool | _Here = _Here()


@asynccontextmanager
async def working(settings: Settings) -> AsyncIterator[None]:
    """While inside, `run` uses the workers of these settings, or this process with none."""
    global _pool  # noqa: PLW0603
    told(settings)
    if not settings.workers:
        _pool = _Here()
        yield
        return
    await asyncio.to_thread(prepare, (_WARM,))
    pool = _pool = Pool(settings)
    pool.start()
    try:
        yield
    finally:
        _pool = _Here()
        await pool.stop()


async def run(function: Callable[P, R], *args: P.args, **named: P.kwargs) -> R:
    """What `function(*args)` returns in a worker process, before any slow work.

    The function stands in a module, arguments and result can be pickled. An error with a sentence
    for people (`message`) is raised here as it was there, and a SolvingError where there is no
    result: BusyError, TooSlowError, DiedError, FailedError.
    """
    return await _called(function, args, named, slow=False)


async def run_slow(function: Callable[P, R], *args: P.args, **named: P.kwargs) -> R:
    """Like `run`, for what nobody waits for with a hand on the mouse.

    Of several workers one is always left for `run`.
    """
    return await _called(function, args, named, slow=True)


async def _called(function: Callable[..., R], args: Any, named: Any, *, slow: bool) -> R:
    assert not named, "arguments of work are positional"
    result: R = await _pool.run(function, args, slow)
    return result
