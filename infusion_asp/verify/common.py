"""Findings that rest on shared facts alone: said once for all claims that they are true of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from infusion_asp.coding.setting import Setting
from infusion_asp.engine import Answer
from infusion_asp.model import ErrorRecord
from infusion_asp.model.verification import ClaimFinding, Verification
from infusion_asp.rulebook import Rulebook
from infusion_asp.rulebook.atoms import uses

_FINDING = ("finding", 3)


@lru_cache(maxsize=8)
def common_rules(rulebook: Rulebook) -> frozenset[str]:
    """The rules of findings that read the same in every claim of a batch."""
    found = set()
    for rule in rulebook.rules:
        bodies = []
        for statement in rule.statements:
            atoms = uses(statement)
            if any(each.in_head and each.signature == _FINDING for each in atoms):
                bodies.append({each.signature for each in atoms if not each.in_head})
        if bodies and all(body <= rulebook.shared for body in bodies):
            found.add(rule.id)
    return frozenset(found)


@dataclass
class Common:
    """Which claims of a batch have only such findings, and which one of them speaks for all."""

    rules: frozenset[str]
    _speakers: dict[tuple[Any, ...], int] = field(default_factory=dict)
    _listeners: dict[int, int] = field(default_factory=dict)

    def silent(self, at: int, setting: Setting, answer: Answer) -> bool:
        """Whether no finding of this claim needs words of its own."""
        rows = answer.rows("finding", 3)
        if answer.of("claim_finding", 4) or any(row[0].name not in self.rules for row in rows):
            return False
        if not rows:
            return True
        key = (setting.key, tuple(map(str, rows)))
        speaker = self._speakers.setdefault(key, at)
        if speaker != at:
            self._listeners[at] = speaker
        return speaker != at

    def said(
        self, at: int, made: Mapping[int, Verification | ErrorRecord]
    ) -> Verification | ErrorRecord:
        """What stands at a place, with the words that another claim has for the same."""
        own, speaker = made[at], made[self._listeners.get(at, at)]
        if own is speaker or isinstance(own, ErrorRecord) or isinstance(speaker, ErrorRecord):
            return own
        words = {_key(each): each for each in speaker.findings if each.rule in self.rules}
        findings = tuple(words.get(_key(each), each) for each in own.findings)
        return own.model_copy(update={"findings": findings})


def _key(finding: ClaimFinding) -> tuple[str, tuple[str, ...]]:
    return finding.rule, finding.arguments
