"""The drug table: finding a drug by HCPCS code or name, and what counts as the same drug."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from infusion_asp.tables.names import Words, readings, without_suffix
from infusion_asp.tables.rows import DrugRow

_LEVELS = 4
_REMEMBERED = 4096
_GENERIC = {"generic", "unbranded"}


class DrugTable:
    """All drugs, indexed by HCPCS code and by name at four levels of strictness."""

    def __init__(self, rows: Sequence[DrugRow], words: Words, unclassified: frozenset[str]) -> None:
        self.rows = tuple(rows)
        self._words = words
        self._unclassified = unclassified
        self._by_hcpcs: dict[str, list[DrugRow]] = {}
        self._levels: list[dict[str, list[DrugRow]]] = [{} for _ in range(_LEVELS)]
        self._known: dict[str, tuple[DrugRow, ...]] = {}
        self._by_key: dict[str, DrugRow] = {}
        for row in self.rows:
            self._by_key.setdefault(row.key, row)
            if row.hcpcs:
                self._by_hcpcs.setdefault(row.hcpcs, []).append(row)
            for name in (row.generic, *row.aliases, *row.brands):
                for reading in readings(name):
                    self._index(reading, row)

    def _index(self, name: str, row: DrugRow) -> None:
        for index, text in zip(self._levels, self._texts(name), strict=True):
            if text in _GENERIC or text in self._words.forms:
                continue
            rows = index.setdefault(text, [])
            if row not in rows:
                rows.append(row)

    def _texts(self, name: str) -> tuple[str, str, str, str]:
        words = self._words
        core = words.core(name)
        return words.plain(name), words.bare(name), core, without_suffix(core)

    def unclassified(self, hcpcs: str) -> bool:
        """Whether the code stands for any drug, so that no division by a unit is possible."""
        return hcpcs.upper() in self._unclassified

    def by_hcpcs(self, hcpcs: str) -> tuple[DrugRow, ...]:
        """The rows of a code, in table order; none for an unknown code."""
        return tuple(self._by_hcpcs.get(hcpcs.upper(), ()))

    def by_key(self, key: str) -> DrugRow | None:
        """The first row of a key, or None."""
        return self._by_key.get(key)

    def find(self, name: str, hcpcs: str | None = None, route: str | None = None) -> DrugRow | None:
        """The row of a drug: by its code, else by name; among equals the one of the route.

        An unclassified code says nothing, the name decides. Names are compared as written,
        then without strength and form, then without salt, then without biosimilar suffix,
        last by their first words.
        """
        if hcpcs and not self.unclassified(hcpcs):
            coded = self.by_hcpcs(hcpcs)
            if coded:
                named = [row for row in coded if row in self._named(name)]
                return _of_route(named or coded, route)
        return _of_route(self._named(name), route)

    def named(self, name: str) -> tuple[DrugRow, ...]:
        """All rows that a name may mean, at the strictest level that knows it."""
        return self._named(name)

    def _named(self, name: str) -> tuple[DrugRow, ...]:
        known = self._known.get(name)
        if known is None:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            known = self._known[name] = tuple(self._search(name))
        return known

    def _search(self, name: str) -> Sequence[DrugRow]:
        texts = [self._texts(reading) for reading in readings(name)]
        for level, index in enumerate(self._levels):
            for reading in texts:
                if rows := index.get(reading[level]):
                    return rows
        for reading in texts:
            if begun := self._by_first_words(reading[-1]):
                return begun
        return ()

    def _by_first_words(self, text: str) -> Sequence[DrugRow]:
        """Rows whose generic begins with the whole words of the text (leuprolide)."""
        if len(text) < len("abcdef"):
            return ()
        start = text + " "
        return [row for row in self.rows if row.key.startswith(start)]


def _of_route(rows: Sequence[DrugRow], route: str | None) -> DrugRow | None:
    fitting = [row for row in rows if route in row.routes] if route else []
    return next(iter(fitting or rows), None)


def row_key(generic: str, words: Words) -> str:
    """The key of a table row: its generic without parentheses, strength, salt and suffix."""
    outside = readings(generic)[1:2] or [generic]
    return without_suffix(words.core(outside[0]))


def split_list(text: str) -> tuple[str, ...]:
    """The parts of a cell that lists several values with semicolons."""
    return tuple(part.strip() for part in text.split(";") if part.strip())


def unit_names(rows: Iterable[Mapping[str, str]], dimension: str | None = None) -> list[str]:
    """The unit texts of units.csv, all or those of one dimension."""
    return [row["text"] for row in rows if dimension in (None, row["dimension"])]
