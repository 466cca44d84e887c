"""Owns solving encounters of several settings together: facts that a batch shares go by setting.

The rules are lifted twice. A predicate of the encounter gets the encounter as first argument, a
shared one (policies, edits, rules in force) its context; `context(Encounter, Context)` joins
them. So one grounding serves test cases of any policy, and a part of the rules is solved over
the known atoms of the rest.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import clingo
from clingo import ast
from clingo.ast import AST, ASTType

from infusion_asp.engine.run import Run, parse, run
from infusion_asp.facts import AnyAtom
from infusion_asp.rulebook import Rulebook
from infusion_asp.rulebook.atoms import Place, uses

Signature = tuple[str, int]
Atoms = dict[Signature, dict[int, list[clingo.Symbol]]]
"""Lifted atoms by plain signature, then by encounter (or context, of shared ones)."""

PLAYS: Signature = ("plays", 2)
VIOLATES: Signature = ("violates", 2)
ENCOUNTER, CONTEXT, JOINED = "encounter", "a_context", "context"
_OF_ENCOUNTER, _OF_CONTEXT = "Enc__E", "Con__E"
_EXTRA = ((ENCOUNTER, 1), (CONTEXT, 1), (JOINED, 2))
SIZE = 100
BROKEN = "broken__"
# Encounters have nothing to do with each other: where one has no answer, only its own choice of
# being broken is turned round.
_RELAXED = f"""
{{ {BROKEN}(E) }} :- {ENCOUNTER}(E).
:- violates(E, _, _), not {BROKEN}(E).
#heuristic {BROKEN}(E) : {ENCOUNTER}(E). [10, false]
#show. #show {BROKEN}/1.
"""


@dataclass(frozen=True)
class Job:
    """The facts of one encounter, and those of its setting."""

    facts: Sequence[AnyAtom]
    shared: tuple[clingo.Symbol, ...]


def lift_jointly(statement: AST, shared: frozenset[Signature]) -> AST:
    """The statement for every encounter under its own context."""
    lifted: AST = copy.deepcopy(statement)
    place = statement.location
    encounter = ast.Variable(place, _OF_ENCOUNTER)
    context = ast.Variable(place, _OF_CONTEXT)
    own = lifted.head.ast_type == ASTType.Aggregate
    common = bound = False
    for use in uses(lifted):
        if use.signature in shared:
            common = True
            use.node.arguments.insert(0, context)
        else:
            own = True
            use.node.arguments.insert(0, encounter)
        in_body = use.place is Place.BODY
        bound = bound or (in_body and (use.signature not in shared) == own)
    if own and common:
        lifted.body.append(_literal(place, JOINED, [encounter, context]))
    elif own and not _bound(lifted, _OF_ENCOUNTER):
        lifted.body.append(_literal(place, ENCOUNTER, [encounter]))
    elif not own and not _bound(lifted, _OF_CONTEXT):
        lifted.body.append(_literal(place, CONTEXT, [context]))
    return lifted


def _bound(lifted: AST, variable: str) -> bool:
    return any(
        use.place is Place.BODY and str(use.arguments[0]) == variable
        for use in uses(lifted)
        if use.arguments
    )


def _literal(place: ast.Location, name: str, arguments: Sequence[AST]) -> AST:
    term = ast.Function(place, name, arguments, 0)
    return ast.Literal(place, ast.Sign.NoSign, ast.SymbolicAtom(term))


class Joint:
    """The rules of one rulebook for any encounters at once."""

    def __init__(self, book: Rulebook, known: Joint | None = None) -> None:
        """`known`: another edition of the rulebook, whose lifted statements are taken over."""
        self.book = book
        self.shared = book.vocabulary.shared
        same = known is not None and known.shared == self.shared
        lifted = known.by_text if known is not None and same else {}
        self.statements = tuple(
            lifted[text] if (text := str(each)) in lifted else self.lift(each)
            for each in book.statements
        )

    @cached_property
    def by_text(self) -> dict[str, AST]:
        """The lifted statements by the text of the plain ones."""
        return {
            str(plain): lifted
            for plain, lifted in zip(self.book.statements, self.statements, strict=True)
        }

    def lift(self, statement: AST) -> AST:
        """One statement (perhaps none of the book) lifted."""
        return lift_jointly(statement, self.shared)

    @cached_property
    def constraint(self) -> tuple[AST, ...]:
        """No named constraint is broken."""
        return parse(":- violates(_, _, _).")

    def given(self, jobs: Mapping[int, int], contexts: Iterable[int]) -> list[clingo.Symbol]:
        """The facts that name encounters and contexts; `jobs` maps one to the other."""
        number = clingo.Number
        found = [clingo.Function(ENCOUNTER, [number(job)]) for job in jobs]
        found += [clingo.Function(CONTEXT, [number(each)]) for each in contexts]
        found += [
            clingo.Function(JOINED, [number(job), number(each)]) for job, each in jobs.items()
        ]
        return found

    def solve(
        self,
        statements: Iterable[AST],
        facts: Iterable[clingo.Symbol],
        constrained: bool,
        shown: Iterable[Signature] | None = None,
        *,
        relaxed: bool = False,
    ) -> Run:
        """At most two models of lifted statements over lifted facts; `shown` is read, or all.

        `relaxed`: one model, in which encounters without an answer are `broken__`, no others.
        """
        groups: list[Sequence[AST]] = [tuple(statements)]
        if relaxed:
            groups.append(parse(_RELAXED))
            return run(groups, facts, limit=1, shown=True, options=["--heuristic=Domain"])
        if constrained:
            groups.append(self.constraint)
        if shown is not None:
            wanted = "".join(f"#show {name}/{arity + 1}." for name, arity in sorted(shown))
            groups.append(parse(f"#show. {wanted}"))
        return run(groups, facts, limit=2, shown=shown is not None)


def prefixed(number: int, atoms: Iterable[AnyAtom]) -> list[clingo.Symbol]:
    """Plain atoms as lifted ones of an encounter or a context."""
    first = clingo.Number(number)
    return [clingo.Function(atom.name, [first, *atom.arguments]) for atom in atoms]


def sorted_in(found: Atoms, symbols: Iterable[clingo.Symbol]) -> None:
    """Add the atoms of a model to `found`."""
    for symbol in symbols:
        arguments = symbol.arguments
        name = symbol.name
        if name in (ENCOUNTER, CONTEXT, JOINED) and (name, len(arguments)) in _EXTRA:
            continue
        group = found.setdefault((name, len(arguments) - 1), {})
        group.setdefault(arguments[0].number, []).append(symbol)
