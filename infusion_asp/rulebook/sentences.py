"""Owns checking the sentence templates of headers against the variables of their statements."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import jinja2
import jinja2.meta
from clingo.ast import ASTType

from infusion_asp.rulebook.atoms import walk
from infusion_asp.rulebook.errors import Problem, did_you_mean
from infusion_asp.rulebook.headers import Rule
from infusion_asp.rulebook.source import Source

_ENVIRONMENT = jinja2.Environment(autoescape=True)
_ENVIRONMENT.filters.update(dict.fromkeys(("clock", "name", "drug"), str))


def check_sentences(rules: Sequence[tuple[Source, Rule]]) -> Iterator[Problem]:
    """Templates that don't parse, and placeholders that no statement of the rule binds."""
    for source, rule in rules:
        for text in (rule.sentence, rule.help):
            if "{" not in text:
                continue
            try:
                wanted = jinja2.meta.find_undeclared_variables(_ENVIRONMENT.parse(text))
            except jinja2.TemplateSyntaxError as error:
                said = (
                    f"the sentence of '{rule.id}' is no template: {(error.message or '').lower()}"
                )
                yield source.problem_at(rule.line, 1, said)
                continue
            bound = {
                node.name
                for statement in rule.statements
                for node in walk(statement)
                if node.ast_type == ASTType.Variable
            }
            for name in sorted(wanted - bound):
                said = f"placeholder '{name}' of '{rule.id}' is no variable of its statements"
                cure = did_you_mean(name, bound) or "write the variable's name exactly"
                yield source.problem_at(rule.line, 1, said, cure)
