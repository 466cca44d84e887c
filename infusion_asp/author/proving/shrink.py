"""Owns making an encounter smaller while what was found in it stays."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Sequence
from typing import Any

Record = dict[str, Any]
Holds = Callable[[Sequence[Record]], list[bool]]
NEEDED = frozenset({"encounter_id", "administrations", "setting", "payer"})
NEEDED_OF_ROW = frozenset({"id", "drug", "route"})
NEEDED_OF_PART = frozenset({"id", "kind", "code", "units", "modifiers"})
PARTS = ("accesses", "visits", "other_services", "billed")
MOST_ROUNDS = 12


def shrunk(record: Record, holds: Holds, rounds: int = MOST_ROUNDS) -> Record:
    """The smallest encounter found by leaving things out, one after the other.

    `holds` says of each of several encounters whether what was found is still there; encounters
    that the format refuses are False.
    """
    for _ in range(rounds):
        smaller = list(_smaller(record))
        if not smaller:
            break
        kept = [each for each, still in zip(smaller, holds(smaller), strict=True) if still]
        if not kept:
            break
        record = min(kept, key=size_of)
        together = _all_of(record, kept)
        if together is not None and holds([together]) == [True]:
            record = together
    return record


def size_of(record: Record) -> tuple[int, int]:
    """Administrations first, then everything else that is charted."""
    return len(_rows(record)), _leaves(record)


def _rows(record: Record) -> list[Record]:
    """The administrations; a claim alone has none."""
    rows: list[Record] = record.get("administrations", [])
    return rows


def _leaves(value: Any) -> int:
    if isinstance(value, dict):
        return sum(_leaves(each) for each in value.values()) + len(value)
    if isinstance(value, list):
        return sum(map(_leaves, value))
    return 1


def _smaller(record: Record) -> Iterator[Record]:
    rows = _rows(record)
    if len(rows) > 1:
        for at in range(len(rows)):
            yield _without_row(record, at)
    for name in record:
        if name not in NEEDED:
            yield {key: value for key, value in record.items() if key != name}
    for part in PARTS:
        for at, each in enumerate(record.get(part, ())):
            yield _changed(record, part, at, None)
            for name in each:
                if name not in NEEDED_OF_PART:
                    yield _changed(record, part, at, name)
    for at, row in enumerate(rows):
        for name in row:
            if name not in NEEDED_OF_ROW:
                yield _changed(record, "administrations", at, name)


def _without_row(record: Record, at: int) -> Record:
    found = copy.deepcopy(record)
    gone = found["administrations"].pop(at)["id"]
    if found.get("primary_reason") == gone:
        del found["primary_reason"]
    for row in found["administrations"]:
        for link in ("same_bag_as", "integral_to"):
            if row.get(link) == gone:
                del row[link]
    return found


def _changed(record: Record, part: str, at: int, name: str | None) -> Record:
    found = copy.deepcopy(record)
    if name is None:
        gone = found[part].pop(at).get("id")
        for row in _rows(found):
            for link in ("access", "visit"):
                if gone is not None and row.get(link) == gone:
                    del row[link]
        if not found[part]:
            del found[part]
    else:
        del found[part][at][name]
    return found


def _all_of(record: Record, kept: Sequence[Record]) -> Record | None:
    """Everything left out at once that could be left out alone (only whole fields of rows)."""
    if len(kept) < 2:
        return None
    found = copy.deepcopy(record)
    for each in kept:
        if len(_rows(each)) != len(_rows(found)):
            return None
        for row, other in zip(_rows(found), _rows(each), strict=True):
            for name in [name for name in row if name not in other]:
                del row[name]
        for name in [name for name in found if name not in each]:
            del found[name]
    return found
