"""Owns `rules test --watch`: after a change only those tests run that the change touches.

A changed test file runs its own changed cases. Changed rules are grounded over the answers known
from the start, old and new beside each other; only cases in which they derive something else are
solved again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from infusion_asp.author.guard import guarded
from infusion_asp.author.models import Models
from infusion_asp.author.testing.bench import Bench
from infusion_asp.author.testing.changes import touched_by
from infusion_asp.author.testing.files import read_all, test_files
from infusion_asp.author.testing.notation import Case
from infusion_asp.author.testing.running import Outcome, outcomes, prepare, run_cases
from infusion_asp.author.testing.sides import shown, summary
from infusion_asp.engine import EngineError
from infusion_asp.rulebook import Rulebook, RulebookError, load_rulebook, shipped_logic

PAUSE = 0.2  # between two looks at the files
Say = Callable[[str], None]


@dataclass
class State:
    """What the first run found; later ones are compared with it."""

    bench: Bench
    models: Models
    outcomes: dict[str, Outcome]
    numbers: dict[str, int]


def watch(
    paths: Sequence[Path],
    overlays: Sequence[Path],
    say: Say,
    seconds: float,
    turns: int | None = None,
) -> None:
    """Run all tests, then again what each change touches, until interrupted (or `turns` times)."""
    state: State | None = None
    stamps: Mapping[Path, int] = {}
    while turns is None or turns > 0:
        now = _stamps(paths, overlays)
        if now == stamps:
            time.sleep(PAUSE)
            continue
        stamps = now
        begin = time.monotonic()
        try:
            book = load_rulebook(shipped_logic(), overlays)
            cases = read_all(test_files(paths))
            if state is None:
                state = first(book, overlays, cases, seconds)
                run = list(state.outcomes.values())
            else:
                run = turn(state, book, overlays, cases, seconds)
        except (RulebookError, EngineError, ValueError) as error:
            _refused(error, say)
        else:
            for each in run:
                if not each.passed:
                    say(shown(each) + "\n")
            say(f"{summary(run, time.monotonic() - begin)} (of {len(cases)})")
        if turns is not None:
            turns -= 1


def first(book: Rulebook, overlays: Sequence[Path], cases: Sequence[Case], seconds: float) -> State:
    """Run everything, and keep the answers."""
    bench = Bench(book, overlays)
    found = guarded(book, lambda: run_cases(bench, cases), seconds=seconds)
    prepared = prepare(bench, cases)
    keys = [_key(case) for case in cases]
    numbers = {key: number for number, key in enumerate(keys)}
    return State(bench, bench.models(prepared), dict(zip(keys, found, strict=True)), numbers)


def turn(
    state: State,
    book: Rulebook,
    overlays: Sequence[Path],
    cases: Sequence[Case],
    seconds: float,
) -> list[Outcome]:
    """The outcomes of the cases that a change touches; new cases are among them."""
    bench = Bench(book, overlays, known=state.bench.joint)
    touched = touched_by(state.models, book)
    fresh = [
        case
        for case in cases
        if (key := _key(case)) not in state.numbers
        or state.numbers[key] in touched
        or not state.outcomes[key].passed
    ]

    def again() -> list[Outcome]:
        prepared = prepare(bench, fresh)
        return outcomes(bench, prepared, bench.models(prepared))

    return guarded(book, again, seconds=seconds)


def _key(case: Case) -> str:
    """Equal for cases that say the same, wherever they stand in their file."""
    return repr((case.file, *(getattr(case, name) for name in _FIELDS)))


_FIELDS = tuple(name for name in Case.__dataclass_fields__ if name not in ("file", "line"))


def _refused(error: Exception, say: Say) -> None:
    for message in getattr(error, "messages", None) or [getattr(error, "message", str(error))]:
        say(f"error: {message}")
    if getattr(error, "help", ""):
        say(f"help: {getattr(error, 'help', '')}")


def _stamps(paths: Sequence[Path], overlays: Sequence[Path]) -> dict[Path, int]:
    """When each file was last written."""
    files = [*shipped_logic().rglob("*.lp"), *shipped_logic().rglob("*.csv"), *test_files(paths)]
    for overlay in overlays:
        files += overlay.rglob("*.lp") if overlay.is_dir() else [overlay]
    return {path: path.stat().st_mtime_ns for path in files if path.is_file()}
