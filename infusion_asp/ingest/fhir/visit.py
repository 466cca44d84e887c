"""Owns what an Encounter says of the whole: its times, its class, its diagnoses."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from infusion_asp.ingest.fhir import terms
from infusion_asp.ingest.fhir.options import Options
from infusion_asp.ingest.fhir.values import clock, codings, moment, part, parts, word


def whole_of(resource: Any, options: Options) -> tuple[dict[str, Any], list[str]]:
    """The fields of an encounter that an Encounter gives, and notes.

    The inpatient order is the moment from which its class is an inpatient one.
    """
    notes: list[str] = []
    period = part(resource, "period")
    arrival = _time(word(period, "start"), options, notes)
    departure = _time(word(period, "end"), options, notes)
    found: dict[str, Any] = {}
    if arrival is not None:
        found["arrival"] = clock(arrival)
    if departure is not None:
        if arrival is not None and (arrival.tzinfo is None) != (departure.tzinfo is None):
            notes.append("zones_differ")
        elif arrival is not None and departure < arrival:
            notes.append("departure_before_arrival")
        else:
            found["departure"] = clock(departure)
    admitted = _admitted(resource, options, notes) or (
        arrival if word(part(resource, "class"), "code") in terms.INPATIENT else None
    )
    if admitted is not None:
        found["inpatient_order"] = clock(admitted)
    elif word(part(resource, "class"), "code") in terms.INPATIENT:
        notes.append("inpatient_without_a_time")
    if word(part(resource, "class"), "code") == terms.HOME:
        found["place_of_service"] = terms.HOME_PLACE
    diagnoses = list(dict.fromkeys(_diagnoses(resource)))
    if diagnoses:
        found["diagnoses"] = diagnoses
    if any(word(each, "status") == "onleave" for each in parts(resource, "statusHistory")):
        notes.append("on_leave_in_between")
    return found, notes


def _admitted(resource: Any, options: Options, notes: list[str]) -> datetime | None:
    """When the class became an inpatient one, by the history of the class."""
    times = []
    for each in parts(resource, "classHistory"):
        if word(part(each, "class"), "code") in terms.INPATIENT:
            time = _time(word(part(each, "period"), "start"), options, notes)
            times += [time] if time is not None else []
    zoned = {time.tzinfo is None for time in times}
    return min(times) if len(zoned) == 1 else None


def _time(text: str, options: Options, notes: list[str]) -> datetime | None:
    found = moment(text, options.zone)
    notes += [found.note] if found.note else []
    return found.time


def _diagnoses(resource: Any) -> list[str]:
    concepts = parts(resource, "reasonCode")
    found = (coding for concept in concepts for coding in codings(concept))
    return [coding.code for coding in found if coding.system == "icd10" and coding.code]
