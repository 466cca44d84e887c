"""Owns the way from items to encounters that the model accepts, counted on the way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from infusion_asp.ingest.common.items import Dropped, Item
from infusion_asp.ingest.common.report import Tally
from infusion_asp.model.errors import InputError
from infusion_asp.model.parsing import parse_encounter


def encounters_of(
    items: Iterable[Item], tally: Tally, *, strict: bool = False
) -> Iterator[dict[str, Any]]:
    """The encounter objects among the items, in order; everything is counted in `tally`.

    An encounter that the encounter format refuses is dropped whole, as a fault. Raises
    InputError at the first fault when `strict`.
    """
    for item in items:
        dropped = item if isinstance(item, Dropped) else None
        if not isinstance(item, Dropped):
            try:
                parse_encounter(item.encounter)
            except InputError as error:
                reason = f"refused_{error.kind}"
                dropped = Dropped(reason, f"{item.place} {error.path}", item.used, help=error.help)
        if dropped is None:
            assert not isinstance(item, Dropped)
            tally.use(item)
            yield item.encounter
            continue
        tally.drop(dropped)
        if strict and dropped.fault:
            message = f"{dropped.place}: {dropped.reason.replace('_', ' ')}"
            help = dropped.help or "without --strict it is counted and left out"
            raise InputError(dropped.place, message, help, kind=dropped.reason)
