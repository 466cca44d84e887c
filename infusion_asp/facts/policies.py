"""Owns policies and profiles: what can be chosen, what a payer chooses, what is in effect."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import clingo

from infusion_asp.facts.symbols import constant
from infusion_asp.model.errors import did_you_mean, nearest, shown

_FACT = re.compile(r'^profile_(policy|payer)\((\w+)(?:,\s*"([\w.-]+)")?\)\.\s*$')


class PolicyError(ValueError):
    """An unknown policy, value or profile; `help` lists what is valid."""

    of_the_run = True

    def __init__(self, message: str, help: str) -> None:
        self.path = "$"
        self.message = message
        self.help = help
        super().__init__(message)


@dataclass(frozen=True)
class Policy:
    """A point on which authorities differ: its values, default first, and who says what."""

    name: str
    values: tuple[str, ...]
    who: str


@dataclass(frozen=True)
class Profile:
    """A set of choices: the payer whose rules are in force, and the policies that it sets."""

    name: str
    payer: str
    choices: Mapping[str, str]


@dataclass(frozen=True)
class Policies:
    """All policies and profiles of a rulebook directory."""

    policies: Mapping[str, Policy]
    profiles: Mapping[str, Profile]

    def profile(self, name: str) -> Profile:
        """The profile; PolicyError names the valid ones."""
        if name not in self.profiles:
            known = ", ".join(sorted(self.profiles))
            hint = did_you_mean(nearest(name, self.profiles))
            raise PolicyError(
                f"unknown profile {shown(name)}", f"{hint} profiles are: {known}".strip()
            )
        return self.profiles[name]

    def of_payer(self, payer: str, setting: str) -> Profile | None:
        """The profile of a payer and setting, or None for an unknown payer."""
        found = self.profiles.get(f"{payer}-{setting}") or self.profiles.get(payer)
        return found

    def in_effect(self, profile: Profile, chosen: Mapping[str, str]) -> dict[str, str]:
        """Every policy with its value: defaults, then the profile, then what was chosen."""
        values = {name: policy.values[0] for name, policy in self.policies.items()}
        for source in (profile.choices, chosen):
            for name, value in source.items():
                values[self._known(name, value)] = value
        return values

    def _known(self, name: str, value: str) -> str:
        if name not in self.policies:
            hint = did_you_mean(nearest(name, self.policies))
            known = ", ".join(self.policies)
            raise PolicyError(
                f"unknown policy {shown(name)}", f"{hint} policies are: {known}".strip()
            )
        policy = self.policies[name]
        if value not in policy.values:
            raise PolicyError(
                f"policy {name} has no value {shown(value)}",
                f"{did_you_mean(nearest(value, policy.values))} "
                f"values of {name} are: {', '.join(policy.values)}".strip(),
            )
        return name


def policy_symbol(name: str, value: str) -> clingo.Symbol:
    """policy(Name, Value): words are constants, minutes and volumes numbers, codes strings."""
    if name.endswith(("_minutes", "_ml")) and value.isdecimal():
        chosen: clingo.Symbol = clingo.Number(int(value))
    else:
        chosen = constant(value)
    return clingo.Function("policy", [clingo.Function(name), chosen])


@lru_cache(maxsize=8)
def load_policies(directory: Path, *overlays: Path) -> Policies:
    """Policies and profiles of `directory`/profiles; overlay directories add profiles.

    Raises PolicyError for a profile line that is no fact, or a choice that no policy has.
    """
    policies: dict[str, Policy] = {}
    with (directory / "profiles" / "policies.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            name = row["policy"]
            known = policies.get(name)
            values = (*known.values, row["value"]) if known else (row["value"],)
            policies[name] = Policy(name, values, row["who_says_what"])
    found = Policies(policies, {})
    profiles: dict[str, Profile] = {}
    for place in (directory, *overlays):
        for path in sorted((place / "profiles").glob("*.lp")):
            profile = _read(path)
            found.in_effect(profile, {})
            profiles[profile.name] = profile
    return Policies(policies, profiles)


def _read(path: Path) -> Profile:
    payer, choices = "", {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("%"):
            continue
        fact = _FACT.match(line.strip())
        if fact is None or (fact[1] == "policy") != bool(fact[3]):
            raise PolicyError(
                f"{path.name}:{number}: {shown(line.strip())} is no profile fact",
                'write profile_payer(name). or profile_policy(name, "value").',
            )
        kind, name, value = fact.groups()
        if kind == "payer":
            payer = name
        else:
            choices[name] = value
    return Profile(path.stem, payer or path.stem, choices)
