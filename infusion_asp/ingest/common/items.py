"""Owns what a reader yields: encounters with the pieces they were made of, and dropped pieces."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from infusion_asp.ingest.common.report import Tally


@dataclass(frozen=True, slots=True)
class Converted:
    """One encounter object in the encounter format, made of `used` pieces of the source.

    `place` is where it begins (`mar.csv:12`); `notes` are short names of what was seen and kept
    as it is, such as `missing_stop`, one for each time it was seen.
    """

    encounter: dict[str, Any] = field(repr=False)
    used: int
    place: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Dropped:
    """`count` pieces of the source that are in no encounter, with a short name of the reason.

    `fault`: the piece is wrong or doubtful, rather than one that says that nothing was given;
    it ends a strict conversion. `help` may say what to do about it.
    """

    reason: str
    place: str
    count: int = 1
    fault: bool = True
    help: str = ""


Item = Converted | Dropped


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of source: `unit` is the plural name of its pieces, such as `rows`.

    `read` yields the items of all inputs in order, calls `tally.see` for every piece it reads,
    and raises InputError only where an input cannot be read at all. `options` are texts by name.
    """

    name: str
    unit: str
    read: Callable[[Sequence[Path], Mapping[str, str], Tally], Iterator[Item]]
