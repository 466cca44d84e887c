"""Work is done in other processes; one that dies or hangs is replaced and says so."""

from __future__ import annotations

import asyncio
import math
import os
import time
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import replace
from pathlib import Path
from threading import Lock
from typing import Any

import pytest

from infusion_asp.model import InputError, parse_encounter
from infusion_asp.web import solving
from infusion_asp.web.settings import Settings
from infusion_asp.web.solving import (
    BusyError,
    DiedError,
    FailedError,
    NotReadyError,
    Pool,
    SolvingError,
    TooSlowError,
)
from infusion_asp.web.solving.inside import coder, settings, told
from tests.support.web_client import opened
from tests.support.web_frame import SECRET, frame

ONE = Settings(workers=1, seconds=2, waiting=3)
Work = Callable[[], Coroutine[Any, Any, Any]]


@pytest.fixture(autouse=True)
def settings_of_this_process() -> Iterator[None]:
    yield
    told(Settings())


def under(given: Settings, work: Work) -> Any:
    """What `work` gives while the workers of these settings are there."""

    async def worked() -> Any:
        async with solving.working(given):
            await solving.run(math.sqrt, 1.0)  # the first waits for its worker
            return await work()

    return asyncio.run(worked())


async def caught(work: Coroutine[Any, Any, Any]) -> str:
    try:
        await work
    except SolvingError as error:
        return type(error).__name__
    return "answered"


def test_the_page_answers_while_a_worker_is_lost_again_and_again() -> None:
    async def work() -> list[Any]:
        died = await caught(solving.run(os._exit, 3))
        alone = await solving.run(math.sqrt, 16.0)
        slow = await caught(solving.run(time.sleep, 60))
        return [died, alone, slow, await solving.run(math.sqrt, 25.0)]

    assert under(ONE, work) == ["DiedError", 4.0, "TooSlowError", 5.0]


def test_errors_for_people_come_back_and_others_lose_their_values() -> None:
    async def work() -> None:
        with pytest.raises(InputError) as refused:
            await solving.run(parse_encounter, {"encounter_id": ""})
        assert refused.value.message
        with pytest.raises(FailedError) as failed:
            await solving.run(int, SECRET)
        assert "ValueError" in failed.value.message
        assert SECRET not in failed.value.message + failed.value.help
        with pytest.raises(FailedError):
            await solving.run(str, Lock())
        assert await solving.run(math.sqrt, 16.0) == 4.0

    under(ONE, work)


def test_what_can_not_wait_is_refused_and_the_rest_is_answered() -> None:
    async def work() -> list[str]:
        busy = asyncio.create_task(caught(solving.run(time.sleep, 0.5)))
        await asyncio.sleep(0.1)
        many = [caught(solving.run(math.sqrt, 4.0)) for _ in range(5)]
        return [await busy, *await asyncio.gather(*many)]

    assert under(ONE, work) == ["answered"] * 4 + ["BusyError"] * 2


def test_slow_work_keeps_nobody_waiting() -> None:
    async def work() -> tuple[float, bool]:
        await solving.run_slow(math.sqrt, 1.0)
        slow = [asyncio.create_task(solving.run_slow(time.sleep, 1.0)) for _ in range(2)]
        await asyncio.sleep(0.1)
        return await solving.run(math.sqrt, 4.0), not any(each.done() for each in slow)

    assert under(ONE, work) == (2.0, True)


def test_slow_work_lets_changes_go_first() -> None:
    async def work() -> int:
        return await solving.run_slow(os.nice, 0) - await solving.run(os.nice, 0)

    assert under(ONE, work) == 10


def test_work_that_nobody_waits_for_is_not_begun(tmp_path: Path) -> None:
    async def work() -> bool:
        begun = asyncio.create_task(solving.run(time.sleep, 0.5))
        await asyncio.sleep(0.1)
        taken_back = asyncio.create_task(solving.run(os.mkdir, str(tmp_path / "done")))
        await asyncio.sleep(0.1)
        taken_back.cancel()
        await begun
        await solving.run(math.sqrt, 4.0)
        return (tmp_path / "done").exists()

    assert not under(ONE, work)


def test_slow_work_may_take_longer() -> None:
    async def work() -> list[str]:
        return [await caught(each(time.sleep, 1.0)) for each in (solving.run, solving.run_slow)]

    given = Settings(workers=1, seconds=0.3, slow_seconds=20)
    assert under(given, work) == ["TooSlowError", "answered"]


def test_a_worker_works_with_the_settings_of_the_page() -> None:
    given = Settings(workers=1, profile="medicare-facility")
    found = under(given, lambda: solving.run(settings))
    assert found == given


def test_work_that_runs_when_the_page_ends_is_refused() -> None:
    async def worked() -> str:
        async with solving.working(Settings(workers=1, seconds=30)):
            await solving.run(math.sqrt, 1.0)
            task = asyncio.create_task(caught(solving.run(time.sleep, 20)))
            await asyncio.sleep(0.2)
        return await task

    assert asyncio.run(worked()) == "DiedError"


def test_no_worker_is_left_when_the_page_ends() -> None:
    async def worked() -> int:
        async with solving.working(ONE):
            return await solving.run(os.getpid)

    pid = asyncio.run(worked())
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_work_that_waits_for_no_worker_is_refused_after_a_while(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def worked() -> str:
        pool = Pool(Settings(workers=0, seconds=0.02))  # nobody takes it
        monkeypatch.setattr("infusion_asp.web.solving.lane.STARTING_SECONDS", 0.01)
        return await caught(pool.run(math.sqrt, (4.0,), False))

    assert asyncio.run(worked()) == "NotReadyError"


def test_work_that_waits_behind_long_work_is_refused_after_a_while() -> None:
    async def work() -> str:
        long = [asyncio.create_task(caught(solving.run(time.sleep, 1.8))) for _ in range(4)]
        await asyncio.sleep(0.1)
        told = await caught(solving.run(math.sqrt, 4.0))
        await asyncio.gather(*long)
        return told

    assert under(replace(ONE, waiting=9), work) == "BusyError"


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/dying", 500, "ended unexpectedly and was replaced"),
        ("/hanging", 504, "took longer than 2 seconds and was stopped"),
        ("/divided", 200, "4.0"),
    ],
)
def test_a_lost_worker_is_told_on_a_page(path: str, status: int, words: str) -> None:
    with opened(ONE, frame(ONE)) as browser:
        answer = browser.get(path)
    assert (answer.status_code, words in answer.text) == (status, True)


def test_failures_have_a_status_a_sentence_and_help() -> None:
    errors = [BusyError(), DiedError(), TooSlowError(10.0), FailedError("ValueError at a.py:1")]
    errors.append(NotReadyError())
    assert [each.status for each in errors] == [503, 500, 504, 500, 503]
    assert all(each.message and each.help for each in errors)


def test_choices_of_a_request_come_before_those_of_the_command() -> None:
    told(Settings(profile="medicare-facility"))
    assert coder().profile == "medicare-facility"
    assert coder("cpt").profile == "cpt"
    assert coder() is coder()
