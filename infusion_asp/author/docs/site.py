"""Owns writing the rulebook's pages: a directory of them, or a single one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from infusion_asp.author.docs import graphs
from infusion_asp.author.docs.book import Book
from infusion_asp.author.docs.links import RULES, TOPICS, Links

BESIDE = ("policies", "predicates", "graph", "sources")


class SiteError(Exception):
    """The pages can't be written there; `help` says what to do instead."""

    def __init__(self, message: str, help: str) -> None:
        super().__init__(message)
        self.message = message
        self.help = help


def write_site(book: Book, out: Path) -> int:
    """Write all pages below `out` and return their number; only files of the same name change."""
    if out.exists() and not out.is_dir():
        raise SiteError(f"'{out}' is no directory", "name a directory, or add --single")
    made = _environment()
    for name in ("", RULES, TOPICS):
        (out / name).mkdir(parents=True, exist_ok=True)
    pages = 0
    top = Links()
    for name in ("index", *BESIDE):
        data: dict[str, Any] = {"book": book, "links": top, "page_name": name}
        if name == "graph":
            data["drawing"] = graphs.whole(book, top)
        pages += _write(out / f"{name}.html", made, f"{name}.html.j2", data)
    below = Links(root="../")
    for topic in book.topics:
        drawn = graphs.of_topic(book, topic, below)
        data = {"book": book, "links": below, "topic": topic, "drawing": drawn, "page_name": ""}
        pages += _write(out / TOPICS / f"{topic.name}.html", made, "topic.html.j2", data)
    for page in book.pages.values():
        drawn = graphs.of_rule(book, page, below)
        data = {"book": book, "links": below, "page": page, "drawing": drawn, "page_name": ""}
        pages += _write(out / RULES / f"{page.rule.id}.html", made, "rule.html.j2", data)
    return pages


def write_page(book: Book, out: Path) -> Path:
    """Write everything into one page: `out` itself where it ends in .html, else its index.html."""
    target = out if out.suffix.lower() in (".html", ".htm") else out / "index.html"
    if target.is_dir() or (target.parent.exists() and not target.parent.is_dir()):
        raise SiteError(f"'{target}' can't be written", "name a file that ends in .html")
    target.parent.mkdir(parents=True, exist_ok=True)
    links = Links(single=True)
    data = {
        "book": book,
        "links": links,
        "drawing": graphs.whole(book, links),
        "topic_drawings": {
            topic.name: graphs.of_topic(book, topic, links) for topic in book.topics
        },
        "page_name": "index",
    }
    _write(target, _environment(), "single.html.j2", data)
    return target


def _write(path: Path, made: Environment, template: str, data: dict[str, Any]) -> int:
    text = made.get_template(template).render(**data)
    path.write_text(text, encoding="utf-8", newline="\n")
    return 1


def _environment() -> Environment:
    """Everything that is printed is escaped; a name that is not there is an error."""
    return Environment(
        loader=PackageLoader("infusion_asp.author.docs", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
