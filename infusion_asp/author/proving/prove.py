"""Owns `rules prove`: every invariant over every encounter of a space, proved, swept or refuted."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

from infusion_asp.author.proof import OPEN, PROVED, REFUTED, SWEPT, Counterexample, Proof
from infusion_asp.author.proving.goals import (
    AT_LEAST_ONE,
    AT_MOST_ONE,
    HALVES,
    Goals,
    Searched,
    about,
)
from infusion_asp.author.proving.invariants import Judged, judged
from infusion_asp.author.proving.ledger import Ledger
from infusion_asp.author.proving.record import encounter_of, policies_of
from infusion_asp.author.proving.space import Space
from infusion_asp.author.proving.sweep import Wrong, smallest, sweep
from infusion_asp.engine import EngineError, MemoryLimit, TimeLimit
from infusion_asp.facts import load_policies
from infusion_asp.facts.policies import Policies
from infusion_asp.rulebook import shipped_logic

ONLY_SWEPT = ("derived_lines_lawful",)
"""Invariants whose second half needs a claim, which the generator doesn't write."""

TOGETHER = 2  # administrations up to which one search for all invariants is quicker


@dataclass(frozen=True)
class Limits:
    """`seconds` and `megabytes` of each search, encounters `swept` where it doesn't fit.

    No search begins or goes on after `until` (on the monotonic clock).
    """

    seconds: float = 600.0
    megabytes: int = 6144
    swept: int = 2000
    workers: int = 2
    until: float = math.inf


@dataclass
class _State:
    """What is known of one invariant so far."""

    size: int = 0
    proved: int = 0
    covered: int = 0
    seconds: float = 0.0
    rules: int = 0
    wrong: Wrong | None = None
    left: list[Space] = field(default_factory=list)


def prove(
    space: Space,
    *,
    book: Judged | None = None,
    directory: Path | None = None,
    overlays: Sequence[Path] = (),
    only: Sequence[str] = (),
    limits: Limits = Limits(),
    ledger: Ledger | None = None,
    said: Callable[[str], None] = lambda text: None,
) -> tuple[Proof, ...]:
    """One proof for each half of uniqueness and each invariant (or those `only` names).

    Each search runs in a child process under `limits`, unless the ledger knows it; where that
    isn't enough, encounters of that part of the grid are drawn and solved. Raises RulebookError,
    PolicyError, and EngineError for a name that no invariant has.
    """
    book = book or judged(directory, overlays)
    choices = load_policies(directory or shipped_logic(), *overlays)
    goals = Goals(
        book,
        space,
        choices,
        limits.seconds,
        limits.megabytes,
        Ledger() if ledger is None else ledger,
        limits.until,
    )
    titles = HALVES | {each.id: each.title for each in book.invariants}
    unknown = sorted(set(only) - set(titles))
    if unknown:
        known = ", ".join(titles)
        raise EngineError(f"no invariant is called '{unknown[0]}'", f"invariants are: {known}")
    halves = [AT_MOST_ONE, AT_LEAST_ONE]
    others = [name for name in titles if name not in halves and (not only or name in only)]
    cells = goals.cells()
    states = {name: _State() for name in (*halves, *others)}
    run = _Run(goals, cells, states, limits.swept, limits.workers, said)
    run.these([[AT_MOST_ONE], [AT_LEAST_ONE]])
    shown = all(states[name].wrong is None for name in halves)
    if shown and others:
        quick = [name for name in others if name not in ONLY_SWEPT]
        run.these(groups_of(quick, space))
        run.unsearched([name for name in others if name in ONLY_SWEPT])
    wanted = [name for name in states if not only or name in only or states[name].wrong]
    return tuple(
        _proof(name, titles[name], states[name], shown or name in halves) for name in wanted
    )


def groups_of(names: Sequence[str], space: Space) -> list[list[str]]:
    """Which invariants are searched together: all, as long as that is little for the solver."""
    little = space.administrations <= TOGETHER and not space.one_other
    return [list(names)] if little and len(names) > 1 else [[name] for name in names]


@dataclass
class _Run:
    goals: Goals
    cells: list[Space]
    states: dict[str, _State]
    swept: int
    workers: int
    said: Callable[[str], None]

    def these(self, groups: list[list[str]]) -> None:
        """Search every part for each group; what doesn't fit is taken apart, then swept."""
        todo = [(cell, group) for group in groups for cell in self.cells]
        while todo:
            again: list[tuple[Space, list[str]]] = []
            for cell, group, found in self._searched(todo):
                if isinstance(found, Searched) and found.fields is None:
                    self._proved(cell, group, found)
                elif len(group) > 1:
                    again += [(cell, [name]) for name in group]
                elif cell.one_other and isinstance(found, (TimeLimit, MemoryLimit)):
                    again += [(each, group) for each in by_policy(self.goals, cell, group)]
                else:
                    self._single(cell, group[0], found)
            todo = again
        for name in dict.fromkeys(name for group in groups for name in group):
            self._sweep(name)

    def unsearched(self, names: Sequence[str]) -> None:
        """Sweep what no search can show."""
        for name in names:
            self.states[name].left = list(self.cells)
            self._sweep(name)

    def _searched(
        self, todo: list[tuple[Space, list[str]]]
    ) -> Iterator[tuple[Space, list[str], Searched | EngineError]]:
        def one(item: tuple[Space, list[str]]) -> Searched | EngineError:
            if any(self.states[name].wrong for name in item[1]):
                return EngineError("refuted already")
            try:
                return self.goals.look(*item)
            except (TimeLimit, MemoryLimit) as error:
                return error

        with ThreadPoolExecutor(self.workers) as pool:
            for item, found in zip(todo, pool.map(one, todo), strict=True):
                yield *item, found

    def _proved(self, cell: Space, names: Sequence[str], found: Searched) -> None:
        for name in names:
            state = self.states[name]
            state.size += found.size
            state.proved += found.size
            state.seconds += found.seconds / len(names)
            state.rules = max(state.rules, found.rules)
        word = "known" if found.recorded else "proved"
        self.said(f"{about(cell, names)}: {word}, {found.size:,} in {found.seconds:.1f} s")

    def _single(self, cell: Space, name: str, found: Searched | EngineError) -> None:
        state = self.states[name]
        if state.wrong is not None:
            return
        if isinstance(found, Searched):
            assert found.fields is not None
            state.seconds += found.seconds
            state.size += found.size
            wrong = Wrong(
                name,
                encounter_of(found.fields, self.goals.space.day),
                policies_of(found.fields),
                found.evidence,
            )
            small = smallest(self.goals, wrong)
            if small is not None:
                state.wrong = small
                return
            state.size -= found.size
        state.left.append(cell)
        self.said(f"{about(cell, [name])}: does not fit, it is swept")

    def _sweep(self, name: str) -> None:
        state = self.states[name]
        begin = time.monotonic()
        for cell in state.left:
            if state.wrong is not None:
                break
            each = max(1, self.swept // len(state.left))
            size, covered, wrong = sweep(self.goals, cell, name, each)
            state.size += size
            state.covered += covered
            state.wrong = wrong
        state.seconds += time.monotonic() - begin


def by_policy(goals: Goals, cell: Space, names: Sequence[str]) -> Iterator[Space]:
    """A part under the usual policies, and under each other value of each that is read."""
    fixed = replace(cell, opened=(), one_other=False)
    yield fixed
    read = goals.behind(cell, names).reads.policies
    usual = goals.fixed(fixed)
    for name in cell.opened:
        for value in goals.choices.policies[name].values if name in read else ():
            if value != usual[name]:
                yield replace(fixed, policies={**fixed.policies, name: value})


def _proof(name: str, title: str, state: _State, shown: bool) -> Proof:
    wrong = state.wrong
    how = PROVED
    counterexample = None
    if wrong is not None:
        how = REFUTED
        counterexample = Counterexample(wrong.kind, wrong.encounter, wrong.policies, wrong.evidence)
    elif not shown:
        how = OPEN
    elif state.left:
        how = SWEPT
    return Proof(
        name,
        title,
        how,
        state.size,
        state.proved,
        state.covered,
        state.seconds,
        state.rules,
        counterexample,
    )


def each_policy(space: Space, choices: Policies) -> Space:
    """The space in which at most one policy has another value than by default."""
    names = tuple(name for name in choices.policies if name not in space.policies)
    return replace(space, opened=names, one_other=True)
