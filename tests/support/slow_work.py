"""Work on the records of a batch that needs no rulebook, takes its time and can be ended."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from infusion_asp.batch.outcome import Outcome
from infusion_asp.batch.parts import Part
from infusion_asp.batch.rows import Rows
from infusion_asp.batch.work import Options

PAUSE = 0.01  # seconds for one record


@dataclass(frozen=True)
class Slow(Options):
    """Work that is slow on every record, and done with the first one that says so."""

    def __call__(self) -> Callable[[Part], Outcome]:
        return _slow


def _slow(part: Part) -> Outcome:
    rows = Rows()
    for number, raw in enumerate(part.records, part.first):
        text = raw.data.decode() if isinstance(raw.data, bytes) else ""
        if "kill" in text or ("once" in text and _first_time()):
            os.kill(os.getpid(), signal.SIGKILL)
        time.sleep(600 if "endless" in text else PAUSE)
        rows.error(number, raw, "slow", f"{len(text)} characters")
    return rows.outcome()


def _first_time() -> bool:
    """Whether nobody was here before, by a file that the environment names."""
    seen = Path(os.environ["BATCH_RUN_SEEN"])
    new = not seen.exists()
    seen.touch()
    return new
