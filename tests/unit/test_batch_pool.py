"""Parts in, results out: whatever a record does to its worker, the others are answered."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from multiprocessing import forkserver
from pathlib import Path

import pytest

from infusion_asp.batch.job import Job, Limits, PoolError
from infusion_asp.batch.pool import AHEAD, ATTEMPTS, run
from infusion_asp.batch.stopping import Stopping
from tests.support import batch_work as work
from tests.support.batch_work import JOB, Answers, Words, parts

ROOT = Path(__file__).resolve().parents[2]
CLAIM = ROOT / "fixtures" / "encounters" / "chemotherapy_day.json"
WORDS = [f"w{number}" for number in range(60)]
POISON = {
    "kill": "worker_died",
    "crash": "worker_died",
    "leave": "worker_died",
    "raise:rituximab": "internal_error",
    "memory": "out_of_memory",
    "sleep:600": "too_slow",
}
QUICK = Limits(workers=2, seconds=0.4, megabytes=4096)


@pytest.fixture(autouse=True, scope="module")
def _workers_start_quickly() -> None:
    forkserver.set_forkserver_preload([work.__name__])


def whole(words: list[str], limits: Limits, size: int = 10) -> Answers:
    """The answers of all words in the order of the words."""
    return work.joined([made for _, made in run(parts(words, size), JOB, limits, in_order=True)])


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_answers_do_not_depend_on_the_number_of_workers(workers: int) -> None:
    assert whole(WORDS, Limits(workers)) == tuple(word.upper() for word in WORDS)


def test_no_parts_give_no_results() -> None:
    assert list(run([], JOB, Limits())) == []


@pytest.mark.parametrize("word", POISON)
def test_a_record_at_fault_stands_alone(word: str) -> None:
    words = WORDS.copy()
    words[33] = word
    answers = whole(words, QUICK, size=30)
    assert answers[33].startswith(f"33 {POISON[word]}: ")
    assert "rituximab" not in answers[33]
    assert [*answers[:33], *answers[34:]] == [word.upper() for word in WORDS if word != "w33"]


def test_each_of_several_records_at_fault_is_named() -> None:
    words = WORDS.copy()
    for at, word in enumerate(POISON):
        words[7 * at] = word
    answers = whole(words, QUICK, size=60)
    for at, kind in enumerate(POISON.values()):
        assert answers[7 * at].startswith(f"{7 * at} {kind}: ")
    assert sum(answer.startswith("W") for answer in answers) == len(WORDS) - len(POISON)


@pytest.mark.parametrize("size", [1, 20])
def test_a_record_whose_worker_was_killed_by_chance_is_answered(tmp_path: Path, size: int) -> None:
    words = WORDS[:20]
    words[11] = f"once:{tmp_path / 'killed'}"
    assert whole(words, QUICK, size)[11] == words[11].upper()
    assert ATTEMPTS == 2


def test_parts_come_as_they_end_where_no_order_is_asked_for() -> None:
    words = ["sleep:1", "a", "b", "c"]
    found = [part.first for part, _ in run(parts(words, 1), JOB, Limits(workers=2))]
    assert sorted(found) == [0, 1, 2, 3]
    assert found[-1] == 0


def counted(words: list[str], read: list[int]) -> Iterator[Words]:
    for part in parts(words, 1):
        read.append(part.first)
        yield part


def test_input_is_read_a_bounded_number_of_parts_ahead() -> None:
    read: list[int] = []
    results = run(counted(["sleep:1", *WORDS], read), JOB, Limits(workers=2), in_order=True)
    assert next(results)[0].first == 0
    assert len(read) <= 2 * AHEAD
    results.close()  # type: ignore[attr-defined]


def test_a_consumer_that_takes_its_time_holds_the_reading_back() -> None:
    read: list[int] = []
    results = run(counted(WORDS, read), JOB, Limits(workers=1))
    for taken in range(1, 6):
        next(results)
        assert len(read) <= taken + 2 * AHEAD
    results.close()  # type: ignore[attr-defined]


def test_workers_are_renewed() -> None:
    pids = whole(["pid"] * 9, Limits(workers=1, renewed=6), size=3)
    assert len(set(pids[:6])) == 1
    assert pids[6] != pids[0]


def test_the_process_that_workers_come_from_may_end_too() -> None:
    limits = Limits(workers=1, renewed=1)
    results = run(parts(["a", "b", "c"], 1), JOB, limits, in_order=True)
    found = [next(results)[1]]
    os.kill(forkserver._forkserver._forkserver_pid, signal.SIGKILL)  # type: ignore[attr-defined]
    found += [made for _, made in results]
    assert found == [("A",), ("B",), ("C",)]


def test_a_long_temporary_directory_has_no_room_for_sockets_and_needs_none(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 100)
    deep.mkdir()
    command = [sys.executable, "-m", "infusion_asp", "batch", str(CLAIM), "--task", "code"]
    done = subprocess.run(
        [*command, "--out", str(tmp_path / "out")],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(deep)},
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_a_worker_may_use_so_much_memory() -> None:
    assert whole(["limit"], Limits(megabytes=3000)) == (str(3000 << 20),)


def test_workers_end_with_the_run() -> None:
    results = run(parts(["pid", "sleep:600"], 1), JOB, Limits(workers=2))
    _, (pid,) = next(results)
    results.close()  # type: ignore[attr-defined]
    assert not Path(f"/proc/{pid}").exists()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (work.cannot_start, "in a row ended before they could start"),
        (work.fails_to_start, "can't start \\(LookupError at \\w+.py:\\d+\\)"),
        (work.needs_much_to_start, "can't start within 4096 MB"),
    ],
)
def test_workers_that_cannot_start_end_the_run(make: object, message: str) -> None:
    job: Job[Words, Answers] = Job(make, work.joined, work.lost)  # type: ignore[arg-type]
    with pytest.raises(PoolError, match=message) as caught:
        list(run(parts(WORDS, 10), job, Limits(workers=2)))
    assert caught.value.help


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_run_and_keeps_what_is_done(number: signal.Signals) -> None:
    words = ["a", "sleep:1", *WORDS]
    with Stopping() as stopping:
        found = []
        for part, _ in run(parts(words, 1), JOB, Limits(workers=2), stopping=stopping):
            if not found:
                os.kill(os.getpid(), number)
            found.append(part.first)
    assert stopping.asked
    assert stopping.exit_code == 128 + number
    assert 1 in found, "what runs may end"
    assert len(found) < 10, "nothing is begun any more"


def test_what_runs_too_long_after_a_signal_is_dropped() -> None:
    limits = Limits(workers=2, grace=0.2)
    with Stopping() as stopping:
        found = []
        for part, _ in run(parts(["a", "sleep:600", "b"], 1), JOB, limits, stopping=stopping):
            os.kill(os.getpid(), signal.SIGTERM)
            found.append(part.first)
    assert 1 not in found


def test_a_second_signal_ends_the_run_at_once() -> None:
    limits = Limits(workers=2, grace=600)
    with Stopping() as stopping:
        for _ in run(parts(["a", "sleep:500", "b"], 1), JOB, limits, stopping=stopping):
            os.kill(os.getpid(), signal.SIGINT)
            os.kill(os.getpid(), signal.SIGINT)
    assert stopping.at_once


def test_a_signal_breaks_the_wait_for_input_off() -> None:
    def endless() -> Iterator[Words]:
        yield Words(0, ("a",))
        os.kill(os.getpid(), signal.SIGTERM)
        signal.pause()

    with Stopping() as stopping:
        found = list(run(endless(), JOB, Limits(workers=1), stopping=stopping))
    assert stopping.asked
    assert len(found) <= 1


def test_handlers_of_signals_are_as_before_afterwards() -> None:
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    with Stopping():
        assert signal.getsignal(signal.SIGTERM) != before[1]
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before
