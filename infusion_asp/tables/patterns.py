"""Recognising fluids, electrolytes, vaccines and special drugs by the patterns of tables."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import TypeVar

from infusion_asp.tables.names import Words, readings
from infusion_asp.tables.rows import Additive, BagText, Electrolyte, Fluid, Special

_PERCENT = re.compile(r"(\d*\.?\d+)%|\bd(\d+(?:\.\d+)?)")
_PER_LITRE = r"\s*(?:/|\||per)\s*(?:l|liter|litre|1000 ?ml)\b"
_MEQ = re.compile(rf"(\d*\.?\d+)\s*(?:meq|milliequivalents?)\b\.?({_PER_LITRE})?")
_LITRE = re.compile(_PER_LITRE)
_REMEMBERED = 4096
_Row = Mapping[str, str]
_T = TypeVar("_T")


class FluidTable:
    """Fluids by name and concentration, and bags described in one text."""

    def __init__(self, fluids: Sequence[_Row], electrolytes: Sequence[_Row], words: Words) -> None:
        self._words = words
        self._fluids = [
            (
                _compile(row["pattern"].replace("<percent>", r"\d*\.?\d+ ?%")),
                Decimal(row["min_percent"] or 0),
                Decimal(row["max_percent"] or 100),
                Fluid(row["fluid"], row["class"], row["carrier"] == "yes"),
            )
            for row in fluids
        ]
        self._electrolytes = [
            (
                _compile(row["pattern"]),
                Electrolyte(row["electrolyte"], row["ion"], row["potassium_chloride"] == "yes"),
            )
            for row in electrolytes
        ]
        joins = "|".join(
            rf"\s{re.escape(word)}\s" if word.isalpha() else rf"\s?{re.escape(word)}\s?"
            for word in sorted(words.joins, key=len, reverse=True)
        )
        self._join = re.compile(joins)
        self._known_fluids: dict[str, Fluid | None] = {}
        self._known_electrolytes: dict[str, Electrolyte | None] = {}

    def fluid(self, name: str) -> Fluid | None:
        """The fluid that a text names, nothing else being in it."""
        return _remember(self._known_fluids, name, self._find_fluid)

    def _find_fluid(self, name: str) -> Fluid | None:
        for reading in readings(name):
            for text in (self._words.plain(reading), self._words.fluid_text(reading)):
                found = [Decimal(one or other) for one, other in _PERCENT.findall(text)]
                percent = max(found, default=None)
                for pattern, low, high, fluid in self._fluids:
                    if pattern.fullmatch(text) and (percent is None or low <= percent <= high):
                        return fluid
        return None

    def electrolyte(self, name: str) -> Electrolyte | None:
        """The electrolyte that a text names, whatever its strength and form."""
        return _remember(self._known_electrolytes, name, self._find_electrolyte)

    def _find_electrolyte(self, name: str) -> Electrolyte | None:
        for reading in readings(name):
            for text in (self._words.plain(reading), self._words.bare(reading)):
                for pattern, electrolyte in self._electrolytes:
                    if pattern.fullmatch(text):
                        return electrolyte
        return None

    def bag(self, name: str) -> BagText | None:
        """A fluid and the electrolytes in it, such as `D5 1/2 NS with 20 mEq KCl`."""
        if fluid := self.fluid(name):
            return BagText(fluid, ())
        text = " ".join(name.lower().split())
        for join in self._join.finditer(text):
            left, right = text[: join.start()], text[join.end() :]
            for carrier, rest in ((left, right), (right, left)):
                fluid = self.fluid(carrier)
                additives = self._additives(rest) if fluid else None
                if fluid and additives:
                    return BagText(fluid, additives)
        return None

    def _additives(self, text: str) -> tuple[Additive, ...] | None:
        text = _LITRE.sub("|l", text)
        found = []
        for part in self._join.split(text):
            if not part.strip():
                continue
            amount = _MEQ.search(part)
            electrolyte = self.electrolyte(_LITRE.sub("", _MEQ.sub(" ", part)))
            if electrolyte is None:
                return None
            meq = Decimal(amount.group(1)) if amount else None
            found.append(Additive(electrolyte, meq, bool(_LITRE.search(part))))
        return tuple(found) or None


class PatternTable:
    """Names recognised by the first pattern of a table that matches the whole text."""

    def __init__(self, rows: Sequence[_Row]) -> None:
        self._rows = [
            (_compile(row["pattern"]), Special(row["kind"], row.get("name") or row["kind"]))
            for row in rows
        ]
        self._known: dict[str, Special | None] = {}

    def find(self, name: str) -> Special | None:
        """The first row whose pattern fits the name, or None."""
        return _remember(self._known, name, self._find)

    def _find(self, name: str) -> Special | None:
        text = " ".join(name.lower().split())
        for pattern, special in self._rows:
            if pattern.fullmatch(text):
                return special
        return None


def _remember(known: dict[str, _T], name: str, find: Callable[[str], _T]) -> _T:
    if name not in known:
        if len(known) >= _REMEMBERED:
            known.clear()
        known[name] = find(name)
    return known[name]


def _compile(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)
