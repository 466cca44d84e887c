"""Owns profile and policies as the page offers them: what is in effect, and who says what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from infusion_asp.facts import Policies, PolicyError
from infusion_asp.model import Encounter, InputError, parse_encounter
from infusion_asp.web.encounter.state import State
from infusion_asp.web.solving import coder


@dataclass(frozen=True)
class Effect:
    """The profile and the values of all policies that a state is coded under."""

    profile: str
    values: Mapping[str, str]


@dataclass(frozen=True)
class PolicyChoice:
    """A policy with the value in effect; `usual` is the value without the choices of the state."""

    name: str
    values: tuple[str, ...]
    value: str
    usual: str
    who: str

    @property
    def changed(self) -> bool:
        """Whether the state chose another value than the profile has."""
        return self.value != self.usual


def known() -> Policies:
    """All policies and profiles of the rulebook of this process."""
    return coder().choices


def in_effect(state: State) -> Effect:
    """What a state is coded under; an unknown name counts as not chosen."""
    for profile, policies in ((state.profile, state.policies), (state.profile, {}), (None, {})):
        try:
            setting = coder(profile, policies).setting_of(_skeleton(state))
        except PolicyError:
            continue
        return Effect(setting.profile.name, setting.policies)
    raise AssertionError("the choices of the command line are checked before the page starts")


def policies_of(state: State) -> tuple[PolicyChoice, ...]:
    """Every policy, in the order of the rulebook."""
    effect = in_effect(state).values
    usual = in_effect(state.with_choices(state.profile, {})).values
    return tuple(
        PolicyChoice(name, each.values, effect[name], usual[name], each.who)
        for name, each in known().policies.items()
    )


def _skeleton(state: State) -> Encounter:
    """The encounter, or where it is not valid one with as much of its setting as is."""
    fields = {key: state.document.get(key) for key in ("setting", "payer")}
    for kept in (state.document, fields, {"payer": fields["payer"]}, {}):
        try:
            return parse_encounter({"encounter_id": "e", **kept})
        except InputError:
            continue
    raise AssertionError("an encounter with nothing but a name is valid")
