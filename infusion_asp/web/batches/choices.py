"""Owns what the filters of a batch can be set to: the rules, codes, departments that occur."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from infusion_asp.report.limits import Population, populations
from infusion_asp.report.tally import NOT_GIVEN
from infusion_asp.web.batches.directory import Directory
from infusion_asp.web.batches.store import Store
from infusion_asp.web.solving.inside import rulebook

MOST = 200  # departments that are listed; others can be typed
_MOST_VALUES = 5000  # of any other filter

_COUNTS = {
    "rule": "SELECT rule_id AS value, count(*) AS n FROM findings GROUP BY ALL",
    "level": "SELECT level AS value, count(*) AS n FROM findings GROUP BY ALL",
    "risk": "SELECT risk AS value, count(*) AS n FROM findings GROUP BY ALL",
    "code": "SELECT code AS value, count(*) AS n FROM lines GROUP BY ALL",
    "source": "SELECT source AS value, count(*) AS n FROM lines GROUP BY ALL",
    "verdict": "SELECT verdict AS value, count(*) AS n FROM encounters GROUP BY ALL",
    "department": "SELECT coalesce(nullif(department, ''), $nowhere) AS value, count(*) AS n"
    " FROM encounters GROUP BY ALL",
    "kind": "SELECT kind AS value, count(*) AS n FROM errors GROUP BY ALL",
    "unreported": "SELECT rule_id AS value, count(*) AS n FROM not_reported GROUP BY ALL",
}


@dataclass(frozen=True)
class Choice:
    """A value of a filter with the number of findings, lines or encounters that have it."""

    value: str
    count: int


def choices(store: Store, name: str) -> tuple[Choice, ...]:
    """The values that occur, by their text; of departments the most frequent."""

    def make() -> tuple[Choice, ...]:
        most = MOST if name == "department" else _MOST_VALUES
        text = f"SELECT * FROM ({_COUNTS[name]}) WHERE value IS NOT NULL ORDER BY n DESC, value"
        rows = store.rows(f"{text} LIMIT $most", {"nowhere": NOT_GIVEN, "most": most})
        return tuple(sorted((Choice(row["value"], row["n"]) for row in rows), key=_text))

    return store.kept(("choices", name), make)


def _text(each: Choice) -> str:
    return each.value


@dataclass(frozen=True)
class Held:
    """What the rulebook at hand holds the minutes of a run against, and which rulebook that is."""

    populations: tuple[Population, ...]
    digest: str

    def is_other(self, directory: Directory) -> bool:
        """Whether the run was made with another rulebook."""
        told = directory.summary.get("rulebook")
        return isinstance(told, dict) and told.get("digest") not in (None, self.digest)


def held_by(profile: str | None, policies: dict[str, str]) -> Held:
    """The limits under the choices of a run; runs in a worker."""
    book = rulebook()
    return Held(populations(book, profile, policies), book.digest)


def chosen_in(directory: Directory) -> tuple[str | None, dict[str, str]]:
    """The profile and the policies that a run was told."""
    profile, policies = directory.summary.get("profile"), directory.summary.get("policies")
    given: dict[Any, Any] = policies if isinstance(policies, dict) else {}
    return (
        profile if isinstance(profile, str) else None,
        {str(key): str(value) for key, value in given.items()},
    )
