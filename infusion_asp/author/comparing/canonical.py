"""Owns when two statements say the same: variables renamed, bodies in another order."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from clingo.ast import AST, ASTType

_VARIABLE = re.compile(r"\b[A-Z]\w*\b")
_TEXT = re.compile(r'"(?:[^"\\]|\\.)*"')


def canonical(statement: AST) -> str:
    """A text that is equal for statements equal up to names of variables and order of the body."""
    if statement.ast_type != ASTType.Rule:
        return str(statement)
    body = sorted((str(each) for each in statement.body), key=_masked)
    names: dict[str, str] = {}
    texts: list[str] = []

    def kept(match: re.Match[str]) -> str:
        texts.append(match.group())
        return f"\x00{len(texts) - 1}\x00"

    def renamed(match: re.Match[str]) -> str:
        return names.setdefault(match.group(), f"V{len(names)}")

    found = _TEXT.sub(kept, f"{statement.head} :- {'; '.join(body)}")
    found = _VARIABLE.sub(renamed, found)
    return re.sub("\x00(\\d+)\x00", lambda match: texts[int(match.group(1))], found)


def _masked(text: str) -> str:
    return _VARIABLE.sub("_", text)


def changed(
    old: Sequence[tuple[str, str]], new: Sequence[tuple[str, str]]
) -> tuple[list[int], list[int]]:
    """The places of statements (rule, canonical text) that only one of two rulebooks has."""
    here, there = Counter(text for _, text in old), Counter(text for _, text in new)
    return _only(old, there), _only(new, here)


def _only(statements: Sequence[tuple[str, str]], others: Counter[str]) -> list[int]:
    left = Counter(others)
    found = []
    for at, (_, text) in enumerate(statements):
        if left[text] > 0:
            left[text] -= 1
        else:
            found.append(at)
    return found
