"""Owns the allow-list: which statements, heads, terms and variables a rule file may hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from clingo.ast import AST, ASTType, Sign

from infusion_asp.rulebook.atoms import walk
from infusion_asp.rulebook.errors import Problem
from infusion_asp.rulebook.source import Source

CHOICE = ("plays", 2)
_OPTIMISE = "optimisation never decides a code; settle ties by a sort key and its #min"
_REFUSED: dict[ASTType, tuple[str, str]] = {
    ASTType.Definition: ("#const", "state the number as a fact of a named threshold"),
    ASTType.ShowSignature: ("#show", "delete it; the vocabulary's marks say what is output"),
    ASTType.ShowTerm: ("#show", "delete it; the vocabulary's marks say what is output"),
    ASTType.Minimize: ("#minimize or a weak constraint", _OPTIMISE),
    ASTType.External: ("#external", "mark the predicate 'input' in vocabulary.lp"),
    ASTType.Heuristic: ("#heuristic", "delete it; it changes no answer"),
    ASTType.Edge: ("#edge", "state acyclicity by a rule"),
    ASTType.ProjectAtom: ("#project", "delete it; the vocabulary's marks say what is output"),
    ASTType.ProjectSignature: ("#project", "delete it; the vocabulary's marks say what is output"),
    ASTType.Defined: ("#defined", "document the predicate in vocabulary.lp instead"),
    ASTType.Script: ("#script", "rules are plain ASP"),
    ASTType.TheoryDefinition: ("#theory", "write it with plain arithmetic"),
}
_CHOICE_HELP = "the role of a service, plays(Service, Role), is the only choice"


def check_statements(source: Source) -> Iterator[Problem]:
    """Everything in one file that a rulebook may not hold."""
    for statement in source.statements:
        kind = statement.ast_type
        if kind == ASTType.Program:
            if statement.name != "base" or len(statement.parameters):
                shown = f"#program {statement.name} is not allowed in a rulebook"
                yield source.problem(statement, shown, "every rule belongs to '#program base.'")
        elif kind == ASTType.Rule:
            yield from _head(source, statement)
            yield from _terms(source, statement)
        else:
            name, cure = _REFUSED.get(kind, (kind.name, "write it as a rule"))
            yield source.problem(statement, f"{name} is not allowed in a rulebook", cure)


def check_choices(rules: Iterable[tuple[Source, AST]]) -> Iterator[Problem]:
    """More than one choice rule in the whole book."""
    choices = [(s, r) for s, r in rules if r.head.ast_type == ASTType.Aggregate]
    for source, rule in choices[1:]:
        first_source, first = choices[0]
        place = f"{first_source.name}:{first.location.begin.line}"
        yield source.problem(rule, f"a second choice rule; the first is at {place}", _CHOICE_HELP)


def _head(source: Source, rule: AST) -> Iterator[Problem]:
    head = rule.head
    kind = head.ast_type
    if kind == ASTType.Disjunction:
        said = "a disjunction or a condition in a head is not allowed"
        yield source.problem(rule, said, "write one rule for each head, with its own conditions")
    elif kind == ASTType.HeadAggregate:
        said = "an aggregate in a head is not allowed"
        yield source.problem(rule, said, _CHOICE_HELP)
    elif kind == ASTType.Aggregate:
        for element in head.elements:
            literal = element.literal
            symbol = literal.atom.symbol if literal.atom.ast_type == ASTType.SymbolicAtom else None
            if literal.sign != Sign.NoSign or symbol is None:
                yield source.problem(element, "a choice among something else than atoms")
            elif symbol.ast_type != ASTType.Function:
                continue  # refused as a pool or a negation
            elif (symbol.name, len(symbol.arguments)) != CHOICE:
                shown = f"{symbol.name}/{len(symbol.arguments)}"
                yield source.problem(element, f"a choice of {shown} is not allowed", _CHOICE_HELP)
    elif kind == ASTType.Literal:
        atom = head.atom
        empty = atom.ast_type == ASTType.BooleanConstant and not atom.value
        if head.sign != Sign.NoSign or (atom.ast_type != ASTType.SymbolicAtom and not empty):
            said = "a head must be one atom, nothing, or the choice of plays/2"
            yield source.problem(rule, said, "move negations and comparisons into the body")


def _terms(source: Source, rule: AST) -> Iterator[Problem]:
    for node in walk(rule):
        kind = node.ast_type
        if kind == ASTType.SymbolicAtom:
            if node.symbol.ast_type == ASTType.UnaryOperation:
                said = "classical negation is not allowed"
                cure = "name the opposite by a predicate of its own, or use 'not'"
                yield source.problem(node.symbol, said, cure)
            elif node.symbol.ast_type == ASTType.Pool:
                said = "a pool of whole argument lists is not allowed"
                cure = "write p((a;b)) for one argument, or one rule for each list"
                yield source.problem(node.symbol, said, cure)
        elif kind == ASTType.Variable and "__" in node.name:
            said = f"variable '{node.name}' holds a double underscore"
            yield source.problem(node, said, f"call it '{node.name.replace('__', '_')}'")
        elif kind == ASTType.Function and node.external:
            said = f"the external function '@{node.name}' is not allowed"
            yield source.problem(node, said, "compute the value in a rule or ask for an input fact")
        elif kind == ASTType.TheoryAtom:
            said = "a theory atom is not allowed"
            yield source.problem(node, said, "write it with plain arithmetic")
