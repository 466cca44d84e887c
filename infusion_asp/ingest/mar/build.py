"""Owns the way from the runs of one encounter to encounter objects with their origin."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from infusion_asp.ingest.common import Converted, origin_of
from infusion_asp.ingest.mar.events import FLUSH, PUSH, Event
from infusion_asp.ingest.mar.mapping import Mapping
from infusion_asp.ingest.mar.rows import OF_ENCOUNTER, Charted
from infusion_asp.ingest.mar.stitch import Run

_PLACES = 4  # decimals kept of a summed amount


@dataclass(frozen=True)
class Named:
    """A run with its id in the encounter and the encounter's id, for the explanation."""

    encounter_id: str
    id: str
    data: dict[str, Any]
    run: Run


class Builder:
    """Builds the encounters of one record; `files` are the names of the tables by number."""

    def __init__(
        self, mapping: Mapping, files: Sequence[str], drug_key: Callable[[str], str]
    ) -> None:
        self._mapping = mapping
        self._files = files
        self._drug_key = drug_key
        self.named: list[Named] = []

    def encounters(
        self, id: str, runs: Iterable[Run], charted: Sequence[Charted]
    ) -> Iterator[Converted]:
        """One encounter, or one for each day on which a run begins; none without a run."""
        self.named = []
        days: dict[date | None, list[Run]] = defaultdict(list)
        for run in sorted(runs, key=_order):
            by_day = self._mapping.encounters == "by_day"
            days[_moment(run).date() if by_day else None].append(run)
        notes = {(each.event.file, each.event.line): each.notes for each in charted}
        whole, contradictions = self._whole(charted)
        for day in sorted(days, key=lambda each: each or date.min):
            own = f"{id}-{day.isoformat()}" if day else id
            yield self._encounter(own[:200], days[day], whole, notes, contradictions)
            contradictions = ()

    def _encounter(
        self,
        id: str,
        runs: Sequence[Run],
        whole: dict[str, Any],
        row_notes: dict[tuple[int, int], tuple[str, ...]],
        contradictions: tuple[str, ...],
    ) -> Converted:
        accesses: dict[str, str] = {}
        visits: dict[str, None] = {}
        given = []
        notes = list(contradictions)
        for number, run in enumerate(runs, 1):
            data = {"id": f"a{number}"} | self._administration(run, notes)
            given.append(data)
            self.named.append(Named(id, data["id"], data, run))
            if "access" in data:
                kinds = [each.access_kind for each, _ in run.rows if each.access == data["access"]]
                kind = next((each for each in kinds if each), "")
                accesses[data["access"]] = accesses.get(data["access"]) or kind
            if "visit" in data:
                visits.setdefault(data["visit"])
            notes += run.notes
            for event, _ in run.rows:
                notes += row_notes.get((event.file, event.line), ())
        data = {"encounter_id": id} | whole
        if accesses:
            data["accesses"] = [
                {"id": name} | ({"kind": kind} if kind else {}) for name, kind in accesses.items()
            ]
        if visits:
            data["visits"] = [{"id": name} for name in visits]
        data["administrations"] = given
        first = runs[0].rows[0][0]
        place = f"{self._files[first.file]}:{first.line}"
        return Converted(data, sum(len(run.rows) for run in runs), place, tuple(notes))

    def _whole(self, charted: Sequence[Charted]) -> tuple[dict[str, Any], tuple[str, ...]]:
        """What the rows say of the encounter; what they contradict each other in is left out."""
        data: dict[str, Any] = {}
        notes = []
        for name in OF_ENCOUNTER:
            said = {each.whole[name] for each in charted if name in each.whole}
            if len(said) == 1:
                data[name] = said.pop()
            elif said:
                notes.append(f"rows_differ_in_{name}")
        for name, own in (("setting", self._mapping.setting), ("payer", self._mapping.payer)):
            if own:
                data.setdefault(name, own)
        return data, tuple(notes)

    def _administration(self, run: Run, notes: list[str]) -> dict[str, Any]:
        rows = [event for event, _ in run.rows]
        data: dict[str, Any] = self._names(rows)
        route = _first(event.route for event in rows)
        if route:
            data["route"] = route
        else:
            notes.append("no_route")
        method = _first(event.method for event in rows) or _method(run, rows)
        if method:
            data["method"] = method
        for name in ("access", "visit"):
            value = _first(getattr(event, name) for event in rows)
            if value:
                data[name] = value
        if run.start is not None:
            data["start"] = _clock(run.start)
        if run.stop is not None:
            data["stop"] = _clock(run.stop)
        if run.pauses:
            data["pauses"] = [{"start": _clock(a), "stop": _clock(b)} for a, b in run.pauses]
        if run.stop is None and run.last is not None and run.last != run.start:
            data["last_charted"] = _clock(run.last)
        data |= _amounts(run, rows, notes)
        lines: dict[int, list[int | str]] = defaultdict(list)
        for event in rows:
            lines[event.file].append(event.line)
        data["origin"] = origin_of(
            self._files[rows[0].file], sorted(lines[rows[0].file], key=lambda line: line)
        )
        more = [origin_of(self._files[file], sorted(lines[file])) for file in list(lines)[1:]]
        if more:
            data["origin"] = "; ".join([data["origin"], *more])[:500]
        return data

    def _names(self, rows: Sequence[Event]) -> dict[str, Any]:
        """The drug, or the members of the bag; two names of one drug are one member."""
        members: dict[str, str] = {}
        codes: dict[str, str] = {}
        for event in rows:
            if event.drug:
                key = self._drug_key(event.drug)
                members.setdefault(key, event.drug)
                if event.hcpcs:
                    codes.setdefault(key, event.hcpcs)
        names = [members[key] for key in sorted(members)]
        if len(names) != 1:
            return {"mix": names} if names else {}
        return {"drug": names[0]} | ({"hcpcs": code} if (code := _first(codes.values())) else {})


def _amounts(run: Run, rows: Sequence[Event], notes: list[str]) -> dict[str, Any]:
    """Volume, rate, dose and waste; what the rows say in several ways is left out and noted.

    Bags add; a row that hangs no bag says again what is in it.
    """
    data: dict[str, Any] = {}
    hung = [event for event, effect in run.rows if effect in _HUNG]
    for source in (hung, rows):
        volumes = _per_bag(source)
        if volumes:
            data["volume_ml"] = _plain(sum(volumes) if source is hung else max(volumes))
            break
    rates = {event.rate for event in rows if event.rate}
    if len(rates) == 1:
        data["rate_ml_per_hr"] = _plain(rates.pop())
    elif rates:
        notes.append("several_rates")
    doses = [event for event in hung or rows if event.dose is not None and event.dose_unit]
    if len({event.drug for event in doses}) == 1 and len({event.dose_unit for event in doses}) == 1:
        total = sum(event.dose or 0.0 for event in doses) if hung else doses[0].dose
        data |= {"dose": _plain(total or 0.0), "dose_unit": doses[0].dose_unit}
        if any(unit not in ("", data["dose_unit"]) for _, unit in run.wasted):
            notes.append("waste_in_another_unit")
        elif run.wasted:
            data["wasted"] = _plain(sum(amount for amount, _ in run.wasted))
    elif doses:
        notes.append("doses_of_a_mix" if len({e.drug for e in doses}) > 1 else "several_dose_units")
    return data


def _plain(amount: float) -> int | float:
    found = round(amount, _PLACES)
    return int(found) if found.is_integer() else found


_HUNG = ("begins", "goes on with a new bag", "is given")


def _per_bag(rows: Sequence[Event]) -> list[float]:
    """The volume of every bag: of the rows of one minute the largest, they are one bag."""
    found: dict[datetime, float] = {}
    for event in rows:
        if event.volume is not None:
            found[event.time] = max(found.get(event.time, 0.0), event.volume)
    return [volume for volume in found.values() if volume > 0]


def _method(run: Run, rows: Sequence[Event]) -> str:
    """The method that the events themselves say; empty where the rules decide."""
    actions = {event.action for event in rows}
    if FLUSH in actions:
        return "flush"
    if PUSH in actions:
        return "push"
    return "" if run.single else "infusion"


def _moment(run: Run) -> datetime:
    return run.start or run.rows[0][0].time


def _order(run: Run) -> tuple[Any, ...]:
    first = run.rows[0][0]
    return (_moment(run), first.file, first.line)


def _first(values: Iterable[str]) -> str:
    return next((each for each in values if each), "")


def _clock(time: datetime) -> str:
    return time.isoformat(timespec="minutes")


def explained(named: Iterable[Named], files: Sequence[str]) -> Iterator[str]:
    """Lines that say which rows made which administration, and what each row did."""
    encounter = ""
    for each in named:
        if each.encounter_id != encounter:
            encounter = each.encounter_id
            yield f"encounter {encounter}"
        name = each.data.get("drug") or " + ".join(each.data.get("mix", ())) or "?"
        until = f" to {each.data.get('stop', '?')}"
        yield f"  {each.id}  {name}, {each.data.get('start', '?')}{until}"
        effects = Counter(effect for _, effect in each.run.rows)
        wide = max(map(len, effects))
        for event, effect in each.run.rows:
            place = f"{files[event.file]}:{event.line}"
            yield f"      {_clock(event.time)}  {effect:<{wide}}  {event.action}  {place}"
