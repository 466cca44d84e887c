"""Owns what fields of the encounter are called on the page, and values as a sentence names them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from infusion_asp.model.errors import shown
from infusion_asp.web.editing.times import read

_LABELS = {
    "dose_unit": "unit of dose",
    "encounter_id": "name of the encounter",
    "hcpcs": "HCPCS",
    "id": "name",
    "integral_to": "part of",
    "mix": "drugs in the mix",
    "ndc": "NDC",
    "rate_ml_per_hr": "rate (ml/h)",
    "volume_ml": "volume (ml)",
}


def label_of(field: str) -> str:
    """The name of a field for people."""
    return _LABELS.get(field, field.replace("_", " "))


def word_of(value: str) -> str:
    """A value of an enumeration for people."""
    return value.replace("_", " ")


def named(given: Mapping[str, Any]) -> str:
    """An administration for people: its id and its drug, code or mix."""
    mix = given.get("mix")
    drugs = " + ".join(map(str, mix)) if isinstance(mix, list) else ""
    name = given.get("drug") or drugs or given.get("hcpcs")
    return f"{given.get('id')} ({name})" if isinstance(name, str) and name else f"{given.get('id')}"


def told(value: Any, day: str = "") -> str:
    """A value in a sentence: a time without its date where that is `day`, a text as typed."""
    if value is None:
        return "empty"
    if isinstance(value, list):
        return ", ".join(map(str, value))
    time = read(value) if isinstance(value, str) and "T" in value else None
    if time is not None:
        return f"{time:%H:%M}" if f"{time:%Y-%m-%d}" == day else f"{time:%H:%M on %Y-%m-%d}"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return shown(value).strip("'") if isinstance(value, str) else str(value)
