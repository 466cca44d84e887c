"""Owns what the tables say of a drug: category, ingredients, special kind, doses in units."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from infusion_asp.facts.symbols import Facts, constant
from infusion_asp.model import Administration
from infusion_asp.tables import Tables

_CATEGORY_OF_KIND = {"blood_product", "contrast", "radiopharmaceutical"}
_MILLI = 1000


def names_of(given: Administration) -> tuple[str, ...]:
    """The drugs in the bag or syringe: the mix, else the one drug, else its code."""
    return given.mix or (given.drug or given.hcpcs or given.id,)


def add_drug(facts: Facts, tables: Tables, given: Administration) -> None:
    """Facts about the contents of one administration."""
    names = names_of(given)
    keys = sorted({_key(tables, given, name) for name in names})
    facts.add("contents", given.id, " + ".join(keys))
    for key in keys:
        facts.add("contains", given.id, key)
    for name in names:
        _ingredient(facts, tables, given, name)
        special = tables.special(name)
        if special is not None:
            facts.add("special", given.id, constant(special.kind))
    if given.category in (None, "vaccine"):
        for name in names:
            vaccine = tables.vaccine(name)
            if vaccine not in (None, "allergen"):
                facts.add("vaccine", given.id, constant(str(vaccine)))
    facts.add("components", given.id, max(1, len(given.mix)))
    row = tables.find(names[0], given.hcpcs, given.route)
    if row is not None and row.container:
        facts.add("table_container", given.id, constant(row.container))


def _key(tables: Tables, given: Administration, name: str) -> str:
    """What tells the drug from others: its generic; of a name that no table knows by its code."""
    known = given.mix or given.hcpcs is None or tables.find(name) is not None
    row = None if known else tables.find(name, given.hcpcs, given.route)
    return tables.drug_key(name) if row is None else row.key


def _ingredient(facts: Facts, tables: Tables, given: Administration, name: str) -> None:
    bag = tables.bag(name)
    electrolyte = tables.electrolyte(name)
    if bag is not None and bag.additives:
        facts.add("ingredient", given.id, constant("fluid"))
        for additive in bag.additives:
            _electrolyte(facts, given.id, additive.electrolyte.potassium_chloride)
            if additive.meq is not None:
                meq = additive.meq
                if additive.per_litre and given.volume_ml is not None:
                    meq = meq * given.volume_ml / _MILLI
                _potassium(facts, given, additive.electrolyte.potassium_chloride, meq)
    elif electrolyte is not None:
        _electrolyte(facts, given.id, electrolyte.potassium_chloride)
        if given.dose is not None and (given.dose_unit or "").lower() == "meq":
            _potassium(facts, given, electrolyte.potassium_chloride, given.dose)
    elif bag is not None:
        plain = bag.fluid.fluid_class == "hydration"
        facts.add("ingredient", given.id, constant("fluid" if plain else "drug"))
        facts.add("table_category", given.id, constant(bag.fluid.fluid_class))
    else:
        facts.add("ingredient", given.id, constant("drug"))
        _table_category(facts, tables, given, name)


def _electrolyte(facts: Facts, given: str, potassium_chloride: bool) -> None:
    kind = "potassium_chloride" if potassium_chloride else "electrolyte"
    facts.add("ingredient", given, constant(kind))


def _potassium(facts: Facts, given: Administration, potassium: bool, meq: Decimal) -> None:
    if potassium:
        facts.add("potassium_milli_meq", given.id, int(meq * _MILLI))


def _table_category(facts: Facts, tables: Tables, given: Administration, name: str) -> None:
    special = tables.special(name)
    vaccine = tables.vaccine(name)
    row = tables.find(name, given.hcpcs, given.route)
    if vaccine is not None:
        word = "allergen" if vaccine == "allergen" else "vaccine"
        facts.add("table_category", given.id, constant(word))
    elif special is not None and special.kind in _CATEGORY_OF_KIND:
        facts.add("table_category", given.id, constant(special.kind))
    elif row is not None and row.category == "flush":
        facts.add("table_category", given.id, constant("therapeutic"))
        if given.purpose is None:
            facts.add("purpose", given.id, constant("flush"))
    elif row is not None and row.category:
        facts.add("table_category", given.id, constant(row.category))
    elif special is not None:
        facts.add("table_category", given.id, constant("therapeutic"))
    else:
        facts.add("unknown_member", given.id)


def add_doses(
    facts: Facts, tables: Tables, administrations: Sequence[Administration], day: date | None = None
) -> None:
    """Doses and discarded amounts of each drug code, in whole parts of its billing unit."""
    by_code: dict[str, list[Administration]] = {}
    for given in administrations:
        if given.hcpcs is not None:
            by_code.setdefault(given.hcpcs, []).append(given)
    for code, members in by_code.items():
        rows = tables.drugs.by_hcpcs(code)
        for given in members:
            facts.add("hcpcs", given.id, code)
            facts.flag("dose_charted", given.dose is not None, given.id)
        if tables.drugs.unclassified(code):
            facts.add("unclassified", code)
            continue
        for status in tables.drug_statuses(code, day):
            facts.add("opps_status", code, status)
        routes = {route for row in rows for route in row.routes}
        facts.flag("two_ways", {"intravenous", "subcutaneous"} <= routes, code)
        _amounts(facts, tables, code, members)


def _amounts(facts: Facts, tables: Tables, code: str, members: Sequence[Administration]) -> None:
    row = tables.find(names_of(members[0])[0], code, members[0].route)
    if row is None:
        return
    wanted: list[tuple[str, str, Decimal, str]] = []
    for given in members:
        unit = given.dose_unit or ""
        if given.dose is not None:
            wanted.append(("dose_amount", given.id, given.dose, unit))
        if given.volume_ml is not None:
            wanted.append(("volume_amount", given.id, given.volume_ml, "ml"))
        if given.wasted is not None:
            wanted.append(("wasted_amount", given.id, given.wasted, unit or "ml"))
    fitting = [each for each in wanted if _fits(tables, each[2], each[3], row.billing_unit)]
    scaled = tables.units.doses_and_unit([(each[2], each[3]) for each in fitting], row)
    if scaled is None:
        return
    amounts, unit_amount = scaled
    facts.add("unit_amount", code, unit_amount)
    for (name, admin, _, _), amount in zip(fitting, amounts, strict=True):
        facts.add(name, admin, code, amount)


def _fits(tables: Tables, amount: Decimal, unit: str, billing_unit: str) -> bool:
    return bool(billing_unit) and tables.units.convert(amount, unit, billing_unit) is not None
