"""Owns what work finds in the process that does it: the settings, coders and verifiers.

Coders are kept for the choices of profile and policies that were asked for last.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from infusion_asp.coding import Coder
from infusion_asp.rulebook import Rulebook, load_rulebook
from infusion_asp.verify import Verifier
from infusion_asp.web.settings import Settings
from infusion_asp.web.solving.errors import is_for_people

_CODERS = 16
_SHARE = 0.9  # of the time of a request, for a user's own rules: so that they are what is told
_YIELDING = 10  # niceness of slow work: a tenth of the time where changes want it all
_current = Settings()
_seconds = _SHARE * _current.seconds


def settings() -> Settings:
    """The settings of this run of the page."""
    return _current


def rulebook() -> Rulebook:
    """The shipped rulebook with the directories of rules that the user gave."""
    return _rulebook(_current.overlays)


def coder(profile: str | None = None, policies: Mapping[str, str] | None = None) -> Coder:
    """The coder for a profile and policies, which come before those of the command line.

    Raises what Coder raises for a profile, policy or value that doesn't exist.
    """
    chosen = {**dict(_current.policies), **(policies or {})}
    return _coder(
        _current.overlays, profile or _current.profile, tuple(sorted(chosen.items())), _seconds
    )


def verifier(profile: str | None = None, policies: Mapping[str, str] | None = None) -> Verifier:
    """The verifier with the coder of the same choices."""
    return Verifier(coder(profile, policies))


def told(given: Settings, slow: bool = False) -> None:
    """From now on this process works with these settings, on `slow` work or on changes."""
    global _current, _seconds  # noqa: PLW0603
    _current = given
    _seconds = _SHARE * (given.slow_seconds if slow else given.seconds)


@dataclass(frozen=True)
class Make:
    """Called once in a worker; gives what answers pairs of a function and its arguments.

    A worker for `slow` work lets others go first.
    """

    settings: Settings
    slow: bool = False

    def __call__(self) -> Callable[[tuple[Callable[..., Any], tuple[Any, ...]]], Any]:
        """What works in a worker: the pair (result, None), or (None, error written for people)."""
        from infusion_asp.web.encounter.warm import warm  # noqa: PLC0415

        told(self.settings, self.slow)
        if self.slow:
            os.nice(_YIELDING)
        coder()
        if not self.settings.overlays:  # they are solved elsewhere, and may take any time
            with suppress(Exception):  # the first that asks for the same is told
                warm()
        return answered


def answered(asked: tuple[Callable[..., Any], tuple[Any, ...]]) -> tuple[Any, Exception | None]:
    """The result of the function, or the error it raised if that has a sentence for people."""
    function, args = asked
    try:
        return function(*args), None
    except MemoryError:
        raise
    except Exception as error:
        if is_for_people(error):
            error.__traceback__ = error.__cause__ = error.__context__ = None
            return None, error
        raise


@cache
def _rulebook(overlays: tuple[Path, ...]) -> Rulebook:
    return load_rulebook(None, overlays)


@lru_cache(maxsize=_CODERS)
def _coder(
    overlays: tuple[Path, ...],
    profile: str | None,
    policies: tuple[tuple[str, str], ...],
    seconds: float,
) -> Coder:
    return Coder(_rulebook(overlays), profile, dict(policies), overlays, seconds)
