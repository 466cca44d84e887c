"""A quarter of a year: its name, its days, and how the names of published files spell it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = "(?:" + "|".join(_MONTHS) + ")"
_WHOLE = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    "|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
)
_FIRST_VERSION = 1994  # version 30.x of the NCCI pairs is that of 2024

_NAMED = re.compile(r"(\d{4})[ _-]?q([1-4])", re.IGNORECASE)
_VERSION = re.compile(r"(?<![a-z])v(\d{2})([0-3])(?:r\d+)?(?=-f\d|\b|_)", re.IGNORECASE)
_EFFECTIVE = re.compile(r"eff\w*[ _-](\d{2})-(\d{2})-(\d{4})", re.IGNORECASE)
_FEE_ARCHIVE = re.compile(r"rvu(\d{2})([a-d])", re.IGNORECASE)
_FEE_FILE = re.compile(rf"pprrvu(\d{{4}}|\d{{2}})_({_MONTH})", re.IGNORECASE)
_HCPCS_FILE = re.compile(rf"hcpc(\d{{4}})_({_MONTH})", re.IGNORECASE)
_MONTH_YEAR = re.compile(rf"(?<![a-z])({_WHOLE})[ _-]+(20\d\d)(?!\d)", re.IGNORECASE)


@dataclass(frozen=True, order=True, slots=True)
class Quarter:
    """One quarter of a year, written `2024Q3`."""

    year: int
    number: int

    def __str__(self) -> str:
        return f"{self.year}Q{self.number}"

    @property
    def start(self) -> date:
        """Its first day."""
        return date(self.year, 3 * self.number - 2, 1)

    @property
    def end(self) -> date:
        """Its last day."""
        return self.next.start - timedelta(days=1)

    @property
    def next(self) -> Quarter:
        """The quarter after it."""
        return Quarter(self.year + self.number // 4, self.number % 4 + 1)

    @classmethod
    def of(cls, day: date) -> Quarter:
        """The quarter of a day."""
        return cls(day.year, (day.month + 2) // 3)

    @classmethod
    def read(cls, text: str) -> Quarter | None:
        """The quarter written as `2024Q3`, `2024-q3` or the like, else None."""
        found = _NAMED.fullmatch(text.strip())
        return cls(int(found.group(1)), int(found.group(2))) if found else None


def quarters_in(name: str) -> frozenset[Quarter]:
    """The quarters that the name of a published file, or a heading, spells in any known way."""
    found = {Quarter(int(year), int(number)) for year, number in _NAMED.findall(name)}
    found |= {
        Quarter(_FIRST_VERSION + int(version), int(release) + 1)
        for version, release in _VERSION.findall(name)
    }
    found |= {
        Quarter.of(date(int(year), int(month), 1))
        for month, _, year in _EFFECTIVE.findall(name)
        if 1 <= int(month) <= len(_MONTHS)
    }
    found |= {
        Quarter(2000 + int(year), "abcd".index(letter.lower()) + 1)
        for year, letter in _FEE_ARCHIVE.findall(name)
    }
    for pattern in (_FEE_FILE, _HCPCS_FILE):
        found |= {_of_month(year, month) for year, month in pattern.findall(name)}
    found |= {_of_month(year, month) for month, year in _MONTH_YEAR.findall(name)}
    return frozenset(found)


def _of_month(year: str, month: str) -> Quarter:
    number = _MONTHS.index(month.lower()[:3]) + 1
    return Quarter.of(date(int(year) % 2000 + 2000, number, 1))
