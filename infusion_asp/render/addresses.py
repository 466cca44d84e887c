"""Owns the address of a rule's page: where `rules docs` has written the rulebook."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from urllib.parse import quote, urlsplit

SCHEMES = ("http", "https", "file")
_PAGE = (".html", ".htm")
_KEPT = "/:?&=%#~.-_@+,;!*'$"  # what may stand in an address; a bracket would end a link


def pages_at(place: str) -> str:
    """The address of a directory of pages, or of a single one; a path becomes a file address.

    Raises ValueError for any other scheme than those of a page.
    """
    if urlsplit(place).scheme in SCHEMES:
        return quote(place.rstrip("/"), safe=_KEPT)
    if "://" in place or place.lower().startswith(("javascript:", "data:", "vbscript:")):
        raise ValueError(f"an address begins with {', '.join(SCHEMES)}, or is a path")
    return Path(place).resolve().as_uri()


def page_of(pages: str, rule: str) -> str:
    """The page of a rule; empty where nobody said where the pages are."""
    if not pages or not rule:
        return ""
    if pages.lower().endswith(_PAGE):
        return f"{pages}#rule-{rule}"
    return f"{pages}/rules/{rule}.html"


def addressed(pages: str) -> Callable[[str], str]:
    """The address of each rule's page."""
    return partial(page_of, pages)
