"""Owns the words of the compact notation: one administration, access, visit, service or bill line.

One administration is one line of text, `ceftriaxone 09:00-09:31 push @p2 /v2 100ml dose=1`:

* `09:00-09:31` from and to, `09:00+31m` from and minutes, `09:00` a start alone; `+1d` behind a
  time means the next day; without a time nothing is charted
* `IV` (the default), `IM`, `SC`, `IA`, `IT` or any route of the format
* a method of the format, `pump` for pump_prolonged; none: RULES.md section 1 derives it
* `@p2` the access, `/v2` the visit, `250ml` the volume, `80ml/h` the rate
* `name=value` any other field (`_` in a value of `mix` is a blank, `,` parts the members;
  `pause=09:10-09:20` may stand several times); all other words are the drug

A billed line is `96365 x2 [59] @1`: code, units, modifiers, and the day (0 is the first).
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any, get_args

import yaml

from infusion_asp.model import terms

DAY = "2025-03-03"
CLOCK = re.compile(r"(\d{2}):(\d{2})(?:\+(\d)d)?$")
SPAN = re.compile(r"(\d{2}:\d{2}(?:\+\dd)?)(?:-(\d{2}:\d{2}(?:\+\dd)?)|\+(\d+)m)?$")
VOLUME = re.compile(r"([\d.]+)ml(/h)?$")
BILLED = re.compile(r"(\w+)(?: x(\d+))?(?: \[([\w,]*)\])?(?: @(-?\d+))?$")
ROUTES = {
    "IV": "intravenous",
    "IM": "intramuscular",
    "SC": "subcutaneous",
    "IA": "intra_arterial",
    "IT": "intrathecal",
} | {route: route for route in terms.ROUTES if route not in ("other", "oral")}
METHODS = {"pump": "pump_prolonged"} | {method: method for method in terms.METHODS}
PURPOSES = set(get_args(terms.Purpose)) - {"flush", "hydration"}
TEXT_FIELDS = {"id", "drug", "hcpcs", "access", "visit", "same_bag_as", "integral_to", "reason"}


class BadCase(ValueError):  # noqa: N818
    """A case that the notation does not cover."""

    def __init__(self, message: str, help: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.help = help


def administration(name: str, text: str, day: datetime) -> dict[str, Any]:
    """One administration in the encounter format."""
    found: dict[str, Any] = {"id": name, "route": "intravenous"}
    drug = []
    for word in text.split():
        span, volume = SPAN.match(word), VOLUME.match(word)
        if span:
            start, stop, minutes = span.groups()
            found["start"] = time_of(start, day)
            if stop:
                found["stop"] = time_of(stop, day)
            if minutes:
                began = datetime.fromisoformat(found["start"])
                found["stop"] = (began + timedelta(minutes=int(minutes))).isoformat()
        elif volume:
            found["rate_ml_per_hr" if volume[2] else "volume_ml"] = float(volume[1])
        elif word[0] == "@":
            found["access"] = word[1:]
        elif word[0] == "/":
            found["visit"] = word[1:]
        elif word.startswith("pause="):
            start, stop = word[6:].split("-")
            pause = {"start": time_of(start, day), "stop": time_of(stop, day)}
            found.setdefault("pauses", []).append(pause)
        elif word.startswith("mix="):
            found["mix"] = word[4:].replace("_", " ").split(",")
        elif "=" in word:
            field, value = word.split("=", 1)
            found[field] = scalar(field, value, day)
        elif word in ROUTES:
            found["route"] = ROUTES[word]
        elif word in METHODS:
            found["method"] = METHODS[word]
        elif word in PURPOSES:
            found["purpose"] = word
        else:
            drug.append(word)
    if drug:
        found["drug"] = " ".join(drug)
    if found["route"] == "none":
        del found["route"]
    return found


def access(name: str, text: str) -> dict[str, Any]:
    """One access: its kind, `necessary`, and any other field by name."""
    found: dict[str, Any] = {"id": name}
    for word in text.split():
        if word == "necessary":
            found["medically_necessary"] = True
        elif "=" in word:
            field, value = word.split("=", 1)
            found[field] = value
        else:
            found["kind"] = word
    return found


def visit(name: str, text: str, day: datetime) -> dict[str, Any]:
    """One visit: `arrival-departure`, either may be missing."""
    times = [time_of(each, day) if each else None for each in text.split("-")]
    found: dict[str, Any] = {"id": name}
    if times[0]:
        found["arrival"] = times[0]
    if len(times) > 1 and times[1]:
        found["departure"] = times[1]
    return found


def service(text: str) -> dict[str, Any]:
    """Another service of the claim: code, units, modifiers."""
    code, units, modifiers, _ = _billed(text)
    return {"code": code, "units": units, "modifiers": modifiers}


def billed_line(text: str, day: datetime) -> dict[str, Any]:
    """A billed line: code, units, modifiers, date."""
    code, units, modifiers, number = _billed(text)
    found: dict[str, Any] = {"code": code, "units": units, "modifiers": modifiers}
    if number is not None:
        found["date"] = (day + timedelta(days=number)).date().isoformat()
    return found


def _billed(text: str) -> tuple[str, int, list[str], int | None]:
    found = BILLED.match(text)
    if not found:
        raise BadCase(f"no line of a claim: '{text}'", "write it as 'CODE x2 [59] @0'")
    modifiers = found[3].split(",") if found[3] else []
    day = None if found[4] is None else int(found[4])
    return found[1], int(found[2] or 1), modifiers, day


def scalar(field: str, value: str, day: datetime) -> Any:
    """The value of a field: a time, a text, or what YAML makes of it."""
    if CLOCK.match(value):
        return time_of(value, day)
    if field in TEXT_FIELDS or "T" in value:
        return value
    return yaml.safe_load(value)


def time_of(text: str, day: datetime) -> str:
    """A time as ISO text; `+1d` is the next day."""
    found = CLOCK.match(text)
    if not found:
        raise BadCase(f"no time: '{text}'", "write it as 09:30, or 09:30+1d on the next day")
    hour, minute, days = int(found[1]), int(found[2]), int(found[3] or 0)
    return (day + timedelta(days=days, hours=hour, minutes=minute)).isoformat()
