"""Owns in which encounters of a batch the rules had a part: how many for each, and which."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from infusion_asp.web.batches.browse import Listed, listed
from infusion_asp.web.batches.directory import Directory, Kind, look
from infusion_asp.web.batches.filters import Asked, Filter, Place
from infusion_asp.web.batches.store import STORES, Store

SIZE = 20
_COUNTS = """
    SELECT rule, count(DISTINCT record) AS n FROM (
        SELECT record, unnest(rule_ids) AS rule FROM lines WHERE len(rule_ids) > 0
        UNION ALL SELECT record, rule_id FROM findings
        UNION ALL SELECT record, rule_id FROM not_reported WHERE rule_id IS NOT NULL)
    GROUP BY rule
"""


@dataclass(frozen=True)
class OpenBatch:
    """A batch that can be browsed, by its number from 1."""

    number: int
    directory: Directory

    @property
    def silent(self) -> bool:
        """Whether its lines name no rules: they were not explained."""
        told = self.directory.summary
        return told.get("task") == "verify" and told.get("explain") in ("none", "words")

    @property
    def partly(self) -> bool:
        """Whether only the lines of encounters with findings name their rules."""
        return self.directory.summary.get("explain") == "findings"


def open_batches(paths: tuple[Path, ...]) -> list[OpenBatch]:
    """The batches of this run that are whole."""
    found = (OpenBatch(number, look(path)) for number, path in enumerate(paths, 1))
    return [each for each in found if each.directory.kind is Kind.WHOLE]


def store_of(batch: OpenBatch) -> Store:
    """The tables of a batch."""
    return STORES.of(batch.directory)


def counts(store: Store) -> Mapping[str, int]:
    """The number of encounters for each rule that had a part in any; one pass over the tables."""

    def make() -> Mapping[str, int]:
        return {row["rule"]: row["n"] for row in store.rows(_COUNTS)}

    return store.kept("fired", make)


def fired_in(store: Store, rule_id: str, place: Place) -> Listed:
    """A page of the encounters in which a rule had a part, in the order of the input."""
    return listed(store, Asked(Filter(fired=rule_id), place=place), (), SIZE)
