"""Work for other processes: `await run(function, *args)`, and what such a function finds there."""

from infusion_asp.web.solving.errors import (
    BusyError,
    DiedError,
    FailedError,
    NotReadyError,
    SolvingError,
    TooSlowError,
)
from infusion_asp.web.solving.inside import coder, settings, verifier
from infusion_asp.web.solving.pool import Pool, run, run_slow, working

__all__ = [
    "BusyError",
    "DiedError",
    "FailedError",
    "NotReadyError",
    "Pool",
    "SolvingError",
    "TooSlowError",
    "coder",
    "run",
    "run_slow",
    "settings",
    "verifier",
    "working",
]
