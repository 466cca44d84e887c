"""Owns checking the sentence templates of headers against the variables of their statements."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import jinja2
import jinja2.meta
from clingo.ast import ASTType

from infusion_asp.rulebook.atoms import Outline
from infusion_asp.rulebook.errors import Problem, did_you_mean
from infusion_asp.rulebook.headers import Rule

_ENVIRONMENT = jinja2.Environment(autoescape=True)
_ENVIRONMENT.filters.update(dict.fromkeys(("clock", "name", "drug", "when"), str))


def check_sentences(rules: Iterable[tuple[Rule, Sequence[Outline]]]) -> Iterator[Problem]:
    """Templates that don't parse, and placeholders that no statement of the rule binds."""
    for rule, outlines in rules:
        for text in (rule.sentence, rule.help):
            if "{" not in text or not outlines:
                continue
            source = outlines[0].source
            try:
                wanted = jinja2.meta.find_undeclared_variables(_ENVIRONMENT.parse(text))
            except jinja2.TemplateError as error:
                reason = (error.message or "").lower()
                said = f"the sentence of '{rule.id}' is no template: {reason}"
                cure = "a placeholder is {{ Variable }}, a condition {% if ... %}...{% endif %}"
                yield source.problem_at(rule.line, 1, said, cure, "broken-template")
                continue
            bound = {node.name for o in outlines for node in o.of_type(ASTType.Variable)}
            for name in sorted(wanted - bound):
                said = f"placeholder '{name}' of '{rule.id}' is no variable of its statements"
                cure = did_you_mean(name, bound) or "write the variable's name exactly"
                yield source.problem_at(rule.line, 1, said, cure, "unbound-placeholder")
