"""Owns the templates of fragments that workers render: escaped, without undefined names."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from infusion_asp.render import claim_view, words


@lru_cache(maxsize=1)
def environment() -> Environment:
    """The environment of this process; templates lie in infusion_asp/web/templates."""
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


def fragment(template: str, **values: Any) -> str:
    """The html of a template under infusion_asp/web/templates."""
    return environment().get_template(template).render(**values)
