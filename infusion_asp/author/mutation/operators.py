"""Owns the mutants of a rulebook: one small mistake each, as an author might make it.

`drop rule` leaves out a statement, `drop literal` a condition, `negate` turns one round, `plus one`
and `minus one` shift a number. What clingo refuses as unsafe is no mutant, nor what the loader
refuses because a placeholder of the sentence has no variable any more.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from clingo.ast import AST, ASTType, ComparisonOperator, Sign, Transformer
from clingo.symbol import Number, SymbolType

from infusion_asp.engine.run import parse, run
from infusion_asp.justify.sentences import compiled
from infusion_asp.rulebook import Rule, Rulebook

DROP_RULE, DROP_LITERAL, NEGATE = "drop rule", "drop literal", "negate"
PLUS_ONE, MINUS_ONE = "plus one", "minus one"
KINDS = (DROP_RULE, DROP_LITERAL, NEGATE, PLUS_ONE, MINUS_ONE)
_INVERSE = {
    ComparisonOperator.Equal: ComparisonOperator.NotEqual,
    ComparisonOperator.NotEqual: ComparisonOperator.Equal,
    ComparisonOperator.LessThan: ComparisonOperator.GreaterEqual,
    ComparisonOperator.GreaterEqual: ComparisonOperator.LessThan,
    ComparisonOperator.GreaterThan: ComparisonOperator.LessEqual,
    ComparisonOperator.LessEqual: ComparisonOperator.GreaterThan,
}
_GATE = "in_force("
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_NAME = re.compile(r"\b[A-Z]\w*")
_LINE = re.compile(r"^<string>:(\d+):")
Change = tuple[str, str, AST | None]


@dataclass(frozen=True)
class Mutant:
    """One mistake: in which statement of which rule, and what stands there instead (or nothing)."""

    rule: str
    file: str
    line: int
    index: int
    number: int
    kind: str
    detail: str
    statement: AST | None = field(repr=False, compare=False)

    @property
    def name(self) -> str:
        """The same as long as the rule's text is: rule, statement, kind, what is changed."""
        return f"{self.rule}#{self.number} {self.kind}: {self.detail}"

    @property
    def text(self) -> str:
        """The mutated statement."""
        return "" if self.statement is None else str(self.statement)


def mutants_of(book: Rulebook, rules: Sequence[str] | None = None) -> list[Mutant]:
    """Every mutant of the rules (all), those that clingo refuses left out."""
    wanted = None if rules is None else frozenset(rules)
    bound: dict[str, Counter[str]] = {}
    for rule, _, _, statement in statements_of(book):
        bound.setdefault(rule.id, Counter()).update(_variables(statement))
    found = [
        Mutant(
            rule.id,
            rule.file,
            statement.location.begin.line,
            index,
            number,
            kind,
            detail,
            changed,
        )
        for rule, index, number, statement in statements_of(book)
        if wanted is None or rule.id in wanted
        for kind, detail, changed in _changes(statement)
        if changed is None or _speaks(rule, statement, changed, bound[rule.id])
    ]
    return _safe(found)


def _speaks(rule: Rule, statement: AST, changed: AST, bound: Counter[str]) -> bool:
    """Whether every placeholder of the rule's texts still is a variable of some statement."""
    gone = _variables(statement) - _variables(changed)
    return not any(bound[name] == 1 for name in gone & _placeholders(rule))


def _placeholders(rule: Rule) -> frozenset[str]:
    texts = (rule.sentence, rule.help)
    return frozenset[str]().union(*(compiled(text).placeholders for text in texts if text))


def _variables(statement: AST) -> set[str]:
    return set(_NAME.findall(_STRING.sub("", str(statement))))


def statements_of(book: Rulebook) -> Iterator[tuple[Rule, int, int, AST]]:
    """Rule, place in the book, number in the rule (from 1), statement as it is solved."""
    index = 0
    for rule in book.rules:
        for number in range(1, len(rule.statements) + 1):
            yield rule, index, number, book.statements[index]
            index += 1


def _changes(statement: AST) -> Iterator[Change]:
    yield DROP_RULE, _short(str(statement.head)), None
    seen = {str(statement)}
    changes: list[Change] = [*_of_body(statement), *_of_numbers(statement)]
    for change in changes:
        text = str(change[2])
        if text not in seen:
            seen.add(text)
            yield change


def _of_body(statement: AST) -> Iterator[Change]:
    body = list(statement.body)
    for at, literal in enumerate(body):
        if str(literal).startswith(_GATE):
            continue
        rest = [*body[:at], *body[at + 1 :]]
        yield DROP_LITERAL, _short(str(literal)), statement.update(body=rest)
        for detail, changed in _negations(literal):
            yield NEGATE, detail, statement.update(body=[*body[:at], changed, *body[at + 1 :]])
        for kind, detail, inside in _inner(literal):
            yield kind, detail, statement.update(body=[*body[:at], inside, *body[at + 1 :]])


def _negations(literal: AST) -> Iterator[tuple[str, AST]]:
    if literal.ast_type != ASTType.Literal:
        return
    atom = literal.atom
    if atom.ast_type == ASTType.Comparison:
        if len(atom.guards) == 1 and not literal.sign:
            guard = atom.guards[0]
            turned = guard.update(comparison=_INVERSE[guard.comparison])
            yield _short(str(literal)), literal.update(atom=atom.update(guards=[turned]))
        return
    sign = Sign.NoSign if literal.sign else Sign.Negation
    yield _short(str(literal)), literal.update(sign=sign)


def _inner(literal: AST) -> Iterator[Change]:
    """Changes inside of an aggregate or behind the colon of a conditional literal."""
    if literal.ast_type == ASTType.ConditionalLiteral:
        for kind, detail, condition in _conditions(literal.condition):
            yield kind, detail, literal.update(condition=condition)
        return
    atom = literal.atom
    if atom.ast_type not in (ASTType.BodyAggregate, ASTType.Aggregate):
        return
    for at, element in enumerate(atom.elements):
        for kind, detail, condition in _conditions(element.condition):
            elements = list(atom.elements)
            elements[at] = element.update(condition=condition)
            yield kind, detail, literal.update(atom=atom.update(elements=elements))


def _conditions(literals: Sequence[AST]) -> Iterator[tuple[str, str, list[AST]]]:
    every = list(literals)
    for at, literal in enumerate(every):
        yield DROP_LITERAL, _short(str(literal)), [*every[:at], *every[at + 1 :]]
        for detail, changed in _negations(literal):
            yield NEGATE, detail, [*every[:at], changed, *every[at + 1 :]]


class _Shift(Transformer):
    """Adds to the n-th number of a statement."""

    def __init__(self, wanted: int, by: int) -> None:
        self.wanted, self.by, self.count, self.value = wanted, by, -1, 0

    def visit_SymbolicTerm(self, term: AST) -> AST:  # noqa: N802 (clingo's name)
        if term.symbol.type != SymbolType.Number:
            return term
        self.count += 1
        if self.count != self.wanted:
            return term
        self.value = term.symbol.number
        return term.update(symbol=Number(self.value + self.by))


def _of_numbers(statement: AST) -> Iterator[Change]:
    counter = _Shift(-2, 0)
    counter.visit(statement)
    for place in range(counter.count + 1):
        for kind, by in ((PLUS_ONE, 1), (MINUS_ONE, -1)):
            shift = _Shift(place, by)
            changed = shift.visit(statement)
            number = f"number {place + 1}" if counter.count else "the number"
            yield kind, f"{number}, {shift.value}", changed


def _safe(mutants: Sequence[Mutant]) -> list[Mutant]:
    """Those that clingo grounds; all are looked at in one run."""
    lines = [mutant.text.replace("\n", " ") for mutant in mutants]
    done = run((parse("\n".join(lines)),), (), limit=1)
    refused = {
        int(found[1])
        for message in done.messages
        if "unsafe" in message and (found := _LINE.match(message))
    }
    return [each for number, each in enumerate(mutants, 1) if number not in refused]


def _short(text: str) -> str:
    return " ".join(text.split())
