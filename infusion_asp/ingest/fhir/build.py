"""Owns building encounters from the resources that belong together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from infusion_asp.ingest.common import Converted, Dropped, Item
from infusion_asp.ingest.fhir.administration import Administrations, Given
from infusion_asp.ingest.fhir.claim import Billed, billed
from infusion_asp.ingest.fhir.options import Options
from infusion_asp.ingest.fhir.store import CLAIM, ENCOUNTER, Kept, Store
from infusion_asp.ingest.fhir.values import part, parts, pointed, word
from infusion_asp.ingest.fhir.visit import whole_of
from infusion_asp.model.encounter import MOST_ADMINISTRATIONS
from infusion_asp.tables import Tables

_CONTAINED = "#"
_UNNAMED = ("day|", "alone|")
_LONGEST_ID = 200


@dataclass
class _Pile:
    """What one encounter is made of, as it is read."""

    used: int = 0
    first: Kept | None = None
    visit: Kept | None = None
    given: list[tuple[Kept, Given]] = field(default_factory=list)
    claims: list[Billed] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)


class Builder:
    """Builds encounters with one set of tables and options."""

    def __init__(self, store: Store, tables: Tables, options: Options) -> None:
        self._store = store
        self._options = options
        self._administrations = Administrations(tables, options)
        self._looked_up = 0

    def build(self, resources: Iterator[Kept]) -> Iterator[Item]:
        """The encounters of resources that belong together: one for each setting billed."""
        pile = _Pile()
        self._looked_up = 0
        too_many: list[Kept] = []
        for kept in resources:
            pile.first = pile.first or kept
            self._look_up(kept.patient)
            if kept.kind == ENCOUNTER:
                pile.visit, pile.used = kept, pile.used + 1
            elif kept.kind == CLAIM:
                yield from self._claim(kept, pile)
            elif len(pile.given) < MOST_ADMINISTRATIONS:
                yield from self._give(kept, pile)
            else:
                too_many.append(kept)
                del too_many[1:]
                pile.used += 1
        yield from self._made(pile, too_many)

    def _made(self, pile: _Pile, too_many: list[Kept]) -> Iterator[Item]:
        if pile.first is None:
            return
        used = pile.used + self._looked_up
        place = pile.first.place
        if too_many:
            help = f"an encounter has at most {MOST_ADMINISTRATIONS} administrations"
            yield Dropped("too_many_administrations", place, used, help=help)
        elif pile.given or any(claim.lines for claim in pile.claims):
            for number, item in enumerate(self._encounters(pile)):
                record, notes = item
                yield Converted(record, 0 if number else used, place, notes)
        elif used:
            reason = "claim_without_a_service" if pile.claims else "nothing_given_or_billed"
            yield Dropped(reason, place, used, fault=False)

    def _give(self, kept: Kept, pile: _Pile) -> Iterator[Dropped]:
        found = self._administrations.of(kept, _id(kept, pile), self._finder(kept))
        if isinstance(found, Dropped):
            yield found
            return
        pile.given.append((kept, found))
        pile.notes += found.notes
        pile.used += 1

    def _claim(self, kept: Kept, pile: _Pile) -> Iterator[Dropped]:
        """A claim's lines; an explanation of a claim that is in the input bills nothing new."""
        original = pointed(part(kept.resource, "claim"))
        if original and original != kept.key and self._store.has(original):
            yield Dropped("claim_in_the_input", kept.place, fault=False)
            return
        found = billed(kept)
        pile.claims.append(found)
        pile.notes += found.notes
        pile.used += 1

    def _encounters(self, pile: _Pile) -> Iterator[tuple[dict[str, Any], tuple[str, ...]]]:
        """One encounter for each setting that bills it, or one without a claim."""
        header, notes = whole_of(pile.visit.resource, self._options) if pile.visit else ({}, [])
        notes += pile.notes
        notes += self._doubts(pile)
        settings = dict.fromkeys(claim.setting for claim in pile.claims if claim.lines)
        name = _name(pile)
        for number, setting in enumerate(settings or {self._options.setting: None}):
            claims = [claim for claim in pile.claims if claim.setting == setting]
            if len(claims) > 1:
                notes.append("several_claims")
            record: dict[str, Any] = {
                "encounter_id": f"{name}-{setting}" if number else name,
                "setting": setting,
            }
            if self._options.payer:
                record["payer"] = self._options.payer
            record |= header | _of_claims(claims, header)
            record |= _administered(pile)
            lines = [line for claim in claims for line in claim.lines]
            if lines:
                record["billed"] = lines
            yield record, tuple(notes)
            notes = []

    def _doubts(self, pile: _Pile) -> list[str]:
        """What does not fit between an Encounter and what refers to it."""
        if pile.visit is None:
            named = pile.first is not None and not pile.first.whole.startswith(_UNNAMED)
            return ["encounter_not_in_the_input"] if named else []
        patient = pile.visit.patient
        others = (kept.patient for kept, _ in pile.given)
        return ["patient_differs" for other in others if patient and other and other != patient]

    def _finder(self, kept: Kept) -> Any:
        """Finds contained resources first, then those of the input."""
        contained = {
            _CONTAINED + word(each, "id"): each for each in parts(kept.resource, "contained")
        }

        def find(name: str) -> dict[str, Any] | None:
            return contained.get(name) or self._look_up(name)

        return find

    def _look_up(self, name: str) -> dict[str, Any] | None:
        if not name or name.startswith(_CONTAINED):
            return None
        found, first = self._store.look_up(name)
        self._looked_up += first
        return found


def _of_claims(claims: list[Billed], header: dict[str, Any]) -> dict[str, Any]:
    """What the claims of one setting say of the whole; the claim before the Encounter."""
    found: dict[str, Any] = {}
    places = [claim.place for claim in claims if claim.place is not None]
    if places:
        found["place_of_service"] = places[0]
    bills = [claim.bill for claim in claims if claim.bill]
    if bills:
        found["type_of_bill"] = bills[0]
    coded = [*header.get("diagnoses", ()), *(one for claim in claims for one in claim.diagnoses)]
    if coded:
        found["diagnoses"] = list(dict.fromkeys(coded))
    return found


def _administered(pile: _Pile) -> dict[str, Any]:
    """Accesses and administrations; what is part of another one is in the same bag."""
    ids = {kept.key: given.record["id"] for kept, given in pile.given}
    accesses: dict[str, str] = {}
    administrations, bags = [], dict[str, str]()
    for _, given in pile.given:
        record = dict(given.record)
        origin = record.pop("origin")
        if given.line is not None:
            record["access"] = given.line[0]
            accesses.setdefault(*given.line)
        for whole in given.part_of:
            if whole in ids and not _leads_to(ids[whole], record["id"], bags):
                bags[record["id"]] = record["same_bag_as"] = ids[whole]
            elif whole.startswith("Procedure/"):
                record["integral_to"] = whole
        administrations.append(record | {"origin": origin})
    found: dict[str, Any] = {}
    if accesses:
        found["accesses"] = [{"id": id, "kind": kind} for id, kind in accesses.items()]
    if administrations:
        found["administrations"] = administrations
    return found


def _leads_to(start: str, end: str, bags: dict[str, str]) -> bool:
    """Whether a bag is, over the bags it belongs to, part of another."""
    at: str | None = start
    while at is not None and at != end:
        at = bags.get(at)
    return at == end


def _id(kept: Kept, pile: _Pile) -> str:
    """The id of a resource; another where an Immunization has that of an administration."""
    own = word(kept.resource, "id")[:_LONGEST_ID] or f"r{kept.seq}"
    if own in pile.ids:
        own = f"{own[: _LONGEST_ID - 20]}-r{kept.seq}"
    pile.ids.add(own)
    return own


def _name(pile: _Pile) -> str:
    """The id of the encounter: of its Encounter, of patient and day, else of what it is."""
    if pile.visit is not None:
        name = word(pile.visit.resource, "id") or pile.visit.key
    else:
        whole = pile.first.whole if pile.first else ""
        sort, _, rest = whole.partition("|")
        if sort == "day":
            day, _, patient = rest.partition("|")
            name = f"{_last(patient)}-{day}"
        elif sort == "alone" and pile.first is not None:
            name = pile.first.key.replace("/", "-").replace("#", "-")
        else:
            name = _last(whole)
    return name[-180:].strip() or "encounter"


def _last(key: str) -> str:
    return key.rpartition("/")[2].rpartition("urn:uuid:")[2]
