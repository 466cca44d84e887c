"""Owns where the pages of the rulebook stand on the analyst's page; the address of a rule stays."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from infusion_asp.author.docs.links import RULES, TOPICS, Links

INDEX, BESIDE, TOPIC = "/rules", "/book", "/book/topics"


@dataclass(frozen=True)
class PageLinks(Links):
    """`/rules`, `/rules/ID`, `/book/topics/NAME`, and `/book/NAME` for what stands beside."""

    def to(self, address: str, anchor: str) -> str:
        """The address on the analyst's page for one of the site."""
        path, _, entry = address.partition("#")
        first, _, name = path.removesuffix(".html").rpartition("/")
        begin = {RULES: INDEX, TOPICS: TOPIC}.get(first, BESIDE)
        found = INDEX if not first and name == "index" else f"{begin}/{quote(name)}"
        return f"{found}#{entry}" if entry else found
