"""Owns the compact notation of the rule cases: from YAML to encounters and expected lines.

One administration is one line of text, `ceftriaxone 09:00-09:31 push @p2 /v2 100ml dose=1`:

* `09:00-09:31` from and to, `09:00+31m` from and minutes, `09:00` a start alone; `+1d` behind a
  time means the next day; without a time nothing is charted
* `IV` (the default), `IM`, `SC`, `IA`, `IT` or any route of the format
* a method of the format, `pump` for pump_prolonged; none: RULES.md section 1 derives it
* `@p2` the access, `/v2` the visit, `250ml` the volume, `80ml/h` the rate
* `name=value` any other field (`_` in a value of `mix` is a blank, `,` parts the members;
  `pause=09:10-09:20` may stand several times); all other words are the drug
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, get_args

import yaml

from infusion_asp.model import Line, terms

DAY = "2025-03-03"
CLOCK = re.compile(r"(\d{2}):(\d{2})(?:\+(\d)d)?$")
SPAN = re.compile(r"(\d{2}:\d{2}(?:\+\dd)?)(?:-(\d{2}:\d{2}(?:\+\dd)?)|\+(\d+)m)?$")
VOLUME = re.compile(r"([\d.]+)ml(/h)?$")
ROUTES = {
    "IV": "intravenous",
    "IM": "intramuscular",
    "SC": "subcutaneous",
    "IA": "intra_arterial",
    "IT": "intrathecal",
} | {route: route for route in terms.ROUTES if route not in ("other", "oral")}
METHODS = {"pump": "pump_prolonged"} | {method: method for method in terms.METHODS}
PURPOSES = set(get_args(terms.Purpose)) - {"flush", "hydration"}
PARTS = ("accesses", "visits", "other_services", "diagnoses")
FIELDS = (
    "setting",
    "payer",
    "place_of_service",
    "primary_reason",
    "arrival",
    "departure",
    "inpatient_order",
    *PARTS,
)
TEXT_FIELDS = {"id", "drug", "hcpcs", "access", "visit", "same_bag_as", "integral_to", "reason"}


class BadCase(ValueError):  # noqa: N818
    """A case that the notation does not cover."""


@dataclass(frozen=True)
class Case:
    """One statement of the rules: an encounter and what must come of it."""

    name: str
    encounter: dict[str, Any]
    profile: str | None
    policies: dict[str, str]
    policy: str | None
    lines: tuple[str, ...] | None
    by: dict[str, list[str]]
    unreported: dict[str, str]
    findings: tuple[str, ...]
    no_findings: tuple[str, ...]

    @property
    def dated(self) -> bool:
        """Whether the expected lines name their dates."""
        return any("@" in line for line in self.lines or ())


def cases_of(text: str) -> Iterator[Case]:
    """The cases of one file, those with `values` spread out."""
    for raw in yaml.load(text, Loader=yaml.BaseLoader):
        for spread in _spread(raw):
            yield _case(spread)


def line_text(line: Line, first_day: datetime, dated: bool) -> str:
    """`CODE xN [mods] @day`, where day 0 is the first date of the case."""
    text = line.code + (f" x{line.units}" if line.units > 1 else "")
    text += f" [{','.join(line.modifiers)}]" if line.modifiers else ""
    if dated and line.date is not None:
        text += f" @{(line.date - first_day.date()).days}"
    return text


def _spread(raw: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if "values" not in raw:
        yield raw
        return
    base = {key: value for key, value in raw.items() if key not in ("values", "for")}
    for value, change in raw["values"].items():
        if "for" in raw:
            case = _filled(base, raw["for"], value)
        else:
            case = dict(base) | {"policies": base.get("policies", {}) | {raw["policy"]: value}}
        case |= change if isinstance(change, Mapping) else {"lines": change}
        mark = value if "for" in raw else f"{raw['policy']} {value}"
        if f"<{raw.get('for')}>" not in raw["name"]:
            case["name"] += f": {mark}"
        yield case


def _filled(value: Any, name: str, text: str) -> Any:
    if isinstance(value, str):
        return value.replace(f"<{name}>", text)
    if isinstance(value, Mapping):
        return {key: _filled(each, name, text) for key, each in value.items()}
    if isinstance(value, list):
        return [_filled(each, name, text) for each in value]
    return value


KEYS = {
    *("name", "given", "date", "profile", "policies", "policy", "lines", "by"),
    *("unreported", "findings", "no_findings", *FIELDS),
}


def _case(raw: dict[str, Any]) -> Case:
    unknown = sorted(set(raw) - KEYS)
    if unknown:
        raise BadCase(f"{raw.get('name')}: unknown {unknown}")
    lines = raw.get("lines")
    return Case(
        name=raw["name"],
        encounter=_encounter(raw),
        profile=raw.get("profile"),
        policies=dict(raw.get("policies", {})),
        policy=raw.get("policy"),
        lines=tuple(sorted(lines)) if isinstance(lines, list) else None,
        by=raw.get("by", {}),
        unreported=raw.get("unreported", {}),
        findings=tuple(raw.get("findings", ())),
        no_findings=tuple(raw.get("no_findings", ())),
    )


def _encounter(raw: dict[str, Any]) -> dict[str, Any]:
    day = datetime.fromisoformat(raw.get("date", DAY))
    found: dict[str, Any] = {"encounter_id": "case"}
    for field in FIELDS:
        if field in raw and field not in PARTS:
            found[field] = _scalar(field, raw[field], day)
    found["accesses"] = [_access(name, text) for name, text in raw.get("accesses", {}).items()]
    found["visits"] = [_visit(name, text, day) for name, text in raw.get("visits", {}).items()]
    found["other_services"] = [_service(each) for each in raw.get("other_services", ())]
    found["diagnoses"] = list(raw.get("diagnoses", ()))
    found["administrations"] = [_given(name, text, day) for name, text in raw["given"].items()]
    return found


def _given(name: str, text: str, day: datetime) -> dict[str, Any]:
    found: dict[str, Any] = {"id": name, "route": "intravenous"}
    drug = []
    for word in text.split():
        span, volume = SPAN.match(word), VOLUME.match(word)
        if span:
            start, stop, minutes = span.groups()
            found["start"] = _time(start, day)
            if stop:
                found["stop"] = _time(stop, day)
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
            pause = {"start": _time(start, day), "stop": _time(stop, day)}
            found.setdefault("pauses", []).append(pause)
        elif word.startswith("mix="):
            found["mix"] = word[4:].replace("_", " ").split(",")
        elif "=" in word:
            field, value = word.split("=", 1)
            found[field] = _scalar(field, value, day)
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


def _access(name: str, text: str) -> dict[str, Any]:
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


def _visit(name: str, text: str, day: datetime) -> dict[str, Any]:
    times = [_time(each, day) if each else None for each in text.split("-")]
    found: dict[str, Any] = {"id": name}
    if times[0]:
        found["arrival"] = times[0]
    if len(times) > 1 and times[1]:
        found["departure"] = times[1]
    return found


def _service(text: str) -> dict[str, Any]:
    code, _, modifiers = text.partition(" ")
    return {"code": code, "modifiers": modifiers.strip("[]").split(",") if modifiers else []}


def _scalar(field: str, value: str, day: datetime) -> Any:
    if CLOCK.match(value):
        return _time(value, day)
    if field in TEXT_FIELDS or "T" in value:
        return value
    return yaml.safe_load(value)


def _time(text: str, day: datetime) -> str:
    found = CLOCK.match(text)
    if not found:
        raise BadCase(f"no time: {text}")
    hour, minute, days = int(found[1]), int(found[2]), int(found[3] or 0)
    return (day + timedelta(days=days, hours=hour, minutes=minute)).isoformat()
