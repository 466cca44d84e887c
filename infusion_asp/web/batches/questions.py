"""Owns the SQL of a list of encounters: conditions, orders, places. All text is fixed here.

What people give is a parameter, or the name of an order that stands in a table of this file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from infusion_asp.render.view import LEVELS
from infusion_asp.report.limits import Population
from infusion_asp.report.tally import NOT_GIVEN
from infusion_asp.web.batches.errors import FilterError
from infusion_asp.web.batches.filters import Asked, Filter

Values = dict[str, Any]

_FINDING = {"rule": "rule_id = $rule", "level": "level = $level", "risk": "risk = $risk"}
_LINE = {"code": "code = $code", "source": "source = $source"}
_MINUTES = "list_contains($kinds, kind) AND charted_minutes BETWEEN $first AND $last"
FIRED = """
    SELECT record FROM lines WHERE list_contains(rule_ids, $fired)
    UNION ALL SELECT record FROM findings WHERE rule_id = $fired
    UNION ALL SELECT record FROM not_reported WHERE rule_id = $fired
"""
_PLAIN = {
    "verdict": "e.verdict = $verdict",
    "department": "coalesce(nullif(e.department, ''), $nowhere) = $department",
    "over": "e.over_usd >= $over",
    "under": "e.under_usd >= $under",
    "fired": f"e.record IN ({FIRED})",
    "id": "contains(lower(e.encounter_id), lower($id))",
}
_DOWN = frozenset({"over", "under", "findings"})
"""Orders that begin with the largest."""


@dataclass(frozen=True)
class Question:
    """The parts of a question about encounters `e`: joined keys, conditions, their values."""

    join: str = ""
    key: str = ""
    down: bool = False
    where: tuple[str, ...] = ()
    values: Values = field(default_factory=dict)

    def text(self, what: str, *more: str, end: str = "") -> str:
        """The whole question; `more` are further conditions."""
        where = " AND ".join(f"({each})" for each in (*self.where, *more))
        return f"SELECT {what} FROM encounters e {self.join}" + (
            f" WHERE {where} {end}" if where else f" {end}"
        )

    def order(self, *, back: bool = False) -> str:
        """ORDER BY; rows without a key come last, ties by record. `back`: all the other way."""
        way, key_way = ("DESC" if back else "ASC"), ("DESC" if back != self.down else "ASC")
        if self.key == "e.record":
            return f"ORDER BY e.record {key_way}"
        return f"ORDER BY ({self.key} IS NULL) {way}, {self.key} {key_way}, e.record {way}"

    def beyond(self, key: Any, *, back: bool = False) -> str:
        """The condition for rows after (or before) record `$at`, whose key is `$key`."""
        more, key_more = ("<" if back else ">"), ("<" if back != self.down else ">")
        if self.key == "e.record":
            return f"e.record {key_more} $at"
        tie = f"e.record {more} $at"
        if key is None:
            inside = f"({self.key} IS NULL AND {tie})"
            return f"{inside} OR {self.key} IS NOT NULL" if back else inside
        ahead = f"{self.key} {key_more} $key OR ({self.key} = $key AND {tie})"
        return ahead if back else f"{ahead} OR {self.key} IS NULL"


def question(asked: Asked, held: Sequence[Population]) -> Question:
    """The question for a filter and an order; raises FilterError for a limit nobody has."""
    values = _values(asked.filter, held)
    finding = [text for name, text in _FINDING.items() if name in values]
    line = [text for name, text in _LINE.items() if name in values]
    where = [text for name, text in _PLAIN.items() if name in values]
    minutes = [_MINUTES] if "kinds" in values else []
    for table, found in (("findings", finding), ("lines", line), ("evidence", minutes)):
        if found:
            where.append(f"e.record IN (SELECT record FROM {table} WHERE {' AND '.join(found)})")
    join, key = _key(asked.order, finding, line)
    down = (asked.order in _DOWN) != asked.down
    if "$levels" in join:
        values["levels"] = list(LEVELS)
    return Question(join, key, down, tuple(where), values)


def counting(filter: Filter, held: Sequence[Population]) -> Question:
    """The same without an order, of which there is nothing to count."""
    return question(Asked(filter), held)


def _values(filter: Filter, held: Sequence[Population]) -> Values:
    texts = ("rule", "level", "risk", "code", "source", "verdict", "department", "fired", "id")
    values: Values = {name: text for name in texts if (text := getattr(filter, name))}
    values |= {
        name: amount for name in ("over", "under") if (amount := getattr(filter, name)) is not None
    }
    if filter.department:
        values["nowhere"] = NOT_GIVEN
    if filter.minute is not None:
        name, minute = filter.minute
        kinds = next((list(each.kinds) for each in held if each.name == name), None)
        if kinds is None:
            raise FilterError("limit", "no administrations are held against that", "choose one")
        values |= {"kinds": kinds, "first": minute + 1, "last": minute + filter.within}
        values["minute"] = minute
    return values


def _key(order: str, finding: Sequence[str], line: Sequence[str]) -> tuple[str, str]:
    """What is joined for an order, and the column of its key."""
    own: Mapping[str, str] = {
        "record": "e.record",
        "id": "e.encounter_id",
        "over": "e.over_usd",
        "under": "e.under_usd",
        "findings": "e.findings",
        "department": "e.department",
    }
    if order in own:
        return "", own[order]
    table, what, where = {
        "rule": ("findings", "min(rule_id)", finding),
        "level": ("findings", "min(list_position($levels, level))", finding),
        "code": ("lines", "min(code)", line),
        "minutes": ("evidence", "min(charted_minutes - $minute)", [_MINUTES]),
    }[order]
    found = f" WHERE {' AND '.join(where)}" if where else ""
    return (
        f"LEFT JOIN (SELECT record, {what} AS key FROM {table}{found} GROUP BY record) k"
        " ON k.record = e.record",
        "k.key",
    )
