"""Owns what a solved claim says: its findings with their evidence, in words once they are known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import clingo

from infusion_asp.coding.assemble import Words
from infusion_asp.coding.assembly import Assembly
from infusion_asp.engine.answer import Signature
from infusion_asp.model import Reason
from infusion_asp.rulebook import Rulebook
from infusion_asp.rulebook.atoms import uses
from infusion_asp.rulebook.headers import Rule

FINDING = ("claim_finding", 4)
EVIDENCE = ("claim_evidence", 2)
READING = ("claim_reading", 4)
IGNORED = ("claim_ignored", 3)
OUTPUTS = (
    FINDING,
    ("claim_member", 2),
    ("claim_judged", 1),
    ("pair", 3),
    ("too_few", 2),
    ("supported", 2),
    ("claimed", 2),
    ("distinct_mark", 1),
    ("kept_modifier", 1),
    ("repeat_modifier", 1),
    ("opened_pair", 1),
    ("not_evaluated", 1),
    ("claim_undecided", 1),
    ("claim_lacks", 1),
    ("claim_compared", 0),
    ("drug_judged", 1),
    ("drug_mark", 1),
    ("drug_tolerated", 1),
)
DECIDES = ("over", "under")
_SAID = (FINDING, EVIDENCE, READING, ("finding", 3), ("excluded", 2), ("unreported", 2))


@lru_cache(maxsize=8)
def behind(rulebook: Rulebook) -> frozenset[Signature]:
    """The predicates that the sentences of a verification take their words from."""
    found: set[Signature] = {IGNORED}
    for statement in rulebook.statements:
        atoms = uses(statement)
        if any(each.in_head and each.signature in _SAID for each in atoms):
            found.update(each.signature for each in atoms)
    return frozenset(found)


@dataclass(frozen=True)
class Difference:
    """One finding of the rules about the claim."""

    atom: clingo.Symbol
    rule: Rule
    code: str
    other: str
    units: int

    @property
    def decides(self) -> bool:
        """Whether it makes the claim differ from the record."""
        return self.rule.risk in DECIDES


@dataclass(frozen=True)
class Judged:
    """A claim with the answer of the rules; `reasons` put its findings into words."""

    parts: Assembly
    reasons: Words | None = None

    @cached_property
    def differences(self) -> tuple[Difference, ...]:
        """The findings about the claim in a fixed order."""
        found = [self._difference(atom) for atom in self.parts.answer.of(*FINDING)]
        return tuple(sorted(found, key=lambda each: (each.code, each.rule.id, each.other)))

    def _difference(self, atom: clingo.Symbol) -> Difference:
        rule, code, other, units = atom.arguments
        return Difference(
            atom, self.parts.rulebook.rule(rule.name), code.string, other.string, units.number
        )

    @property
    def differs(self) -> bool:
        """Whether some finding is an over- or underpayment."""
        return any(each.decides for each in self.differences)

    @property
    def compared(self) -> bool:
        """Whether there are a claim and a record to compare it with."""
        return bool(self.parts.answer.of("claim_compared", 0))

    @cached_property
    def judged_codes(self) -> frozenset[str]:
        """The codes that the record supports or refutes."""
        return self.texts("claim_judged") | self.texts("drug_judged")

    @cached_property
    def marks(self) -> frozenset[str]:
        """The modifiers that lines are compared by; equal ones are not told apart here."""
        several = ("distinct_mark", "kept_modifier", "repeat_modifier", "drug_mark")
        return frozenset().union(*(self.texts(each) for each in several))

    def units(self, predicate: str) -> dict[str, int]:
        """Units by code: supported, claimed or too_few."""
        return {
            atom.arguments[0].string: atom.arguments[1].number
            for atom in self.parts.answer.of(predicate, 2)
        }

    @cached_property
    def pairs(self) -> dict[str, str]:
        """The right code for each code that is billed in its place."""
        return {
            atom.arguments[0].string: atom.arguments[1].string
            for atom in self.parts.answer.of("pair", 3)
        }

    def texts(self, predicate: str) -> frozenset[str]:
        """The values of a predicate of one argument."""
        return frozenset(_text(atom.arguments[0]) for atom in self.parts.answer.of(predicate, 1))

    def members(self, *codes: str) -> tuple[str, ...]:
        """The administrations behind codes, in the order of the record."""
        found = {
            atom.arguments[1].string
            for atom in self.parts.answer.of("claim_member", 2)
            if atom.arguments[0].string in codes
        }
        return tuple(sorted(found, key=lambda name: self.parts.order.get(name, 0)))

    def evidence(self, *codes: str) -> Sequence[clingo.Symbol]:
        """The atoms of evidence about codes, services in the order of the record."""
        found = {
            atom.arguments[1]: atom
            for atom in self.parts.answer.of(*EVIDENCE)
            if atom.arguments[0].string in codes
        }
        return [found[service] for service in sorted(found, key=self._place)]

    def readings(self, difference: Difference) -> tuple[Reason, ...]:
        """The rules about the same that its code breaks when the claim is read as roles."""
        found = []
        for atom in self.parts.answer.of(*READING):
            rule = self.parts.rulebook.rule(atom.arguments[0].name)
            about = atom.arguments[1].string == difference.code
            if about and set(rule.implements) & set(difference.rule.implements):
                sentence = self.said([atom]) or rule.title
                found.append(Reason(rule=rule.id, sentence=sentence, citations=rule.cites))
        return tuple(found)

    def ignored(self, code: str) -> list[clingo.Symbol]:
        """The atoms that say why administrations earn nothing that a code may be billed for."""
        found = [
            atom.arguments[1:]
            for atom in self.parts.answer.of(*IGNORED)
            if atom.arguments[0].string == code
        ]
        found.sort(key=lambda each: (self.parts.order.get(each[0].string, 0), each[1]))
        known = set(self.parts.answer.of("excluded", 2))
        both = [
            (clingo.Function("excluded", each), clingo.Function("unreported", each))
            for each in found
        ]
        return [first if first in known else second for first, second in both]

    def _place(self, service: clingo.Symbol) -> tuple[int, clingo.Symbol]:
        name = service.string if service.type is clingo.SymbolType.String else ""
        return self.parts.order.get(name, len(self.parts.order)), service

    def said(self, atoms: Iterable[clingo.Symbol]) -> str:
        """The sentences of atoms, one after the other."""
        if self.reasons is None:
            return ""
        texts = [text for atom in atoms for text in self.reasons.sentences(atom)[:1]]
        return "; ".join(dict.fromkeys(texts))

    def asked(self) -> list[clingo.Symbol]:
        """The atoms whose sentences a verification shows."""
        answer = self.parts.answer
        return [
            *answer.of(*FINDING),
            *answer.of(*EVIDENCE),
            *answer.of(*READING),
            *answer.of("finding", 3),
            *(
                atom
                for code in sorted({each.code for each in self.differences})
                for atom in self.ignored(code)
            ),
        ]


def _text(value: clingo.Symbol) -> str:
    return value.string if value.type is clingo.SymbolType.String else value.name
