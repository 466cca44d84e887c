"""Owns the small syntax helpers over clingo's AST that the justification programs share."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

import clingo
from clingo import ast
from clingo.ast import AST, ASTType

from infusion_asp.engine.answer import Signature

_STRING = re.compile(r'"(?:\\.|[^"\\])*"')
_VARIABLE = re.compile(r"(?<![\w'])_*[A-Z][\w']*")
_NAME = re.compile(r"(?<![\w'])_*[a-z][\w']*")
_SPECIAL = re.compile(r"(?<![\w'])_(?![\w'])|\.\.|;")
_SCOPES = (ASTType.Aggregate, ASTType.BodyAggregate, ASTType.ConditionalLiteral)


def children(node: AST) -> Iterator[AST]:
    """The AST nodes directly below a node."""
    for key in node.child_keys:
        value = getattr(node, key)
        if isinstance(value, AST):
            yield value
        elif value is not None:
            yield from (item for item in value if isinstance(item, AST))


def signature_of(atom: AST) -> Signature | None:
    """Name and arity of a symbolic atom, None for other atoms."""
    if atom.ast_type is not ASTType.SymbolicAtom:
        return None
    symbol = atom.symbol
    if symbol.ast_type is not ASTType.Function:
        return None
    return (str(symbol.name), len(symbol.arguments))


def head_of(statement: AST) -> Signature | None:
    """The predicate that a statement derives; None for choices and constraints."""
    if statement.ast_type is not ASTType.Rule:
        return None
    head = statement.head
    if head.ast_type is not ASTType.Literal or head.sign:
        return None
    return signature_of(head.atom)


def atoms_below(node: AST) -> Iterator[AST]:
    """Every symbolic atom in a statement part, those inside aggregates included."""
    if node.ast_type is ASTType.SymbolicAtom:
        yield node
        return
    for child in children(node):
        yield from atoms_below(child)


def signatures_below(node: AST) -> frozenset[Signature]:
    """Signatures of every symbolic atom below a node."""
    found = (signature_of(atom) for atom in atoms_below(node))
    return frozenset(item for item in found if item is not None)


def is_scope(literal: AST) -> bool:
    """Whether a body literal opens a scope of local variables."""
    if literal.ast_type is ASTType.ConditionalLiteral:
        return True
    return literal.ast_type is ASTType.Literal and literal.atom.ast_type in _SCOPES


def is_positive_atom(literal: AST) -> bool:
    """Whether a body literal is a plain positive symbolic atom."""
    return (
        literal.ast_type is ASTType.Literal
        and literal.sign == ast.Sign.NoSign
        and literal.atom.ast_type is ASTType.SymbolicAtom
    )


def names_in(node: AST) -> frozenset[str]:
    """Every lower-case name in a statement: predicates, constants, function names."""
    return frozenset(_NAME.findall(_STRING.sub("", str(node))))


def is_special(text: str) -> bool:
    """Whether a term has an anonymous variable, an interval or a pool."""
    return _SPECIAL.search(_STRING.sub("", text)) is not None


def global_variables(head: AST, body: Iterable[AST]) -> tuple[str, ...]:
    """Variables that are not local to an aggregate or a condition, first occurrence first.

    Read from the text that clingo prints, which is ten times faster than a walk over the nodes.
    """
    texts = [str(head)]
    for literal in body:
        if literal.ast_type is ASTType.ConditionalLiteral:
            continue
        if is_scope(literal):
            guards = (literal.atom.left_guard, literal.atom.right_guard)
            texts += (str(guard) for guard in guards if guard is not None)
        else:
            texts.append(str(literal))
    found = _VARIABLE.findall(_STRING.sub("", " ".join(texts)))
    return tuple(dict.fromkeys(found))


class _Substitution(ast.Transformer):
    """Replaces variables through a function."""

    def __init__(self, replace: Callable[[AST], AST]) -> None:
        self._replace = replace

    def visit_Variable(self, node: AST) -> AST:  # noqa: N802 (name fixed by clingo)
        return self._replace(node)


def rename(node: AST, change: Callable[[str], str]) -> AST:
    """The node with every variable renamed; `_` is passed to the function too."""
    substitute = _Substitution(lambda variable: variable.update(name=change(variable.name)))
    return _applied(substitute, node)


class _Opening(ast.Transformer):
    """Takes intervals and pools out of an atom so that it can stand as one term."""

    def __init__(self, fresh: Callable[[], str]) -> None:
        self._fresh = fresh
        self.equations: list[str] = []

    def _open(self, node: AST) -> AST:
        name = self._fresh()
        self.equations.append(f"{name} = {node}")
        return ast.Variable(node.location, name)

    def visit_Interval(self, node: AST) -> AST:  # noqa: N802
        return self._open(node)

    def visit_Pool(self, node: AST) -> AST:  # noqa: N802
        return self._open(node)


def opened(atom: AST, fresh: Callable[[], str]) -> tuple[AST, list[str]]:
    """An atom without intervals and pools, and the equations that stand for them."""
    opening = _Opening(fresh)
    return _applied(opening, atom), opening.equations


def _applied(transformer: ast.Transformer, node: AST) -> AST:
    return transformer.visit(node)


def constants(atom: AST) -> Iterator[tuple[int, clingo.Symbol]]:
    """Place and value of the arguments of an atom that are constants."""
    for place, term in enumerate(atom.symbol.arguments):
        if term.ast_type is ASTType.SymbolicTerm:
            yield place, term.symbol
        elif term.ast_type is ASTType.Function and term.name and not term.arguments:
            yield place, clingo.Function(term.name)


def tuple_text(parts: list[str] | tuple[str, ...]) -> str:
    """Text of a clingo tuple of any length."""
    if len(parts) == 1:
        return f"({parts[0]},)"
    return f"({','.join(parts)})"


def parse(text: str) -> tuple[AST, ...]:
    """Statements of a text, without the `#program base.` that clingo puts first."""
    found: list[AST] = []
    ast.parse_string(text, found.append)
    return tuple(found[1:])
