"""Owns what an answer showed, in few words: carried by the browser to the next answer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from infusion_asp.web.encounter.answer import Answer

LONGEST = 200_000  # characters of the hidden field that are read


@dataclass(frozen=True)
class ShownLine:
    """One line of an answer; `amount` in US dollars, None where no rate is known."""

    section: str
    code: str
    modifiers: tuple[str, ...]
    date: str
    label: str
    units: int
    amount: Decimal | None

    @property
    def key(self) -> tuple[str, str, tuple[str, ...], str]:
        """What makes two lines of two answers the same line, whatever their units."""
        return self.section, self.code, self.modifiers, self.date

    @property
    def name(self) -> str:
        """The code with its modifiers: `96365-59`."""
        return "-".join((self.code, *self.modifiers))


@dataclass(frozen=True)
class Shown:
    """The lines of an answer, and its findings as pairs of rule and sentence."""

    lines: tuple[ShownLine, ...] = ()
    findings: tuple[tuple[str, str], ...] = ()
    answered: bool = field(default=False)

    @property
    def total(self) -> Decimal:
        """The sum of all known amounts in US dollars."""
        return sum((each.amount for each in self.lines if each.amount is not None), Decimal(0))

    @classmethod
    def of(cls, answer: Answer) -> Shown:
        """What an answer shows; nothing where there is no result."""
        if answer.result is None:
            return cls()
        money = answer.money
        lines = tuple(
            ShownLine(
                line.section,
                line.code,
                line.modifiers,
                "" if line.date is None else line.date.isoformat(),
                line.label,
                line.units,
                None if money is None else money.amount(line.code, line.units),
            )
            for line in answer.result.lines
        )
        findings = [(each.rule, each.sentence) for each in answer.result.findings]
        return cls(lines, tuple(findings), answered=True)

    @classmethod
    def parse(cls, text: str) -> Shown:
        """What `text` made, by `text()`; nothing where it is empty or not ours."""
        if not text or len(text) > LONGEST:
            return cls()
        try:
            value = json.loads(text)
            lines = tuple(_line(each) for each in value["lines"])
            findings = tuple((str(rule), str(said)) for rule, said in value["findings"])
        except (ValueError, KeyError, TypeError, RecursionError, InvalidOperation):
            return cls()
        return cls(lines, findings, answered=True)

    def text(self) -> str:
        """As JSON on one line; empty where nothing was answered."""
        if not self.answered:
            return ""
        lines = [
            {
                "section": each.section,
                "code": each.code,
                "modifiers": each.modifiers,
                "date": each.date,
                "label": each.label,
                "units": each.units,
                "amount": None if each.amount is None else str(each.amount),
            }
            for each in self.lines
        ]
        whole = {"lines": lines, "findings": self.findings}
        return json.dumps(whole, ensure_ascii=False, separators=(",", ":"))


def _line(value: Mapping[str, Any]) -> ShownLine:
    amount = value["amount"]
    exact = None if amount is None else Decimal(str(amount))
    if exact is not None and not exact.is_finite():
        raise ValueError("not an amount")
    return ShownLine(
        str(value["section"]),
        str(value["code"]),
        tuple(str(each) for each in value["modifiers"]),
        str(value["date"]),
        str(value["label"]),
        int(value["units"]),
        exact,
    )
