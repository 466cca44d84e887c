"""Owns rendering: results and verified claims in, a text in one of the formats out."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from infusion_asp.render.environment import RenderError, environment, filled
from infusion_asp.render.junit import junit
from infusion_asp.render.sarif import sarif
from infusion_asp.render.source import Source
from infusion_asp.render.view import Shown, views
from infusion_asp.render.worksheet import worksheet

if TYPE_CHECKING:
    from infusion_asp.rulebook import Rulebook

__all__ = [
    "FORMATS",
    "SOURCED",
    "STREAMED",
    "RenderError",
    "Shown",
    "Source",
    "render",
    "render_lines",
    "streamed",
]

FORMATS = ("text", "markdown", "json", "jsonl", "html", "csv", "sarif", "junit")
STREAMED = ("jsonl", "csv")
"""Formats that can be written result by result."""

SOURCED = ("csv", "sarif", "junit", "text", "markdown", "html")
"""Formats that say where in the input a result comes from, or from where that was read."""

_TEMPLATES = {"text": "text.txt.j2", "markdown": "markdown.md.j2", "html": "html.html.j2"}
_NARROWEST = 60


def render(
    results: Sequence[Shown],
    format: str,
    *,
    templates: Path | None = None,
    color: bool = False,
    width: int = 80,
    full: bool = False,
    many: bool | None = None,
    sources: Iterable[Source] = (),
    rulebook: Rulebook | None = None,
    fail_on: str | None = None,
    pages: str = "",
) -> str:
    """The results as one text in `format`, one of `FORMATS`.

    `templates` is a directory whose files override the shipped templates of the same name.
    `color` and `width` (columns, at least 60 are used) hold for text. `full` prints proofs to
    their end instead of two levels, and every policy. `many` says whether JSON is an array; left
    out, it is one where there is another number of results than one. `sources` (one for each
    result) tell csv, sarif and junit what the record charted and where it stands; text, markdown
    and html from where it was read. `rulebook` has the texts of the rules for csv and sarif; from
    the level `fail_on` a finding fails in junit.
    `pages` is the address of what `rules docs` has written: html, markdown and sarif link there.
    """
    if format in STREAMED:
        return "".join(streamed(results, format, sources, rulebook))
    if format == "sarif":
        return sarif(results, sources, rulebook, pages)
    if format == "junit":
        return junit(results, sources, fail_on)
    if format == "json":
        dumped = [_plain(each) for each in results]
        array = len(results) != 1 if many is None else many
        return json.dumps(dumped if array else dumped[0], indent=2, ensure_ascii=False) + "\n"
    if format not in _TEMPLATES:
        raise RenderError(
            message=f"unknown format {format!r}", help=f"formats: {', '.join(FORMATS)}"
        )
    env = environment(templates, color=color and format == "text", pages=pages)
    text = filled(
        env,
        _TEMPLATES[format],
        results=views(results, full=full, sources=sources),
        full=full,
        width=max(width, _NARROWEST),
    )
    return text.strip("\n") + "\n"


def streamed(
    results: Iterable[Shown],
    format: str,
    sources: Iterable[Source] = (),
    rulebook: Rulebook | None = None,
) -> Iterator[str]:
    """The results in a format of `STREAMED`, piece by piece; memory holds one result at a time.

    A source is taken after its result.
    """
    return worksheet(results, sources, rulebook) if format == "csv" else render_lines(results)


def render_lines(results: Iterable[Shown]) -> Iterator[str]:
    """One line of JSON per result, as they come; memory holds one result at a time."""
    for each in results:
        yield json.dumps(_plain(each), ensure_ascii=False, separators=(",", ":")) + "\n"


def _plain(result: Shown) -> dict[str, Any]:
    return result.model_dump(mode="json")
