"""Owns what is compared of two answers, and the kinds of their differences, gravest first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from infusion_asp.coding.lines import lines_of
from infusion_asp.engine import Answer, EngineError, NoAnswer, TwoAnswers
from infusion_asp.facts import Clock
from infusion_asp.model import Encounter

Said = Mapping[str, Any]
KINDS = ("answer", "code", "units", "modifier", "date", "finding", "not_reported")
OUTPUTS = (("line", 5), ("unreported", 2), ("finding", 3), ("claim_finding", 4))
WORDS = {
    "answer": "an answer in one rulebook, and none or two in the other",
    "code": "another code",
    "units": "other units",
    "modifier": "another modifier",
    "date": "another date",
    "finding": "another finding",
    "not_reported": "another reason why nothing is reported",
}


def answer_of(encounter: Encounter, answer: Answer | EngineError) -> dict[str, Any]:
    """The compared parts of one answer, as JSON."""
    if isinstance(answer, TwoAnswers):
        return {"kind": "two answers"}
    if isinstance(answer, NoAnswer):
        return {"kind": "no answer", "said": answer.message}
    if isinstance(answer, EngineError):
        return {"kind": "error", "said": answer.message}
    lines = [
        [each.section, each.code, list(each.modifiers), each.date, each.units]
        for each in sorted(lines_of(answer, Clock.of(encounter)))
    ]
    findings = [[str(each) for each in row] for row in answer.rows("finding", 3)]
    findings += [[str(each) for each in row] for row in answer.rows("claim_finding", 4)]
    dropped = [[str(each) for each in row] for row in answer.rows("unreported", 2)]
    return {"kind": "", "lines": lines, "findings": findings, "not_reported": dropped}


def differences(old: Said, new: Said) -> tuple[str, ...]:
    """The kinds in which two answers differ, gravest first."""
    if "refused" in (old["kind"], new["kind"]):
        return ()
    if old["kind"] or new["kind"]:
        return ("answer",) if old["kind"] != new["kind"] else ()
    found = []
    if _codes(old).keys() != _codes(new).keys():
        found.append("code")
    elif _codes(old) != _codes(new):
        found.append("units")
    elif _modifiers(old) != _modifiers(new):
        found.append("modifier")
    elif old["lines"] != new["lines"]:
        found.append("date")
    for kind, name in (("finding", "findings"), ("not_reported", "not_reported")):
        if old[name] != new[name]:
            found.append(kind)
    return tuple(found)


def code_changes(old: Said, new: Said) -> dict[str, int]:
    """Units of each code, new less old, where they differ."""
    before, after = _codes(old), _codes(new)
    changes = {code: after[code] - before[code] for code in sorted({*before, *after})}
    return {code: change for code, change in changes.items() if change}


def _codes(said: Said) -> Counter[str]:
    found: Counter[str] = Counter()
    for _, code, _, _, units in said.get("lines", ()):
        found[code] += units
    return found


def _modifiers(said: Said) -> Counter[tuple[str, tuple[str, ...]]]:
    found: Counter[tuple[str, tuple[str, ...]]] = Counter()
    for _, code, modifiers, _, units in said["lines"]:
        found[code, tuple(modifiers)] += units
    return found
