"""Owns which limits of the rulebook the minutes of a batch are held against."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from infusion_asp.explain.limits import thresholds
from infusion_asp.facts import load_policies
from infusion_asp.rulebook import Rulebook, shipped_logic

PUSH, HOUR, OVER = "push_max_minutes", "hour_minutes", "further_hour_over_minutes"
PUMP, HYDRATION = "pump_start_over_minutes", "hydration_min_minutes"


@dataclass(frozen=True)
class Limit:
    """A number of minutes beyond which a service is worth more; `minute` itself is not beyond."""

    minute: int
    earns: str


@dataclass(frozen=True)
class Population:
    """Administrations whose minutes are judged by the same limits; kinds as on the timeline."""

    name: str
    kinds: tuple[str, ...]
    limits: tuple[Limit, ...]


def populations(
    rulebook: Rulebook, profile: str | None, chosen: Mapping[str, str]
) -> tuple[Population, ...]:
    """Drugs and hydration with their limits, under the profile and the policies of a run.

    A run without a profile takes that of each record's payer, which may set the least minutes of
    hydration otherwise; the ordinary ones are taken for all.
    """
    known = thresholds(rulebook)
    least = _policy(HYDRATION, profile, chosen)
    hours = tuple(further_hours(known, known.get(PUMP, 0)))
    drugs = [
        *_one(known.get(PUSH), "an infusion instead of a push"),
        *hours,
        *_one(known.get(PUMP), "a prolonged infusion, where it ran by pump"),
    ]
    hydration = [
        *_one(None if least is None else least - 1, "the first hour of hydration"),
        *hours,
    ]
    return (
        Population("drugs", ("infusion", "push"), _sorted(drugs)),
        Population("hydration", ("hydration",), _sorted(hydration)),
    )


def further_hours(known: Mapping[str, int], until: int) -> Iterator[Limit]:
    """The limits of the second hour and of each one after it that lie before minute `until`."""
    hour, over = known.get(HOUR), known.get(OVER)
    if hour is None or over is None:
        return
    for minute in range(hour + over, until, hour):
        further = minute // hour
        yield Limit(minute, f"{further} further hour{'' if further == 1 else 's'}")


def _one(minute: int | None, earns: str) -> tuple[Limit, ...]:
    return () if minute is None else (Limit(minute, earns),)


def _sorted(limits: list[Limit]) -> tuple[Limit, ...]:
    return tuple(sorted(limits, key=lambda each: each.minute))


def _policy(name: str, profile: str | None, chosen: Mapping[str, str]) -> int | None:
    """The number that a policy has in a run."""
    policies = load_policies(shipped_logic())
    known = policies.policies.get(name)
    found = policies.profiles.get(profile or "")
    value = chosen.get(name) or (found.choices.get(name) if found else None)
    value = value or (known.values[0] if known else "")
    return int(value) if value.isdecimal() else None
