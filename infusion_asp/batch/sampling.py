"""Owns the decision of a run whether answers are used again: by a sample, unless it is given."""

from __future__ import annotations

from typing import Literal

from infusion_asp.batch.memo import SAMPLE, HitRate
from infusion_asp.batch.outcome import Key
from infusion_asp.batch.parts import Memo

Cache = Literal["auto", "on", "off"]


class Sampling:
    """The first records of a run are its sample; parts after it do as the sample says.

    A part that is read before the sample is answered uses no answer again: the results are the
    same either way.
    """

    def __init__(self, cache: Cache, size: int = SAMPLE) -> None:
        self._cache = cache
        self._left = size if cache == "auto" else 0
        self._keys: list[Key] = []
        self.rate: HitRate | None = None

    def mode(self, records: int) -> Memo:
        """What is done with the next part, of so many records."""
        if self._cache != "auto":
            return self._cache
        if self._left > 0:
            self._left -= records
            return "sample"
        return "on" if self.rate is not None and self.rate.pays else "off"

    def take(self, keys: tuple[Key, ...]) -> None:
        """Count the records of a part of the sample."""
        if keys:
            self._keys += keys
            self.rate = HitRate.of(self._keys)
