"""Owns the statistic of a pile-up: how many minutes lie just past a limit, and how suddenly."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

WINDOW = 5  # minutes: each of three neighbouring windows then holds one multiple of five
LEAST = 20  # administrations in the three windows, below which nothing is said
RATIO, CHANCE = 1.25, 0.001  # from when on a limit is marked
STEP_CHANCE = 0.01
NEAR = 4  # minutes on either side whose straight lines meet at the limit; no multiple of five


@dataclass(frozen=True)
class Step:
    """What a straight line on either side of a limit comes to there, in administrations a minute.

    A mode that happens to lie past the limit leads to the same from both sides; minutes that were
    moved over the limit do not. The limit itself, a round number, is left out.
    """

    before: float
    past: float
    error: float

    @property
    def chance(self) -> float:
        """The probability of such a step upwards or a larger one, were there none."""
        if not self.error:
            return 1.0
        return math.erfc((self.past - self.before) / self.error / math.sqrt(2)) / 2


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
    step: Step

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
        """Whether a person should look: many more than expected, all at once, hardly by chance."""
        ratio = math.inf if self.ratio is None else self.ratio
        sudden = self.step.chance < STEP_CHANCE
        return self.enough and ratio >= RATIO and self.chance < CHANCE and sudden


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
        step=_step(
            [minutes.get(limit - away, 0) for away in range(1, NEAR + 1)],
            [minutes.get(limit + away, 0) for away in range(1, NEAR + 1)],
        ),
    )


def _step(before: Sequence[int], past: Sequence[int]) -> Step:
    """The step between two sides, each from the minute next to the limit outwards.

    The limit is half a minute past its own minute, where the one after it begins.
    """
    left = _weights([away + 0.5 for away in range(1, len(before) + 1)])
    right = _weights([away - 0.5 for away in range(1, len(past) + 1)])
    pairs = [*zip(left, before, strict=True), *zip(right, past, strict=True)]
    return Step(
        before=max(0.0, sum(weight * count for weight, count in pairs[: len(before)])),
        past=max(0.0, sum(weight * count for weight, count in pairs[len(before) :])),
        error=math.sqrt(sum(weight * weight * count for weight, count in pairs)),
    )


def _weights(distances: Sequence[float]) -> list[float]:
    """What each count adds to the least-squares line's value at distance 0."""
    mean = sum(distances) / len(distances)
    spread = sum((each - mean) ** 2 for each in distances)
    return [1 / len(distances) - mean * (each - mean) / spread for each in distances]


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
