"""Owns the policies that matter here, as html: both answers, their difference, who says what."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from infusion_asp.coding import Coder
from infusion_asp.coding.lines import LineSet, line_set
from infusion_asp.engine import EngineError
from infusion_asp.explain.policies import PolicyAnswer, policy_answers
from infusion_asp.explain.strip import short_changes
from infusion_asp.model import Encounter
from infusion_asp.verify.money import Money
from infusion_asp.web.edges.asked import Asked
from infusion_asp.web.edges.solving import readable
from infusion_asp.web.edges.table import names, worth
from infusion_asp.web.rendering import rendered
from infusion_asp.web.solving.inside import coder


@dataclass(frozen=True)
class PolicyRow:
    """One other value of a policy; `now` and `then` are the lines that only one answer has."""

    name: str
    value: str
    other: str
    who: str
    chosen: bool
    now: tuple[str, ...]
    then: tuple[str, ...]
    units: int
    changes: tuple[str, ...]
    more: Decimal
    rules: tuple[tuple[str, tuple[str, ...]], ...]
    edit: str


def policies_html(asked: Asked) -> str:
    """The table of policies of which another value changes the lines of this encounter."""
    state = asked.read()
    encounter, why = readable(state)
    if encounter is None:
        return rendered("edges/no_strip.html.j2", why=why)
    made = coder(state.profile, state.policies)
    try:
        result = made.code(encounter, explain=False)
    except EngineError as error:
        return rendered("edges/no_strip.html.j2", why=f"{error.message}. {error.help}")
    base = line_set(result)
    found = policy_answers(made, encounter, result)
    rows = tuple(_rows(made, encounter, base, found, frozenset(state.policies)))
    return rendered(
        "edges/policies.html.j2",
        rows=rows,
        profile=result.profile,
        every=len(made.choices.policies),
    )


def _rows(
    made: Coder,
    encounter: Encounter,
    base: LineSet,
    found: Iterable[PolicyAnswer],
    chosen: frozenset[str],
) -> Iterable[PolicyRow]:
    day = made.setting_of(encounter).day
    money = Money.of(encounter, made.rulebook, made.tables, day)
    now = worth(base, money)
    for each in found:
        name = each.policy.name
        yield PolicyRow(
            name=name,
            value=each.value,
            other=each.other,
            who=each.policy.who,
            chosen=name in chosen,
            now=tuple(names(base - each.lines)),
            then=tuple(names(each.lines - base)),
            units=_units(each.lines) - _units(base),
            changes=short_changes(base, each.lines),
            more=worth(each.lines, money) - now,
            rules=tuple((rule, tuple(made.rulebook.rule(rule).cites)) for rule in each.rules),
            edit=json.dumps({"op": "set_policy", "name": name, "value": each.other}),
        )


def _units(lines: LineSet) -> int:
    return sum(each.units for each in lines if each.section != "drug")
