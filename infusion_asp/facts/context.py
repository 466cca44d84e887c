"""Owns the facts that hold for a whole batch: policies, setting, rules in force, payer edits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache

import clingo

from infusion_asp.facts.policies import policy_symbol
from infusion_asp.facts.symbols import Facts, constant, symbols_of
from infusion_asp.tables import PtpRow, Tables

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
    same = tables.edits.same_as(day)
    derivable = _derivable(tables)
    symbols += _edits(tables, setting, same, derivable)
    symbols += _edits_beside(tables, setting, same, frozenset(other_codes) - derivable)
    return symbols


@lru_cache(maxsize=8)
def _derivable(tables: Tables) -> frozenset[str]:
    return frozenset(code for code, row in tables.codes.items() if row.section != _OUTSIDE)


@lru_cache(maxsize=256)
def _edits(
    tables: Tables, setting: str, day: date | None, codes: frozenset[str]
) -> tuple[clingo.Symbol, ...]:
    """The edits among the codes that rules can give, and the quarters they are of."""
    facts = Facts()
    _add_pairs(facts, tables.edits.between(codes, codes, setting, day))
    _add_limits(facts, tables, setting, day, codes)
    for each in tables.edits.quarters(setting, day):
        facts.add("table_quarter", constant(each.table), str(each.used), constant(each.relation))
        if each.partial:
            facts.add("table_partial", constant(each.table), str(each.used))
    return tuple(symbols_of(facts.atoms()))


@lru_cache(maxsize=256)
def _edits_beside(
    tables: Tables, setting: str, day: date | None, others: frozenset[str]
) -> tuple[clingo.Symbol, ...]:
    """The edits of the other codes of a claim."""
    facts = Facts()
    _add_pairs(facts, tables.edits.between(others, others, setting, day))
    _add_limits(facts, tables, setting, day, others)
    found = symbols_of(facts.atoms())
    for code in sorted(others):
        found += _pairs_beside(tables, setting, day, code)
    return tuple(found)


@lru_cache(maxsize=8192)
def _pairs_beside(
    tables: Tables, setting: str, day: date | None, code: str
) -> tuple[clingo.Symbol, ...]:
    """The pairs of one other code with codes that rules can give."""
    one, derivable = frozenset([code]), _derivable(tables)
    facts = Facts()
    _add_pairs(facts, tables.edits.between(one, derivable, setting, day))
    _add_pairs(facts, tables.edits.between(derivable, one, setting, day))
    return tuple(symbols_of(facts.atoms()))


def _add_pairs(facts: Facts, pairs: Iterable[PtpRow]) -> None:
    for pair in pairs:
        facts.add("ptp", pair.column1, pair.column2, int(pair.indicator))


def _add_limits(
    facts: Facts, tables: Tables, setting: str, day: date | None, codes: Iterable[str]
) -> None:
    for code in sorted(codes):
        limit = tables.edits.mue(code, setting, day)
        if limit is not None:
            facts.add("mue", code, int(limit.units), int(limit.indicator))
        for row in tables.edits.parents(code, setting, day):
            facts.add("addon_parent", code, row.primary)
