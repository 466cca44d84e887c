"""Findings that need no proof for their words: their own arguments say all, or one atom beside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import clingo
from clingo.ast import AST, ASTType

from infusion_asp.engine import Answer
from infusion_asp.engine.answer import Signature
from infusion_asp.justify.sentences import Names, compiled, render
from infusion_asp.rulebook import Rulebook
from infusion_asp.rulebook.atoms import Place, uses
from infusion_asp.rulebook.headers import Rule

FINDINGS = (("finding", 3), ("claim_finding", 4))
Variables = tuple[str, ...]


@dataclass(frozen=True)
class Form:
    """The names of what a finding holds, and the atoms that bind what its sentences ask besides."""

    names: Variables
    beside: tuple[tuple[Signature, Variables], ...] = ()


@lru_cache(maxsize=8)
def forms(rulebook: Rulebook) -> dict[str, Form]:
    """The form of each rule whose findings can be said directly."""
    found: dict[str, Form] = {}
    for rule in rulebook.rules:
        heads = [each for each in rule.statements if _is_finding(each)]
        form = _form(rule, heads) if heads and rule.sentence else None
        if form is not None:
            found[rule.id] = form
    return found


def needed(rulebook: Rulebook) -> frozenset[Signature]:
    """The predicates that are read besides the findings themselves."""
    return frozenset(key for form in forms(rulebook).values() for key, _ in form.beside)


def _form(rule: Rule, heads: Sequence[AST]) -> Form | None:
    names = {_names(each) for each in heads}
    if len(names) != 1:
        return None
    own = names.pop()
    asked = compiled(rule.sentence).placeholders | compiled(rule.help).placeholders
    missing = asked - set(own)
    if not missing:
        return Form(own)
    if len(heads) != 1:
        return None
    beside: list[tuple[Signature, Variables]] = []
    for use in uses(heads[0]):
        bound = tuple(_name(each) for each in use.arguments)
        if use.place is Place.BODY and missing & set(bound) and set(own) & set(bound) - {""}:
            beside.append((use.signature, bound))
            missing = missing - set(bound)
    return None if missing else Form(own, tuple(beside))


def _is_finding(statement: AST) -> bool:
    head = statement.head
    if head.ast_type != ASTType.Literal or head.atom.ast_type != ASTType.SymbolicAtom:
        return False
    symbol = head.atom.symbol
    return (symbol.name, len(symbol.arguments)) in FINDINGS


def _names(statement: AST) -> Variables:
    return tuple(_name(each) for each in statement.head.atom.symbol.arguments[1:])


def _name(term: AST) -> str:
    return str(term.name) if term.ast_type == ASTType.Variable else ""


@dataclass(frozen=True)
class Firing:
    """Which rule gave an atom; all that is asked of a firing here."""

    rule: Rule
    atom: clingo.Symbol


@dataclass(frozen=True)
class Direct:
    """The words of the findings of one answer, where nothing more is needed for them."""

    rulebook: Rulebook
    answer: Answer
    names: Names

    @classmethod
    def of_answer(cls, rulebook: Rulebook, answer: Answer, names: Names) -> Direct | None:
        """None where some finding needs a proof for its words."""
        made = cls(rulebook, answer, names)
        atoms = [atom for each in FINDINGS for atom in answer.of(*each)]
        return made if all(made.bound(atom) is not None for atom in atoms) else None

    def bound(self, atom: clingo.Symbol) -> dict[str, clingo.Symbol] | None:
        """What the sentences of a finding ask for; None where that is not one thing."""
        rule, *values = atom.arguments
        form = forms(self.rulebook).get(rule.name)
        if form is None:
            return None
        found = {name: value for name, value in zip(form.names, values, strict=True) if name}
        for signature, names in form.beside:
            rows = {
                tuple(row)
                for row in self.answer.rows(*signature)
                if all(
                    found.get(name, value) == value for name, value in zip(names, row, strict=True)
                )
            }
            if len(rows) != 1:
                return None
            found |= {name: value for name, value in zip(names, rows.pop(), strict=True) if name}
        return found

    def of(self, atom: clingo.Symbol) -> Sequence[Firing]:
        """The rule of a finding."""
        return (Firing(self.rulebook.rule(atom.arguments[0].name), atom),)

    def sentences(self, atom: clingo.Symbol) -> tuple[str, ...]:
        """The sentence of a finding."""
        rule = self.rulebook.rule(atom.arguments[0].name)
        return (render(rule.sentence, self.bound(atom) or {}, self.names),)

    def help(self, firing: Firing) -> str:
        """What would cure a finding."""
        return render(firing.rule.help, self.bound(firing.atom) or {}, self.names)
