"""Owns the state of the page: the encounter as it stands, right or wrong, and what is chosen."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

from infusion_asp.model import Encounter, InputError, parse_encounter
from infusion_asp.model.errors import did_you_mean, json_path, nearest_key, shown
from infusion_asp.model.fields import MOST_DIGITS
from infusion_asp.model.plain import checked, json_value

KEYS = ("encounter", "profile", "policies")


@dataclass(frozen=True)
class State:
    """One encounter and the choices that it is coded under.

    `document` is the encounter as plain JSON values (numbers int or Decimal). It need not be
    valid: an analyst mends it step by step. `profile` replaces the profile of payer and setting;
    `policies` come last. Neither name nor value of a choice is known to be right. Nothing in it is
    changed in place: `with_document` and the like give another state.
    """

    document: Mapping[str, Any]
    profile: str | None = None
    policies: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def parse(cls, text: str) -> State:
        """The state that `text` (JSON) spells.

        Raises InputError, with its path in the state (`$.policies.name`), where it is no state:
        bad JSON, an unknown key, an encounter that is no object, a choice that is no text.
        """
        value, end = json_value(text, len(text) - len(text.lstrip()))
        if text[end:].strip():
            raise InputError("$", "text follows the state", "send one object", kind="bad_json")
        return cls.of(checked(value))

    @classmethod
    def of(cls, value: Any) -> State:
        """The state of plain data, as `parse`."""
        if not isinstance(value, Mapping):
            raise _not("$", value, "a state", "a state is an object with the key encounter")
        for key in value:
            if key not in KEYS:
                help = did_you_mean(nearest_key(key, KEYS)) or f"known are {', '.join(KEYS)}"
                raise InputError(
                    json_path([key]), f"unknown key {shown(key)}", help, kind="unknown_key"
                )
        document = value.get("encounter")
        if not isinstance(document, Mapping):
            raise _not("$.encounter", document, "an encounter", "an encounter is an object")
        profile = value.get("profile")
        if profile is not None and not isinstance(profile, str):
            raise _not("$.profile", profile, "a profile", "write its name, or null")
        policies = value.get("policies")
        policies = {} if policies is None else policies
        if not isinstance(policies, Mapping):
            raise _not("$.policies", policies, "an object", "write values by the policy's name")
        for name, chosen in policies.items():
            if not isinstance(chosen, str):
                place = json_path(["policies", name])
                raise _not(place, chosen, "a policy's value", "write it in quotes")
        return cls(document, profile or None, dict(policies))

    def text(self) -> str:
        """The state as JSON on one line; `parse` reads the same state from it."""
        whole = {
            "encounter": self.document,
            "profile": self.profile,
            "policies": dict(self.policies),
        }
        return json.dumps(whole, ensure_ascii=False, separators=(",", ":"), default=_plain)

    def encounter(self) -> Encounter:
        """The encounter; raises InputError, paths inside the encounter, where it is not valid."""
        if isinstance(self._read, InputError):
            raise self._read
        return self._read

    @property
    def problems(self) -> tuple[InputError, ...]:
        """What is wrong with the encounter, in document order; nothing where it is valid."""
        return self._read.all() if isinstance(self._read, InputError) else ()

    @cached_property
    def _read(self) -> Encounter | InputError:
        try:
            return parse_encounter(self.document)
        except InputError as error:
            return error

    def with_document(self, document: Mapping[str, Any]) -> State:
        """The same choices for another document."""
        return State(document, self.profile, self.policies)

    def with_choices(self, profile: str | None, policies: Mapping[str, str]) -> State:
        """The same document under other choices."""
        return State(self.document, profile, dict(policies))


def _not(path: str, value: Any, what: str, help: str) -> InputError:
    typed = "null" if value is None else shown(value)
    return InputError(path, f"{typed} is not {what}", help, kind="bad_state")


def _plain(value: Any) -> Any:
    """A Decimal as JSON writes numbers; as text where no amount of a record is so large."""
    if isinstance(value, Decimal):
        if abs(value.adjusted()) > MOST_DIGITS:
            return str(value)
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"no JSON for {type(value).__name__}")
