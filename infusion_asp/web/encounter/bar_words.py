"""Owns the words for what is drawn: fills in the legend, and a bar for those who hear it."""

from __future__ import annotations

from collections.abc import Sequence

from infusion_asp.facts import Clock
from infusion_asp.model import InputError
from infusion_asp.render.view import clean
from infusion_asp.render.words import count
from infusion_asp.web.encounter.lanes import Fill, Lane

WORDS: dict[Fill, str] = {
    "counted": "minutes that earned units",
    "push": "minutes counted as a push",
    "idle": "minutes that earned nothing",
    "fluid": "hydration that counted",
    "fluid-idle": "hydration that did not count",
    "plain": "as charted, not judged",
    "pause": "pause",
}


def described(lane: Lane, clock: Clock, codes: Sequence[str], problem: InputError | None) -> str:
    """The bar in words, for those who hear it."""
    given = lane.given
    words = [f"{given.id} {given.name}", _kind(lane)]
    if lane.start is None:
        words.append("start not charted")
    elif lane.stop is None or lane.stop == lane.start:
        words.append(f"at {clock_label(clock, lane.start)}")
    else:
        words.append(f"{clock_label(clock, lane.start)} to {clock_label(clock, lane.stop)}")
        words.append(count(lane.stop - lane.start, "minute"))
    if lane.shape == "open":
        words.append("no stop charted")
    elif lane.stop is not None and not lane.stop_charted:
        words.append("stop not charted, settled by rule")
    sums: dict[Fill, int] = {}
    for part in lane.parts:
        sums[part.fill] = sums.get(part.fill, 0) + part.stop - part.start
    if len(sums) > 1 or any(fill not in ("counted", "push", "plain") for fill in sums):
        words += [f"{minutes} {WORDS[fill]}" for fill, minutes in sums.items()]
    words.append(", ".join(codes) or "no code")
    if problem is not None:
        words.append(problem.message)
    return clean(", ".join(words))


def _kind(lane: Lane) -> str:
    if lane.fluid:
        return "fluid"
    if lane.shape == "mark" or lane.pushed:
        return "push or injection"
    return "infusion"


def clock_label(clock: Clock, minute: int) -> str:
    """The clock time of a minute, as it was charted."""
    return clock.labels.get(minute) or clock.label(minute)[11:16]
