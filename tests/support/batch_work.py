"""Work for the pool whose failures the records choose: words that end a worker, or itself."""

import os
import resource
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from infusion_asp.batch.job import Job


@dataclass(frozen=True)
class Words:
    """A part: some words of a run, the first of them at place `first`."""

    first: int
    words: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.words)

    def slice(self, start: int, stop: int) -> "Words":
        """The words from `start` to before `stop`."""
        return Words(self.first + start, self.words[start:stop])


Answers = tuple[str, ...]


def answers(part: Words) -> Answers:
    """Each word in capitals, unless one of them does what it says."""
    return tuple(_answer(word) for word in part.words)


def _answer(word: str) -> str:
    name, _, rest = word.partition(":")
    if name == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    elif name == "crash":
        os.abort()
    elif name == "leave":
        os._exit(3)
    elif name == "sleep":
        time.sleep(float(rest))
    elif name == "raise":
        raise ValueError(f"secret {rest}")
    elif name == "memory":
        bytearray(1 << 40)
    elif name == "once" and not Path(rest).exists():
        Path(rest).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    elif name == "pid":
        return f"{os.getpid()}"
    elif name == "limit":
        return f"{resource.getrlimit(resource.RLIMIT_AS)[0]}"
    return word.upper()


def make() -> Callable[[Words], Answers]:
    """What works on a part in a worker."""
    return answers


def cannot_start() -> Callable[[Words], Answers]:
    """A worker that ends before it is ready."""
    os._exit(1)


def fails_to_start() -> Callable[[Words], Answers]:
    """A worker that says why it can't start."""
    raise LookupError("secret")


def needs_much_to_start() -> Callable[[Words], Answers]:
    """A worker that needs more memory than there is."""
    bytearray(1 << 40)
    return answers


def joined(results: Sequence[Answers]) -> Answers:
    """The answers of pieces as those of the whole."""
    return tuple(answer for result in results for answer in result)


def lost(part: Words, kind: str, sentence: str) -> Answers:
    """What stands for a record that has no answer."""
    assert len(part) == 1
    return (f"{part.first} {kind}: {sentence}",)


JOB: Job[Words, Answers] = Job(make, joined, lost)


def parts(words: Sequence[str], size: int) -> list[Words]:
    """The words in parts of `size`."""
    return [Words(at, tuple(words[at : at + size])) for at in range(0, len(words), size)]
