"""Owns the making of facts: one collector that turns Python values into clingo symbols."""

from __future__ import annotations

import re
from functools import lru_cache

import clingo

_CONSTANT = re.compile(r"[a-z][a-z0-9_]*")
Value = str | int | clingo.Symbol


@lru_cache(maxsize=4096)
def constant(value: str) -> clingo.Symbol:
    """A word of an enumeration as a clingo constant; other text stays a string."""
    return clingo.Function(value) if _CONSTANT.fullmatch(value) else clingo.String(value)


class Facts:
    """Collects facts in order; `add` takes ids and texts as str and numbers as int."""

    def __init__(self) -> None:
        self._symbols: dict[clingo.Symbol, None] = {}

    def add(self, name: str, *values: Value) -> None:
        """One fact; a str becomes a clingo string, an int a number."""
        self._symbols[clingo.Function(name, [_symbol(value) for value in values])] = None

    def flag(self, name: str, value: object, *values: Value) -> None:
        """One fact if `value` is true."""
        if value:
            self.add(name, *values)

    def symbols(self) -> list[clingo.Symbol]:
        """The facts without repeats, in the order in which they were added."""
        return list(self._symbols)


@lru_cache(maxsize=8192)
def _symbol(value: Value) -> clingo.Symbol:
    if isinstance(value, str):
        return clingo.String(value)
    if isinstance(value, int):
        return clingo.Number(value)
    return value
