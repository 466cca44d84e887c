"""Owns what a record could say more without contradiction: access, order, reason, main reason.

Each addition knows the record with it, and the open question that asks for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from infusion_asp.model import Administration, Encounter
from infusion_asp.model.encounter import Access
from infusion_asp.model.verification import QueryKind
from infusion_asp.tables import Tables

NECESSARY = "incompatible_drugs"


@dataclass(frozen=True)
class Addition:
    """Something that the record could say more.

    `put` gives the record with it, for one of the `values`: minutes for a stop, 0 for the rest.
    `said` are the words of the addition for the analyst, never shown to the clinician.
    """

    kind: QueryKind
    administrations: tuple[str, ...]
    question: str
    said: str
    put: Callable[[Encounter, int], Encounter]
    values: tuple[int, ...] = (0,)
    coarse: tuple[int, ...] = (0,)


def with_given(encounter: Encounter, name: str, **changes: object) -> Encounter:
    """The encounter with other values of one administration."""
    given = tuple(
        each.model_copy(update=changes) if each.id == name else each
        for each in encounter.administrations
    )
    return encounter.model_copy(update={"administrations": given})


def about(given: Administration) -> str:
    """An administration as a clinician would know it: drug, id and when it was charted."""
    named = f"{given.name} ({given.id})" if given.name != given.id else given.id
    return named if given.start is None else f"{named}, charted at {moment(given.start)},"


def moment(time: datetime) -> str:
    """A clock time with its date."""
    return f"{time:%H:%M} on {time:%Y-%m-%d}"


def orders(encounter: Encounter) -> Iterator[Addition]:
    """An order for what no order was found for."""
    for given in encounter.administrations:
        if given.ordered is False:
            yield Addition(
                kind="order",
                administrations=(given.id,),
                question=f"What does the record hold as the order for {about(given)} if anything?",
                said=f"an order for {given.id}",
                put=lambda record, _, name=given.id: with_given(record, name, ordered=True),  # type: ignore[misc]
            )


def hydration_question(given: Administration) -> str:
    """The question for the reason of a fluid."""
    return f"For what purpose was {about(given)} given?"


def hydration_reasons(encounter: Encounter, tables: Tables) -> Iterator[Addition]:
    """Hydration as the purpose of a fluid or an unknown bag whose purpose is not charted."""
    for given in encounter.administrations:
        named = [each for each in (given.drug, *given.mix) if each]
        drug = any(tables.find(name, given.hcpcs) and not tables.bag(name) for name in named)
        replaced = any(tables.electrolyte(name) for name in named)
        if given.purpose is None and given.category is None and (replaced or not drug):
            yield Addition(
                kind="hydration_reason",
                administrations=(given.id,),
                question=hydration_question(given),
                said=f"hydration as the purpose of {given.id}",
                put=lambda record, _, name=given.id: with_given(record, name, purpose="hydration"),  # type: ignore[misc]
            )


def main_reasons(encounter: Encounter) -> Iterator[Addition]:
    """The main reason of a professional's visit that is not charted."""
    if encounter.setting != "professional" or encounter.primary_reason is not None:
        return
    starts = [each.start for each in encounter.administrations if each.start is not None]
    when = f" on {min(starts):%Y-%m-%d}" if starts else ""
    for given in encounter.administrations:
        yield Addition(
            kind="primary_reason",
            administrations=(given.id,),
            question=f"What was the main reason for the visit{when}?",
            said=f"{given.id} ({given.name}) as the main reason",
            put=lambda record, _, name=given.id: record.model_copy(update={"primary_reason": name}),  # type: ignore[misc]
        )


def accesses(encounter: Encounter) -> Iterator[Addition]:
    """A second access: its necessity where it is charted, else the access of one administration.

    An access that is charted as not necessary or as the successor of another is never asked for,
    and neither is one for a drug that follows a flush or comes from the bag of another.
    """
    open_ones = [each for each in encounter.accesses if _open(each)]
    used = {given.access for given in encounter.administrations if given.access is not None}
    unclear = [each for each in open_ones if each.medically_necessary is None]
    if len(encounter.accesses) > 1 and unclear and len(open_ones) == len(encounter.accesses):
        names = tuple(
            given.id
            for given in encounter.administrations
            if given.access in {each.id for each in unclear}
        )
        if len(used) > 1:
            listed = " and ".join(f"{each.id} ({each.kind})" for each in encounter.accesses)
            yield Addition(
                kind="access",
                administrations=names,
                question=f"What was the reason for each of the accesses {listed}?",
                said=f"the necessity of {' and '.join(each.id for each in unclear)}",
                put=lambda record, _: _necessary(record),
            )
    if len(open_ones) != len(encounter.accesses):
        return
    for given in encounter.administrations:
        if _could_be_elsewhere(encounter, given):
            yield Addition(
                kind="access",
                administrations=(given.id,),
                question=f"Through which access was {about(given)} given, and why that one?",
                said=f"another necessary access for {given.id}",
                put=lambda record, _, name=given.id: _elsewhere(record, name),  # type: ignore[misc]
            )


def _open(access: Access) -> bool:
    return access.medically_necessary is not False and access.replaces is None


def _could_be_elsewhere(encounter: Encounter, given: Administration) -> bool:
    shared = {each.same_bag_as for each in encounter.administrations}
    return (
        given.access is None
        and given.route in (None, "intravenous")
        and given.flushed_before is not True
        and given.same_bag_as is None
        and given.id not in shared
        and given.integral_to is None
    )


def _necessary(encounter: Encounter) -> Encounter:
    """All accesses charted as necessary, with a need where none is charted."""
    found = tuple(
        each.model_copy(update={"medically_necessary": True, "need": each.need or NECESSARY})
        for each in encounter.accesses
    )
    return encounter.model_copy(update={"accesses": found})


def _elsewhere(encounter: Encounter, name: str) -> Encounter:
    """The record with one administration through another necessary access than the first."""
    known = encounter.accesses or (Access(id=_free(encounter, "first")),)
    if len(known) == 1:
        known = (*known, Access(id=_free(encounter, "second")))
    record = _necessary(encounter.model_copy(update={"accesses": known}))
    return with_given(record, name, access=known[-1].id)


def _free(encounter: Encounter, word: str) -> str:
    taken = {each.id for each in encounter.administrations}
    taken |= {each.id for each in encounter.accesses} | {each.id for each in encounter.visits}
    name = f"access-{word}"
    while name in taken:
        name += "-"
    return name


def merged(found: Sequence[Addition]) -> list[Addition]:
    """Additions of which any one would do are asked for once, with all administrations named."""
    by_question: dict[tuple[str, str], list[Addition]] = {}
    for each in found:
        by_question.setdefault((each.kind, each.question), []).append(each)
    return [_one(several) for several in by_question.values()]


def _one(several: Sequence[Addition]) -> Addition:
    first = several[0]
    names = dict.fromkeys(name for each in several for name in each.administrations)
    said = " or ".join(dict.fromkeys(each.said for each in several))
    return Addition(first.kind, tuple(names), first.question, said, first.put)
