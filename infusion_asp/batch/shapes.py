"""Owns what encounters have in common that are equal but for their ids and whole days.

The ids of an encounter are replaced by names that stand nowhere else and sort as the ids do, so
that everything that is derived, sorted and said keeps its form, and can be renamed back.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from pydantic import BaseModel

from infusion_asp.coding import Coder
from infusion_asp.facts.build import UNNAMED
from infusion_asp.model import Encounter

_FIRST, _MOST = 0xA000, 1000  # Yi syllables: letters that no record holds
_ENCOUNTER = "z" + chr(_FIRST + _MOST)
_NAME = re.compile(f"[Zz][{chr(_FIRST)}-{chr(_FIRST + _MOST)}]")
_FOREIGN = re.compile(f"[{chr(_FIRST)}-{chr(_FIRST + _MOST)}]")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_WHEN = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d)?")
_ID = re.compile(r"\w+(-\w+)*")
_WORD = re.compile(r"\w+")
_SAID = {"reason", "notes", "order_reason", "origin"}  # only that they are there decides anything
_OF_GIVEN = ("id", "access", "visit", "same_bag_as")
_OF_THE_RUN = frozenset({"rulebook", "profile", "setting", "policies", "tables"})


@dataclass(frozen=True, slots=True)
class Shape:
    """An encounter without its ids: `key` is equal for equal ones, `names` are its ids by name.

    `anchor` is the first date of the encounter, which whole days are counted from.
    """

    key: bytes
    encounter: Encounter
    names: dict[str, str]
    anchor: date

    def said_in(self, words: frozenset[str]) -> bool:
        """Whether texts of these words may hold one of the ids."""
        ids = (each for name, each in self.names.items() if name != _ENCOUNTER)
        return any(words.issuperset(_WORD.findall(each)) for each in ids)


def shape_of(coder: Coder, encounter: Encounter) -> Shape | None:
    """The shape of an encounter; None where it could not be told apart from others for sure.

    That is so without any date, with offsets of time, and with ids that are no words or are parts
    of each other.
    """
    times = [time for _, time in encounter.times()]
    billed = [line.date for line in encounter.billed if line.date is not None]
    if any(time.tzinfo is not None for time in times):
        return None
    days = [time.date() for time in times] + billed
    ids = _ids(encounter)
    if not days or len(ids) > _MOST or not _apart(ids):
        return None
    named = {each: _name(rank, each) for rank, each in enumerate(sorted(ids))}
    bare = _renamed(encounter, named)
    text = bare.model_dump_json(exclude_unset=True)
    plain = _NAME.sub("", text).isascii() or not _FOREIGN.search(encounter.model_dump_json())
    if not plain or len(_DAY.findall(text)) != len(days):
        return None
    anchor = min(days)
    seen: dict[str, str] = {}

    def counted(match: re.Match[str]) -> str:
        day = match[0]
        if day not in seen:
            seen[day] = str((date.fromisoformat(day) - anchor).days)
        return seen[day]

    text = _DAY.sub(counted, text)
    setting = coder.setting_of(encounter)
    codes = coder.tables.payments.quarter("hcpcs", None)  # whose rows begin on any day
    place = (setting.key, sorted({_quarter(day) for day in days}), anchor if codes else None)
    key = hashlib.blake2b(f"{place} {text}".encode(), digest_size=16).digest()
    names = {name: each for each, name in named.items()}
    return Shape(key, bare, names | {_ENCOUNTER: encounter.encounter_id}, anchor)


def _apart(ids: set[str]) -> bool:
    """Whether a text that holds one id can't seem to hold another."""
    if not all(_ID.fullmatch(each) for each in ids):
        return False
    if not any("-" in each for each in ids):
        return True
    return not any(one != other and one in other for one in ids for other in ids)


def _name(rank: int, given: str) -> str:
    """A name that sorts among the others, and beside what is not named, as the id does."""
    return ("Z" if given < UNNAMED else "z") + chr(_FIRST + rank)


def _quarter(day: date) -> tuple[int, int]:
    return day.year, (day.month - 1) // 3


def _ids(encounter: Encounter) -> set[str]:
    found = {encounter.primary_reason}
    found.update(each.id for each in encounter.accesses)
    found.update(each.replaces for each in encounter.accesses)
    found.update(each.id for each in encounter.visits)
    for given in encounter.administrations:
        found.update(getattr(given, name) for name in _OF_GIVEN)
    return {each for each in found if each is not None}


def _renamed(encounter: Encounter, named: dict[str, str]) -> Encounter:
    """The encounter with other ids, and without the words that decide nothing."""
    given = {each.id for each in encounter.administrations}
    update: dict[str, Any] = _update(encounter, ("primary_reason",), named)
    update["encounter_id"] = _ENCOUNTER
    update["accesses"] = tuple(
        each.model_copy(update=_update(each, ("id", "replaces"), named) | _silent(each))
        for each in encounter.accesses
    )
    update["visits"] = tuple(
        each.model_copy(update=_update(each, ("id",), named)) for each in encounter.visits
    )
    update["administrations"] = tuple(
        each.model_copy(
            update=_update(
                each, (*_OF_GIVEN, "integral_to") if each.integral_to in given else _OF_GIVEN, named
            )
            | _silent(each)
        )
        for each in encounter.administrations
    )
    update["billed"] = tuple(
        each.model_copy(update=_silent(each)) if each.origin else each for each in encounter.billed
    )
    if encounter.diagnoses:
        update["diagnoses"] = ("charted",)
    kept = encounter.model_fields_set
    return encounter.model_copy(
        update={name: value for name, value in update.items() if name in kept}
    )


def _update(part: BaseModel, fields: Iterable[str], named: dict[str, str]) -> dict[str, Any]:
    found = ((name, getattr(part, name)) for name in fields)
    return {name: named[value] for name, value in found if value is not None}


def _silent(part: BaseModel) -> dict[str, Any]:
    said = ((name, getattr(part, name, None)) for name in _SAID & part.model_fields_set)
    return {name: "charted" for name, value in said if value}


@dataclass(frozen=True, slots=True)
class Change:
    """From one encounter to another of the same shape: other ids, another day."""

    names: dict[str, str]
    days: timedelta

    def of(self, value: Any) -> Any:
        """The same for the other encounter: an answer, or a part of one."""
        kind = type(value)
        if kind is str:
            return self._text(value)
        if kind is tuple:
            return tuple([self.of(each) for each in value])
        if isinstance(value, BaseModel):
            update = {}
            for name in _fields(type(value)):
                own = getattr(value, name)
                other = self.of(own)
                if other is not own and other != own:
                    update[name] = other
            return value.model_copy(update=update) if update else value
        if kind is date:
            return value + self.days
        if kind is dict:
            return {self.of(key): self.of(each) for key, each in value.items()}
        return value

    def _text(self, text: str) -> str:
        if not text.isascii():
            text = _NAME.sub(lambda match: self.names.get(match[0], match[0]), text)
        if self.days and _WHEN.fullmatch(text):
            moment = datetime.fromisoformat(text) + self.days
            return moment.isoformat(timespec="minutes") if "T" in text else f"{moment:%Y-%m-%d}"
        return text


@lru_cache(maxsize=64)
def _fields(kind: Any) -> tuple[str, ...]:
    names: Iterable[str] = getattr(kind, "model_fields", ())
    return tuple(name for name in names if name not in _OF_THE_RUN)


def texts_of(value: Any) -> Iterable[str]:
    """All texts of an answer."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, BaseModel):
        for name in _fields(type(value)):
            yield from texts_of(getattr(value, name))
    elif isinstance(value, tuple):
        for each in value:
            yield from texts_of(each)
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from texts_of(key)
            yield from texts_of(each)


def words_in(texts: Iterable[str]) -> tuple[frozenset[str], bool]:
    """The words of texts, and whether a date stands inside of one: then days can't be shifted."""
    words: set[str] = set()
    dated = False
    for text in texts:
        words.update(_WORD.findall(text))
        dated = dated or bool(_DAY.search(text) and not _WHEN.fullmatch(text))
    return frozenset(words), dated
