"""Owns templates of sentences as they are read: their words, and the names of what is filled in."""

from __future__ import annotations

import re
from dataclasses import dataclass

_OTHERWISE = re.compile(r"{%-?\s*(?:else|elif)\b.*?%}.*?(?={%-?\s*endif)", re.DOTALL)
_STATEMENT = re.compile(r"{%.*?%}|{#.*?#}", re.DOTALL)
_PIECE = re.compile(r"{{\s*([A-Z]\w*).*?}}|{{\s*(['\"])(.*?)\2.*?}}|{{.*?}}", re.DOTALL)


@dataclass(frozen=True)
class Piece:
    """A run of words, or the name of a variable."""

    text: str
    variable: bool = False


def pieces(template: str) -> tuple[Piece, ...]:
    """The template for a reader: variables by name, the first branch of each condition."""
    text = _STATEMENT.sub("", _OTHERWISE.sub("", template))
    text = " ".join(text.split())
    found: list[Piece] = []
    at = 0
    for match in _PIECE.finditer(text):
        if match.start() > at:
            found.append(Piece(text[at : match.start()]))
        if match[1]:
            found.append(Piece(match[1], variable=True))
        elif match[3]:
            found.append(Piece(match[3]))
        at = match.end()
    if at < len(text):
        found.append(Piece(text[at:]))
    return tuple(found)


def plain(template: str) -> str:
    """The same as text."""
    return "".join(each.text for each in pieces(template))
