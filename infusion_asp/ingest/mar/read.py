"""Owns the reader of medication records: tables in, encounters and dropped rows out."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from infusion_asp.ingest.common import Dropped, Item, Tally
from infusion_asp.ingest.mar.build import Builder, explained
from infusion_asp.ingest.mar.chains import chains
from infusion_asp.ingest.mar.events import Event
from infusion_asp.ingest.mar.mapping import Mapping as ColumnMapping
from infusion_asp.ingest.mar.mapping import load_mapping
from infusion_asp.ingest.mar.rows import Charted, Refused, Rows
from infusion_asp.ingest.mar.spool import Spool
from infusion_asp.ingest.mar.stitch import Run, stitch
from infusion_asp.ingest.mar.table import open_table
from infusion_asp.model.errors import InputError, did_you_mean, nearest_key, shown
from infusion_asp.tables import load_tables

STANDARD_INPUT = "stdin"
OPTIONS = ("preset", "mapping", "delimiter", "encoding")
_NAMED = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "pipe": "|"}

Explain = Callable[[str], None]


def read(
    inputs: Sequence[Path],
    options: Mapping[str, str],
    tally: Tally,
    explain: Explain | None = None,
) -> Iterator[Item]:
    """The encounters of all tables, by encounter id, and every row that is in none.

    Options: `preset`, `mapping` (a YAML file), `delimiter`, `encoding`. `explain` is given the
    lines that say which rows made which administration. Raises InputError for a mapping or a
    table that cannot be read.
    """
    mapping = mapping_of(options)
    spool = Spool()
    try:
        for number, path in enumerate(inputs):
            yield from _events(mapping, number, path, tally, spool)
        yield from stitched(mapping, spool, [_name(path) for path in inputs], explain)
    finally:
        spool.close()


def mapping_of(options: Mapping[str, str]) -> ColumnMapping:
    """The mapping that the options ask for; raises InputError."""
    for name in options:
        if name not in OPTIONS:
            help = did_you_mean(nearest_key(name, OPTIONS)) or f"known: {', '.join(OPTIONS)}"
            raise InputError("--from", f"{shown(name)} is not known", help, kind="unknown_option")
    file = options.get("mapping")
    mapping = load_mapping(options.get("preset"), Path(file) if file else None)
    over = {name: options[name] for name in ("delimiter", "encoding") if name in options}
    if "delimiter" in over:
        over["delimiter"] = _NAMED.get(over["delimiter"].lower(), over["delimiter"])
        if len(over["delimiter"]) != 1:
            message = f"{shown(options['delimiter'])} is not a delimiter"
            help = "give one character, or comma, semicolon, tab or pipe"
            raise InputError("--delimiter", message, help, kind="bad_delimiter")
    return mapping.model_copy(update=over)


def _events(
    mapping: ColumnMapping, number: int, path: Path, tally: Tally, spool: Spool
) -> Iterator[Dropped]:
    with _on_disk(path) as file:
        table = open_table(file, mapping.delimiter, mapping.encoding)
        rows = Rows(mapping, number, table.name, table.columns)
        tally.note(*table.noted)
        for line, cells in table.rows:
            tally.see()
            found = Refused("unreadable_row") if cells is None else rows.event(line, cells)
            if isinstance(found, Charted):
                spool.add(found)
            else:
                yield Dropped(found.reason, f"{table.name}:{line}", fault=found.fault)


@contextmanager
def _on_disk(path: Path) -> Iterator[Path]:
    """The file; standard input (`-`) as a file that only this user reads, deleted after."""
    if str(path) != "-":
        yield path
        return
    with TemporaryDirectory() as directory:
        file = Path(directory) / STANDARD_INPUT
        with file.open("wb") as stream:
            shutil.copyfileobj(sys.stdin.buffer, stream)
        yield file


def _name(path: Path) -> str:
    return STANDARD_INPUT if str(path) == "-" else path.name


def stitched(
    mapping: ColumnMapping, spool: Spool, files: Sequence[str], explain: Explain | None = None
) -> Iterator[Item]:
    """The encounters of the events that were kept, and the events that fit nowhere."""
    drug_key = load_tables().drug_key
    builder = Builder(mapping, files, drug_key)
    for id, kept in spool.encounters():
        once, again = _once(kept)
        charted, mixed = _of_one_zone(once)
        found, lost = chains([each.event for each in charted], drug_key)
        lost += again + mixed
        runs: list[Run] = []
        for chain in found:
            more, refused = stitch(chain, continues=mapping.new_bag == "continues")
            nameless = [run for run in more if not any(event.drug for event, _ in run.rows)]
            lost += refused + [("no_drug", row) for run in nameless for row, _ in run.rows]
            runs += [run for run in more if run not in nameless]
        yield from builder.encounters(id, runs, charted)
        if explain is not None:
            for line in explained(builder.named, files):
                explain(line)
        for reason, event in sorted(lost, key=lambda each: (each[1].file, each[1].line)):
            place = f"{files[event.file]}:{event.line}"
            if explain is not None:
                explain(f"  not used  {event.action}  {place}  {reason.replace('_', ' ')}")
            yield Dropped(reason, place)


def _once(charted: Sequence[Charted]) -> tuple[list[Charted], list[tuple[str, Event]]]:
    """The rows without those that another file has too, as exports that overlap do.

    A row that one file has twice stays: it may be a second package. It is noted.
    """
    seen: dict[Event, int] = {}
    kept: list[Charted] = []
    again: list[tuple[str, Event]] = []
    for each in charted:
        row = replace(each.event, file=0, line=0)
        if row not in seen:
            seen[row] = each.event.file
            kept.append(each)
        elif seen[row] == each.event.file:
            kept.append(replace(each, notes=(*each.notes, "same_row_twice")))
        else:
            again.append(("same_row_in_another_file", each.event))
    return kept, again


def _of_one_zone(charted: Sequence[Charted]) -> tuple[list[Charted], list[tuple[str, Event]]]:
    """The rows whose times can be compared: most have an offset, or most have none."""
    zoned = [each.event.time.tzinfo is not None for each in charted]
    most = sum(zoned) * 2 > len(zoned)
    kept = [each for each, zone in zip(charted, zoned, strict=True) if zone == most]
    out = [each for each, zone in zip(charted, zoned, strict=True) if zone != most]
    return kept, [("mixed_zones", each.event) for each in out]
