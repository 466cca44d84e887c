"""Owns what the pool is told: what to do with parts, and how much of the machine to use."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, Self, TypeVar

_SCALE = 100  # records of a part for which it may take once more the time of one record


class Records(Protocol):
    """What is handed out: some records that can be divided."""

    def __len__(self) -> int: ...

    def slice(self, start: int, stop: int, /) -> Self:
        """The records from `start` to before `stop`."""
        ...


P = TypeVar("P", bound=Records)
R = TypeVar("R")


class PoolError(RuntimeError):
    """The workers can't start; `help` says what could be done."""

    def __init__(self, message: str, help: str) -> None:
        self.message = message
        self.help = help
        super().__init__(message)


@dataclass(frozen=True)
class Job(Generic[P, R]):
    """What is done with a part.

    `make` is called once in each worker and gives what works on a part there; it and its results
    are pickled. `join` makes one result of those of neighbouring pieces, `lost` the result of a
    single record that can't be worked on: the part that holds it, the kind of failure, a sentence.
    """

    make: Callable[[], Callable[[P], R]]
    join: Callable[[Sequence[R]], R]
    lost: Callable[[P, str, str], R]


@dataclass(frozen=True)
class Limits:
    """How many workers there are, and what one of them may use.

    `seconds` are wall clock for a single record; a part of n may take 1 + n / 100 times as long.
    `megabytes` are address space. When the run is to end, `grace` seconds are left to what runs.
    After `renewed` records a worker is replaced: clingo never frees a symbol.
    """

    workers: int = 1
    seconds: float = 60.0
    megabytes: int = 4096
    grace: float = 10.0
    renewed: int = 50_000

    def of(self, part: Records) -> float:
        """Seconds of wall clock that a part may take."""
        return self.seconds * (1 + len(part) / _SCALE)
