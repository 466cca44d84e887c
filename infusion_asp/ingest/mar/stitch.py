"""Owns the stitching: the events of one chain, in the order of their times, to runs.

A run is what becomes one administration. Rate changes and bags hung to continue stay in it,
a restart after a stop makes the stretch between them a pause, a missing stop stays missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby

from infusion_asp.ingest.mar import events as e
from infusion_asp.ingest.mar.events import Event

_LONE = (e.PUSH, e.FLUSH)
Refusal = tuple[str, Event]


@dataclass
class Run:
    """One administration as it was charted: its rows with what each did, and its times.

    `single`: it was charted by one row (given, bolus, push), which may but need not be stopped.
    """

    start: datetime | None = field(repr=False)
    single: bool = False
    stop: datetime | None = field(default=None, repr=False)
    pauses: list[tuple[datetime, datetime]] = field(default_factory=list, repr=False)
    paused: datetime | None = field(default=None, repr=False)
    last: datetime | None = field(default=None, repr=False)
    rows: list[tuple[Event, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    wasted: list[tuple[float, str]] = field(default_factory=list, repr=False)
    dry: datetime | None = field(default=None, repr=False)

    def take(self, step: Step, effect: str) -> None:
        """Make the rows of a step part of the run."""
        self.rows += [(event, effect) for event in step.events]
        for event in step.events:
            if event.wasted is not None:
                self.wasted.append((event.wasted, event.dose_unit))

    def resume(self, time: datetime) -> None:
        """End the pause that is under way, if there is one."""
        if self.paused is not None and time > self.paused:
            self.pauses.append((self.paused, time))
        self.paused = None

    def end(self, time: datetime) -> None:
        """Stop at a time."""
        self.resume(time)
        self.stop = time


@dataclass(frozen=True)
class Step:
    """Events of one minute and one action: the rows of a mixed bag, or a single one."""

    action: str
    time: datetime = field(repr=False)
    events: tuple[Event, ...]

    @property
    def stop(self) -> datetime | None:
        """The latest end that the rows themselves chart."""
        return max((each.stop for each in self.events if each.stop is not None), default=None)

    @property
    def dry(self) -> datetime | None:
        """When the bag that is hung would be empty at the rate charted with it."""
        full = [each for each in self.events if each.rate and each.volume]
        if not full or full[0].rate is None or full[0].volume is None:
            return None
        return self.time + timedelta(hours=full[0].volume / full[0].rate)

    @property
    def still(self) -> bool:
        """Whether the rows say that nothing runs: a rate of 0."""
        rates = [each.rate for each in self.events if each.rate is not None]
        return bool(rates) and max(rates) == 0


class Stitcher:
    """The state of one chain while its steps go by; `continues`: see Mapping.new_bag."""

    def __init__(self, *, continues: bool = True) -> None:
        self.runs: list[Run] = []
        self.refused: list[Refusal] = []
        self.open: Run | None = None
        self._continues = continues

    @property
    def running(self) -> bool:
        """Whether an infusion is under way."""
        return self.open is not None and not self.open.single

    def step(self, step: Step) -> None:
        """Let one step happen."""
        if step.action in e.BEGINNING:
            self._begin(step)
        elif step.action == e.RESTARTED:
            self._restart(step)
        elif step.action in e.RUNNING:
            self._run(step)
        elif step.action == e.STOPPED:
            self._stop(step)
        elif step.action == e.WASTE:
            self._waste(step)
        else:
            self._single(step)

    def end(self) -> None:
        """Let go of what is still running: its stop is missing."""
        self._leave()

    def _new(self, step: Step, effect: str, *, single: bool = False) -> Run:
        run = Run(step.time, single, dry=step.dry)
        run.take(step, effect)
        self.runs.append(run)
        if step.stop is not None:
            run.stop = step.stop
        return run

    def _begin(self, step: Step) -> None:
        run = self.open
        if run is not None and not run.single and step.action == e.NEW_BAG and self._continues:
            run.resume(step.time)
            run.last = step.time
            run.take(step, "goes on with a new bag")
            late = run.dry is not None and run.dry < step.time
            run.notes.append("new_bag_after_the_last_was_empty" if late else "new_bag_continued")
            run.dry = step.dry
            if step.stop is not None:
                run.stop, self.open = step.stop, None
            return
        self._leave()
        run = self._new(step, "begins")
        self.open = run if run.stop is None else None

    def _restart(self, step: Step) -> None:
        run = self.open
        if run is not None:
            run.resume(step.time)
            run.single, run.last = False, step.time
            run.take(step, "runs again")
            return
        before = next((each for each in reversed(self.runs) if not each.single), None)
        if before is not None and before.stop is not None and before.stop <= step.time:
            before.paused, before.stop = before.stop, None
            before.resume(step.time)
            before.last, self.open = step.time, before
            before.take(step, "runs again after the stop")
            return
        self._without_start(step, "runs again, its start is not charted")

    def _without_start(self, step: Step, effect: str) -> None:
        run = Run(None, last=step.time, notes=["start_missing"])
        run.take(step, effect)
        self.runs.append(run)
        self.open = run

    def _run(self, step: Step) -> None:
        run = self.open
        pausing = step.action == e.PAUSED or (step.action == e.RATE_CHANGE and step.still)
        if run is None:
            before = next((each for each in reversed(self.runs) if not each.single), None)
            if before is not None and before.stop is not None and step.time < before.stop:
                before.take(step, "still runs")
            elif before is not None:
                self._refuse("event_after_stop", step)
            elif pausing:
                self._refuse("pause_without_start", step)
            else:
                self._without_start(step, "runs, its start is not charted")
            return
        run.single, run.last = False, step.stop or step.time
        if pausing or step.action == e.RATE_CHANGE:
            run.dry = None
        if pausing:
            run.paused = run.paused or step.time
            run.take(step, "pauses")
        elif step.action == e.RATE_CHANGE:
            run.resume(step.time)
            run.take(step, "runs at another rate")
        else:
            run.take(step, "still runs" if run.paused is None else "is still paused")

    def _stop(self, step: Step) -> None:
        run = self.open
        if run is not None:
            if run.single:
                run.notes.append("given_then_stopped")
            run.end(step.time)
            run.take(step, "ends")
            self.open = None
        elif any(not each.single or each.stop is not None for each in self.runs):
            self._refuse("second_stop", step)
        else:
            run = Run(None, stop=step.time, notes=["stop_without_start"])
            run.take(step, "ends, its start is not charted")
            self.runs.append(run)

    def _single(self, step: Step) -> None:
        if step.action in _LONE or (self.open is not None and not self.open.single):
            self._new(step, "is given", single=True)
            return
        self._leave()
        run = self._new(step, "is given", single=True)
        self.open = run if run.stop is None else None

    def _waste(self, step: Step) -> None:
        run = self.open or (self.runs[-1] if self.runs else None)
        if run is None:
            self._refuse("waste_without_administration", step)
            return
        run.take(step, "is wasted")
        for each in step.events:
            if each.dose is not None:
                run.wasted.append((each.dose, each.dose_unit))

    def _leave(self) -> None:
        run, self.open = self.open, None
        if run is None or run.single:
            return
        if run.paused is not None:
            run.last = run.paused
            run.notes.append("pause_without_end")
        run.notes.append("stop_missing")

    def _refuse(self, reason: str, step: Step) -> None:
        self.refused += [(reason, event) for event in step.events]


def stitch(events: Iterable[Event], *, continues: bool = True) -> tuple[list[Run], list[Refusal]]:
    """The runs of one chain in the order in which they begin, and the rows that fit nowhere.

    The order of the events does not matter, but for those of one minute and one action.
    """
    stitcher = Stitcher(continues=continues)
    ordered = sorted(events, key=lambda each: (each.time, each.file, each.line))
    for _, minute in groupby(ordered, key=lambda each: each.time):
        for step in _ordered(list(_steps(list(minute))), running=stitcher.running):
            stitcher.step(step)
    stitcher.end()
    return stitcher.runs, stitcher.refused


def _steps(minute: Sequence[Event]) -> Iterator[Step]:
    """The steps of one minute; a drug that is given twice in it is given in two steps."""
    by_action: dict[str, list[Event]] = {}
    for event in minute:
        by_action.setdefault(event.action, []).append(event)
    for action, found in by_action.items():
        if action not in e.SINGLE:
            yield Step(action, found[0].time, tuple(found))
            continue
        layers: list[list[Event]] = []
        for event in found:
            free = (each for each in layers if event.drug not in {other.drug for other in each})
            layer = next(free, None)
            if layer is None:
                layers.append(layer := [])
            layer.append(event)
        for layer in layers:
            yield Step(action, found[0].time, tuple(layer))


def _ordered(steps: Sequence[Step], *, running: bool) -> list[Step]:
    """The steps of one minute in the order in which they can have happened.

    What runs ends before the next begins; what does not run begins before it ends.
    """
    ends = 1 if running else 3

    def rank(step: Step) -> int:
        if step.action == e.STOPPED:
            return ends
        if step.action in e.BEGINNING or step.action == e.RESTARTED:
            return 2 if running else 0
        return 4 if step.action == e.WASTE else (0 if running else 1)

    return sorted(steps, key=rank)
