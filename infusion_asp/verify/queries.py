"""Questions to the clinician whose answers could support the claim; they lead to no answer.

Five kinds are asked and no other: a stop time, a second access, an order, a reason for hydration,
the primary reason. A question is asked only where an addition that the record does not contradict
would support every billed line; the record with the addition is coded by the same rules. The
smallest additions are asked for: single ones, and only where none would do two together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, islice, product
from typing import TypeVar

from infusion_asp.coding import Coder
from infusion_asp.coding.lines import LineSet
from infusion_asp.model import Encounter, ErrorRecord
from infusion_asp.model.verification import ClinicianQuery, Edit
from infusion_asp.verify.additions import (
    Addition,
    accesses,
    hydration_question,
    hydration_reasons,
    main_reasons,
    merged,
    orders,
)
from infusion_asp.verify.rounds import Inquiry, side_by_side
from infusion_asp.verify.stops import clock_time, missing_stops

Judge = Callable[[LineSet], Sequence[Edit]]
"""The edits from the claim to lines."""

HYDRATION_REASON = "hydration_without_reason"
_MOST = 400  # records that are coded for one claim in one round
_GIVEN = 2000  # administrations in them together; of a long record fewer variations are tried

T = TypeVar("T")
Asking = Inquiry[Encounter, LineSet | None, T]
"""Yields records to be coded, gets their lines (None: cannot be coded), returns what it found."""


def questions(
    coder: Coder,
    encounter: Encounter,
    lines: LineSet,
    judge: Judge,
    findings: Sequence[tuple[str, tuple[str, ...]]] = (),
    left: Sequence[Edit] = (),
) -> Asking[tuple[ClinicianQuery, ...]]:
    """The questions for one claim, none where no answer would support it.

    `lines` are those of the record; `findings` its rules with their administrations; `left` are
    edits that remain whatever the answer is. Records to be coded are yielded, their lines are
    sent back: see `together`.
    """
    asked = list(_hydration(encounter, findings))
    asking = _Claim(coder, encounter, judge, tuple(judge(lines)), tuple(left))
    if any(map(_takes, asking.before)):
        asked += yield from asking.all()
    return tuple(dict.fromkeys(asked))


def together(coder: Coder, asking: Sequence[Asking[T]]) -> list[T]:
    """Runs many side by side: the records of each round are coded in one lifted solving."""

    def coded(records: list[Encounter]) -> list[LineSet | None]:
        lines = coder.lines_many(records)
        return [None if isinstance(each, ErrorRecord) else each for each in lines]

    return side_by_side(asking, coded)


def _hydration(
    encounter: Encounter, findings: Sequence[tuple[str, tuple[str, ...]]]
) -> Iterator[ClinicianQuery]:
    """Hydration that is reported and supported but for its reason."""
    named = {name for rule, names in findings if rule == HYDRATION_REASON for name in names}
    for given in encounter.administrations:
        if given.id in named:
            yield ClinicianQuery(
                kind="hydration_reason",
                administrations=(given.id,),
                question=hydration_question(given),
                would_support=f"the hydration {given.id}, which is reported without a reason",
            )


@dataclass(frozen=True)
class _Claim:
    """Tries additions to one record."""

    coder: Coder
    encounter: Encounter
    judge: Judge
    before: tuple[Edit, ...]
    left: tuple[Edit, ...] = ()

    def all(self) -> Asking[list[ClinicianQuery]]:
        """The smallest additions: single ones, else two together."""
        additions = self._additions()
        found = yield from self._singles(additions)
        if not found:
            found = yield from self._pairs(additions)
        return found

    @property
    def _most(self) -> int:
        return min(_MOST, _GIVEN // max(1, len(self.encounter.administrations)) + 1)

    def _additions(self) -> list[Addition]:
        found = [
            *missing_stops(self.encounter, self.coder.rulebook),
            *orders(self.encounter),
            *hydration_reasons(self.encounter, self.coder.tables),
            *main_reasons(self.encounter),
        ]
        return [*found, *accesses(self.encounter)] if self._of_an_access() else found

    def _of_an_access(self) -> bool:
        """Whether a line that is not supported has a modifier, or is billed as another would be.

        Two accesses change which services are initial and what is marked: a claim that has too
        many units of one code only, and no modifier, gains nothing by them.
        """
        taken = [each for each in self.before if _takes(each)]
        return any(each.action != "change_units" for each in taken)

    def _singles(self, additions: Sequence[Addition]) -> Asking[list[ClinicianQuery]]:
        pairs = ((each, value) for each in additions for value in each.values)
        tried = list(islice(pairs, self._most))
        fine = yield from self._supported(
            [each.put(self.encounter, value) for each, value in tried]
        )
        found: dict[int, list[int]] = {}
        for (each, value), supported in zip(tried, fine, strict=True):
            if supported:
                found.setdefault(additions.index(each), []).append(value)
        stops = [at for at in found if additions[at].kind == "stop"]
        asked = []
        for at in stops:
            said = yield from self._window(additions[at], found[at], self.encounter)
            asked.append(self._query(additions[at], said))
        others = merged([additions[at] for at in found if at not in stops])
        return [*asked, *(self._query(each, each.said) for each in others)]

    def _pairs(self, additions: Sequence[Addition]) -> Asking[list[ClinicianQuery]]:
        """The first two additions that only together support the claim."""
        pairs = (
            (one, other, value, second)
            for one, other in combinations(additions, 2)
            if one.kind != other.kind or one.kind in ("stop", "order")
            for value, second in product(one.coarse, other.coarse)
        )
        tried = list(islice(pairs, self._most))
        fine = yield from self._supported(
            [
                other.put(one.put(self.encounter, value), second)
                for one, other, value, second in tried
            ]
        )
        for (one, other, value, second), supported in zip(tried, fine, strict=True):
            if supported:
                with_second = other.put(self.encounter, second)
                with_first = one.put(self.encounter, value)
                first_said = yield from self._window(one, [value], with_second)
                other_said = yield from self._window(other, [second], with_first)
                return [
                    self._query(one, f"{first_said}, together with {other_said}"),
                    self._query(other, f"{other_said}, together with {first_said}"),
                ]
        return []

    def _supported(self, records: Sequence[Encounter]) -> Asking[list[bool]]:
        """Whether each record supports every billed line and misses no more than before."""
        if not records:
            return []
        lines = yield records
        return [each is not None and self._accepts(each) for each in lines]

    def _accepts(self, lines: LineSet) -> bool:
        after = self.judge(lines)
        known = {(each.index, each.action) for each in self.left}
        if any((each.index, each.action) not in known for each in after if _takes(each)):
            return False
        return not _added(after) - (_added(self.before) | _added(self.left))

    def _window(self, addition: Addition, values: Sequence[int], record: Encounter) -> Asking[str]:
        """The stops that support the claim, from the earliest to the latest minute."""
        if addition.kind != "stop":
            return addition.said
        name = addition.administrations[0]
        first, last = min(values), max(values)
        lowest, highest = addition.values[0], addition.values[-1]
        below = [each for each in addition.values if each < first]
        above = [each for each in addition.values if each > last]
        low = range(below[-1] + 1 if below else lowest, first)
        high = range(last + 1, above[0] if above else highest + 1)
        minutes = [*low, *high]
        fine = yield from self._supported([addition.put(record, minute) for minute in minutes])
        inside = {minute for minute, good in zip(minutes, fine, strict=True) if good}
        while first - 1 in inside:
            first -= 1
        while last + 1 in inside:
            last += 1
        earliest = clock_time(self.encounter, name, first)
        latest = clock_time(self.encounter, name, last)
        between = f"at {earliest}" if first == last else f"from {earliest} to {latest}"
        return f"{addition.said} {between}"

    def _query(self, addition: Addition, said: str) -> ClinicianQuery:
        names = addition.administrations
        if addition.kind == "primary_reason":  # to name the one that would do leads the answer
            names = tuple(given.id for given in self.encounter.administrations)
        return ClinicianQuery(
            kind=addition.kind,
            administrations=names,
            question=addition.question,
            would_support=f"{self._unsupported()}: {said}",
        )

    def _unsupported(self) -> str:
        """The billed lines that the record does not support as it stands."""
        told = []
        left = {each.index for each in self.left}
        for each in self.before:
            if _takes(each) and each.index not in left and each.before is not None:
                line = each.before
                modifiers = "".join(f"-{one}" for one in line.modifiers)
                told.append(f"{line.code}{modifiers} x{line.units}")
        return ", ".join(sorted(told))


def _takes(edit: Edit) -> bool:
    """Whether the edit takes something from a billed line: the record does not support it."""
    if edit.before is None or edit.after is None:
        return edit.after is None
    if edit.action == "change_units":
        return edit.after.units < edit.before.units
    if edit.action == "change_modifiers":
        return not set(edit.before.modifiers) <= set(edit.after.modifiers)
    return True


def _added(edits: Sequence[Edit]) -> Counter[str]:
    """Units that the claim misses, by code."""
    found: Counter[str] = Counter()
    for each in edits:
        if each.after is not None and not _takes(each):
            before = 0 if each.before is None else each.before.units
            found[each.after.code] += each.after.units - before
    return found
