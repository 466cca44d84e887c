"""Owns what rules say while they hold: each sentence as its rule, what it derives, its bindings.

A sentence is written as an atom named like its rule: the derived atom, then the values of the
sentence's and the help's placeholders in the order of their names (`unbound` where the statement
leaves one open). Two statements that derive one atom may say different things of it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

import clingo
from clingo import ast
from clingo.ast import AST, ASTType

from infusion_asp.author.joint import Signature
from infusion_asp.author.models import Dependence, Models
from infusion_asp.engine.provenance_run import ProvenanceRun
from infusion_asp.justify.sentences import compiled, is_bound
from infusion_asp.justify.terms import global_variables
from infusion_asp.rulebook import Rule

_SAID = "said__"
UNBOUND = "unbound"


def spoken(rule: Rule, statement: AST) -> tuple[str, ...] | None:
    """The placeholders that a plain statement binds for its rule's sentence; None without one."""
    if statement.head.ast_type != ASTType.Literal:
        return None
    bound = set(global_variables(statement.head, statement.body))
    if not is_bound(rule.sentence, bound):
        return None
    asked = compiled(rule.sentence).placeholders
    asked |= compiled(rule.help).placeholders if rule.help else frozenset()
    return tuple(name if name in bound else "" for name in sorted(asked))


def head_saying(lifted: AST, names: tuple[str, ...] | None) -> AST:
    """The head of a lifted statement, with what it says: `(head, (values))` or `(head, none)`."""
    place = lifted.location
    said: AST = ast.SymbolicTerm(place, clingo.Function("none"))
    if names is not None:
        unbound = ast.SymbolicTerm(place, clingo.Function(UNBOUND))
        values = [ast.Variable(place, name) if name else unbound for name in names]
        said = ast.Function(place, "", values, 0)
    return ast.Function(place, "", [lifted.head.atom.symbol, said], 0)


def says(pair: clingo.Symbol) -> bool:
    """Whether a pair of lifted head and what is said of it holds a sentence."""
    said = pair.arguments[1]
    return bool(said.arguments) or not said.name


def sentence_of(rule: str, pair: clingo.Symbol) -> clingo.Symbol:
    """`rule(plain head, values)` from a pair of lifted head and what is said of it."""
    head, said = pair.arguments
    plain = clingo.Function(head.name, head.arguments[1:])
    return clingo.Function(rule, [plain, *said.arguments])


def said_in(
    models: Models, rules: Collection[str], jobs: Collection[int]
) -> dict[int, frozenset[clingo.Symbol]]:
    """What these rules say in the answers to these jobs."""
    joint = models.joint
    reads = Dependence(joint.book.statements).reads
    told: list[AST] = []
    names: list[str] = []
    read: set[Signature] = set()
    index = 0
    for rule in joint.book.rules:
        for statement in rule.statements:
            spoken_names = spoken(rule, statement) if rule.id in rules else None
            if spoken_names is not None:
                lifted = joint.statements[index]
                told.append(_told(lifted, spoken_names, len(names)))
                names.append(rule.id)
                read |= reads[index]
            index += 1
    found: dict[int, set[clingo.Symbol]] = {job: set() for job in jobs}
    if told and jobs:
        engine = ProvenanceRun(lambda _: (), lenient=True)
        engine.assume(models.facts(read, sorted(jobs)))
        engine.add(told)
        engine.ground([("base", [])])
        for atom in engine.atoms(_SAID, 2):
            number, pair = atom.arguments
            sentence = sentence_of(names[number.number], pair)
            for job in _jobs(models, pair.arguments[0], jobs):
                found[job].add(sentence)
    return {job: frozenset(sentences) for job, sentences in found.items()}


def _told(lifted: AST, names: tuple[str, ...], number: int) -> AST:
    place = lifted.location
    count = ast.SymbolicTerm(place, clingo.Number(number))
    term = ast.Function(place, _SAID, [count, head_saying(lifted, names)], 0)
    return ast.Rule(place, ast.Literal(place, ast.Sign.NoSign, ast.SymbolicAtom(term)), lifted.body)


def _jobs(models: Models, head: clingo.Symbol, jobs: Collection[int]) -> Iterable[int]:
    number = head.arguments[0].number
    signature = (head.name, len(head.arguments) - 1)
    if signature not in models.joint.shared:
        return (number,) if number in jobs else ()
    return (job for job in models.jobs_of.get(number, ()) if job in jobs)
