"""Owns which rules fired in which answers: their bodies over what is known of many encounters.

Of a rule with a sentence only the statements count that say it, not the steps that lead there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import clingo
from clingo import ast
from clingo.ast import AST

from infusion_asp.author.docs.prose import pieces
from infusion_asp.author.joint import Joint
from infusion_asp.author.models import Models
from infusion_asp.engine.provenance_run import ProvenanceRun
from infusion_asp.justify.provenance import IN_FORCE
from infusion_asp.rulebook import Rule
from infusion_asp.rulebook.atoms import Place, uses

_FIRED = "fired__"
_SIZE = 200
_ENCOUNTER = "Enc__E"
_NAME = re.compile(r"[A-Z]\w*")


def fired(models: Models) -> dict[int, set[str]]:
    """By the number of a job, the ids of the rules that derive something in its answer."""
    joint = models.joint
    owners = [rule.id for rule in joint.book.rules for _ in rule.statements]
    saying = [each for rule in joint.book.rules for each in _saying(rule)]
    program = [told for index, told in _program(joint) if saying[index]]
    found: dict[int, set[str]] = {}
    right = [number for number in range(models.count) if number not in models.wrong]
    for start in range(0, len(right), _SIZE):
        for index, job in _batch(models, program, right[start : start + _SIZE]):
            found.setdefault(job, set()).add(owners[index])
    return found


def _saying(rule: Rule) -> list[bool]:
    """For each statement of a rule, whether it binds what the sentence names."""
    names = {each.text for each in pieces(rule.sentence) if each.variable}
    bound = [names <= set(_NAME.findall(str(each))) for each in rule.statements]
    return bound if any(bound) else [True] * len(bound)


def _program(joint: Joint) -> Iterator[tuple[int, AST]]:
    """For each statement about an encounter, one that says that it fired for it; not for values."""
    for index, statement in enumerate(joint.statements):
        read = [use for use in uses(joint.book.statements[index]) if not use.in_head]
        bound = any(
            str(use.arguments[0]) == _ENCOUNTER
            for use in uses(statement)
            if use.place is Place.BODY and use.arguments
        )
        if bound and any(use.signature != IN_FORCE for use in read):
            yield index, _told(statement, index)


def _told(statement: AST, index: int) -> AST:
    place = statement.location
    number = ast.SymbolicTerm(place, clingo.Number(index))
    arguments = [number, ast.Variable(place, _ENCOUNTER)]
    term = ast.Function(place, _FIRED, arguments, 0)
    head = ast.Literal(place, ast.Sign.NoSign, ast.SymbolicAtom(term))
    return ast.Rule(place, head, statement.body)


def _batch(
    models: Models, program: Sequence[AST], numbers: Sequence[int]
) -> Iterator[tuple[int, int]]:
    engine = ProvenanceRun(lambda _: (), lenient=True)
    engine.assume(models.facts(list(models.atoms), numbers))
    engine.add(program)
    engine.ground([("base", [])])
    for atom in engine.atoms(_FIRED, 2):
        index, job = atom.arguments
        yield index.number, job.number
