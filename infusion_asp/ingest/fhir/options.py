"""Owns the options of the FHIR reader: texts by name, checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self
from zoneinfo import ZoneInfo

from infusion_asp.model import terms
from infusion_asp.model.errors import InputError, did_you_mean, nearest, shown

CHOICES = {
    "setting": terms.SETTINGS,
    "equal_end": ("zero", "missing"),
    "join": ("reference", "patient-day"),
    "inpatient": ("no", "yes"),
}
"""The values of each option that has a closed list; the first is the default."""

NAMES = (*CHOICES, "payer", "timezone")


@dataclass(frozen=True, slots=True)
class Options:
    """How FHIR is read.

    `setting` where no claim says it; `payer` of every encounter; `zone` into which times are
    put, `equal_end` is what an end equal to the start means, `join` finds the encounter of a
    claim that names none by its patient and days, `inpatient` keeps inpatient bills.
    """

    setting: str = "facility"
    payer: str = ""
    zone: ZoneInfo | None = None
    equal_end: str = "zero"
    join: bool = False
    inpatient: bool = False

    @classmethod
    def of(cls, given: Mapping[str, str]) -> Self:
        """The options of texts by name; raises InputError for one that is unknown."""
        for name, value in given.items():
            if name not in NAMES:
                help = did_you_mean(nearest(name, NAMES)) or f"known are {', '.join(NAMES)}"
                raise InputError(name, f"there is no option {shown(name)}", help, kind="no_option")
            known = CHOICES.get(name)
            if known and value not in known:
                help = f"known are {', '.join(known)}"
                raise InputError(name, f"{shown(value)} is not a {name}", help, kind="bad_option")
        zone = given.get("timezone")
        return cls(
            given.get("setting", "facility"),
            given.get("payer", ""),
            _zone(zone) if zone else None,
            given.get("equal_end", "zero"),
            given.get("join") == "patient-day",
            given.get("inpatient") == "yes",
        )


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, OSError, ValueError) as caught:
        help = "write a name such as America/New_York"
        message = f"{shown(name)} is not a time zone of this machine"
        raise InputError("timezone", message, help, kind="bad_option") from caught
