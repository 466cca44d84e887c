"""Owns the drug as typed: names to complete it from, and what the drug table says of the choice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from infusion_asp.facts.drugs import add_drug
from infusion_asp.facts.symbols import Facts
from infusion_asp.model import Administration
from infusion_asp.tables import Tables
from infusion_asp.tables.rows import DrugRow
from infusion_asp.web.editing.fields import PARTS, with_field
from infusion_asp.web.editing.labels import word_of

_MODEL = PARTS["administrations"]


def completions(tables: Tables, begin: str = "") -> list[dict[str, str]]:
    """The names of the drug table, each with the words that tell it from others.

    Of those whose name, brand or code has `begin` in it; all for the empty text. A brand is a
    name of its own: a record may chart either.
    """
    found: dict[str, str] = {}
    for row in tables.drugs.rows:
        says = ", ".join(filter(None, [row.hcpcs, word_of(row.category)]))
        for name in (row.generic, *row.brands):
            other = row.generic if name != row.generic else "; ".join(row.brands)
            found.setdefault(name, " · ".join(filter(None, [other, says])))
    wanted = begin.strip().lower()
    return [
        {"name": name, "says": says}
        for name, says in sorted(found.items(), key=lambda item: item[0].lower())
        if wanted in f"{name} {says}".lower()
    ]


def category_by_table(tables: Tables, given: Administration) -> str:
    """The category that the tables give to an administration that charts none, or ""."""
    if given.category is not None:
        return ""
    facts = Facts()
    add_drug(facts, tables, given)
    found = [str(each.arguments[1]) for each in facts.atoms() if each.name == "table_category"]
    return ", ".join(dict.fromkeys(word_of(each.strip('"')) for each in found))


def code_by_table(tables: Tables, drug: Any, route: Any) -> str:
    """The HCPCS code of a drug by its name and route, or ""."""
    row = _row(tables, drug, route)
    return row.hcpcs if row is not None else ""


def chosen(given: Mapping[str, Any], tables: Tables) -> tuple[dict[str, Any], tuple[str, ...]]:
    """An administration whose drug was just named, and sentences on what that did to it.

    A HCPCS code of another drug gives way to that of the named one; where the table has none for
    it, the code goes. Nothing is filled in that was empty: an absent category is looked up.
    """
    name, code, category = given.get("drug"), given.get("hcpcs"), given.get("category")
    made, said = dict(given), []
    row = _row(tables, name, given.get("route"))
    if isinstance(code, str) and not tables.drugs.unclassified(code):
        if row is None:
            said.append(f"HCPCS stays {code}: the drug table does not know the drug")
        elif code not in {each.hcpcs for each in tables.drugs.named(str(name))}:
            made = with_field(made, _MODEL, "hcpcs", row.hcpcs or None)
            what = f"is now {row.hcpcs}" if row.hcpcs else "is empty now"
            said.append(f"HCPCS {what}, by the drug table; it was {code}")
    if category and row is not None and row.category and row.category != category:
        says = f"the drug table has {word_of(row.category)}"
        said.append(f"category stays {word_of(str(category))} as charted, {says}")
    return made, tuple(said)


def _row(tables: Tables, name: Any, route: Any) -> DrugRow | None:
    if not isinstance(name, str) or not name:
        return None
    return tables.find(name, None, route if isinstance(route, str) else None)
