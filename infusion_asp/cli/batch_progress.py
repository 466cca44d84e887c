"""Owns what a batch says while it runs: a bar on a terminal, now and then a line elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from time import monotonic
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn

from infusion_asp.cli.batch_summary import counted

if TYPE_CHECKING:
    from infusion_asp.batch.run import Progress as State

_SILENCE = 10.0  # seconds between two lines
_SCALE = 10_000
_SOON = 2.0  # seconds of work before the time left is worth saying

Tell = Callable[["State"], None]


@contextmanager
def progress_to(quiet: bool) -> Iterator[Tell]:
    """What a run is to tell its progress to; writes to standard error."""
    if quiet:
        yield lambda state: None
    elif sys.stderr.isatty():
        yield from _bar()
    else:
        yield _Lines().tell


def _bar() -> Iterator[Tell]:
    columns = (SpinnerColumn(), BarColumn(bar_width=16), TextColumn("{task.description}"))
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("starting", total=None)

        def tell(state: State) -> None:
            share = _share(state)
            done = None if share is None else int(_SCALE * share)
            total = None if done is None else _SCALE
            bar.update(task, description=said(state), total=total, completed=done or 0)

        yield tell


class _Lines:
    """Lines in a log, not more than one in ten seconds."""

    def __init__(self) -> None:
        self._last = monotonic()

    def tell(self, state: State) -> None:
        """Say how far the run is, if it's time."""
        if state.merging or monotonic() - self._last >= _SILENCE:
            self._last = monotonic()
            click.echo(said(state), err=True)


def said(state: State) -> str:
    """Records, rate, time left, findings and errors so far."""
    if state.merging:
        return "writing the tables"
    counts = state.counts
    words = [f"{counts.records + state.kept:,} records", f"{state.rate:,.0f}/s"]
    left = _left(state)
    if left is not None:
        words.append(f"{timedelta(seconds=round(left))} left")
    words.append(counted(counts.findings.total(), "finding"))
    if counts.failed:
        words.append(counted(counts.failed, "error"))
    return ", ".join(words)


def _share(state: State) -> float | None:
    """The part of the input that is behind; None where its size is not known."""
    return min(1.0, state.done / state.total) if state.total else None


def _left(state: State) -> float | None:
    """Seconds, by the input read in this run."""
    if not state.total or state.seconds < _SOON or not state.worked:
        return None
    return state.seconds * (state.total - state.done) / state.worked
