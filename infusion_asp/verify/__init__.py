"""Verifies billed claims: `verify` for one, `verify_many` for many, `Verifier` for both."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import Any

from infusion_asp.coding import Coder
from infusion_asp.model import Encounter, ErrorRecord, InputError, parse_encounter
from infusion_asp.model.verification import Verification
from infusion_asp.rulebook import Rulebook, load_rulebook
from infusion_asp.verify.verifier import Verifier

__all__ = ["Verifier", "verify", "verify_many"]


def verify(
    encounter: Encounter | Mapping[str, Any],
    *,
    profile: str | None = None,
    policies: Mapping[str, str] | None = None,
    rulebook: Rulebook | None = None,
    full: bool = False,
) -> Verification:
    """Whether the record supports the billed lines, and if not, which rule says so.

    `full` lists every way to read a wrong claim. Raises what `code` raises.
    """
    parsed = encounter if isinstance(encounter, Encounter) else parse_encounter(dict(encounter))
    coder = Coder(rulebook or load_rulebook(), profile, dict(policies or {}))
    return Verifier(coder).verify(parsed, full=full)


def verify_many(
    encounters: Sequence[Encounter | Mapping[str, Any]],
    *,
    profile: str | None = None,
    policies: Mapping[str, str] | None = None,
    rulebook: Rulebook | None = None,
    full: bool = False,
    ask: bool = False,
) -> list[Verification | ErrorRecord]:
    """The same for many encounters, in the same order; bad ones as ErrorRecord.

    Questions to the clinician come only with `ask`: they take longer than all the rest.
    """
    verifier = Verifier(Coder(rulebook or load_rulebook(), profile, dict(policies or {})))
    parsed: dict[int, Encounter] = {}
    results: dict[int, Verification | ErrorRecord] = {}
    for index, each in enumerate(encounters):
        try:
            parsed[index] = each if isinstance(each, Encounter) else parse_encounter(dict(each))
        except InputError as error:
            results[index] = ErrorRecord.of(None, error)
    found = verifier.verify_many(list(parsed.values()), full=full, ask=ask)
    results.update(zip(parsed, found, strict=True))
    return [results[index] for index in range(len(encounters))]


class _Callable(ModuleType):
    """The package itself is the function `infusion_asp.verify`, whichever is imported first."""

    def __call__(self, encounter: Encounter | Mapping[str, Any], **options: Any) -> Verification:
        return verify(encounter, **options)


sys.modules[__name__].__class__ = _Callable
