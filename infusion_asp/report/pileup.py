"""Owns the statistic of a pile-up: how many minutes lie just past a limit, beside both sides."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

WINDOW = 5  # minutes: each of three neighbouring windows then holds one multiple of five
LEAST = 20  # administrations in the three windows, below which nothing is said
RATIO, CHANCE = 1.25, 0.001  # from when on a limit is marked


@dataclass(frozen=True)
class PileUp:
    """Administrations by their minutes around one limit, in windows of `window` minutes.

    `before` ends with the limit itself, `past` begins with the minute after it, `beyond` follows.
    `first` is the first minute past the limit alone.
    """

    limit: int
    window: int
    before: int
    past: int
    beyond: int
    first: int

    @property
    def total(self) -> int:
        """Administrations in the three windows."""
        return self.before + self.past + self.beyond

    @property
    def expected(self) -> float:
        """What `past` would hold on a straight line between its neighbours."""
        return (self.before + self.beyond) / 2

    @property
    def ratio(self) -> float | None:
        """Counted to expected; None where nothing is expected."""
        return self.past / self.expected if self.expected else None

    @property
    def chance(self) -> float:
        """The probability of so many or more past the limit, were each window as likely."""
        return at_least(self.past, self.total, 1 / 3)

    @property
    def enough(self) -> bool:
        """Whether there are enough administrations to say anything."""
        return self.total >= LEAST

    @property
    def marked(self) -> bool:
        """Whether a person should look: many more than expected, and hardly by chance."""
        ratio = math.inf if self.ratio is None else self.ratio
        return self.enough and ratio >= RATIO and self.chance < CHANCE


def pile_up(minutes: Mapping[int, int], limit: int, window: int = WINDOW) -> PileUp:
    """The pile-up past `limit`; `minutes` counts administrations by their minutes."""

    def between(first: int, last: int) -> int:
        return sum(minutes.get(each, 0) for each in range(first, last + 1))

    return PileUp(
        limit,
        window,
        before=between(limit - window + 1, limit),
        past=between(limit + 1, limit + window),
        beyond=between(limit + window + 1, limit + 2 * window),
        first=minutes.get(limit + 1, 0),
    )


def at_least(successes: int, trials: int, share: float) -> float:
    """The probability of `successes` or more among `trials`, each with probability `share`."""
    if successes <= 0:
        return 1.0
    if successes <= trials * share:  # the lower tail is the short one
        return max(0.0, 1.0 - at_least(trials - successes + 1, trials, 1 - share))
    term = math.exp(
        math.lgamma(trials + 1)
        - math.lgamma(successes + 1)
        - math.lgamma(trials - successes + 1)
        + successes * math.log(share)
        + (trials - successes) * math.log1p(-share)
    )
    total, odds = 0.0, share / (1 - share)
    if not term:  # too small for a number
        return 0.0
    for count in range(successes, trials + 1):
        total += term
        if term < total * 1e-16:
            break
        term *= (trials - count) / (count + 1) * odds
    return min(total, 1.0)
