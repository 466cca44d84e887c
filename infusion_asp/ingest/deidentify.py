"""Owns the de-identification of encounters: dates shifted, ids hashed with a key, text dropped.

What comes out is date-shifted, not Safe Harbor: clock times, spans of days, drugs, codes and
the words of open lists stay as they were.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any

from infusion_asp.model.encounter import Encounter
from infusion_asp.model.fields import clock_text

MOST_DAYS = 365  # that an encounter is shifted by, forward or back
SHORTEST_KEY = 16  # bytes
_LETTERS = 16  # hexadecimal digits of a hash
_PROCEDURE = re.compile(r"[0-9A-Z]{5}|[0-9A-Z]{7}")

KEPT, TIME, DAY, TEXT, ID, PARTS, GONE = "kept", "time", "day", "text", "id", "parts", "gone"

FIELDS: Mapping[str, Mapping[str, str]] = {
    "encounter": {
        "encounter_id": ID,
        "setting": KEPT,
        "payer": KEPT,
        "place_of_service": KEPT,
        "type_of_bill": KEPT,
        "primary_reason": ID,
        "arrival": TIME,
        "departure": TIME,
        "inpatient_order": TIME,
        "diagnoses": KEPT,
        "accesses": PARTS,
        "visits": PARTS,
        "administrations": PARTS,
        "other_services": PARTS,
        "billed": PARTS,
    },
    "accesses": {
        "id": ID,
        "kind": KEPT,
        "medically_necessary": KEPT,
        "reason": TEXT,
        "need": KEPT,
        "replaces": ID,
    },
    "visits": {"id": ID, "arrival": TIME, "departure": TIME},
    "pauses": {"start": TIME, "stop": TIME},
    "administrations": {
        "id": ID,
        "drug": KEPT,
        "mix": KEPT,
        "hcpcs": KEPT,
        "category": KEPT,
        "route": KEPT,
        "method": KEPT,
        "access": ID,
        "visit": ID,
        "start": TIME,
        "stop": TIME,
        "pauses": PARTS,
        "last_charted": TIME,
        "volume_ml": KEPT,
        "rate_ml_per_hr": KEPT,
        "dose": KEPT,
        "dose_unit": KEPT,
        "wasted": KEPT,
        "purpose": KEPT,
        "same_bag_as": ID,
        "integral_to": ID,
        "ordered": KEPT,
        "started_before_arrival": KEPT,
        "lesions": KEPT,
        "reduced": KEPT,
        "discontinued": KEPT,
        "pump_owner": KEPT,
        "container": KEPT,
        "delivery": KEPT,
        "flushed_before": KEPT,
        "indication": KEPT,
        "counselled": KEPT,
        "order_reason": TEXT,
        "notes": TEXT,
        "origin": GONE,
    },
    "other_services": {"code": KEPT, "units": KEPT, "modifiers": KEPT},
    "billed": {
        "code": KEPT,
        "units": KEPT,
        "modifiers": KEPT,
        "date": DAY,
        "ndc": KEPT,
        "ndc_quantity": KEPT,
        "ndc_unit": KEPT,
        "origin": GONE,
    },
}
"""What happens to every field; a field that is not listed is dropped."""

CHARTED = "charted"
"""Stands where a text stood: that there is one can decide a finding."""


def deidentified(encounter: Encounter, key: bytes) -> dict[str, Any]:
    """The encounter object with shifted dates, hashed ids and no free text.

    The shift is a whole number of days, the same for one encounter id and key, so minutes and
    midnights stay. The ids of parts sort as before. `key` has at least SHORTEST_KEY bytes.
    """
    if len(key) < SHORTEST_KEY:
        raise ValueError("the key is too short")
    return _Hidden(encounter, key).part("encounter", encounter.model_dump(exclude_unset=True))


class _Hidden:
    def __init__(self, encounter: Encounter, key: bytes) -> None:
        self._key = key
        self._own = encounter.encounter_id
        self._days = self._shift(encounter)
        named = {each.id for each in encounter.accesses}
        named |= {each.id for each in encounter.visits}
        named |= {each.id for each in encounter.administrations}
        for given in encounter.administrations:
            named.update(each for each in (given.access, given.visit) if each)
        self._ids = {
            id: f"x{rank:04d}{self._hash('part', id)}" for rank, id in enumerate(sorted(named))
        }
        self._ids_given = {given.id for given in encounter.administrations}

    def part(self, kind: str, data: Mapping[str, Any]) -> dict[str, Any]:
        """One object of the encounter."""
        found: dict[str, Any] = {}
        for name, value in data.items():
            what = FIELDS[kind].get(name, GONE)
            if what == GONE or value is None:
                continue
            if what == PARTS:
                found[name] = [self.part(name, each) for each in value]
            elif what == ID:
                found[name] = self._id(name, value)
            elif what == TEXT:
                found[name] = CHARTED
            elif what in (TIME, DAY):
                found[name] = self._moved(value)
            else:
                found[name] = _plain(value)
        return found

    def _id(self, name: str, value: str) -> str:
        if name == "encounter_id":
            return self._hash("encounter", value)
        if name == "integral_to" and value not in self._ids_given:
            return value if _PROCEDURE.fullmatch(value) else CHARTED
        return self._ids.get(value) or f"x{self._hash('part', value)}"

    def _moved(self, value: Any) -> str:
        moved = value + self._days
        return clock_text(moved) if isinstance(moved, datetime) else str(moved.isoformat())

    def _hash(self, what: str, value: str) -> str:
        text = "\0".join((what, self._own if what == "part" else "", value))
        return hmac.new(self._key, text.encode(), sha256).hexdigest()[:_LETTERS]

    def _shift(self, encounter: Encounter) -> timedelta:
        """The days to shift by: never none, and no year that the format refuses."""
        digest = hmac.new(self._key, f"shift\0{self._own}".encode(), sha256).digest()
        number = int.from_bytes(digest[:8], "big") % (2 * MOST_DAYS)
        days = number - MOST_DAYS if number < MOST_DAYS else number - MOST_DAYS + 1
        years = {time.year for _, time in encounter.times()}
        years |= {line.date.year for line in encounter.billed if line.date}
        too_early = days < 0 and min(years, default=_LAST_YEAR) <= _FIRST_YEAR
        too_late = days > 0 and max(years, default=_FIRST_YEAR) >= _LAST_YEAR
        return timedelta(days=-days if too_early or too_late else days)


_FIRST_YEAR, _LAST_YEAR = 1901, 2298


def _plain(value: Any) -> Any:
    """A value as JSON has it."""
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    if isinstance(value, date) or value is None or isinstance(value, bool | str | int):
        return value
    return int(value) if value == int(value) else float(value)
