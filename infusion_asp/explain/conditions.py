"""Owns how a missing condition is said: what is asked for, and what the record has instead."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import clingo

from infusion_asp.engine.provenance_run import AtomsOf
from infusion_asp.justify import Justification
from infusion_asp.justify.goals import Dropped, Goal
from infusion_asp.model import Condition

_OPERATORS = {
    ">": "more than",
    ">=": "at least",
    "<": "less than",
    "<=": "at most",
    "=": "equal to",
    "!=": "other than",
}
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_MOST = 3


class Conditions:
    """Says the conditions of near misses of one answer."""

    def __init__(self, reasons: Justification, atoms_of: AtomsOf, drugs: Mapping[str, str]) -> None:
        self._reasons = reasons
        self._atoms_of = atoms_of
        self._drugs = drugs

    def condition(self, missing: Dropped) -> Condition:
        """One condition in words."""
        said, found = self._said(missing)
        return Condition(
            condition=f"{said} [{missing.rule.id}]",
            literal=missing.text,
            found=tuple(dict.fromkeys(found))[:_MOST],
            administration=self._owner(missing),
        )

    def _said(self, missing: Dropped) -> tuple[str, list[str]]:
        if missing.sides is not None:
            return _compared(missing), []
        goal = missing.goal
        if goal is None:
            return missing.text, []
        if missing.negative:
            return self._in_the_way(goal)
        name = goal.signature[0]
        values = [self._value(each) for each in goal.pattern]
        there = list(self._instead(goal))
        if name == "policy":
            return f"policy {values[0]} = {values[1]}", there
        if name == "setting":
            return f"the {values[0]} setting", there
        if name == "plays":
            there = [
                f"{self._value(each.arguments[0])} is {self._value(each.arguments[1])}"
                for each in self._atoms_of(goal.signature)
                if each.arguments[0] == goal.pattern[0]
            ]
            return f"{values[0]} as the {values[1]} service", [*there, *self._contrast(goal)]
        return self._words(goal), there

    def _in_the_way(self, goal: Goal) -> tuple[str, list[str]]:
        """What must not hold, and why it does."""
        atoms = [each for each in self._atoms_of(goal.signature) if goal.matches(each)]
        found = []
        for atom in atoms[:_MOST]:
            trees = self._reasons.trees(atom, 1)
            found += [each.sentence for each in trees if each.sentence]
            found += [child.sentence for each in trees for child in each.children]
        said = self._says(atoms[0]) if atoms else self._words(goal)
        return f"not this: {said}", [each for each in found if each != said]

    def _instead(self, goal: Goal) -> Iterator[str]:
        """What the same predicate says of the same thing."""
        for atom in self._atoms_of(goal.signature):
            if atom.arguments and goal.pattern[0] in (None, atom.arguments[0]):
                yield self._says(atom)

    def _contrast(self, goal: Goal) -> Iterator[str]:
        """The constraints that the role would break."""
        service, role = goal.pattern
        reasons = self._reasons.roles.get(service) if service is not None else None
        if reasons is not None and role is not None:
            for each in reasons.instead.get(role, ())[:1]:
                yield f"{each.sentence(self._reasons.names)} [{each.rule.id}]"

    def _says(self, atom: clingo.Symbol) -> str:
        return self._reasons.says(atom) or self._words(
            Goal((atom.name, len(atom.arguments)), tuple(atom.arguments))
        )

    def _words(self, goal: Goal) -> str:
        """An atom without a sentence of its own: `route of a1 (iron): intramuscular`."""
        if None not in goal.pattern:
            given = [each for each in goal.pattern if each is not None]
            known = self._reasons.says(clingo.Function(goal.signature[0], given))
            if known:
                return known
        first, *rest = [self._value(each) for each in goal.pattern] or [""]
        name = goal.signature[0].replace("_", " ")
        more = ", ".join(each for each in rest if each != "any")
        return f"{name} of {first}" + (f": {more}" if more else "")

    def _value(self, value: clingo.Symbol | None) -> str:
        if value is None:
            return "any"
        if value.type is clingo.SymbolType.String:
            return self._drugs.get(value.string, value.string)
        if str(value) in self._reasons.names.terms:
            return self._reasons.names.terms[str(value)]
        if value.type is clingo.SymbolType.Function and value.arguments:
            inside = ", ".join(self._value(each) for each in value.arguments)
            return f"{value.name.replace('_', ' ')} {inside}".strip()
        return str(value).replace("_", " ")

    def _owner(self, missing: Dropped) -> str | None:
        goal = missing.goal
        named = goal.pattern if goal is not None else missing.values
        texts = (each.string for each in named if each and each.type is clingo.SymbolType.String)
        return next((each for each in texts if each in self._drugs), None)


def _compared(missing: Dropped) -> str:
    """A comparison that fails: `minutes more than 90 (17 are charted, 74 short)`."""
    if missing.sides is None:
        return missing.text
    left, right = missing.sides
    label = _label(missing.words[0])
    said = f"{label} {_OPERATORS.get(missing.operator, missing.operator)} {_plain(right)}"
    have = f"{_plain(left)} here"
    if left.type is right.type is clingo.SymbolType.Number:
        short = right.number - left.number + (1 if missing.operator == ">" else 0)
        over = left.number - right.number + (1 if missing.operator == "<" else 0)
        if missing.operator in (">", ">="):
            have += f", {short} short"
        elif missing.operator in ("<", "<="):
            have += f", {over} too many"
    return f"{said} ({have})"


def _label(name: str) -> str:
    return _CAMEL.sub(" ", name).lower() if name.isalpha() else "a value"


def _plain(symbol: clingo.Symbol) -> str:
    return symbol.string if symbol.type is clingo.SymbolType.String else str(symbol)
