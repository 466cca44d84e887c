"""Owns downloads of a state: the encounter as JSON, the audit worksheet as HTML and CSV."""

from __future__ import annotations

import json
import re

from infusion_asp.engine import EngineError
from infusion_asp.facts import PolicyError
from infusion_asp.model import ErrorRecord, InputError, Result, Verification, record_of
from infusion_asp.render import Source, render
from infusion_asp.web.encounter.state import State
from infusion_asp.web.solving import coder, verifier
from infusion_asp.web.solving.inside import rulebook

TYPES = {
    "encounter.json": "application/json",
    "worksheet.html": "text/html; charset=utf-8",
    "worksheet.csv": "text/csv; charset=utf-8",
}
"""What can be downloaded, with its media type."""

_UNFIT = re.compile(r"[^A-Za-z0-9._-]+")


def exported(text: str, what: str) -> tuple[str, str]:
    """Name and text of one download of `TYPES`; raises InputError where `text` is no state."""
    state = State.parse(text)
    name = f"{_stem(state)}.{what}" if what != "encounter.json" else f"{_stem(state)}.json"
    if what == "encounter.json":
        plain = json.loads(state.text())["encounter"]
        return name, json.dumps(plain, indent=2, ensure_ascii=False) + "\n"
    source = Source.of(record_of(name, 1, json.loads(state.text())["encounter"]))
    format = what.rpartition(".")[2]
    return name, render([_result(state)], format, sources=[source], rulebook=rulebook())


def _result(state: State) -> Result | Verification | ErrorRecord:
    """The verified claim where lines are billed, else the coded record, else what is wrong."""
    try:
        encounter = state.encounter()
        if encounter.billed:
            return verifier(state.profile, state.policies).verify(encounter)
        return coder(state.profile, state.policies).code(encounter)
    except InputError as error:
        name = state.document.get("encounter_id")
        return ErrorRecord.of(name if isinstance(name, str) else None, error)
    except (PolicyError, EngineError) as error:
        return ErrorRecord.of(None, InputError("$", error.message, error.help))


def _stem(state: State) -> str:
    name = _UNFIT.sub("-", str(state.document.get("encounter_id", ""))).strip("-.")
    return name[:80] or "encounter"
