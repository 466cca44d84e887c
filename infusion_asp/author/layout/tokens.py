"""Owns the tokens of a rule file, and the blanks between two of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

_TOKEN = re.compile(
    r"""
    (?P<block>%\*)
  | (?P<comment>%[^\n]*)
  | (?P<string>"(?:\\["\\n]|[^"\\\n])*")
  | (?P<number>0x[0-9A-Fa-f]+|0o[0-7]+|0b[01]+|\d+)
  | (?P<word>\#?[_']*[A-Za-z][A-Za-z0-9_']*|_)
  | (?P<mark>:-|:~|\.\.|\*\*|<=|>=|!=|<>|==|\S)
  | (?P<space>\s+)
    """,
    re.VERBOSE,
)
_OPEN, _CLOSE = frozenset("(["), frozenset(")]")
_TIGHT_BEFORE = frozenset({",", ";", ".", ")", "]", ".."})
_SIGNS = frozenset({"-", "~", "&"})
_OF_SIGNATURES = frozenset({"#defined", "#show", "#project", "#external"})
_NO_TERM = frozenset({"not", "#sum", "#sum+", "#count", "#min", "#max", "#true", "#false"})


class Kind(Enum):
    """What a token is."""

    COMMENT = "comment"
    TERM = "term"
    MARK = "mark"


@dataclass(frozen=True)
class Token:
    """One token, its kind, the line it begins in, and whether it is alone in its line so far."""

    text: str
    kind: Kind
    line: int
    fresh: bool


def tokens(text: str) -> Iterator[Token]:
    """The tokens of a file, comments among them; blanks are left out."""
    position, line, fresh = 0, 1, True
    while position < len(text):
        found = _TOKEN.match(text, position)
        assert found is not None, "every character is a token"
        shown, group = found.group(), found.lastgroup
        if group == "block":
            shown = _block(text, position)
        position += len(shown)
        if group == "space":
            fresh = fresh or "\n" in shown
        elif group in ("block", "comment"):
            yield Token(shown.rstrip(), Kind.COMMENT, line, fresh)
        else:
            kind = Kind.MARK if group == "mark" or shown in _NO_TERM else Kind.TERM
            yield Token(shown, kind, line, fresh)
        line += shown.count("\n")
        if group != "space":
            fresh = False


def _block(text: str, start: int) -> str:
    """A block comment to its end; they nest, and a line comment inside of one counts too."""
    depth = 0
    for found in re.finditer(r"%\*|\*%|%[^\n]*", text[start:]):
        depth += {"%*": 1, "*%": -1}.get(found.group(), 0)
        if depth == 0:
            return text[start : start + found.end()]
    return text[start:]


def joined(row: list[Token]) -> str:
    """Tokens of one line with canonical blanks between them."""
    shown = ""
    before: Token | None = None
    state = _State()
    for token in row:
        if before is not None and _blank(before, token, state):
            shown += " "
        state.take(before, token)
        shown += token.text
        before = token
    return shown


@dataclass
class _State:
    """What the tokens so far leave open: absolute bars, a sign without a left side, `name/2`."""

    signature: bool = False
    bars: int = 0
    opened: bool = False
    sign: bool = False

    def take(self, before: Token | None, token: Token) -> None:
        self.signature = self.signature or token.text in _OF_SIGNATURES
        self.sign = token.text in _SIGNS and not _ends_term(before, self)
        if token.text == "|":
            self.opened = not (self.bars and _ends_term(before, self))
            self.bars += 1 if self.opened else -1


def _ends_term(token: Token | None, state: _State) -> bool:
    """Whether a term may end here, so that what follows is an operator between two."""
    if token is None:
        return False
    if token.text == "|":
        return not state.opened
    return token.kind is Kind.TERM or token.text in (")", "]", "}")


def _blank(before: Token, token: Token, state: _State) -> bool:
    """Whether a blank stands between two tokens."""
    if before.text in _OPEN or token.text in _TIGHT_BEFORE or before.text == "..":
        return False
    if state.signature and "/" in (before.text, token.text):
        return False
    if state.sign and before.text in _SIGNS:
        return False
    if before.text == "|" and state.opened:
        return False
    if token.text == "|" and state.bars and _ends_term(before, state):
        return False
    if "@" in (before.text, token.text) or (before.text == "{" and token.text == "}"):
        return False
    return not (token.text == "(" and before.kind is Kind.TERM)
