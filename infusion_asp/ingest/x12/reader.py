"""Owns the reader of kind `x12`: its options, its inputs in order, its counts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from itertools import chain
from pathlib import Path

from infusion_asp.ingest.common import Converted, Dropped, Item, Kind, Tally
from infusion_asp.ingest.common.chosen import chosen
from infusion_asp.ingest.common.opened import opened
from infusion_asp.ingest.x12.claims import claims
from infusion_asp.ingest.x12.encounters import Choices, items_of, pieces_of, place_text
from infusion_asp.ingest.x12.envelope import contents
from infusion_asp.ingest.x12.join import KEYS, Join
from infusion_asp.ingest.x12.segments import Fault, segments
from infusion_asp.model.errors import InputError, shown

_YES, _NO = "yes", "no"
_CHOICES = {"inpatient": (_NO, _YES), "join_by": KEYS}


def read(sources: Sequence[Path], options: Mapping[str, str], tally: Tally) -> Iterator[Item]:
    """The encounters of all claims, file by file, and what is dropped.

    Options: `payer` (a profile for all claims), `inpatient` (`yes` keeps inpatient bills),
    `join` (a JSONL file of encounters) and `join_by` (one of KEYS). Raises InputError for an
    option that is not known, a file that cannot be read or holds no interchange, and a damaged
    join file.
    """
    given = chosen(options, _CHOICES, ("payer", "join"))
    choices = Choices(given.get("payer", ""), given["inpatient"] == _YES)
    with ExitStack() as stack:
        join = None
        if "join" in given:
            join = stack.enter_context(Join(Path(given["join"]), given["join_by"]))
        for source in sources:
            yield from _file(source, choices, tally, join)
        if join is not None:
            yield from join.left_over()


KIND = Kind("x12", "service lines", read)


def _file(source: Path, choices: Choices, tally: Tally, join: Join | None) -> Iterator[Item]:
    file = source.name if str(source) != "-" else "standard input"
    with opened(source) as stream:
        events = segments(stream)
        first = next(events, None)
        if first is None:
            raise InputError(file, f"{shown(file)} is empty", kind="empty_file")
        for each in claims(contents(chain((first,), events))):
            if isinstance(each, Fault):
                if each.number == 0:
                    _nothing_readable(each, file)
                tally.see()
                place = place_text(file, each.number, each.position)
                yield Dropped(each.reason, place, help=each.help)
                continue
            tally.see(pieces_of(each))
            for item in items_of(each, file, choices):
                if join is not None and isinstance(item, Converted):
                    yield from join.joined(item, each)
                else:
                    yield item


def _nothing_readable(fault: Fault, file: str) -> None:
    """Refuse a file that does not begin with an interchange: it is something else."""
    message = f"{shown(file)} does not begin with ISA at byte {fault.position}"
    raise InputError(
        place_text(file, 0, fault.position), message, "give X12 837 interchanges", kind="not_x12"
    )
