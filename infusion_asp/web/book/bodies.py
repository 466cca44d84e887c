"""Owns the bodies of the rulebook's pages: those of `rules docs`, at the addresses of this page.

Everything here runs in a worker, which builds the book once.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from jinja2 import ChoiceLoader, Environment, PackageLoader, PrefixLoader, StrictUndefined

from infusion_asp.author.docs import graphs
from infusion_asp.author.docs.book import Book
from infusion_asp.author.docs.site import BESIDE
from infusion_asp.author.lint.citations import read_citations
from infusion_asp.facts import load_policies
from infusion_asp.model.errors import did_you_mean, nearest_key, shown
from infusion_asp.rulebook import shipped_logic
from infusion_asp.web.book.addresses import PageLinks
from infusion_asp.web.solving.inside import rulebook, settings

LINKS = PageLinks()


class NoPageError(ValueError):
    """There is no such page of the rulebook."""

    status = 404

    def __init__(self, message: str, help: str = "") -> None:
        super().__init__(type(self).__name__)
        self.message = message
        self.help = help

    def __reduce__(self) -> tuple[Any, ...]:
        return (NoPageError, (self.message, self.help))


@dataclass(frozen=True)
class Body:
    """A page without its frame: title, html, and of a rule what stands below the encounters."""

    title: str
    html: str
    end: str = ""
    stamp: str = ""


def index() -> Body:
    """All rules by topic."""
    return _body("The rulebook", "index")


def rule(rule_id: str) -> Body:
    """The page of a rule; raises NoPageError."""
    found = book().pages.get(rule_id)
    if found is None:
        help = did_you_mean(nearest_key(rule_id, book().pages)) or "/rules lists all"
        raise NoPageError(f"there is no rule {shown(rule_id)}", help)
    drawing = graphs.of_rule(book(), found, LINKS)
    end = _html("rule_end", page=found)
    title = f"{rule_id}: {found.rule.title}"
    return Body(title, _html("rule", page=found, drawing=drawing), end, _stamp())


def topic(name: str) -> Body:
    """The rules and predicates of one topic; raises NoPageError."""
    found = next((each for each in book().topics if each.name == name), None)
    if found is None:
        raise NoPageError(f"there is no topic {shown(name)}", "/rules lists all")
    return _body(found.title, "topic", topic=found, drawing=graphs.of_topic(book(), found, LINKS))


def beside(name: str) -> Body:
    """Policies, predicates, the graph or sources; raises NoPageError."""
    if name not in BESIDE:
        raise NoPageError(f"there is no page {shown(name)}", f"there are {', '.join(BESIDE)}")
    more = {"drawing": graphs.whole(book(), LINKS)} if name == "graph" else {}
    return _body(name.capitalize(), name, **more)


@cache
def book() -> Book:
    """The rulebook of this run, ready to be laid out; no tests are run for it."""
    overlays = settings().overlays
    return Book(
        rulebook(),
        read_citations((shipped_logic(), *(each for each in overlays if each.is_dir()))),
        load_policies(shipped_logic(), *overlays),
    )


def _body(title: str, template: str, **values: Any) -> Body:
    return Body(title, _html(template, **values), stamp=_stamp())


def _html(template: str, **values: Any) -> str:
    made = _environment().get_template(f"book/{template}.html.j2")
    return made.render(book=book(), links=LINKS, **values)


def _stamp() -> str:
    made = book().rulebook
    return f"Rulebook {made.version}, sha256 {made.digest}"


@cache
def _environment() -> Environment:
    own = PackageLoader("infusion_asp.web", "templates/book/bodies")
    return Environment(
        loader=ChoiceLoader(
            [PackageLoader("infusion_asp.author.docs", "templates"), PrefixLoader({"book": own})]
        ),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
