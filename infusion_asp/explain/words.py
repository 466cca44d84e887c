"""Owns how a difference between line sets is said: what falls away, what comes, what changes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, Literal, get_args

from infusion_asp.coding.lines import LineKey, LineSet
from infusion_asp.explain.variations import Difference, difference
from infusion_asp.model import Administration, ClaimLine, Encounter, LineChange
from infusion_asp.model.result import Section

_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_SECTIONS: tuple[Section, ...] = get_args(Section)


def line_changes(before: LineSet, after: LineSet) -> tuple[LineChange, ...]:
    """How two sets of lines differ, each difference with its sentence."""
    return tuple(
        LineChange(
            section=next(each for each in _SECTIONS if each == one.section),
            before=_claim(one.before),
            after=_claim(one.after),
            sentence=_sentence(one),
        )
        for one in difference(before, after)
    )


def told(changes: Iterable[LineChange]) -> str:
    """All changes in one sentence."""
    sentences = [each.sentence for each in changes]
    if len(sentences) < 2:
        return "".join(sentences) or "no line changes"
    return f"{', '.join(sentences[:-1])} and {sentences[-1]}"


def number(count: int) -> str:
    """A small number as a word."""
    return _NUMBERS[count] if 0 <= count < len(_NUMBERS) else str(count)


def minutes(count: int) -> str:
    """`1 minute`, `4 minutes`."""
    return f"{count} minute{'' if count == 1 else 's'}"


def named(given: Administration) -> str:
    """An administration with its drug."""
    return given.id if given.name == given.id else f"{given.id} ({given.name})"


def shown(value: Any, near: datetime | None = None) -> str:
    """A value of the record: a clock time on the day of `near` without its date."""
    if isinstance(value, datetime):
        if near is not None and value.date() == near.date():
            return f"{value:%H:%M}"
        return value.isoformat(timespec="minutes").replace("T", " ")
    if isinstance(value, bool):
        return "true" if value else "false"
    return "nothing" if value is None else str(value)


def plain(value: Any) -> str | None:
    """A value as an assignment writes it; None where there is none."""
    if isinstance(value, datetime):
        return value.isoformat(timespec="minutes")
    return None if value is None else shown(value)


def owner(encounter: Encounter, path: str) -> str:
    """What a path belongs to, with the drug of an administration."""
    subject = path.rpartition(".")[0].partition(".pauses.")[0]
    found = next((each for each in encounter.administrations if each.id == subject), None)
    return named(found) if found else subject or "the encounter"


def _claim(line: LineKey | None) -> ClaimLine | None:
    if line is None:
        return None
    day = date.fromisoformat(line.date) if line.date else None
    return ClaimLine(code=line.code, units=line.units, modifiers=line.modifiers, date=day)


def _sentence(one: Difference) -> str:
    before, after = one.before, one.after
    if before is None or after is None:
        line = one.line
        verb: Literal["comes", "falls"] = "falls" if after is None else "comes"
        plural = {"comes": "come", "falls": "fall"}[verb]
        rest = "" if after else " away"
        text = f"{number(line.units)} {_code(line)} {verb if line.units == 1 else plural}{rest}"
        return text if after is None else f"{text} in"
    parts = []
    if before.units != after.units:
        parts.append(_units(before, after))
    if before.modifiers != after.modifiers:
        parts.append(_modifiers(before, after))
    if before.date != after.date:
        days = f"{before.date or 'no date'} to {after.date or 'no date'}"
        parts.append(f"{before.code} moves from {days}")
    return ", ".join(parts)


def _units(before: LineKey, after: LineKey) -> str:
    count = abs(after.units - before.units)
    was = f"({before.units} to {after.units})"
    if after.units < before.units:
        return f"{number(count)} {before.code} {'falls' if count == 1 else 'fall'} away {was}"
    return f"{number(count)} more {before.code} {'comes' if count == 1 else 'come'} in {was}"


def _modifiers(before: LineKey, after: LineKey) -> str:
    gone = [each for each in before.modifiers if each not in after.modifiers]
    come = [each for each in after.modifiers if each not in before.modifiers]
    if come and gone:
        return f"{before.code} takes {' '.join(come)} in place of {' '.join(gone)}"
    if come:
        return f"{before.code} takes modifier {' '.join(come)}"
    return f"{before.code} loses modifier {' '.join(gone)}"


def _code(line: LineKey) -> str:
    return "-".join((line.code, *line.modifiers))
