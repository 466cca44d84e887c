"""Owns the facts of the billed lines, and what the tables say of their codes."""

from __future__ import annotations

from infusion_asp.facts.clock import Clock
from infusion_asp.facts.symbols import Facts, constant
from infusion_asp.model import BilledLine, Encounter
from infusion_asp.tables import Tables

_DRUG = "drug"
_UNKNOWN = "unknown"


def add_claim(facts: Facts, tables: Tables, encounter: Encounter, clock: Clock) -> None:
    """What is billed, line by line, and where each billed code belongs by the tables."""
    facts.flag("claim_given", "billed" in encounter.model_fields_set)
    charted = {given.hcpcs for given in encounter.administrations}
    for index, line in enumerate(encounter.billed, 1):
        facts.add("billed", index, line.code, line.units)
        for modifier in line.modifiers:
            facts.add("billed_modifier", index, modifier)
        if line.date is not None:
            facts.add("billed_date", index, _day(encounter, clock, line))
        served = line.date or clock.date(0)
        listed = tables.payments.code(line.code, served)
        if listed is not None and served is not None and not listed.valid(served):
            facts.add("billed_not_valid", index, line.code, str(listed.quarter))
    for service in encounter.other_services:
        stated = "modifiers" in service.model_fields_set
        facts.flag("other_modifiers_charted", stated, service.code)
    for code in sorted({line.code for line in encounter.billed}):
        _code(facts, tables, code, code in charted)


def _day(encounter: Encounter, clock: Clock, line: BilledLine) -> int:
    """The number of a billed date: from the first date of the record, else of the claim."""
    dates = [each.date for each in encounter.billed if each.date is not None]
    zero = clock.date(0) or min(dates)
    return 0 if line.date is None else (line.date - zero).days


def _code(facts: Facts, tables: Tables, code: str, charted: bool) -> None:
    row = tables.codes.get(code)
    if row is not None:
        facts.add("billed_section", code, constant(row.section))
        for where, allowed in (
            ("facility", row.facility_ok),
            ("professional", row.professional_ok),
            ("facility_place", row.professional_ok_in_facility_pos),
        ):
            facts.add("billed_allowed", code, constant(where), allowed)
    elif charted or tables.drugs.by_hcpcs(code) or tables.drugs.unclassified(code):
        facts.add("billed_section", code, constant(_DRUG))
    else:
        facts.add("billed_section", code, constant(_UNKNOWN))
