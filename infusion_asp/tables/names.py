"""Comparing drug names: lower case, without strength, volume, form and salt."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

_SPACE = re.compile(r"\s+")
_PARENTHESES = re.compile(r"(?:^|(?<=\s))\(([^()]*)\)")
_SUFFIX = re.compile(r"(?<=[a-z]{4})-[a-z]{4}\b")
_EDGES = " ,;:-/."


@dataclass(frozen=True)
class Words:
    """The word lists by which names are compared (name_words.csv, units.csv)."""

    forms: frozenset[str]
    salts: frozenset[str]
    fluid_noise: frozenset[str]
    joins: tuple[str, ...]
    spellings: Mapping[str, str]
    strength: re.Pattern[str]
    volume: re.Pattern[str]

    @classmethod
    def read(
        cls, lists: Mapping[str, Iterable[str]], units: Iterable[str], volumes: Iterable[str]
    ) -> Words:
        """Builds the lists; `units` are all unit texts, `volumes` those of volume."""

        def amount(names: Iterable[str], bare: bool) -> re.Pattern[str]:
            either = "|".join(sorted(map(re.escape, names), key=len, reverse=True))
            unit = rf"\s*-?(?:{either})(?![\w%])(?:\s*/\s*(?:[\d.]+\s*)?(?:{either}|h|hr|min)\b)*"
            number = r"(?<![\w.%-])\d[\d.,]*(?:[/-][\d.,]+)*"
            return re.compile(
                rf"{number}(?:\s*%|{unit}|(?![\w%.-]))" if bare else rf"{number}{unit}"
            )

        units = list(units)
        spellings = dict(pair.split("=", 1) for pair in lists["spelling"])
        return cls(
            frozenset(lists["form"]),
            frozenset(lists["salt"]),
            frozenset(lists["fluid"]),
            tuple(lists["join"]),
            spellings,
            amount(units, bare=True),
            amount(volumes, bare=False),
        )

    def plain(self, name: str) -> str:
        """Lower case, single blanks, no volume, the percent sign at its number."""
        text = _SPACE.sub(" ", name.lower().replace("’", "'").replace("®", "")).strip(_EDGES)
        text = re.sub(r"(?<=\d) %", "%", text)
        text = _SPACE.sub(" ", self.volume.sub(" ", text)).strip(_EDGES)
        return self.spellings.get(text, text)

    def bare(self, name: str) -> str:
        """The plain name without strength and form; never empty for a named drug."""
        text = _SPACE.sub(" ", self.strength.sub(" ", self.plain(name))).strip(_EDGES)
        text = self.spellings.get(text, text)
        return self._without(text, self.forms)

    def core(self, name: str) -> str:
        """The bare name without salts (its first word stays)."""
        text = self.bare(name)
        text = self.spellings.get(text, text)
        first, _, rest = text.partition(" ")
        kept = [word for word in rest.split(" ") if word and word not in self.salts]
        return " ".join([first, *kept])

    def fluid_text(self, name: str) -> str:
        """The plain name without words such as bolus or bag, as fluids are matched."""
        return self._without(self.plain(name), self.fluid_noise)

    @staticmethod
    def _without(text: str, words: frozenset[str]) -> str:
        kept = [word for word in text.split(" ") if word.strip(_EDGES) not in words]
        return " ".join(word for word in kept if word.strip(_EDGES)).strip(_EDGES) or text


def readings(name: str) -> list[str]:
    """The texts one name may be known by: whole, outside and inside its parentheses."""
    inside = [text.strip() for text in _PARENTHESES.findall(name)]
    outside = _SPACE.sub(" ", _PARENTHESES.sub(" ", name)).strip()
    return list(dict.fromkeys(text for text in [name, outside, *inside] if text.strip()))


def without_suffix(name: str) -> str:
    """The name without the four letters that part a biosimilar from its reference."""
    return _SUFFIX.sub("", name)
