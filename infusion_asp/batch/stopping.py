"""Owns Ctrl-C and SIGTERM during a run: they ask for an end, and are seen where that is safe."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from contextlib import suppress
from types import FrameType, TracebackType
from typing import Any, Self, TypeVar

SIGNALS = (signal.SIGINT, signal.SIGTERM)
T = TypeVar("T")
_SHELL = 128  # exit codes of programs that a signal ended start here


class _AskedError(Exception):
    """Breaks a wait for input that may never come."""


class Stopping:
    """While entered, the first signal asks the run to end, a second one to end at once.

    It can be waited for like a file: `fileno` becomes readable. Only the main thread can enter it.
    """

    def __init__(self) -> None:
        self.signal: signal.Signals | None = None
        self.at_once = False
        self._waiting = False
        self._read, self._write = -1, -1
        self._before: dict[signal.Signals, Any] = {}

    def __enter__(self) -> Self:
        self._read, self._write = os.pipe()
        os.set_blocking(self._write, False)
        os.set_blocking(self._read, False)
        self._before = {each: signal.signal(each, self._asked) for each in SIGNALS}
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for each, handler in self._before.items():
            signal.signal(each, handler)
        os.close(self._read)
        os.close(self._write)
        self._read = self._write = -1

    @property
    def asked(self) -> bool:
        """Whether the run is to end."""
        return self.signal is not None

    @property
    def exit_code(self) -> int:
        """130 after Ctrl-C, 143 after SIGTERM, as a shell counts; 0 where nothing was asked."""
        return 0 if self.signal is None else _SHELL + self.signal

    def fileno(self) -> int:
        """What a selector waits for."""
        return self._read

    def seen(self) -> None:
        """Make `fileno` unreadable again, until the next signal."""
        with suppress(BlockingIOError):
            os.read(self._read, 64)

    def unless_asked(self, take: Callable[[], T]) -> T | None:
        """What `take` gives; a signal breaks the wait for it off, and then it's None."""
        self._waiting = True
        try:
            return None if self.asked else take()
        except _AskedError:
            return None
        finally:
            self._waiting = False

    def _asked(self, number: int, frame: FrameType | None) -> None:
        self.at_once = self.asked
        self.signal = self.signal or signal.Signals(number)
        with suppress(BlockingIOError):
            os.write(self._write, b"x")
        if self._waiting:
            self._waiting = False
            raise _AskedError
