"""Owns the templates of the page: where they are, and that everything in them is escaped."""

from __future__ import annotations

from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from infusion_asp.render import claim_view, words


@cache
def environment() -> Environment:
    """The Jinja environment: everything is escaped, undefined names are errors."""
    made = Environment(
        loader=PackageLoader("infusion_asp.web", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(
        count=words.count,
        joined=words.joined,
        money=claim_view.money,
        signed=claim_view.signed,
    )
    return made


def rendered(template: str, **values: Any) -> str:
    """The text of a template; for pages here and for fragments in a worker."""
    return environment().get_template(template).render(**values)
