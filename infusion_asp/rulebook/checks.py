"""Owns the allow-list: which statements, heads, terms and variables a rule file may hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from clingo.ast import AST, ASTType, Sign

from infusion_asp.rulebook.atoms import Outline
from infusion_asp.rulebook.errors import Problem
from infusion_asp.rulebook.source import FORBIDDEN, Source

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


def check_programs(source: Source) -> Iterator[Problem]:
    """Parts of the program other than the base."""
    for statement in source.statements:
        if statement.ast_type != ASTType.Program:
            continue
        if statement.name != "base" or len(statement.parameters):
            shown = f"#program {statement.name} is not allowed in a rulebook"
            yield source.problem(
                statement, shown, "every rule belongs to '#program base.'", FORBIDDEN
            )


def check_statement(outline: Outline) -> Iterator[Problem]:
    """Everything in one statement that a rulebook may not hold."""
    source, statement = outline.source, outline.statement
    kind = statement.ast_type
    if kind == ASTType.Rule:
        yield from _head(source, statement)
        yield from _terms(source, outline)
    else:
        name, cure = _REFUSED.get(kind, (kind.name, "write it as a rule"))
        yield source.problem(statement, f"{name} is not allowed in a rulebook", cure, FORBIDDEN)


def check_choices(outlines: Iterable[Outline]) -> Iterator[Problem]:
    """More than one choice rule in the whole book."""
    choices = [
        outline
        for outline in outlines
        if outline.statement.ast_type == ASTType.Rule
        and outline.statement.head.ast_type == ASTType.Aggregate
    ]
    for outline in choices[1:]:
        first = choices[0]
        place = f"{first.source.name}:{first.statement.location.begin.line}"
        said = f"a second choice rule; the first is at {place}"
        yield outline.source.problem(outline.statement, said, _CHOICE_HELP, FORBIDDEN)


def _head(source: Source, rule: AST) -> Iterator[Problem]:
    head = rule.head
    kind = head.ast_type
    if kind == ASTType.Disjunction:
        said = "a disjunction or a condition in a head is not allowed"
        yield source.problem(
            rule, said, "write one rule for each head, with its own conditions", FORBIDDEN
        )
    elif kind == ASTType.HeadAggregate:
        said = "an aggregate in a head is not allowed"
        yield source.problem(rule, said, _CHOICE_HELP, FORBIDDEN)
    elif kind == ASTType.Aggregate:
        for element in head.elements:
            literal = element.literal
            symbol = literal.atom.symbol if literal.atom.ast_type == ASTType.SymbolicAtom else None
            if literal.sign != Sign.NoSign or symbol is None:
                said = "a choice among something else than atoms"
                yield source.problem(element, said, _CHOICE_HELP, FORBIDDEN)
            elif symbol.ast_type != ASTType.Function:
                continue  # refused as a pool or a negation
            elif (symbol.name, len(symbol.arguments)) != CHOICE:
                shown = f"{symbol.name}/{len(symbol.arguments)}"
                yield source.problem(
                    element, f"a choice of {shown} is not allowed", _CHOICE_HELP, FORBIDDEN
                )
    elif kind == ASTType.Literal:
        atom = head.atom
        empty = atom.ast_type == ASTType.BooleanConstant and not atom.value
        if head.sign != Sign.NoSign or (atom.ast_type != ASTType.SymbolicAtom and not empty):
            said = "a head must be one atom, nothing, or the choice of plays/2"
            yield source.problem(
                rule, said, "move negations and comparisons into the body", FORBIDDEN
            )


def _terms(source: Source, outline: Outline) -> Iterator[Problem]:
    for kind, node in outline.nodes:
        if kind == ASTType.SymbolicAtom:
            if node.symbol.ast_type == ASTType.UnaryOperation:
                said = "classical negation is not allowed"
                cure = "name the opposite by a predicate of its own, or use 'not'"
                yield source.problem(node.symbol, said, cure, FORBIDDEN)
            elif node.symbol.ast_type == ASTType.Pool:
                said = "a pool of whole argument lists is not allowed"
                cure = "write p((a;b)) for one argument, or one rule for each list"
                yield source.problem(node.symbol, said, cure, FORBIDDEN)
        elif kind == ASTType.Variable and "__" in node.name:
            said = f"variable '{node.name}' holds a double underscore"
            yield source.problem(node, said, f"call it '{node.name.replace('__', '_')}'", FORBIDDEN)
        elif kind == ASTType.Function and node.external:
            said = f"the external function '@{node.name}' is not allowed"
            yield source.problem(
                node, said, "compute the value in a rule or ask for an input fact", FORBIDDEN
            )
        elif kind == ASTType.TheoryAtom:
            said = "a theory atom is not allowed"
            yield source.problem(node, said, "write it with plain arithmetic", FORBIDDEN)
