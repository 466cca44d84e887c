"""Owns the FHIR reader: a pass that keeps resources, and one that builds encounters of them."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from infusion_asp.ingest.common import Dropped, Item, Kind, Tally
from infusion_asp.ingest.fhir import claim, terms
from infusion_asp.ingest.fhir.administration import started, status_of
from infusion_asp.ingest.fhir.build import Builder
from infusion_asp.ingest.fhir.options import Options
from infusion_asp.ingest.fhir.store import CLAIM, ENCOUNTER, GIVEN, Store
from infusion_asp.ingest.fhir.stream import Found, resources
from infusion_asp.ingest.fhir.values import clean, moment, part, parts, pointed, word
from infusion_asp.model.errors import InputError
from infusion_asp.tables import load_tables

LOOKUPS = frozenset({"Medication", "Device", "Patient", "Substance"})
"""Types of which nothing is given or billed; others refer to them."""


def read(paths: Sequence[Path], options: Mapping[str, str], tally: Tally) -> Iterator[Item]:
    """The encounters of FHIR R4 resources in NDJSON, Bundles or files of one resource.

    Options: `setting`, `payer`, `timezone`, `equal_end`, `join`, `inpatient`. Raises InputError
    for an option that is unknown, an input that cannot be read, or a disk without room.
    """
    chosen = Options.of(options)
    try:
        yield from _read(paths, chosen, tally)
    except sqlite3.OperationalError as caught:
        message = "the temporary database of the conversion cannot be written"
        help = "make room, or name another directory in SQLITE_TMPDIR"
        raise InputError("INPUT", message, help, kind="no_room") from caught


def _read(paths: Sequence[Path], chosen: Options, tally: Tally) -> Iterator[Item]:
    with closing(Store()) as store:
        first = _FirstPass(store, chosen)
        for path in paths:
            for found in resources(path):
                tally.see()
                dropped = found if isinstance(found, Dropped) else first.take(found)
                if dropped is not None:
                    yield dropped
        store.resolve(join=chosen.join)
        builder = Builder(store, load_tables(), chosen)
        for whole in store.wholes():
            yield from builder.build(whole)
        yield from store.unused()


KIND = Kind("fhir", "resources", read)


class _FirstPass:
    """Keeps what is used, under the key by which others refer to it."""

    def __init__(self, store: Store, options: Options) -> None:
        self._store = store
        self._options = options
        self._number = 0
        self._takers: dict[str, Callable[[Found, str], Dropped | None]] = {
            "Encounter": self._encounter,
            "MedicationAdministration": self._given,
            "Immunization": self._given,
            "Claim": self._claim,
            "ExplanationOfBenefit": self._claim,
            **dict.fromkeys(LOOKUPS, self._lookup),
        }

    def take(self, found: Found) -> Dropped | None:
        """Keeps a resource, or says why one is dropped."""
        resource = found.resource
        kind = resource.get("resourceType")
        taker = self._takers.get(kind) if isinstance(kind, str) else None
        if taker is None:
            unnamed = not isinstance(kind, str)
            reason = "not_a_resource" if unnamed else "type_not_read"
            return Dropped(reason, found.place, fault=unnamed)
        if resource.get("modifierExtension"):
            help = "an extension changes what the resource means"
            return Dropped("modifier_extension", found.place, help=help)
        self._number += 1
        id, url = word(resource, "id"), clean(found.url)
        key = f"{kind}/{id}" if id else url if url.startswith("urn:") else f"{kind}#{self._number}"
        dropped = taker(found, key)
        if url.startswith("urn:"):
            self._store.name(url, key)
        return dropped

    def _encounter(self, found: Found, key: str) -> Dropped | None:
        resource = found.resource
        status = terms.NO_ENCOUNTER.get(word(resource, "status"))
        if status:
            return Dropped(f"encounter_{status}", found.place, fault=False)
        for each in parts(resource, "identifier"):
            if number := word(each, "value"):
                self._store.name(f"{word(each, 'system')}|{number}", key)
        period = part(resource, "period")
        start, end = (moment(word(period, n), self._options.zone).day for n in ("start", "end"))
        patient = pointed(part(resource, "subject"))
        return self._keep(found, key, ENCOUNTER, key, patient, (start, end or start))

    def _given(self, found: Found, key: str) -> Dropped | None:
        resource = found.resource
        reason, fault = status_of(resource)
        if reason:
            return Dropped(reason, found.place, fault=fault)
        whole = pointed(part(resource, "context")) or pointed(part(resource, "encounter"))
        if whole.startswith("EpisodeOfCare/"):
            whole = ""
        patient = pointed(part(resource, "subject")) or pointed(part(resource, "patient"))
        day = started(resource, self._options).day
        return self._keep(found, key, GIVEN, whole, patient, (day, day))

    def _claim(self, found: Found, key: str) -> Dropped | None:
        resource = found.resource
        reason, fault = claim.refused(resource, inpatient=self._options.inpatient)
        if reason:
            return Dropped(reason, found.place, fault=fault)
        named = claim.encounters_of(resource)
        whole = named[0] if len(named) == 1 else ""
        patient = pointed(part(resource, "patient"))
        days = claim.days_of(resource)
        found = replace(found, resource=claim.reduced(resource))
        return self._keep(found, key, CLAIM, whole, patient, days)

    def _lookup(self, found: Found, key: str) -> Dropped | None:
        return self._store.keep_lookup(found, key)

    def _keep(
        self, found: Found, key: str, kind: int, whole: str, patient: str, days: tuple[str, str]
    ) -> Dropped | None:
        found.resource.pop("text", None)  # the narrative, which is never read
        whole, patient = ("" if name.startswith("#") else name for name in (whole, patient))
        return self._store.keep(found, key, kind, whole, patient, days)
