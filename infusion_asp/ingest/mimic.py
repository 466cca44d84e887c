"""MIMIC-IV intensive care tables to encounters, one per stay and calendar day.

Stress data, not billable encounters. Rows of one `linkorderid` are one administration (rate
changes continue it, stretches without a row inside it are pauses), the additives and the drug
of one order are one bag, its carrier fluid a diluent in the same bag. An administration is
kept whole on the day on which it starts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from infusion_asp.ingest import mimic_terms as terms
from infusion_asp.ingest.common import (
    Converted,
    Dropped,
    Item,
    Kind,
    Tally,
    encounters_of,
    origin_of,
)
from infusion_asp.ingest.mimic_tables import Given, Line, given_of, numeric, rows_of, span_of
from infusion_asp.model.errors import InputError
from infusion_asp.tables import Tables, load_tables

_MINUTE = timedelta(minutes=1)
_PLACES = 4  # decimals kept of a summed amount


def convert(directory: Path, tables: Tables | None = None) -> Iterator[dict[str, Any]]:
    """The encounter objects of `read`; raises InputError at the first row that is wrong."""
    tally = Tally()
    yield from encounters_of(read(directory, tally, tables), tally, strict=True)


def read(directory: Path, tally: Tally, tables: Tables | None = None) -> Iterator[Item]:
    """The encounters of the tables below `directory`, by stay and day, and the wrong rows.

    `tables` say what is a fluid and which names are one drug; the shipped ones by default.
    Rows of `inputevents` are counted. Needs `inputevents`, `procedureevents` and `d_items`, as
    .csv or .csv.gz, in the directory or in its folder `icu`. Raises InputError for a
    table that is missing or cannot be read.
    """
    if tables is None:
        tables = load_tables()
    labels = {row["itemid"]: row["label"] for _, row in rows_of(directory, "d_items")}
    chains: dict[str, dict[str, list[Given]]] = defaultdict(lambda: defaultdict(list))
    name = ""
    for place, row in rows_of(directory, "inputevents"):
        tally.see()
        name = place.rpartition(":")[0]
        try:
            given = given_of(place, row, labels)
        except InputError as error:
            yield Dropped(error.kind, place, help=error.help)
            continue
        chains[given.stay][given.chain].append(given)
    lines: dict[str, list[Line]] = defaultdict(list)
    for place, row in rows_of(directory, "procedureevents"):
        kind = terms.LINE_KINDS.get(labels.get(row["itemid"], ""))
        if kind:
            try:
                start, stop = span_of(place, row)
            except InputError as error:
                tally.see()
                yield Dropped(error.kind, place, help=error.help)
                continue
            lines[row["stay_id"]].append(Line(f"l{row['orderid']}", kind, start, stop))
    for stay in sorted(chains, key=numeric):
        yield from _days(name, stay, chains[stay], lines.get(stay, []), tables)


def _days(
    file: str,
    stay: str,
    chains: Mapping[str, Sequence[Given]],
    lines: Iterable[Line],
    tables: Tables,
) -> Iterator[Converted]:
    placed = sorted(lines, key=lambda line: (line.start, numeric(line.id)))
    days: dict[date, list[tuple[datetime, list[dict[str, Any]]]]] = defaultdict(list)
    used: dict[date, list[int]] = defaultdict(list)
    for chain in sorted(chains, key=numeric):
        rows = sorted(chains[chain], key=lambda row: (row.start, row.stop, row.order))
        start = rows[0].start
        used[start.date()] += [row.line for row in rows]
        bag = list(_administrations(file, chain, rows, placed, tables))
        days[start.date()].append((start, bag))
    for day in sorted(days):
        encounter = {
            "encounter_id": f"mimic-{stay}-{day.isoformat()}",
            "setting": "facility",
            "accesses": [
                {"id": line.id, "kind": line.kind}
                for line in placed
                if line.start.date() <= day <= line.stop.date()
            ],
            "administrations": [
                one for _, bag in sorted(days[day], key=lambda group: group[0]) for one in bag
            ],
        }
        yield Converted(encounter, len(used[day]), f"{file}:{min(used[day])}")


def _administrations(
    file: str, chain: str, rows: Sequence[Given], lines: Iterable[Line], tables: Tables
) -> Iterator[dict[str, Any]]:
    """The bag of one chain: its drugs as one administration, then its carriers."""
    items: dict[str, list[Given]] = {}
    for row in rows:
        items.setdefault(row.item, []).append(row)
    parts = sorted(items.values(), key=lambda part: part[0].component != terms.MAIN)
    drugs = [part for part in parts if not _is_carrier(part[0])]
    carriers = [part for part in parts if _is_carrier(part[0])]
    if not drugs:
        drugs, carriers = carriers[:1], carriers[1:]
    bag = f"a{chain}"
    whole = _timed(bag, drugs[0], rows) | _names(drugs, tables) | _amounts(drugs, rows)
    route = whole["route"]
    access = _access(rows[0].start, lines) if route == "intravenous" else None
    if access:
        whole["access"] = access
    if route == "intravenous" and "category" not in whole:
        if _is_carrier(drugs[0][0]):
            whole["purpose"] = "keep_open"
        elif _is_volume(drugs, tables):
            whole["purpose"] = "hydration"
    lone = rows if len(carriers) == 0 else [row for part in drugs for row in part]
    yield whole | {"origin": origin_of(file, sorted(row.line for row in lone))}
    for number, part in enumerate(carriers, 1):
        carrier = _timed(f"{bag}-{number}", part, part) | _names([part], tables)
        carrier |= _amounts([part], part)
        carrier |= {"route": route, "purpose": "diluent", "same_bag_as": bag}
        if access:
            carrier["access"] = access
        yield carrier | {"origin": origin_of(file, sorted(row.line for row in part))}


def _timed(id: str, part: Sequence[Given], rows: Sequence[Given]) -> dict[str, Any]:
    """Id, route, method and times of a bag from all its rows."""
    head, label = part[0], part[0].label
    start, stop = rows[0].start, max(row.stop for row in rows)
    route = terms.ROUTES.get(head.category, "intravenous")
    if route != "intravenous":
        route = terms.LABEL_ROUTES.get(label, route)
    given: dict[str, Any] = {"id": id, "route": route}
    if any(mark in label for mark in terms.CIRCUIT_MARKS):
        given["route"] = "other"
    blood = head.category == terms.BLOOD_CATEGORY or any(m in label for m in terms.BLOOD_MARKS)
    short = stop - start <= _MINUTE
    if blood and not any(mark in label for mark in terms.NOT_BLOOD_MARKS):
        given |= {"method": "transfusion", "category": "blood_product"}
    elif route == "subcutaneous":
        given["method"] = "injection"
    elif route in ("oral", "enteral"):
        given["method"] = "oral"
    else:
        fluid = head.category in terms.FLUID_CATEGORIES
        given["method"] = "push" if short and not fluid else "infusion"
    if label.startswith(terms.PROCEDURE_MARKS):
        given["integral_to"] = "surgery"
    elif head.category == terms.OUTSIDE_CATEGORY:
        given["started_before_arrival"] = True
    given |= {"start": _clock(start), "stop": _clock(stop)}
    pauses = [{"start": _clock(a), "stop": _clock(b)} for a, b in _gaps(rows)]
    if pauses:
        given["pauses"] = pauses
    return given


def _names(parts: Sequence[Sequence[Given]], tables: Tables) -> dict[str, Any]:
    """The drug, or the members of the bag; two names of one drug are one member."""
    members: dict[str, str] = {}
    for part in parts:
        members.setdefault(tables.drug_key(part[0].label), part[0].label)
    labels = list(members.values())
    return {"drug": labels[0]} if len(labels) == 1 else {"mix": labels}


def _amounts(parts: Sequence[Sequence[Given]], rows: Sequence[Given]) -> dict[str, Any]:
    """Volume of the bag and dose of its drug: the last part that has one (the additive)."""
    volumes: dict[str, float] = defaultdict(float)
    for row in rows:
        if row.unit == "ml":
            volumes[row.item] += row.amount
    found: dict[str, Any] = {}
    if volumes and max(volumes.values()) > 0:
        found["volume_ml"] = round(max(volumes.values()), _PLACES)
    charted = {row.rate for row in rows if row.rate_unit == "mL/hour" and row.rate}
    if len(charted) == 1:
        found["rate_ml_per_hr"] = round(charted.pop() or 0, _PLACES)
    for part in parts:
        units = {terms.UNITS.get(row.unit) for row in part}
        unit = units.pop() if len(units) == 1 else None
        total = round(sum(row.amount for row in part), _PLACES)
        if unit and total > 0:
            found |= {"dose": total, "dose_unit": unit}
    return found


def _is_carrier(row: Given) -> bool:
    return row.component == terms.CARRIER or row.label in terms.UNNAMED_CARRIERS


def _is_volume(parts: Sequence[Sequence[Given]], tables: Tables) -> bool:
    """Whether a bag is an unmixed hydrating fluid that was ordered as a fluid."""
    head = parts[0][0]
    fluid = tables.fluid(head.label)
    ordered = len(parts) == 1 and head.category in terms.FLUID_CATEGORIES
    return ordered and fluid is not None and fluid.fluid_class == "hydration"


def _gaps(rows: Iterable[Given]) -> Iterator[tuple[datetime, datetime]]:
    """The stretches inside a chain in which nothing ran."""
    reached: datetime | None = None
    for row in rows:
        if reached is not None and row.start > reached:
            yield reached, row.start
        reached = row.stop if reached is None else max(reached, row.stop)


def _access(start: datetime, lines: Iterable[Line]) -> str | None:
    """The line in place at a start; of several the one placed first."""
    return next((line.id for line in lines if line.start <= start <= line.stop), None)


def _clock(time: datetime) -> str:
    return time.isoformat(timespec="minutes")


def _read_all(inputs: Sequence[Path], options: Mapping[str, str], tally: Tally) -> Iterator[Item]:
    for directory in inputs:
        yield from read(directory, tally)


KIND = Kind("mimic", "rows", _read_all)
