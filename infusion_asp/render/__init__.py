"""Owns rendering: results and verified claims in, text, Markdown, JSON, JSON lines or a page of HTML out."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from infusion_asp.render.environment import RenderError, environment, filled
from infusion_asp.render.view import Shown, views

__all__ = ["FORMATS", "RenderError", "Shown", "render", "render_lines"]

FORMATS = ("text", "markdown", "json", "jsonl", "html")
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
) -> str:
    """The results as one text in `format`, one of `FORMATS`.

    `templates` is a directory whose files override the shipped templates of the same name.
    `color` and `width` (columns, at least 60 are used) hold for text. `full` prints proofs to
    their end instead of two levels, and every policy. `many` says whether JSON is an array; left
    out, it is one where there is another number of results than one.
    """
    if format == "jsonl":
        return "".join(render_lines(results))
    if format == "json":
        dumped = [_plain(each) for each in results]
        array = len(results) != 1 if many is None else many
        return json.dumps(dumped if array else dumped[0], indent=2, ensure_ascii=False) + "\n"
    if format not in _TEMPLATES:
        raise RenderError(
            message=f"unknown format {format!r}", help=f"formats: {', '.join(FORMATS)}"
        )
    env = environment(templates, color=color and format == "text")
    text = filled(
        env,
        _TEMPLATES[format],
        results=views(results, full=full),
        full=full,
        width=max(width, _NARROWEST),
    )
    return text.strip("\n") + "\n"


def render_lines(results: Iterable[Shown]) -> Iterator[str]:
    """One line of JSON per result, as they come; memory holds one result at a time."""
    for each in results:
        yield json.dumps(_plain(each), ensure_ascii=False, separators=(",", ":")) + "\n"


def _plain(result: Shown) -> dict[str, Any]:
    return result.model_dump(mode="json")
