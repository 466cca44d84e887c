"""Owns the profile of a rulebook: what encounters ground to, once, doubled, doubled again."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from infusion_asp.author.guard import NoEnd
from infusion_asp.author.profiling.doubling import doubled
from infusion_asp.author.profiling.instances import PART, counting, element_of, statement_of
from infusion_asp.coding import Coder
from infusion_asp.coding.coder import codes_beside
from infusion_asp.engine import MemoryLimit, RuleMessages, TimeLimit
from infusion_asp.engine.counting import Counts, count_atoms
from infusion_asp.facts import AnyAtom, symbols_of
from infusion_asp.model import Encounter
from infusion_asp.rulebook import Rulebook
from infusion_asp.rulebook.atoms import uses

MEGABYTES = 4096
TOGETHER = 20  # groundings in one child process
_PLACE = re.compile(r"^<string>:(\d+):\d+(?:-[\d:]+)?: ")


@dataclass(frozen=True)
class Growth:
    """A count for each size of the encounters: as they are, doubled, doubled again."""

    counts: tuple[int, ...]

    @property
    def last(self) -> int:
        """The count at the largest size."""
        return self.counts[-1]

    @property
    def exponent(self) -> float | None:
        """Of the last doubling: 1 is as much again, 2 is four times; None where nothing was."""
        if len(self.counts) < 2 or not self.counts[-2] or not self.counts[-1]:
            return None
        return math.log2(self.counts[-1] / self.counts[-2])


@dataclass(frozen=True)
class RuleGrowth:
    """One rule: its instances, those of the elements in its aggregates and choices, and the line
    of its statement with most of them."""

    id: str
    title: str
    file: str
    line: int
    instances: Growth
    elements: Growth

    @property
    def whole(self) -> Growth:
        """Instances and elements together."""
        pairs = zip(self.instances.counts, self.elements.counts, strict=True)
        return Growth(tuple(one + other for one, other in pairs))


@dataclass(frozen=True)
class PredicateGrowth:
    """One predicate: its atoms, and whether they are given rather than derived."""

    name: str
    atoms: Growth
    given: bool


@dataclass(frozen=True)
class Profile:
    """What a rulebook grounds to over some encounters, largest first."""

    encounters: int
    administrations: tuple[int, ...]
    seconds: tuple[float, ...]
    rules: tuple[RuleGrowth, ...]
    predicates: tuple[PredicateGrowth, ...]

    @property
    def instances(self) -> Growth:
        """Of all rules."""
        return _sum([each.whole for each in self.rules], len(self.administrations))

    @property
    def atoms(self) -> Growth:
        """Of all predicates."""
        return _sum([each.atoms for each in self.predicates], len(self.administrations))


def profile(
    coder: Coder,
    encounters: Sequence[Encounter],
    *,
    doublings: int = 2,
    claim: bool = False,
    seconds: float = 60.0,
) -> Profile:
    """Ground the rules for each encounter, doubled `doublings` times; `claim` judges its lines.

    Raises NoEnd or RuleMessages; `seconds` is the wall clock of each child process, which
    grounds `TOGETHER` times.
    """
    sizes = [list(encounters)]
    for _ in range(doublings):
        sizes.append([doubled(each) for each in sizes[-1]])
    facts = [_facts(coder, each, claim) for size in sizes for each in size]
    made = counting(coder.rulebook)
    counts: list[Counts] = []
    try:
        for start in range(0, len(facts), TOGETHER):
            part = facts[start : start + TOGETHER]
            counts += count_atoms(made.program, PART, part, seconds=seconds, megabytes=MEGABYTES)
    except RuleMessages as error:
        raise _placed(error, coder.rulebook) from None
    except (TimeLimit, MemoryLimit) as error:
        raise NoEnd(error, coder.rulebook) from None
    number = len(encounters)
    by_size = [counts[at * number : (at + 1) * number] for at in range(len(sizes))]
    return Profile(
        encounters=number,
        administrations=tuple(sum(len(e.administrations) for e in size) for size in sizes),
        seconds=tuple(sum(each.seconds for each in size) for size in by_size),
        rules=_rules(coder.rulebook, by_size),
        predicates=_predicates(coder.rulebook, by_size),
    )


def _facts(coder: Coder, encounter: Encounter, claim: bool) -> list[AnyAtom]:
    setting = coder.setting_of(encounter)
    beside = sorted(codes_beside(encounter, claim))
    shared = coder.shared(setting, beside, verifying=claim)
    return [*shared, *symbols_of(coder.facts(encounter, setting, claim=claim))]


def _rules(book: Rulebook, sizes: Sequence[Sequence[Counts]]) -> tuple[RuleGrowth, ...]:
    instances = [_by_statement(size, statement_of) for size in sizes]
    elements = [_by_statement(size, element_of) for size in sizes]
    found = []
    at = 0
    for rule in book.rules:
        mine = range(at, at + len(rule.statements))
        at = mine.stop
        heaviest = max(mine, key=lambda n: instances[-1].get(n, 0) + elements[-1].get(n, 0))
        found.append(
            RuleGrowth(
                rule.id,
                rule.title,
                rule.file,
                book.statements[heaviest].location.begin.line,
                Growth(tuple(sum(size.get(n, 0) for n in mine) for size in instances)),
                Growth(tuple(sum(size.get(n, 0) for n in mine) for size in elements)),
            )
        )
    return tuple(sorted(found, key=lambda each: (-each.whole.last, each.id)))


def _by_statement(size: Sequence[Counts], statement: object) -> dict[int, int]:
    assert callable(statement)
    found: dict[int, int] = {}
    for counts in size:
        for predicate, number in counts.counted.items():
            index = statement(predicate)
            if index is not None:
                found[index] = found.get(index, 0) + number
    return found


def _predicates(book: Rulebook, sizes: Sequence[Sequence[Counts]]) -> tuple[PredicateGrowth, ...]:
    names = {name for size in sizes for counts in size for name in counts.atoms}
    derived = {
        f"{use.name}/{len(use.arguments)}"
        for statement in book.statements
        for use in uses(statement)
        if use.in_head
    }
    found = [
        PredicateGrowth(
            name,
            Growth(tuple(sum(c.atoms.get(name, 0) for c in size) for size in sizes)),
            name not in derived,
        )
        for name in names
    ]
    return tuple(sorted(found, key=lambda each: (-each.atoms.last, each.name)))


def _placed(error: RuleMessages, book: Rulebook) -> RuleMessages:
    """The messages at the places of the statements in their files."""
    problems = []
    for each in error.problems:
        found = _PLACE.match(each.message)
        message = each.message
        if found and int(found[1]) <= len(book.statements):
            begin = book.statements[int(found[1]) - 1].location.begin
            place = f"{begin.filename}:{begin.line}:{begin.column}: "
            message = place + message[found.end() :]
        problems.append(book.problem(message))
    return RuleMessages(problems)


def _sum(parts: Sequence[Growth], sizes: int) -> Growth:
    return Growth(tuple(sum(each.counts[at] for each in parts) for at in range(sizes)))
