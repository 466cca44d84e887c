"""Owns edits of a whole state: encounter, profile and policies, and sentences on what changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from infusion_asp.facts import PolicyError
from infusion_asp.model import InputError, Result
from infusion_asp.render.words import count
from infusion_asp.tables import load_tables
from infusion_asp.web.editing.choices import in_effect
from infusion_asp.web.editing.drugs import chosen
from infusion_asp.web.editing.edits import Edit
from infusion_asp.web.editing.fields import model_of, with_field
from infusion_asp.web.editing.labels import label_of, named, told, word_of
from infusion_asp.web.editing.operations import apply, ids_of
from infusion_asp.web.editing.places import changed, object_at
from infusion_asp.web.editing.times import times_of
from infusion_asp.web.encounter.answer import answered
from infusion_asp.web.encounter.state import State
from infusion_asp.web.solving import coder


@dataclass(frozen=True)
class Edited:
    """A state after edits, sentences on them, and the administration to select ("" for none)."""

    state: State
    said: tuple[str, ...]
    selected: str


def edited(
    state: State, edits: Sequence[Edit], selected: str = "", today: dt.date | None = None
) -> Edited:
    """The state after all edits, in order. Raises InputError for the first that is refused."""
    said: list[str] = []
    for edit in edits:
        before = state
        state, sentences = _one(state, edit, today)
        said += sentences
        ids = ids_of(state.document, "administrations")
        new = [each for each in ids if each not in ids_of(before.document, "administrations")]
        selected = new[-1] if new else selected if selected in ids else ""
    return Edited(state, tuple(said), selected)


def _one(state: State, edit: Edit, today: dt.date | None) -> tuple[State, list[str]]:
    if edit.op == "set_profile":
        return _profile(state, edit)
    if edit.op == "set_policy":
        return _policy(state, edit)
    if edit.op == "bill_derived":
        return _billed(state)
    document = apply(state.document, edit, today)
    said = _said(state.document, document, edit)
    if edit.op == "set" and edit.path[::2] == ("administrations", "drug"):
        path = edit.path[:2]
        given, more = chosen(object_at(document, path), load_tables())
        document = changed(document, path, lambda _: given)
        said += more
    return state.with_document(document), said


def _profile(state: State, edit: Edit) -> tuple[State, list[str]]:
    name = edit.value if isinstance(edit.value, str) and edit.value else None
    made = _valid(state.with_choices(name, state.policies))
    return made, [f"profile is {in_effect(made).profile}"]


def _policy(state: State, edit: Edit) -> tuple[State, list[str]]:
    """A policy chosen, or no longer chosen where the value is that of the profile anyway."""
    policies = {name: value for name, value in state.policies.items() if name != edit.name}
    bare = _valid(state.with_choices(state.profile, policies))
    if not edit.value:
        said = f"policy {word_of(edit.name)} is as the profile has it"
        return bare, [said]
    value = str(edit.value)
    made = _valid(bare.with_choices(state.profile, {**policies, edit.name: value}))
    same = in_effect(bare).values.get(edit.name) == value
    return (bare if same else made), [f"policy {word_of(edit.name)} is {word_of(value)}"]


def _valid(state: State) -> State:
    try:
        coder(state.profile, state.policies)
    except PolicyError as error:
        raise InputError("$", error.message, error.help, kind="bad_choice") from None
    return state


def _billed(state: State) -> tuple[State, list[str]]:
    """The derived lines as billed lines; what was billed before is replaced."""
    result = answered(state).result
    if result is None:
        message = "nothing is derived from an encounter that is not valid"
        raise InputError("$.billed", message, kind="nothing_derived")
    lines = billed_lines(result)
    model = model_of(())
    document = with_field(state.document, model, "billed", lines or None)
    return state.with_document(document), [f"{count(len(lines), 'line')} billed as derived"]


def billed_lines(result: Result) -> list[dict[str, Any]]:
    """The lines of a result as the billed lines of an encounter."""
    made = []
    for line in result.lines:
        billed: dict[str, Any] = {"code": line.code, "units": line.units}
        if line.modifiers:
            billed["modifiers"] = list(line.modifiers)
        if line.date is not None:
            billed["date"] = str(line.date)
        made.append(billed)
    return made


def _said(before: Any, after: Any, edit: Edit) -> list[str]:
    first = next(times_of(after), None)
    day = "" if first is None else f"{first:%Y-%m-%d}"
    if edit.op == "set" or (edit.op == "move" and len(edit.path) == 3):
        value = told(object_at(after, edit.path[:-1]).get(edit.path[-1]), day)
        return [f"{label_of(edit.path[-1])}{_of(after, edit.path[:-1])} is {value}"]
    if edit.op == "move":
        given = object_at(after, edit.path)
        times = [told(given[key], day) for key in ("start", "stop") if key in given]
        return [f"{named(given)} is {' to '.join(times)}"]
    if edit.op == "remove":
        gone = object_at(before, edit.path)
        if edit.path[-2] in ("accesses", "visits"):
            return [f"{_singular(edit.path[-2])} {edit.path[-1]} removed"]
        name = named(gone) if "id" in gone else _singular(edit.path[-2])
        return [f"{name} removed"]
    new = [each for each in ids_of(after, "administrations") if not _has(before, each)]
    if new:
        given = object_at(after, ("administrations", new[-1]))
        times = [told(given[key], day) for key in ("start", "stop") if key in given]
        return [f"{named(given)} added" + (f", {' to '.join(times)}" if times else "")]
    return [f"{_singular(edit.path[-1])} added{_of(after, edit.path[:-1])}"]


def _of(document: Any, path: tuple[str, ...]) -> str:
    """Whose field it is: nothing for the encounter's own."""
    if not path:
        return ""
    if path[0] == "administrations":
        return f" of {path[1]}"
    number = f" {int(path[1]) + 1}" if path[1].isdecimal() else f" {path[1]}"
    return f" of {_singular(path[0])}{number}"


def _has(document: Any, administration: str) -> bool:
    return administration in ids_of(document, "administrations")


def _singular(name: str) -> str:
    words = {
        "accesses": "access",
        "billed": "billed line",
        "other_services": "other service",
        "pauses": "pause",
        "visits": "visit",
    }
    return words.get(name, name)
