"""Owns a MedicationAdministration or Immunization as an administration of an encounter."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from infusion_asp.ingest.common import Dropped, origin_of
from infusion_asp.ingest.fhir import terms
from infusion_asp.ingest.fhir.access import Way, Ways
from infusion_asp.ingest.fhir.medication import Find, Named, Names
from infusion_asp.ingest.fhir.options import Options
from infusion_asp.ingest.fhir.store import Kept
from infusion_asp.ingest.fhir.values import (
    Amount,
    Moment,
    amount,
    clock,
    millilitres,
    minutes,
    moment,
    number,
    part,
    parts,
    pointed,
    spoken,
    word,
)
from infusion_asp.tables import Tables


@dataclass(frozen=True, slots=True)
class Given:
    """One administration: the object, its line, what it is part of, and notes."""

    record: dict[str, Any] = field(repr=False)
    line: tuple[str, str] | None
    part_of: tuple[str, ...]
    notes: tuple[str, ...]


def status_of(resource: Any) -> tuple[str, bool]:
    """Why a resource says that nothing was given (empty: it was), and whether that is a fault."""
    status = word(resource, "status")
    if status in terms.NOT_GIVEN:
        return terms.NOT_GIVEN[status], False
    if status not in terms.GIVEN:
        return ("status_not_known" if status else "no_status"), True
    if status == "on-hold" and not _ran(resource):
        return "on_hold", False
    return "", False


def _ran(resource: Any) -> bool:
    """Whether the period of a resource has length."""
    period = part(resource, "effectivePeriod")
    start, end = word(period, "start"), word(period, "end")
    return bool(start and end and start != end)


def started(resource: Any, options: Options) -> Moment:
    """When an administration began."""
    period = part(resource, "effectivePeriod")
    text = word(period, "start") or word(resource, "effectiveDateTime")
    return moment(text or word(resource, "occurrenceDateTime"), options.zone)


def of_immunization(resource: dict[str, Any]) -> dict[str, Any]:
    """An Immunization with the elements of a MedicationAdministration."""
    dosage = {
        "route": resource.get("route"),
        "site": resource.get("site"),
        "dose": resource.get("doseQuantity"),
    }
    return resource | {
        "medicationCodeableConcept": resource.get("vaccineCode"),
        "effectiveDateTime": resource.get("occurrenceDateTime"),
        "effectivePeriod": None,
        "dosage": {name: value for name, value in dosage.items() if value is not None},
    }


class Administrations:
    """Turns resources into administrations with the shipped tables."""

    def __init__(self, tables: Tables, options: Options) -> None:
        self._tables = tables
        self._options = options
        self._names = Names(tables)
        self._ways = Ways(tables)

    def of(self, kept: Kept, id: str, find: Find) -> Given | Dropped:
        """The administration of a resource, or why there is none."""
        resource = kept.resource
        if resource.get("resourceType") == "Immunization":
            resource = of_immunization(resource)
        what = self._named(resource, find)
        if what.empty:
            return Dropped("medication_not_found", kept.place)
        dosage = part(resource, "dosage")
        way = self._ways.of(resource, dosage, find)
        notes = [*what.notes, *way.notes]
        record: dict[str, Any] = {"id": id}
        names = {"drug": what.drug, "mix": list(what.mix), "hcpcs": what.hcpcs}
        record |= {name: value for name, value in names.items() if value}
        if what.category:
            record["category"] = what.category
        record |= _words(way)
        if purpose := _purpose(resource):
            record["purpose"] = purpose
        self._times(record, resource, notes)
        self._dose(record, dosage, notes)
        self._rate(record, dosage, notes)
        wholes = tuple(pointed(each) for each in parts(resource, "partOf"))
        notes += ["part_of_a_procedure" for whole in wholes if whole.startswith("Procedure/")]
        record["origin"] = origin_of(kept.file, [*kept.named, *what.codes])
        return Given(record, way.line, wholes, tuple(notes))

    def _named(self, resource: Any, find: Find) -> Named:
        concept = part(resource, "medicationCodeableConcept")
        pointer = part(resource, "medicationReference")
        if concept is not None or pointer is None:
            return self._names.of_concept(concept)
        found = find(pointed(pointer))
        what = self._names.of_medication(found, find) if found else Named()
        if what.empty:
            what = self._names.of_concept({"text": word(pointer, "display")})
        return what

    def _times(self, record: dict[str, Any], resource: Any, notes: list[str]) -> None:
        period = part(resource, "effectivePeriod")
        start = started(resource, self._options)
        stop = moment(word(period, "end"), self._options.zone)
        notes += [each.note for each in (start, stop) if each.note]
        if start.time is not None:
            record["start"] = clock(start.time)
        if stop.time is None:
            notes += ["stop_missing"] if period is not None and not stop.note else []
            return
        if word(resource, "status") == "in-progress":
            notes.append("end_of_one_in_progress")
            return
        if start.time is not None:
            if (start.time.tzinfo is None) != (stop.time.tzinfo is None):
                notes.append("zones_differ")
                return
            if stop.time < start.time:
                notes.append("stop_before_start")
                return
            if stop.time == start.time and self._options.equal_end == "missing":
                notes.append("end_equals_start")
                return
        record["stop"] = clock(stop.time)

    def _dose(self, record: dict[str, Any], dosage: Any, notes: list[str]) -> None:
        quantity = part(dosage, "dose")
        if quantity is None:
            return
        given = amount(quantity)
        if given is None:
            notes.append("dose_not_read")
            return
        volume = millilitres(given, self._tables)
        if volume is not None:
            record["volume_ml"] = number(volume)
        elif not given.units:
            notes.append("dose_without_a_unit")
        elif any("/" in unit for unit in given.units):
            notes.append("dose_is_a_ratio")
        elif unit := self._unit(given):
            record["dose"], record["dose_unit"] = number(given.value), unit
        else:
            notes.append("dose_not_read")

    def _unit(self, given: Amount) -> str:
        """The unit as the tables write it, else as charted."""
        for text in given.units:
            if text in terms.UCUM_UNITS:
                return terms.UCUM_UNITS[text]
            if self._tables.units.find(text):
                return text
        return given.units[-1]

    def _rate(self, record: dict[str, Any], dosage: Any, notes: list[str]) -> None:
        ratio, quantity = part(dosage, "rateRatio"), part(dosage, "rateQuantity")
        if ratio is None and quantity is None:
            return
        if ratio is not None:
            over, under = amount(part(ratio, "numerator")), amount(part(ratio, "denominator"))
            rate = self._hourly(over, under)
        else:
            given = amount(quantity)
            if given is not None and minutes(given) is not None:
                notes.append("rate_is_a_duration")
                return
            rate = self._of_unit(given) if given is not None else None
        if rate is None:
            notes.append("rate_not_in_ml_per_hour")
        else:
            record["rate_ml_per_hr"] = number(rate)

    def _of_unit(self, given: Amount) -> float | None:
        for unit in given.units:
            over, _, under = unit.partition("/")
            rate = self._hourly(Amount(given.value, (over,)), Amount(1, (under,)))
            if rate is not None:
                return rate
        return None

    def _hourly(self, over: Amount | None, under: Amount | None) -> float | None:
        volume = millilitres(over, self._tables) if over else None
        span = minutes(under) if under else None
        return volume * 60 / span if volume is not None and span else None


def _purpose(resource: Any) -> str:
    """The purpose that a charted reason names with nothing else in its text."""
    reasons = (text for each in parts(resource, "reasonCode") for text in spoken(each).split(" | "))
    return next((terms.PURPOSES[text] for text in reasons if text in terms.PURPOSES), "")


def _words(way: Way) -> dict[str, str]:
    words = {"route": way.route, "method": way.method, "delivery": way.delivery}
    return {name: value for name, value in words.items() if value}
