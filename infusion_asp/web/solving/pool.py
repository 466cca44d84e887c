"""Owns the workers of one run of the page: two lanes, for changes and for what is beside them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, ParamSpec, TypeVar

from infusion_asp.batch import worker
from infusion_asp.batch.hand import prepare
from infusion_asp.web.settings import Settings
from infusion_asp.web.solving.errors import FailedError
from infusion_asp.web.solving.inside import Make, answered, told
from infusion_asp.web.solving.lane import Lane

P = ParamSpec("P")
R = TypeVar("R")
_WARM = "infusion_asp.web.solving.warm"


class Pool:
    """As many workers for each lane as the settings say; those of slow work yield to the others."""

    def __init__(self, settings: Settings) -> None:
        self._lanes = {
            slow: Lane(Make(settings, slow), settings.workers, seconds, settings)
            for slow, seconds in ((False, settings.seconds), (True, settings.slow_seconds))
        }

    def start(self) -> None:
        """Begin to start the workers; work may be given at once."""
        for lane in self._lanes.values():
            lane.start()

    async def stop(self) -> None:
        """End the workers, whatever they do."""
        await asyncio.gather(*(lane.stop() for lane in self._lanes.values()))

    async def run(self, function: Callable[..., Any], args: tuple[Any, ...], slow: bool) -> Any:
        """What the function returns in a worker; raises its error for people, or SolvingError."""
        return await self._lanes[slow].run(function, args)


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
    """What `function(*args)` returns in a worker process.

    The function stands in a module, arguments and result can be pickled. An error with a sentence
    for people (`message`) is raised here as it was there, and a SolvingError where there is no
    result: BusyError, NotReadyError, TooSlowError, DiedError, FailedError.
    """
    return await _called(function, args, named, slow=False)


async def run_slow(function: Callable[P, R], *args: P.args, **named: P.kwargs) -> R:
    """Like `run`, for what nobody waits for with a hand on the mouse.

    It has workers of its own, which take only the time that changes leave.
    """
    return await _called(function, args, named, slow=True)


async def _called(function: Callable[..., R], args: Any, named: Any, *, slow: bool) -> R:
    assert not named, "arguments of work are positional"
    result: R = await _pool.run(function, args, slow)
    return result
