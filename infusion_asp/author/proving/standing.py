"""Owns what a record says of a rulebook as it is now: proved, swept, or not yet, part by part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from infusion_asp.author.proving.goals import AT_LEAST_ONE, AT_MOST_ONE, HALVES, Goals
from infusion_asp.author.proving.ledger import PROVED, Entry
from infusion_asp.author.proving.prove import ONLY_SWEPT, by_policy, groups_of
from infusion_asp.author.proving.space import Space
from infusion_asp.author.proving.sweep import swept_before


@dataclass(frozen=True)
class Standing:
    """What is known of one invariant: `proved` and `swept` of `parts`.

    `size` counts the encounters of the parts that are known, `covered` those of the swept parts
    that were solved one by one, `rules` are the most ground rules, seconds are the solver's.
    """

    name: str
    title: str
    parts: int
    proved: int
    swept: int
    size: int
    covered: int
    rules: int
    seconds: float

    @property
    def whole(self) -> bool:
        """Whether nothing is left to do."""
        return self.proved + self.swept == self.parts


def standings(goals: Goals, swept: int) -> list[Standing]:
    """One for each half and invariant; `swept` encounters are drawn for each by the prover."""
    titles = HALVES | {each.id: each.title for each in goals.judged.invariants}
    quick = [name for name in titles if name not in HALVES and name not in ONLY_SWEPT]
    groups = [[AT_MOST_ONE], [AT_LEAST_ONE], *groups_of(quick, goals.space)]
    cells = goals.cells()
    of = {name: group for group in groups for name in group}
    return [_standing(goals, cells, name, titles[name], of.get(name, []), swept) for name in titles]


def _standing(
    goals: Goals, cells: Sequence[Space], name: str, title: str, group: list[str], swept: int
) -> Standing:
    parts, left = 0, []
    proved: list[tuple[Entry, int]] = []
    for cell in cells:
        for part in _parts(goals, cell, name, group):
            parts += 1
            found = [(goals.known(part, ids), len(ids)) for ids in (group, [name]) if group]
            known = [(e, many) for e, many in found if e is not None and e.how == PROVED]
            if known:
                proved.append(known[0])
            else:
                left.append(part)
    share = max(1, swept // max(1, len(left)))
    solved = [each for part in left if (each := swept_before(goals, part, name, share))]
    return Standing(
        name,
        title,
        parts,
        len(proved),
        len(solved),
        sum(each.size for each, _ in proved) + sum(each.size for each in solved),
        sum(each.covered for each in solved),
        max((each.rules for each, _ in proved), default=0),
        sum(each.seconds / many for each, many in proved) + sum(each.seconds for each in solved),
    )


def _parts(goals: Goals, cell: Space, name: str, group: list[str]) -> list[Space]:
    """The part itself, or what it was taken apart into because it was too large."""
    if not group or not cell.one_other:
        return [cell]
    single = goals.known(cell, [name])
    if single is None or single.how == PROVED:
        return [cell]
    return list(by_policy(goals, cell, [name]))
