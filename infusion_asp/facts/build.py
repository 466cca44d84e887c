"""Owns the facts of one encounter, predicate by predicate as vocabulary.lp documents them."""

from __future__ import annotations

from itertools import pairwise

import clingo

from infusion_asp.facts.claim import add_claim
from infusion_asp.facts.clock import Clock, instants
from infusion_asp.facts.drugs import add_doses, add_drug
from infusion_asp.facts.symbols import Atom, Facts, constant
from infusion_asp.model import Administration, Encounter
from infusion_asp.model.terms import ACCESS_KINDS, CATEGORIES, INDICATIONS, METHODS
from infusion_asp.tables import Tables

UNNAMED = "unnamed"
UNDATED = clingo.Function("undated")
UNCHARTED = "electrolyte"  # a word for the drug, not for how it is coded: the tables decide
CATEGORY_WORDS = {
    "allergen_immunotherapy": "allergen",
    "allergen_extract": "allergen",
    "immunization": "vaccine",
    "antibiotic": "therapeutic",
    "prophylactic": "therapeutic",
    "diagnostic": "therapeutic",
    "immune_globulin": "therapeutic",
}
_LINES = {"intravenous": ("peripheral", "port", "picc", "central")}


def encounter_facts(
    encounter: Encounter, tables: Tables, *, payer_known: bool = True, claim: bool = False
) -> list[Atom]:
    """The facts of one encounter; minutes count from 00:00 of its first date.

    With `claim` its billed lines are facts too, and the rules judge them.
    """
    clock = Clock.of(encounter)
    facts = Facts()
    facts.flag("payer_unknown", not payer_known)
    facts.flag("diagnosis_charted", encounter.diagnoses)
    _claim(facts, encounter)
    _places(facts, encounter, clock)
    _time(facts, encounter, clock)
    accesses = _accesses(facts, encounter)
    if all(name != UNNAMED for name, _ in accesses):
        facts.add("access", UNNAMED, 0)
    visit = encounter.visits[0].id if encounter.visits else _only_visit(encounter)
    if not encounter.visits:
        facts.add("visit", visit, 1)
    ids = {given.id for given in encounter.administrations}
    for index, given in enumerate(encounter.administrations, 1):
        facts.add("admin", given.id, index)
        facts.add("in_visit", given.id, given.visit or visit)
        facts.add("on_access", given.id, given.access or _line_for(given, accesses))
        facts.flag("access_charted", given.access is not None, given.id)
        _given(facts, given, ids)
        _clock_times(facts, given, clock)
        add_drug(facts, tables, given)
    add_doses(facts, tables, encounter.administrations, clock.date(0))
    if claim:
        add_claim(facts, tables, encounter, clock)
    return facts.atoms()


def _claim(facts: Facts, encounter: Encounter) -> None:
    for service in encounter.other_services:
        facts.add("other_service", service.code, service.units)
        for modifier in service.modifiers:
            facts.add("other_service_modifier", service.code, modifier)


def _places(facts: Facts, encounter: Encounter, clock: Clock) -> None:
    if encounter.place_of_service is not None:
        facts.add("place", int(encounter.place_of_service))
    if encounter.primary_reason is not None:
        facts.add("primary_reason", encounter.primary_reason)
    for name in ("arrival", "departure", "inpatient_order"):
        time = getattr(encounter, name)
        if time is not None:
            facts.add(name, clock.minute(time))
    for index, visit in enumerate(encounter.visits, 1):
        facts.add("visit", visit.id, index)
        if visit.arrival is not None:
            facts.add("visit_arrival", visit.id, clock.minute(visit.arrival))
        if visit.departure is not None:
            facts.add("visit_departure", visit.id, clock.minute(visit.departure))


def _only_visit(encounter: Encounter) -> str:
    named = (given.visit for given in encounter.administrations if given.visit)
    return next(named, UNNAMED)


def _time(facts: Facts, encounter: Encounter, clock: Clock) -> None:
    """Instants, the segments between them, dates."""
    computed = []
    for given in encounter.administrations:
        if given.start is None or given.volume_ml is None or given.rate_ml_per_hr is None:
            continue
        through = clock.run_out(given.start, given.volume_ml, given.rate_ml_per_hr)
        if through is not None:
            facts.add("run_out", given.id, through)
            computed.append(through)
    minutes = instants(clock, computed)
    for number, minute in enumerate(minutes, 1):
        facts.add("instant", minute, number)
    for number, (first, following) in enumerate(pairwise(minutes), 1):
        facts.add("segment", number, first, following - first)
    last = minutes[-1] if minutes else 0
    facts.add("record_end", last + 1)
    for number, first, following in clock.days(last):
        facts.add("day", number, first, following)
    starts = [given.start for given in encounter.administrations if given.start is not None]
    if starts:
        facts.add("first_day", min(clock.day(start) for start in starts))
    elif clock.times:
        facts.add("first_day", 0)
    else:
        facts.add("first_day", UNDATED)


def _accesses(facts: Facts, encounter: Encounter) -> list[tuple[str, str]]:
    """The accesses as (id, kind); without a list the names that are used, else one unnamed."""
    found = [(access.id, access.kind) for access in encounter.accesses]
    for index, access in enumerate(encounter.accesses, 1):
        facts.add("access", access.id, index)
        facts.add("access_kind", access.id, _word(access.kind, ACCESS_KINDS))
        facts.flag("necessary", access.medically_necessary, access.id)
        facts.flag("access_reason", access.reason, access.id)
        if access.need is not None:
            facts.add("access_need", access.id, constant(access.need))
        if access.replaces is not None:
            facts.add("replaces", access.id, access.replaces)
    if not found:
        named = dict.fromkeys(given.access for given in encounter.administrations if given.access)
        found = [(name, "peripheral") for name in named] or [(UNNAMED, "peripheral")]
        for index, (name, kind) in enumerate(found, 1):
            facts.add("access", name, index)
            facts.add("access_kind", name, constant(kind))
    return found


def _line_for(given: Administration, accesses: list[tuple[str, str]]) -> str:
    """Where no access is charted: the first of a kind that fits the route, else the first."""
    kinds = _LINES.get(given.route or "", (given.route,))
    fitting = (name for name, kind in accesses if kind in kinds)
    return next(fitting, accesses[0][0] if given.route == "intravenous" else UNNAMED)


def _word(value: str, known: tuple[str, ...]) -> clingo.Symbol:
    return constant(value if value in known else "other")


def _given(facts: Facts, given: Administration, ids: set[str]) -> None:
    """What is charted about one administration, apart from its times and its drug."""
    name = given.id
    if given.route is not None:
        route = "nasal" if given.route == "intranasal" else given.route
        facts.add("route", name, constant(route))
        facts.add("route_charted", name)
    if given.method is None:
        facts.add("method_absent", name)
    else:
        facts.add("method", name, _word(given.method, METHODS))
    category = CATEGORY_WORDS.get(given.category or "", given.category)
    if category is not None and category != UNCHARTED:
        facts.add("category", name, _word(category, (*CATEGORIES, "radiopharmaceutical")))
    for field in ("purpose", "pump_owner", "delivery", "container"):
        value = getattr(given, field)
        if value is not None:
            facts.add(field, name, constant(value))
    for field in ("started_before_arrival", "reduced", "discontinued", "counselled"):
        facts.flag(field, getattr(given, field), name)
    facts.flag("flushed_before", given.flushed_before, name)
    facts.flag("order_reason", given.order_reason, name)
    facts.flag("unordered", given.ordered is False, name)
    if given.same_bag_as is not None:
        facts.add("same_bag_as", name, given.same_bag_as)
    if given.integral_to is not None:
        whole = "integral_administration" if given.integral_to in ids else "integral_procedure"
        facts.add(whole, name, given.integral_to)
    if given.lesions is not None:
        facts.add("lesions", name, given.lesions)
    if given.indication is not None:
        facts.add("indication", name, _word(given.indication, INDICATIONS))
        facts.add("indication_charted", name)
    if given.volume_ml is not None:
        facts.add("volume_ml", name, int(given.volume_ml))
    if given.rate_ml_per_hr is not None:
        facts.add("rate_ml", name, int(given.rate_ml_per_hr))
        facts.add("rate_charted", name)


def _clock_times(facts: Facts, given: Administration, clock: Clock) -> None:
    for field, fact in (
        ("start", "charted_start"),
        ("stop", "charted_stop"),
        ("last_charted", "last_charted"),
    ):
        time = getattr(given, field)
        if time is not None:
            facts.add(fact, given.id, clock.minute(time))
    for pause in given.pauses:
        facts.add("pause", given.id, clock.minute(pause.start), clock.minute(pause.stop))
