"""Owns the check of profiles: each line a fact, each choice a value of a policy."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from infusion_asp.author.lint.book import Book, shown_path
from infusion_asp.author.lint.finding import Finding
from infusion_asp.rulebook.errors import did_you_mean
from infusion_asp.rulebook.reading import PROFILES

_ID = "profile"
_FACT = re.compile(r'^profile_(policy|payer)\((\w+)(?:,\s*"([\w.-]+)")?\)\.\s*$')
_WRITTEN = 'write profile_payer(name). or profile_policy(name, "value").'


def check_profiles(book: Book) -> Iterator[Finding]:
    """What is wrong in the profiles of the rulebook and of its overlays."""
    for place in (book.reading.root, *book.reading.overlays):
        for path in sorted((place / PROFILES).glob("*.lp")):
            lines = path.read_text(encoding="utf-8").splitlines()
            for number, line in enumerate(lines, start=1):
                text = line.strip()
                if text and not text.startswith("%"):
                    yield from _line(book, path, number, text)


def _line(book: Book, path: Path, number: int, text: str) -> Iterator[Finding]:
    place = (shown_path(path), number)
    fact = _FACT.match(text)
    if fact is None or (fact[1] == "policy") != bool(fact[3]):
        yield Finding(*place, 1, _ID, "this is no fact of a profile", text, _WRITTEN)
        return
    policies = book.choosable
    name, chosen = fact[2], fact[3]
    if fact[1] == "payer" or not policies:
        return
    if name not in policies:
        cure = did_you_mean(name, policies) or f"policies are {', '.join(policies)}"
        yield Finding(*place, fact.start(2) + 1, _ID, f"no policy '{name}'", text, cure)
    elif chosen not in policies[name].values:
        values = policies[name].values
        cure = did_you_mean(chosen, values) or f"values are {', '.join(values)}"
        said = f"policy {name} has no value '{chosen}'"
        yield Finding(*place, fact.start(3) + 1, _ID, said, text, cure)
