"""Owns the facts that hold for a whole batch: policies, setting, rules in force, payer edits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache

import clingo

from infusion_asp.facts.policies import policy_symbol
from infusion_asp.facts.symbols import Facts, constant, symbols_of
from infusion_asp.tables import Tables

_OUTSIDE = "outside"


def context_facts(
    tables: Tables,
    *,
    policies: Mapping[str, str],
    setting: str,
    in_force: Iterable[str],
    other_codes: Iterable[str],
    day: date | None,
    verifying: bool = False,
) -> list[clingo.Symbol]:
    """Policies, setting, rules in force, and the edits among derivable codes and `other_codes`.

    The day chooses the quarter of each table; which one it was is a fact too.
    """
    facts = Facts()
    facts.add("setting", constant(setting))
    facts.flag("verifying", verifying)
    for name in sorted(in_force):
        facts.add("in_force", name)
    symbols = symbols_of(facts.atoms())
    symbols += [policy_symbol(name, value) for name, value in policies.items()]
    symbols += _edits(tables, setting, day, tuple(sorted(set(other_codes))))
    return symbols


@lru_cache(maxsize=256)
def _edits(
    tables: Tables, setting: str, day: date | None, other: tuple[str, ...]
) -> tuple[clingo.Symbol, ...]:
    derivable = {code for code, row in tables.codes.items() if row.section != _OUTSIDE}
    codes = derivable | set(other)
    facts = Facts()
    for pair in tables.edits.ptp(codes, setting, day, often=derivable):
        facts.add("ptp", pair.column1, pair.column2, int(pair.indicator))
    for code in sorted(codes):
        limit = tables.edits.mue(code, setting, day)
        if limit is not None:
            facts.add("mue", code, int(limit.units), int(limit.indicator))
        for row in tables.edits.parents(code, setting, day):
            facts.add("addon_parent", code, row.primary)
    for each in tables.edits.quarters(setting, day):
        facts.add("table_quarter", constant(each.table), str(each.used), constant(each.relation))
        if each.partial:
            facts.add("table_partial", constant(each.table), str(each.used))
    return tuple(symbols_of(facts.atoms()))
