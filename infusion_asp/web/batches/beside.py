"""Owns the lists beside that of encounters: refused records, administrations without a code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from infusion_asp.model.errors import shown
from infusion_asp.web.batches.browse import places
from infusion_asp.web.batches.choices import Choice, choices
from infusion_asp.web.batches.errors import FilterError
from infusion_asp.web.batches.filters import SIZE, Place, place_of
from infusion_asp.web.batches.store import Store


@dataclass(frozen=True)
class Beside:
    """A table that is listed in its own order; `filter` is the column that can be chosen."""

    table: str
    filter: str
    label: str
    counted: str  # the name of the choices
    columns: str


ERRORS = Beside("errors", "kind", "Kind", "kind", "record, file, line, path, kind, message")
NOT_REPORTED = Beside(
    "not_reported",
    "rule_id",
    "Rule",
    "unreported",
    "record, encounter_id, administration, rule_id, sentence",
)


@dataclass(frozen=True)
class BesideList:
    """One page of such a list, as `browse.Listed`."""

    chosen: str
    choices: tuple[Choice, ...]
    rows: tuple[dict[str, Any], ...]
    total: int
    shown: range
    first: Place | None = None
    previous: Place | None = None
    next: Place | None = None
    last: Place | None = None


def beside(store: Store, what: Beside, given: Mapping[str, str], size: int = SIZE) -> BesideList:
    """A page of the list, places being positions in the table. Raises FilterError, NoBatchError."""
    chosen = str(given.get(what.filter, "")).strip()
    known = choices(store, what.counted)
    if chosen and chosen not in {each.value for each in known}:
        raise FilterError(what.filter, f"the batch has no {shown(chosen)} here", "choose one")
    place = place_of(given)
    where = f"{what.filter} = $chosen" if chosen else "true"
    values = {"chosen": chosen, "at": place.before or place.after or 0, "size": size}
    total = sum(each.count for each in known if each.value == chosen)
    if not chosen:
        found = store.one(f"SELECT count(*) AS n FROM {what.table}")
        total = found["n"] if found else 0
    back = place.last or place.before is not None
    if place.last:
        values["size"] = total % size or size
    elif place.before is not None:
        where += " AND file_row_number < $at"
    elif place.after is not None:
        where += " AND file_row_number > $at"
    rows = store.rows(
        f"SELECT {what.columns}, file_row_number AS at FROM {what.table} WHERE {where}"
        f" ORDER BY file_row_number {'DESC' if back else 'ASC'} LIMIT $size",
        values,
    )
    if back:
        rows.reverse()
    start = max(0, total - len(rows)) if place.last else min(place.row, max(0, total - len(rows)))
    if place == Place() or (back and not place.last and len(rows) < size):
        start = 0
    return BesideList(
        chosen, known, tuple(rows), total, **places([row["at"] for row in rows], start, total, size)
    )
