"""Owns the making of facts: ground atoms, and one collector that makes them of Python values."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

import clingo

from infusion_asp.facts.known import Known, function, remembered

_CONSTANT = re.compile(r"[a-z][a-z0-9_]*")
Value = str | int | clingo.Symbol


class Atom(NamedTuple):
    """A ground atom whose name and arguments are at hand; a symbol gives them slowly."""

    name: str
    arguments: tuple[clingo.Symbol, ...]

    @property
    def symbol(self) -> Known:
        """The atom as a symbol."""
        return function(self.name, self.arguments)

    def __str__(self) -> str:
        return str(self.symbol)


AnyAtom = Atom | clingo.Symbol
"""An atom in either form: both have `name` and `arguments`."""


def symbols_of(atoms: Iterable[AnyAtom]) -> list[clingo.Symbol]:
    """The atoms as symbols."""
    return [each.symbol if isinstance(each, Atom) else each for each in atoms]


@lru_cache(maxsize=4096)
def constant(value: str) -> Known:
    """A word of an enumeration as a clingo constant; other text stays a string."""
    return remembered(
        clingo.Function(value) if _CONSTANT.fullmatch(value) else clingo.String(value)
    )


class Facts:
    """Collects facts in order; `add` takes ids and texts as str and numbers as int."""

    def __init__(self) -> None:
        self._atoms: dict[tuple[Value, ...], Atom] = {}

    def add(self, name: str, *values: Value) -> None:
        """One fact; a str becomes a clingo string, an int a number."""
        key = (name, *values)
        if key not in self._atoms:
            self._atoms[key] = Atom(name, tuple(map(_symbol, values)))

    def flag(self, name: str, value: object, *values: Value) -> None:
        """One fact if `value` is true."""
        if value:
            self.add(name, *values)

    def atoms(self) -> list[Atom]:
        """The facts without repeats, in the order in which they were added."""
        return list(self._atoms.values())


@lru_cache(maxsize=8192)
def _symbol(value: Value) -> Known:
    if isinstance(value, str):
        return remembered(clingo.String(value))
    if isinstance(value, int):
        return remembered(clingo.Number(value))
    return remembered(value)
