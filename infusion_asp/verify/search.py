"""The pairing with the fewest edits: which surplus lines become which missing ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal

from infusion_asp.model.verification import ClaimLine
from infusion_asp.verify.pairing import Billed, Groups, Key, Pairing, content

Worth = Callable[[ClaimLine, ClaimLine], Decimal]

_MOST_STEPS = 20_000  # of each search; the claims that people bill need few
_MOST_LINES = 9  # that are tried in every combination


def pair(groups: Groups, worth: Worth) -> Pairing:
    """The pairing with the fewest edits; of several the one that moves fewest lines and money.

    `worth` is the money moved by making one line another. Up to nine lines that do not fit are
    tried in every combination; of more, only surplus lines become missing ones.
    """
    search = _Search(groups, worth)
    search.fill(0, {})
    if search.best.edits > 1 and len(search.lines) <= _MOST_LINES:
        search.steps = 0
        search.every(0, {})
    return search.best


class _Search:
    """Tries pairings within a number of steps and keeps the best."""

    def __init__(self, groups: Groups, worth: Worth) -> None:
        self.groups = groups
        self.worth = worth
        self.keys = [key for key in groups.open if key in groups.supported]
        self.lines = [each for key in groups.open for each in groups.billed.get(key, ())]
        self.line_at = {each.index: each.line for each in self.lines}
        self.wants = [key for key in self.keys if groups.balance(key) < 0]
        self.choices = [self._surplus_for(key) for key in self.wants]
        self.steps = 0
        settled = groups.settle({})
        assert settled is not None
        self.best = settled
        self.score = self._score(settled)

    def fill(self, at: int, moves: dict[int, Key]) -> None:
        """Fills the missing lines from place `at` on with surplus lines."""
        if at == len(self.wants):
            self._keep(moves)
            return
        key = self.wants[at]
        for several in self._fillings(self.choices[at], -self.groups.balance(key), moves):
            self.fill(at + 1, {**moves, **dict.fromkeys(several, key)})
        self.fill(at + 1, moves)

    def every(self, at: int, moves: dict[int, Key]) -> None:
        """Lets each line from place `at` on stay, or move to every group that it can."""
        self.steps += 1
        if self.steps > _MOST_STEPS or len(moves) > self.best.edits:
            return
        if at == len(self.lines):
            self._keep(moves)
            return
        self.every(at + 1, moves)
        each = self.lines[at]
        for key in self.keys:
            if self._one_change(each, key):
                self.every(at + 1, {**moves, each.index: key})

    def _fillings(
        self, lines: Sequence[Billed], units: int, moves: Mapping[int, Key]
    ) -> Iterator[tuple[int, ...]]:
        """Lines that have exactly these units together, the fewest lines first."""
        free = [each for each in lines if each.index not in moves]
        for count in range(1, min(len(free), units) + 1):
            yield from self._of_count(free, units, count, frozenset(moves))

    def _of_count(
        self, lines: Sequence[Billed], units: int, count: int, taken: frozenset[int]
    ) -> Iterator[tuple[int, ...]]:
        """The choices of `count` lines; of lines that are alike only the first is tried."""
        tried: set[tuple[object, ...]] = set()
        for at, each in enumerate(lines):
            self.steps += 1
            if self.steps > _MOST_STEPS:
                return
            rest = units - each.line.units
            alike = content(each)[:-1]
            fits = rest == 0 if count == 1 else rest > 0
            if not fits or alike in tried or self._left(each, taken) < each.line.units:
                continue
            tried.add(alike)
            if count == 1:
                yield (each.index,)
                continue
            for others in self._of_count(lines[at + 1 :], rest, count - 1, taken | {each.index}):
                yield (each.index, *others)

    def _left(self, each: Billed, taken: frozenset[int]) -> int:
        """Surplus units of the group of a line when the lines taken are gone."""
        key = self.groups.key_of[each.index]
        gone = sum(other.line.units for other in self.groups.billed[key] if other.index in taken)
        return self.groups.balance(key) - gone

    def _surplus_for(self, key: Key) -> list[Billed]:
        """Surplus lines that one change brings into the group; of equal lines the last first."""
        return [
            each
            for each in reversed(self.lines)
            if each.line.units <= self.groups.balance(self.groups.key_of[each.index])
            and self._one_change(each, key)
        ]

    def _one_change(self, each: Billed, key: Key) -> bool:
        """Whether another code, or other modifiers, alone bring the line into the group."""
        own = self.groups.key_of[each.index]
        if key.date not in (None, each.line.date) or each.index in self.groups.fixed:
            return False
        return (own.code == key.code) != (own.modifiers == key.modifiers)

    def _keep(self, moves: Mapping[int, Key]) -> None:
        settled = self.groups.settle(moves)
        if settled is not None and settled.edits <= self.best.edits:
            score = self._score(settled)
            if score < self.score:
                self.best, self.score = settled, score

    def _score(self, pairing: Pairing) -> tuple[int, int, Decimal]:
        moved = Decimal(0)
        for index, key in pairing.moves.items():
            line = self.line_at[index]
            moved += self.worth(line, line.model_copy(update={"code": key.code}))
        return pairing.edits, len(pairing.moves), moved
