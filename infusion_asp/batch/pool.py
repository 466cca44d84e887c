"""Owns the handing out of parts to worker processes, and what happens where one of them fails."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from multiprocessing.connection import wait
from time import monotonic
from typing import Any, Generic

from infusion_asp.batch import worker
from infusion_asp.batch.hand import Hand
from infusion_asp.batch.job import Job, Limits, P, PoolError, R
from infusion_asp.batch.stopping import Stopping

DIED_KIND, SLOW_KIND, MEMORY_KIND, FAILED_KIND = (
    "worker_died",
    "too_slow",
    "out_of_memory",
    "internal_error",
)
PIECES = 8  # of a part that failed: each costs a worker, so few steps to the one record at fault
ATTEMPTS = 2  # what ended the worker of a single record may have come from elsewhere
AHEAD = 4  # parts for each worker that may be read before the oldest one is done
_STARTS = 3  # workers in a row that may end before they are ready


@dataclass(eq=False)
class _Piece(Generic[P, R]):
    """Some records of a part, and their result once there is one."""

    whole: _Whole[P, R]
    records: P
    result: R | None = None
    done: bool = False
    attempts: int = 0


@dataclass(eq=False)
class _Whole(Generic[P, R]):
    """A part as it was read, and the pieces that it was divided into."""

    number: int
    part: P
    pieces: list[_Piece[P, R]] = field(default_factory=list)

    @property
    def done(self) -> bool:
        return all(piece.done for piece in self.pieces)


def run(
    parts: Iterable[P],
    job: Job[P, R],
    limits: Limits,
    *,
    stopping: Stopping | None = None,
    in_order: bool = False,
) -> Iterator[tuple[P, R]]:
    """Each part with its result, as they are done or in their order; bounded in memory either way.

    A part whose worker dies, takes too long or has too little memory is divided until the records
    at fault stand alone: `lost` speaks for them, the others are answered. When `stopping` is asked
    no further part is begun; what ends in time is given, and the rest isn't. Raises PoolError.
    """
    pool = _Pool(iter(parts), job, limits, stopping, in_order)
    try:
        yield from pool.results()
    finally:
        pool.end()


class _Pool(Generic[P, R]):
    def __init__(
        self,
        parts: Iterator[P],
        job: Job[P, R],
        limits: Limits,
        stopping: Stopping | None,
        in_order: bool,
    ) -> None:
        self._parts: Iterator[P] | None = parts
        self._job = job
        self._limits = limits
        self._stopping = stopping
        self._in_order = in_order
        self._hands: list[Hand] = []
        self._waiting: deque[_Piece[P, R]] = deque()
        self._finished: dict[int, _Whole[P, R]] = {}
        self._read = 0
        self._given = 0
        self._stillborn = 0
        self._last: float | None = None

    def results(self) -> Iterator[tuple[P, R]]:
        """Parts and results until there is nothing left to do, or no time."""
        while True:
            fetched = self._fetch()
            self._staff()
            self._hand_out()
            yield from self._given_back()
            if self._busy or self._waiting:
                if not fetched:
                    self._listen()
            elif self._parts is None or self._asked:
                break
            if self._ending():
                break
        yield from self._given_back(gaps=True)

    def end(self) -> None:
        """End all workers."""
        while self._hands:
            self._hands.pop().end()

    @property
    def _busy(self) -> list[Hand]:
        return [hand for hand in self._hands if hand.task is not None]

    @property
    def _asked(self) -> bool:
        return self._stopping is not None and self._stopping.asked

    def _staff(self) -> None:
        """As many workers as there is work for."""
        if self._asked:
            return
        wanted = min(self._limits.workers, len(self._waiting) + len(self._busy))
        if self._parts is not None:
            wanted = self._limits.workers
        while len(self._hands) < wanted:
            try:
                self._hands.append(Hand(self._job.make, self._limits.megabytes))
            except (EOFError, OSError):  # the process that workers are forked from was ended
                self._failed_to_start()

    def _hand_out(self) -> None:
        for hand in self._hands:
            if hand.free and not self._asked:
                if not self._waiting:
                    return
                piece = self._waiting.popleft()
                piece.attempts += 1
                hand.give(piece, piece.records, self._limits.of(piece.records))

    def _fetch(self) -> bool:
        """Read one part ahead, if there is one and room for it."""
        room = self._read - self._given < AHEAD * self._limits.workers
        if self._parts is None or self._asked or not room:
            return False
        if len(self._waiting) >= self._limits.workers:
            return False
        part = self._take(self._parts)
        if part is None:
            self._parts = None
            return False
        whole: _Whole[P, R] = _Whole(self._read, part)
        whole.pieces.append(_Piece(whole, part))
        self._waiting.append(whole.pieces[0])
        self._read += 1
        return True

    def _take(self, parts: Iterator[P]) -> P | None:
        if self._stopping is None:
            return next(parts, None)
        return self._stopping.unless_asked(lambda: next(parts, None))

    def _listen(self) -> None:
        """Wait until a worker says something, a time is over, or an end is asked for."""
        hands: dict[Any, Hand] = {hand.link: hand for hand in self._hands}
        extra: list[Any] = [] if self._stopping is None else [self._stopping]
        ends = [hand.left for hand in self._busy]
        if self._last is not None:
            ends.append(self._last - monotonic())
        for each in wait([*hands, *extra], max(0.0, min(ends)) if ends else None):
            if isinstance(each, Stopping):
                each.seen()
            else:
                self._heard(hands[each])
        for hand in self._busy:
            if hand.left <= 0 and not hand.link.poll():
                self._gone(hand, SLOW_KIND, "takes longer than the limit of time for one record")

    def _heard(self, hand: Hand) -> None:
        word, value = hand.hear()
        if word == worker.READY:
            hand.ready, self._stillborn = True, 0
        elif not hand.ready:
            self._unborn(hand, word, value)
        elif word == worker.DONE:
            task = hand.task
            self._freed(hand)
            self._done(task, value)
        elif word == worker.FAILED:
            task = hand.task
            self._freed(hand)
            self._failed(task, FAILED_KIND, f"internal error ({value})")
        elif word == worker.MEMORY:
            self._gone(hand, MEMORY_KIND, "needs more memory than one worker may use")
        else:
            self._gone(hand, DIED_KIND, "the worker process ended while it worked on this record")

    def _freed(self, hand: Hand) -> None:
        hand.done += len(hand.task.records)
        hand.task = None
        if hand.done >= self._limits.renewed:
            self._hands.remove(hand)
            hand.end()

    def _unborn(self, hand: Hand, word: str, value: object) -> None:
        self._hands.remove(hand)
        hand.end()
        if word == worker.MEMORY:
            most = self._limits.megabytes
            raise PoolError(f"a worker can't start within {most} MB", "raise --memory")
        if word == worker.FAILED:
            raise PoolError(f"a worker can't start ({value})", "please report it with the command")
        self._failed_to_start()

    def _failed_to_start(self) -> None:
        self._stillborn += 1
        if self._stillborn >= _STARTS:
            raise PoolError(
                f"{_STARTS} workers in a row ended before they could start",
                "the machine may be short of memory; try fewer --workers or raise --memory",
            )

    def _gone(self, hand: Hand, kind: str, sentence: str) -> None:
        self._hands.remove(hand)
        task = hand.task
        hand.end()
        if task is not None:
            self._failed(task, kind, sentence)

    def _failed(self, piece: _Piece[P, R], kind: str, sentence: str) -> None:
        """Divide the records of a piece, or give the single one up."""
        count = len(piece.records)
        if count > 1:
            bounds = [count * i // PIECES for i in range(PIECES + 1)]
            cuts = [each for each in pairwise(bounds) if each[0] < each[1]]
            pieces = [_Piece(piece.whole, piece.records.slice(*each)) for each in cuts]
            own = piece.whole.pieces
            at = own.index(piece)
            own[at : at + 1] = pieces
            self._waiting.extendleft(reversed(pieces))
        elif kind != FAILED_KIND and piece.attempts < ATTEMPTS:
            self._waiting.appendleft(piece)
        else:
            self._done(piece, self._job.lost(piece.records, kind, sentence))

    def _done(self, piece: _Piece[P, R], result: R) -> None:
        piece.result, piece.done = result, True
        if piece.whole.done:
            self._finished[piece.whole.number] = piece.whole

    def _given_back(self, *, gaps: bool = False) -> Iterator[tuple[P, R]]:
        for number in sorted(self._finished):
            if self._in_order and not gaps and number != self._given:
                return
            whole = self._finished.pop(number)
            self._given += 1
            results: list[Any] = [piece.result for piece in whole.pieces]
            yield whole.part, results[0] if len(results) == 1 else self._job.join(results)

    def _ending(self) -> bool:
        """Whether the run is to end now, whatever still runs."""
        if self._stopping is None or not self._stopping.asked:
            return False
        self._waiting.clear()
        if self._last is None:
            self._last = monotonic() + self._limits.grace
        return self._stopping.at_once or monotonic() >= self._last
