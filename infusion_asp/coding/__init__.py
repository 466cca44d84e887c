"""Codes encounters: the library's main entry, `code` for one and `code_many` for many."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from infusion_asp.coding.coder import Coder
from infusion_asp.model import Encounter, ErrorRecord, InputError, Result, parse_encounter
from infusion_asp.rulebook import Rulebook, load_rulebook

__all__ = ["Coder", "code", "code_many"]


def code(
    encounter: Encounter | Mapping[str, Any],
    *,
    profile: str | None = None,
    policies: Mapping[str, str] | None = None,
    rulebook: Rulebook | None = None,
    explain: bool = True,
    full: bool = False,
) -> Result:
    """The codes of one encounter, each with its rule, its citations and the minutes it rests on.

    Raises InputError for a bad encounter, PolicyError for an unknown profile, policy or value,
    EngineError where a rulebook gives no answer or two.

    >>> from infusion_asp import Encounter, code
    >>> result = code({
    ...     "encounter_id": "e1",
    ...     "administrations": [{
    ...         "id": "a1", "drug": "infliximab", "route": "intravenous", "method": "infusion",
    ...         "start": "2025-03-03T09:00", "stop": "2025-03-03T11:05"}],
    ... })
    >>> [(line.code, line.units) for line in result.lines]
    [('96413', 1), ('96415', 1)]
    >>> result.lines[1].sentences[0]
    'a1 (infliximab) earns 1 further hour by 125 minutes: 96415'
    """
    parsed = encounter if isinstance(encounter, Encounter) else parse_encounter(dict(encounter))
    coder = Coder(rulebook or load_rulebook(), profile, dict(policies or {}))
    return coder.code(parsed, explain=explain, full=full)


def code_many(
    encounters: Sequence[Encounter | Mapping[str, Any]],
    *,
    profile: str | None = None,
    policies: Mapping[str, str] | None = None,
    rulebook: Rulebook | None = None,
) -> list[Result | ErrorRecord]:
    """Results of many encounters in the same order, without reasons; bad ones as ErrorRecord."""
    coder = Coder(rulebook or load_rulebook(), profile, dict(policies or {}))
    parsed: dict[int, Encounter] = {}
    results: dict[int, Result | ErrorRecord] = {}
    for index, each in enumerate(encounters):
        try:
            parsed[index] = each if isinstance(each, Encounter) else parse_encounter(dict(each))
        except InputError as error:
            results[index] = ErrorRecord.of(None, error)
    for index, result in zip(parsed, coder.code_many(list(parsed.values())), strict=True):
        results[index] = result
    return [results[index] for index in range(len(encounters))]
