"""Owns the solver's search for an encounter that tells a mutant from the original.

Every encounter of a bound is left open, as in `rules diff`: the mutated rulebook differs where the
mutated statement derives another atom that some rule reads or that is an output.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from infusion_asp.author.comparing.change import Change, Rules
from infusion_asp.author.comparing.equal import look, out_of_reach
from infusion_asp.author.comparing.side import Book, Side
from infusion_asp.author.mutation.operators import Mutant
from infusion_asp.author.mutation.run import EQUIVALENT, SURVIVED, Say, Verdict
from infusion_asp.author.proving.record import encounter_of, policies_of
from infusion_asp.author.proving.space import DAY
from infusion_asp.author.testing.notation import Case
from infusion_asp.engine import EngineError, MemoryLimit, TimeLimit
from infusion_asp.rulebook.atoms import Use, uses

EQUAL, DIFFERS, OPEN = "equal", "differs", "open"
MOST = 3  # administrations
MEGABYTES = 3072


@dataclass(frozen=True)
class Found:
    """What the search says of a mutant: `administrations` within which it is the same.

    OPEN: not searched, or not to the end; `why` says what stood in the way.
    """

    how: str
    administrations: int = 0
    size: int = 0
    encounter: Mapping[str, Any] | None = None
    policies: Mapping[str, str] = field(default_factory=dict)
    why: str = ""


def described(directory: Path) -> Book:
    """The rulebook of a directory as the search reads it. Raises BadRules."""
    side = Side("rules", directory)
    try:
        return side.book()
    finally:
        side.close()


class Search:
    """Searches all encounters of up to three administrations."""

    def __init__(self, book: Book, seconds: float, most: int = MOST) -> None:
        """`seconds` are for each search."""
        self._book, self._seconds, self._most = book, seconds, most
        whole = Change.of(book, book, (), ())
        self._rules: Rules = whole.old
        self._places = _places(book, self._rules)

    def of(self, mutant: Mutant) -> Found:
        """Search with one administration, then two, then three."""
        at = self._places[mutant.index]
        new: Rules = list(self._rules)
        only_new: tuple[int, ...] = ()
        if mutant.statement is None:
            del new[at]
        else:
            new[at] = (mutant.statement, uses(mutant.statement))
            only_new = (at,)
        change = Change(self._rules, new, (at,), only_new, (self._book, self._book))
        missing = out_of_reach(change)
        if missing:
            return Found(OPEN, why=f"the generator never gives {', '.join(missing[:3])}")
        opened = sorted({_policy(use) for each in change.statements for use in _policies(each)})
        found = Found(OPEN, why="not searched")
        for count in range(1, self._most + 1):
            try:
                seen = look(change, 0, count, opened, seconds=self._seconds, megabytes=MEGABYTES)
            except (TimeLimit, MemoryLimit) as error:
                return replace(found, why=error.message)
            except EngineError as error:
                return replace(found, why=error.message)
            if seen is None:
                return Found(OPEN, why="the choice of roles is changed")
            if seen.fields is not None:
                record = encounter_of(seen.fields, DAY)
                return Found(DIFFERS, count, seen.size, record, policies_of(seen.fields))
            found = Found(EQUAL, count, seen.size)
        return found


def _places(book: Book, rules: Rules) -> dict[int, int]:
    """The place among the parsed rules of each statement of the book."""
    found: dict[int, int] = {}
    at = 0
    for index, (_, _, plain) in enumerate(book.statements):
        if at < len(rules) and str(rules[at][0]) == plain:
            found[index] = at
            at += 1
    return found


def _policies(statement: Any) -> Iterator[Use]:
    return (use for use in uses(statement) if use.signature == ("policy", 2) and not use.in_head)


def _policy(use: Use) -> str:
    return str(use.arguments[0])


def against_solver(
    directory: Path, verdicts: Sequence[Verdict], seconds: float, workers: int, say: Say
) -> list[Verdict]:
    """Equivalent mutants searched: surviving with the encounter found, or with the bound proved.

    Searches run in processes of their own, so many at once as there are `workers`.
    """
    search = Search(described(directory), seconds)
    left = [each for each in verdicts if each.status == EQUIVALENT]
    found: dict[str, Verdict] = {}
    with ThreadPoolExecutor(workers) as pool:
        done = pool.map(search.of, [each.mutant for each in left])
        for each, seen in zip(left, done, strict=True):
            found[each.mutant.name] = _judged(each, seen)
            say(len(found), len(left))
    return [found.get(each.mutant.name, each) for each in verdicts]


def _judged(verdict: Verdict, found: Found) -> Verdict:
    if found.how == DIFFERS:
        assert found.encounter is not None
        case = Case("found by the solver", dict(found.encounter), None, dict(found.policies))
        return replace(verdict, status=SURVIVED, separating=case)
    if found.administrations:
        many = "administration" if found.administrations == 1 else "administrations"
        return replace(verdict, bound=f"proved for at most {found.administrations} {many}")
    return replace(verdict, bound=f"{verdict.bound}; not searched: {found.why}")
