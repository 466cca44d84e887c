"""Owns coverage: which statements of which rules fire over cases or encounters.

A statement fires where its body holds in the answer; a constraint where another choice of roles
would break it. A rule that names values of a policy has a branch for each; it can fire in all of
them, or in some only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import clingo
from clingo import ast
from clingo.ast import AST, ASTType, Sign

from infusion_asp.author.joint import PLAYS, VIOLATES, Signature
from infusion_asp.author.models import Dependence, Models
from infusion_asp.engine.provenance_run import ProvenanceRun
from infusion_asp.rulebook import Rule
from infusion_asp.rulebook.atoms import uses

NOT_FIRED, ONE_BRANCH, FIRED = "not fired", "one branch", "fired"
POLICY: Signature = ("policy", 2)
_TOLD = "fires__"
_LARGEST = 400  # encounters in one grounding


@dataclass(frozen=True)
class Covered:
    """How often the statements of a rule fired: in how many encounters each."""

    rule: Rule
    fired: tuple[int, ...]
    branches: tuple[str, ...] = ()
    texts: tuple[str, ...] = field(default=(), repr=False)

    @property
    def share(self) -> float:
        """The part of the statements that fired."""
        return sum(count > 0 for count in self.fired) / len(self.fired)

    @property
    def status(self) -> str:
        """Fired, not fired, or fired only in one branch of a policy."""
        if not any(self.fired):
            return NOT_FIRED
        return ONE_BRANCH if self.branches else FIRED

    @property
    def silent(self) -> Iterator[tuple[int, str]]:
        """Line and text of the statements that never fired."""
        for count, text, statement in zip(
            self.fired, self.texts, self.rule.statements, strict=True
        ):
            if not count:
                yield statement.location.begin.line, text


def coverage(models: Models) -> list[Covered]:
    """The coverage of every rule, in the order of the rulebook."""
    counts = firings(models)
    found = []
    index = 0
    for rule in models.joint.book.rules:
        number = len(rule.statements)
        fired = tuple(counts[index : index + number])
        index += number
        texts = tuple(str(each) for each in rule.statements)
        found.append(Covered(rule, fired, tuple(_silent_branches(rule, fired)), texts))
    return found


def firings(models: Models) -> list[int]:
    """For each statement of the rulebook the number of encounters in which it fired."""
    return [len(jobs) for jobs in fired_in(models)]


def fired_in(models: Models) -> list[set[int]]:
    """For each statement of the rulebook the encounters in which it fired."""
    book, joint = models.joint.book, models.joint
    reads = Dependence(book.statements).reads
    possible = _possible(book.statements)
    found: list[set[int]] = [set() for _ in book.statements]
    groups: dict[str, list[int]] = {}
    for at, statement in enumerate(book.statements):
        groups.setdefault(statement.location.begin.filename, []).append(at)
    for members in groups.values():
        read = frozenset().union(*(reads[at] for at in members))
        if possible is not None:
            read |= {(possible, PLAYS[1])}
        rules = [_told(_open(joint.statements[at], possible), at) for at in members]
        for start in range(0, models.count, _LARGEST):
            jobs = range(start, min(start + _LARGEST, models.count))
            engine = ProvenanceRun(lambda _: (), lenient=True)
            engine.assume(models.facts(read, jobs))
            engine.add(rules)
            engine.ground([("base", [])])
            for atom in engine.atoms(_TOLD, 3):
                at, where, key = (argument.number for argument in atom.arguments)
                found[at].update(_jobs(models, where, key, jobs))
    return found


def _jobs(models: Models, shared: int, key: int, jobs: range) -> Iterable[int]:
    if not shared:
        return (key,)
    return (job for job in models.jobs_of.get(key, ()) if job in jobs)


def _told(lifted: AST, number: int) -> AST:
    """`fires__(statement, whether by context, encounter or context)` for the statement's body."""
    place = lifted.location
    names = {str(use.arguments[0]) for use in uses(lifted) if use.arguments and not use.in_head}
    own = "Enc__E" in names or _of_encounter(lifted)
    variable = ast.Variable(place, "Enc__E" if own else "Con__E")
    term = ast.Function(
        place,
        _TOLD,
        [_number(place, number), _number(place, 0 if own else 1), variable],
        0,
    )
    return ast.Rule(place, ast.Literal(place, ast.Sign.NoSign, ast.SymbolicAtom(term)), lifted.body)


def _possible(statements: Sequence[AST]) -> str | None:
    """The predicate that says which roles can be chosen."""
    for statement in statements:
        if statement.head.ast_type == ASTType.Aggregate:
            for element in statement.head.elements:
                for literal in element.condition:
                    name: str = literal.atom.symbol.name
                    return name
    return None


def _open(lifted: AST, possible: str | None) -> AST:
    """A constraint over all roles that can be chosen, whichever was; others as they are."""
    heads = [use.name for use in uses(lifted) if use.in_head]
    if heads != [VIOLATES[0]] or possible is None:
        return lifted
    body = []
    for literal in lifted.body:
        term = literal.atom.symbol if literal.atom.ast_type == ASTType.SymbolicAtom else None
        if term is None or (term.name, len(term.arguments) - 1) != PLAYS:
            body.append(literal)
        elif literal.sign == Sign.NoSign:
            renamed = literal.atom.update(symbol=term.update(name=possible))
            body.append(literal.update(atom=renamed))
    return lifted.update(body=body)


def _of_encounter(lifted: AST) -> bool:
    return any(str(use.arguments[0]) == "Enc__E" for use in uses(lifted) if use.arguments)


def _number(place: ast.Location, value: int) -> AST:
    return ast.SymbolicTerm(place, clingo.Number(value))


def _silent_branches(rule: Rule, fired: Sequence[int]) -> Iterator[str]:
    """Policy values that the rule names, of which no statement fired, though others did."""
    named: dict[str, bool] = {}
    for statement, count in zip(rule.statements, fired, strict=True):
        for branch in _branches(statement):
            named[branch] = named.get(branch, False) or count > 0
    if any(fired):
        yield from (branch for branch, seen in named.items() if not seen)


def _branches(statement: AST) -> Iterator[str]:
    """The policies with the value that a statement asks for, or asks not to hold."""
    for literal in statement.body:
        if literal.ast_type != ASTType.Literal or literal.atom.ast_type != ASTType.SymbolicAtom:
            continue
        term = literal.atom.symbol
        if (term.name, len(term.arguments)) == POLICY:
            name, value = (str(each).strip('"') for each in term.arguments)
            sign = " is not " if literal.sign != Sign.NoSign else " is "
            if not value[:1].isupper() and value != "_":
                yield f"{name}{sign}{value}"


def below(found: Iterable[Covered], threshold: float) -> list[Covered]:
    """The rules of which less than this many percent of the statements fired."""
    return [each for each in found if each.share * 100 < threshold]
