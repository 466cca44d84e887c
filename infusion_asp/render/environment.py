"""Owns the Jinja environment: where templates come from, the sandbox, the filters, the errors."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from jinja2 import (
    BaseLoader,
    ChoiceLoader,
    FileSystemLoader,
    PackageLoader,
    PrefixLoader,
    StrictUndefined,
    TemplateError,
    TemplateNotFound,
    TemplateSyntaxError,
)
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from infusion_asp.render import claim_view, timeline, words
from infusion_asp.render.addresses import addressed

SHIPPED = "shipped"
_LONGEST = 1_000_000


class RenderError(ValueError):
    """A template that is missing, wrong, or does what the sandbox forbids.

    `message` is one lower-case sentence that names the template, `help` says what to do instead.
    """

    def __init__(self, message: str, help: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.help = help


class _Sandbox(ImmutableSandboxedEnvironment):
    """The sandbox, which also refuses arithmetic that would fill the memory."""

    intercepted_binops = frozenset(("*", "**"))

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        if operator == "**":
            raise SecurityError("the operator ** is not available in templates")
        for one, other in ((left, right), (right, left)):
            repeated = isinstance(one, str | list | tuple) and isinstance(other, int)
            if repeated and len(one) * other > _LONGEST:
                raise SecurityError("a repetition is longer than a million")
        return super().call_binop(context, operator, left, right)


def environment(
    templates: Path | None, *, color: bool, pages: str = ""
) -> ImmutableSandboxedEnvironment:
    """The environment of one rendering.

    A file in `templates` takes the place of the shipped template of the same name; every other
    name falls back to the shipped one, which is also at hand as `shipped/NAME`, to be extended.
    Undefined names are errors, and html escapes what it prints. `pages` is where the rules have
    pages of their own, see addresses.py.
    """
    made = _Sandbox(
        loader=_loader(templates),
        autoescape=lambda name: bool(name and name.endswith((".html.j2", ".svg.j2"))),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters.update(
        columns=words.columns,
        count=words.count,
        cut=words.cut,
        joined=words.joined,
        md=words.md,
        money=claim_view.money,
        pad=words.pad,
        paint=words.painter(color),
        paragraph=words.paragraph,
        percent=percent,
        signed=claim_view.signed,
    )
    made.globals.update(ruler=timeline.ruler, strip=timeline.strip, ticks=timeline.ticks)
    made.globals["page_of"] = addressed(pages)
    return made


def filled(env: ImmutableSandboxedEnvironment, name: str, **data: Any) -> str:
    """The template `name` with `data`; every failure is a RenderError that says where."""
    return _guarded(lambda: env.get_template(name).render(**data), name)


def percent(share: float) -> str:
    """A share of 0 to 1 as a length of CSS and SVG: `12.5%`."""
    return f"{round(share * 100, 3):g}%"


def _loader(templates: Path | None) -> BaseLoader:
    shipped = PackageLoader("infusion_asp.render", "templates")
    loaders: list[BaseLoader] = [shipped, PrefixLoader({SHIPPED: shipped})]
    if templates is not None:
        if not templates.is_dir():
            raise RenderError(
                message=f"no directory of templates at {str(templates)!r}",
                help=f"names that can be overridden: {', '.join(sorted(shipped.list_templates()))}",
            )
        loaders.insert(0, FileSystemLoader(templates))
    return ChoiceLoader(loaders)


def _guarded(run: Callable[[], str], name: str) -> str:
    try:
        return run()
    except TemplateNotFound as error:
        raise RenderError(
            message=f"template {error.name!r} does not exist",
            help="a template can include the shipped names and those of its own directory",
        ) from error
    except TemplateSyntaxError as error:
        raise RenderError(
            message=f"template {error.name or name}, line {error.lineno}: {_lower(error.message)}",
            help="correct the template, or leave it out to use the shipped one",
        ) from error
    except SecurityError as error:
        raise RenderError(
            message=f"template {name} does what the sandbox forbids: {_lower(error.message)}",
            help="templates read results and lay them out; they can't reach the machine",
        ) from error
    except TemplateError as error:
        raise RenderError(
            message=f"template {_place(error, name)}: {_lower(error.message)}",
            help="the fields of a result are listed by `infusion-asp schema result`",
        ) from error
    except (ArithmeticError, LookupError, TypeError, ValueError, AttributeError) as error:
        raise RenderError(
            message=f"template {_place(error, name)} can't be filled ({type(error).__name__})",
            help="the fields of a result are listed by `infusion-asp schema result`",
        ) from error


def _place(error: BaseException, name: str) -> str:
    """The innermost template line of a traceback, which Jinja rewrites to template names."""
    place = name
    trace = error.__traceback__
    while trace is not None:
        file = trace.tb_frame.f_code.co_filename
        if file.endswith(".j2"):
            place = f"{Path(file).name}, line {trace.tb_lineno}"
        trace = trace.tb_next
    return place


def _lower(message: str | None) -> str:
    text = (message or "unknown failure").rstrip(".")
    return text[:1].lower() + text[1:]
