"""Owns which other values an attribute of a record could have, the most likely ones first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from infusion_asp.model import Encounter, terms

_WORDS: dict[str, tuple[str, ...]] = {
    "method": terms.METHODS,
    "route": terms.ROUTES,
    "category": terms.CATEGORIES,
    "purpose": terms.PURPOSES,
}
_IF_CHARTED: dict[str, tuple[str, ...]] = {
    "indication": terms.INDICATIONS,
    "pump_owner": terms.PUMP_OWNERS,
    "container": terms.CONTAINERS,
    "delivery": terms.DELIVERIES,
}
_FLAGS = (
    "ordered",
    "started_before_arrival",
    "reduced",
    "discontinued",
    "counselled",
    "flushed_before",
)
_CHARTED_YES = ("ordered",)  # absent means yes
_LINKS = ("access", "visit", "same_bag_as", "integral_to")


@dataclass(frozen=True)
class Attribute:
    """One attribute with what is charted and what else it could be."""

    path: str
    charted: Any
    others: tuple[Any, ...]


def attributes(encounter: Encounter) -> Iterator[Attribute]:
    """Every attribute of the record that is no time and no amount.

    What is asked of a few products only is varied where it is charted.
    """
    ids = tuple(given.id for given in encounter.administrations)
    known = {
        "access": tuple(access.id for access in encounter.accesses),
        "visit": tuple(visit.id for visit in encounter.visits),
        "same_bag_as": ids,
        "integral_to": ids,
    }
    yield _attribute("primary_reason", encounter.primary_reason, ids)
    for given in encounter.administrations:
        for name, values in _WORDS.items():
            yield _attribute(f"{given.id}.{name}", getattr(given, name), values)
        for name, values in _IF_CHARTED.items():
            if (charted := getattr(given, name)) is not None:
                yield _attribute(f"{given.id}.{name}", charted, values)
        for name in _FLAGS:
            yield _flag(f"{given.id}.{name}", getattr(given, name), name in _CHARTED_YES)
        for name in _LINKS:
            others = (each for each in known[name] if each != given.id)
            yield _attribute(f"{given.id}.{name}", getattr(given, name), others)
    for access in encounter.accesses:
        others = (each for each in known["access"] if each != access.id)
        yield _flag(f"{access.id}.medically_necessary", access.medically_necessary, False)
        yield _attribute(f"{access.id}.need", access.need, terms.NEEDS)
        yield _attribute(f"{access.id}.kind", access.kind, terms.ACCESS_KINDS)
        yield _attribute(f"{access.id}.replaces", access.replaces, others)


def _attribute(path: str, charted: Any, values: Iterable[Any]) -> Attribute:
    others = tuple(each for each in values if each != charted)
    optional = charted is not None and not path.endswith((".kind", ".route"))
    return Attribute(path, charted, (*others, None) if optional else others)


def _flag(path: str, charted: bool | None, absent: bool) -> Attribute:
    return Attribute(path, charted, (not (absent if charted is None else charted),))
