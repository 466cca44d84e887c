"""Owns the way from one row to its event, or to the reason why it is none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from infusion_asp.ingest.mar import events as e
from infusion_asp.ingest.mar import values as v
from infusion_asp.ingest.mar.mapping import FIELDS, Mapping
from infusion_asp.ingest.mar.words import folded, route_of
from infusion_asp.model import terms
from infusion_asp.model.errors import InputError, did_you_mean, nearest_key, shown

ID, TEXT = 200, 500  # characters that the encounter format allows
OF_ENCOUNTER = ("setting", "payer", "place_of_service", "arrival", "departure", "inpatient_order")
_CLOCKS = ("arrival", "departure", "inpatient_order")


@dataclass(frozen=True, slots=True)
class Charted:
    """An event with its encounter, what the row says of the encounter, and what was noted."""

    encounter: str = field(repr=False)
    event: e.Event
    whole: dict[str, str] = field(repr=False)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """A row without an event: a short name of the reason, and whether that is a fault."""

    reason: str
    fault: bool = True


class Rows:
    """Reads the rows of one table by a mapping; raises InputError where a column is missing."""

    def __init__(self, mapping: Mapping, file: int, name: str, columns: Sequence[str]) -> None:
        self._mapping = mapping
        self._file = file
        self._at = columns_of(mapping, name, columns)
        self._actions = {folded(word): action for word, action in mapping.actions.items()}
        self._routes = {folded(word): route for word, route in mapping.routes.items()}
        self._kinds = {folded(word): kind for word, kind in mapping.access_kinds.items()}

    def event(self, line: int, cells: Sequence[Any]) -> Charted | Refused:
        """What the row of that number says."""
        row = {name: cells[at] for name, at in self._at.items()}
        encounter = v.text_of(row.get("encounter_id"), ID)
        word = folded(v.text_of(row.get("action"), TEXT))
        action = self._actions.get(word) if word else self._mapping.default_action
        if action in (e.NOT_GIVEN, e.NO_EVENT):
            return Refused(str(action), fault=False)
        if action is None:
            return Refused("unknown_action" if word else "no_action")
        if not encounter:
            return Refused("no_encounter_id")
        try:
            time, stop = self._time(row, "time", "date", "clock"), None
        except v.UnreadableError:
            return Refused("bad_time")
        if time is None:
            return Refused("no_time")
        notes: list[str] = []
        try:
            stop = self._time(row, "stop_time", "stop_date", "stop_clock")
        except v.UnreadableError:
            notes.append("stop_not_read")
        if stop is not None and not _not_before(stop, time):
            stop = None
            notes.append("stop_before_start")
        route, method = self._route(row, action, notes)
        kind = folded(v.text_of(row.get("access_kind"), ID))
        amounts = self._amounts(row, notes)
        event = e.Event(
            file=self._file,
            line=line,
            action=action,
            time=time,
            stop=stop,
            order=v.text_of(row.get("order"), ID),
            bag=v.text_of(row.get("bag"), ID),
            drug=v.text_of(row.get("drug"), TEXT),
            hcpcs=self._hcpcs(row, notes),
            route=route,
            method=method,
            access=v.text_of(row.get("access"), ID),
            access_kind=self._kinds.get(kind) or _kind(kind),
            visit=v.text_of(row.get("visit"), ID),
            **amounts,
        )
        return Charted(encounter, event, self._whole(row, notes), tuple(notes))

    def _time(self, row: dict[str, Any], whole: str, day: str, clock: str) -> Any:
        formats = self._mapping.time_formats
        found = v.time_of(row.get(whole), formats)
        if found is None and row.get(day) is not None:
            found = v.joined_time(row.get(day), row.get(clock), formats)
        return found

    def _route(self, row: dict[str, Any], action: str, notes: list[str]) -> tuple[str, str]:
        text = v.text_of(row.get("route"), TEXT)
        found = route_of(text, self._routes) if text else None
        if found is None and text:
            notes.append("route_not_known")
        if found is None and action in self._mapping.action_routes:
            found = route_of(self._mapping.action_routes[action], {})
        return found or ("", "")

    def _amounts(self, row: dict[str, Any], notes: list[str]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        number, unit = _amount(row, "dose", notes)
        unit = v.text_of(row.get("dose_unit"), 50) or unit
        if number is not None and v.unit_of(unit) == "ml":
            found["volume"] = number
        elif number is not None and unit and "/" not in unit:
            found |= {"dose": number, "dose_unit": v.unit_of(unit)}
        number, unit = _amount(row, "volume_ml", notes)
        volume = None if number is None else v.millilitres(number, unit)
        if volume is not None:
            found["volume"] = volume
        number, unit = _amount(row, "rate", notes)
        rate_unit = v.text_of(row.get("rate_unit"), 50) or unit
        if number is not None:
            found["rate"] = v.per_hour(number, rate_unit)
            if not rate_unit:
                notes.append("rate_without_unit")
        number, unit = _amount(row, "wasted", notes)
        if number is not None:
            found["wasted"] = number
        return found

    def _hcpcs(self, row: dict[str, Any], notes: list[str]) -> str:
        code = v.text_of(row.get("hcpcs"), 20).upper()
        if code and not (len(code) == 5 and code.isascii() and code.isalnum()):
            notes.append("hcpcs_not_read")
            return ""
        return code

    def _whole(self, row: dict[str, Any], notes: list[str]) -> dict[str, str]:
        found: dict[str, str] = {}
        for name in OF_ENCOUNTER:
            if name in _CLOCKS:
                try:
                    time = v.time_of(row.get(name), self._mapping.time_formats)
                except v.UnreadableError:
                    notes.append(f"{name}_not_read")
                    continue
                text = "" if time is None else time.isoformat(timespec="minutes")
            else:
                text = v.text_of(row.get(name), TEXT)
            if text:
                found[name] = text
        return found


def columns_of(mapping: Mapping, name: str, columns: Sequence[str]) -> dict[str, int]:
    """The place of every field that the table has; raises InputError where a needed one lacks."""
    places = {folded(column): at for at, column in reversed(list(enumerate(columns)))}
    found: dict[str, int] = {}
    for field_name in FIELDS:
        names = mapping.columns.get(field_name, ())
        at = next((places[folded(each)] for each in names if folded(each) in places), None)
        if at is not None:
            found[field_name] = at
    needed = ["encounter_id", "drug"]
    needed += [] if "time" in found or ("date" in found and "clock" in found) else ["time"]
    needed += [] if mapping.default_action else ["action"]
    for field_name in needed:
        if field_name not in found:
            asked = mapping.columns.get(field_name) or mapping.columns.get("date", ())
            guess = did_you_mean(nearest_key(asked[0], columns)) if asked else ""
            named = ", ".join(asked[:6])
            message = f"{shown(name)} has no column for {field_name} (looked for {named})"
            help = guess or "name the column in a mapping; docs/convert-mar.md shows one"
            raise InputError(name, message, help, kind="missing_column")
    return found


def _amount(row: dict[str, Any], name: str, notes: list[str]) -> tuple[float | None, str]:
    try:
        return v.amount_of(row.get(name)) or (None, "")
    except v.UnreadableError:
        notes.append(f"{name}_not_read")
        return None, ""


def _kind(word: str) -> str:
    plain = word.replace(" ", "_").replace("-", "_")
    if plain in terms.ACCESS_KINDS:
        return plain
    return terms.OTHER_WORDS["kind"].get(plain, "")


def _not_before(stop: Any, start: Any) -> bool:
    try:
        return bool(stop >= start)
    except TypeError:  # one with an offset, one without
        return False
