"""Owns how a published case is scored: its administration lines against ours."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from infusion_asp.model import ErrorRecord, Result

HEADLINE_CONFIDENCE = ("high", "medium")
OUTSIDE_HEADLINE = frozenset(
    {
        "disputed",
        "payer_rule",
        "outdated",
        "drug_lines_only",
        "partial_answer",
        "partial_excerpt",
    }
)
BUILT_AROUND_A_RULE = frozenset({"rule_statement", "rule_derived"})
_DRUG = re.compile(r"[JPQ]|C9|A9")
_VISIT = re.compile(r"992|920|G038|G0463")
_LEFT_OUT_MODIFIERS = frozenset({"25", "JZ", "JW"})

Lines = Counter[tuple[str, tuple[str, ...]]]
"""Units by code and modifiers."""


@dataclass(frozen=True)
class Case:
    """One published case: the encounter, the published lines, and how far to trust them."""

    id: str
    title: str
    url: str
    year: str
    authority: str
    confidence: str
    tags: frozenset[str]
    summary: str
    encounter: Mapping[str, Any]
    expected: Lines

    @property
    def headline(self) -> bool:
        """Whether the case counts in the headline."""
        return self.confidence in HEADLINE_CONFIDENCE and not self.tags & OUTSIDE_HEADLINE

    @property
    def narrated(self) -> bool:
        """Whether the source told the encounter, not only the rule."""
        return not self.tags & BUILT_AROUND_A_RULE

    @property
    def other_codes(self) -> frozenset[str]:
        """Codes of the rest of the claim, which are not scored."""
        return _other_codes(self.encounter)


def read_cases(path: Path) -> list[Case]:
    """The cases of a file in the format of `published.yaml`."""
    return [_case(entry) for entry in yaml.safe_load(path.read_text(encoding="utf-8"))]


def lines_of(result: Result | ErrorRecord, case: Case) -> Lines | None:
    """Our administration lines as they are scored; None for an encounter that was refused."""
    if isinstance(result, ErrorRecord):
        return None
    given = [(line.code, line.units, line.modifiers) for line in result.lines]
    return _counted(given, case.other_codes)


def shown(lines: Lines | None) -> str:
    """Lines as a reader writes them: `96413, 96415 x2, 96375-59`."""
    if lines is None:
        return "refused"
    texts = []
    for (code, modifiers), units in sorted(lines.items()):
        text = "-".join((code, *modifiers))
        texts.append(f"{text} x{units}" if units > 1 else text)
    return ", ".join(texts) or "nothing"


def _case(entry: Mapping[str, Any]) -> Case:
    source, encounter = entry["source"], entry["encounter"]
    published = [
        (str(line["code"]), int(line["units"]), [str(each) for each in line["modifiers"]])
        for line in entry["expected"]
    ]
    return Case(
        id=entry["id"],
        title=source["title"],
        url=source["url"],
        year=str(source.get("year") or "no year"),
        authority=source["authority"],
        confidence=entry["confidence"],
        tags=frozenset(entry["tags"]),
        summary=entry["summary"],
        encounter=encounter,
        expected=_counted(published, _other_codes(encounter)),
    )


def _other_codes(encounter: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(str(service["code"]) for service in encounter.get("other_services") or ())


def _counted(lines: Sequence[tuple[str, int, Sequence[str]]], other: frozenset[str]) -> Lines:
    counted: Lines = Counter()
    for code, units, modifiers in lines:
        if _DRUG.match(code) or _VISIT.match(code) or code in other:
            continue
        counted[code, tuple(sorted(set(modifiers) - _LEFT_OUT_MODIFIERS))] += units
    return counted
