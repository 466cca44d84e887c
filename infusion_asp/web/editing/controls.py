"""Owns the controls of a state: of the selected administration, the encounter, and the rules."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from infusion_asp.model import InputError, parse_encounter
from infusion_asp.tables import Tables
from infusion_asp.web.editing.choices import PolicyChoice, in_effect, known, policies_of
from infusion_asp.web.editing.control import OPEN, Control, Option, control
from infusion_asp.web.editing.drugs import category_by_table, code_by_table
from infusion_asp.web.editing.labels import named, word_of
from infusion_asp.web.editing.operations import ids_of
from infusion_asp.web.editing.places import parts
from infusion_asp.web.encounter.state import State
from infusion_asp.web.solving import coder

FIRST = ("drug", "start", "stop", "route", "method", "category", "access", "purpose")
DOSE = ("hcpcs", "dose", "dose_unit", "wasted", "volume_ml", "rate_ml_per_hr", "container")
PARTICULARS = (
    "mix",
    "visit",
    "last_charted",
    "same_bag_as",
    "integral_to",
    "ordered",
    "order_reason",
    "indication",
    "discontinued",
    "reduced",
    "started_before_arrival",
    "delivery",
    "pump_owner",
    "flushed_before",
    "counselled",
    "lesions",
    "notes",
)
ENCOUNTER = (
    "encounter_id",
    "setting",
    "payer",
    "place_of_service",
    "primary_reason",
    "arrival",
    "departure",
    "inpatient_order",
    "diagnoses",
)
ACCESS = ("kind", "medically_necessary", "need", "reason", "replaces")
VISIT = ("arrival", "departure")
BILLED = ("code", "units", "modifiers", "date")
OTHER = ("code", "units", "modifiers")
_BY_TABLE = ("category", "hcpcs")
_TABLE = "drug table"

Object = Mapping[str, Any]


@dataclass(frozen=True)
class Group:
    """The controls of one part of the encounter; `remove` is the edit that takes it out."""

    name: str
    controls: tuple[Control, ...]
    remove: str = ""


@dataclass(frozen=True)
class Selected:
    """The controls of the selected administration."""

    id: str
    name: str
    first: tuple[Control, ...]
    dose: tuple[Control, ...]
    particulars: tuple[Control, ...]
    pauses: tuple[Group, ...]
    remove: str
    add_pause: str

    @property
    def charted(self) -> int:
        """How many of the seldom fields hold something."""
        return sum(bool(each.value) for each in self.particulars)


@dataclass(frozen=True)
class Controls:
    """All controls of a state."""

    selected: Selected | None
    administrations: tuple[Option, ...]
    encounter: tuple[Control, ...]
    accesses: tuple[Group, ...]
    visits: tuple[Group, ...]
    billed: tuple[Group, ...]
    others: tuple[Group, ...]
    profile: Control
    policies: tuple[PolicyChoice, ...]
    lists: Mapping[str, tuple[Option, ...]]
    can_bill: bool

    @property
    def changed(self) -> tuple[PolicyChoice, ...]:
        """The policies whose value is not that of the profile."""
        return tuple(each for each in self.policies if each.changed)


def controls(
    state: State,
    selected: str = "",
) -> Controls:
    """The controls of a state; nothing is solved."""
    document, problems = state.document, state.problems
    given = [each for each in parts(document, "administrations") if isinstance(each, Mapping)]
    chosen = next((each for each in given if each.get("id") == selected and selected), None)
    return Controls(
        selected=None if chosen is None else _selected(document, chosen, problems),
        administrations=tuple(Option(str(each.get("id")), named(each)) for each in given),
        encounter=tuple(
            _one(document, document, (name,), f"encounter-{name}", problems) for name in ENCOUNTER
        ),
        accesses=_groups(document, "accesses", ACCESS, problems),
        visits=_groups(document, "visits", VISIT, problems),
        billed=_groups(document, "billed", BILLED, problems),
        others=_groups(document, "other_services", OTHER, problems),
        profile=_profile(state),
        policies=policies_of(state),
        lists=_lists(given),
        can_bill=bool(given) and not problems,
    )


def _selected(document: Object, given: Object, problems: tuple[InputError, ...]) -> Selected:
    name = str(given["id"])
    path = ("administrations", name)
    empty = _empty(given, coder().tables)

    def made(names: Iterable[str]) -> tuple[Control, ...]:
        return tuple(
            _one(
                document,
                given,
                (*path, each),
                f"given-{each}",
                problems,
                empty.get(each, ""),
                _TABLE if each in _BY_TABLE and empty.get(each) else "",
            )
            for each in names
        )

    pauses = tuple(
        _group(document, (*path, "pauses"), number, each, ("start", "stop"), problems)
        for number, each in enumerate(parts(given, "pauses"))
        if isinstance(each, Mapping)
    )
    return Selected(
        id=name,
        name=named(given),
        first=made(FIRST),
        dose=made(DOSE),
        particulars=made(PARTICULARS),
        pauses=pauses,
        remove=json.dumps({"op": "remove", "path": path}),
        add_pause=json.dumps({"op": "add", "path": (*path, "pauses")}),
    )


def _empty(given: Object, tables: Tables) -> dict[str, str]:
    """What an empty control of an administration means: what the tables or the format say."""
    code = code_by_table(tables, given.get("drug"), given.get("route"))
    found = {"method": "from route and chart", "hcpcs": code}
    try:
        alone = parse_encounter({"encounter_id": "e", "administrations": [_alone(given)]})
    except InputError:
        return found
    category = category_by_table(tables, alone.administrations[0])
    return found | {"category": category}


def _alone(given: Object) -> dict[str, Any]:
    """An administration without what refers to other parts of its encounter."""
    references = ("same_bag_as", "integral_to", "pauses", "start", "stop", "last_charted")
    return {key: value for key, value in given.items() if key not in references}


def _groups(
    document: Object, name: str, fields: tuple[str, ...], problems: tuple[InputError, ...]
) -> tuple[Group, ...]:
    return tuple(
        _group(document, (name,), number, each, fields, problems)
        for number, each in enumerate(parts(document, name))
        if isinstance(each, Mapping)
    )


def _group(
    document: Object,
    above: tuple[str, ...],
    number: int,
    holder: Object,
    fields: tuple[str, ...],
    problems: tuple[InputError, ...],
) -> Group:
    key = str(holder["id"]) if "id" in holder else str(number)
    path = (*above, key)
    made = tuple(
        _one(document, holder, (*path, each), f"{above[-1]}-{number}-{each}", problems)
        for each in fields
    )
    name = key if "id" in holder else str(number + 1)
    return Group(name, made, json.dumps({"op": "remove", "path": path}))


def _one(
    document: Object,
    holder: Object,
    path: tuple[str, ...],
    id: str,
    problems: tuple[InputError, ...],
    empty: str = "",
    by: str = "",
) -> Control:
    name = path[-1]
    options, said = _references(document, holder, name)
    suggestions = {"drug": "drugs", "payer": "payers", "integral_to": "administrations"}
    return control(
        document,
        holder,
        path,
        id=id,
        problems=problems,
        options=options,
        suggestions=suggestions.get(name, ""),
        empty=empty or said,
        by=by,
    )


def _references(document: Object, holder: Object, name: str) -> tuple[list[Option] | None, str]:
    """The choices of a field that names another part, and what choosing none means."""
    if name in ("access", "visit"):
        listed = ids_of(document, {"access": "accesses", "visit": "visits"}[name])
        says = {"access": "the first that fits", "visit": "the first"}[name]
        if not listed:
            return (None, f"the only {name}")
        return [Option(each, each) for each in listed], says
    if name in ("same_bag_as", "primary_reason"):
        given = [each for each in parts(document, "administrations") if isinstance(each, Mapping)]
        others = [each for each in given if each is not holder and "id" in each]
        return [Option(str(each["id"]), named(each)) for each in others], ""
    if name == "replaces":
        others_ids = [each for each in ids_of(document, "accesses") if each != holder.get("id")]
        return [Option(each, each) for each in others_ids], "none"
    return None, {"payer": "cpt", "setting": "not said: facility", "units": "1"}.get(name, "")


def _profile(state: State) -> Control:
    by_payer = in_effect(state.with_choices(None, {})).profile
    return Control(
        id="profile",
        label="profile",
        path="[]",
        kind="select",
        value=state.profile or "",
        options=(
            Option("", f"by payer and setting ({by_payer})"),
            *(Option(name, name) for name in sorted(known().profiles)),
        ),
    )


def _lists(given: list[Object]) -> dict[str, tuple[Option, ...]]:
    """The lists of suggestions by their id."""
    made = {
        f"known-{name}": tuple(Option(each, word_of(each)) for each in values)
        for name, values in OPEN.items()
    }
    payers = dict.fromkeys(each.payer for each in known().profiles.values())
    made["payers"] = tuple(Option(each, each) for each in payers)
    made["administrations"] = tuple(Option(str(each.get("id")), named(each)) for each in given)
    return made
