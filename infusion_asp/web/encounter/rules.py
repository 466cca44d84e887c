"""Owns the rulebook of a worker process: coders by their choices, made once and kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from infusion_asp.coding import Coder
from infusion_asp.rulebook import Rulebook, load_rulebook

CODERS = 64  # sets of choices whose coder is kept

_overlays: tuple[Path, ...] = ()


def use(overlays: Sequence[Path]) -> None:
    """Use the rules of these directories besides the shipped ones; called as a worker starts."""
    global _overlays  # noqa: PLW0603
    _overlays = tuple(overlays)
    rulebook.cache_clear()
    _coder.cache_clear()


@lru_cache(maxsize=1)
def rulebook() -> Rulebook:
    """The rulebook of this process."""
    return load_rulebook(None, _overlays)


def coder(profile: str | None, policies: Mapping[str, str]) -> Coder:
    """What codes under these choices; raises PolicyError for a name or value that nobody knows."""
    return _coder(profile, tuple(sorted(policies.items())))


@lru_cache(maxsize=CODERS)
def _coder(profile: str | None, policies: tuple[tuple[str, str], ...]) -> Coder:
    return Coder(rulebook(), profile, dict(policies), _overlays)
