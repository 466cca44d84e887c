"""Edits of the encounter document: what changes, what stays, and what is refused."""

import datetime as dt
import json
from typing import Any

import pytest

from infusion_asp.model import InputError, parse_encounter
from infusion_asp.web.editing.edits import Edit, read_edits
from infusion_asp.web.editing.operations import apply, ids_of
from tests.support.editing import bag, encounter, field, put, refusal


def test_a_field_takes_what_a_control_holds() -> None:
    document = encounter(bag("a1", "10:00", "10:30"))
    made = put(document, "administrations", "a1", "dose", to=" 12.5 ")
    made = put(made, "administrations", "a1", "dose_unit", to="mg")
    made = put(made, "administrations", "a1", "ordered", to="false")
    made = put(made, "administrations", "a1", "mix", to="cisplatin; mannitol, 20 %")
    made = put(made, "diagnoses", to="C50.911, Z51.11 Z23")
    made = put(made, "place_of_service", to="19")
    given = parse_encounter(made).administrations[0]
    assert (given.dose, given.dose_unit, given.ordered) == (12.5, "mg", False)
    assert given.mix == ("cisplatin", "mannitol, 20 %")
    assert made["diagnoses"] == ["C50.911", "Z51.11", "Z23"]
    assert made["place_of_service"] == 19


def test_an_empty_text_takes_the_field_out() -> None:
    document = encounter(bag("a1", "10:00", "10:30"))
    assert "stop" not in put(document, "administrations", "a1", "stop", to="")["administrations"][0]


def test_a_new_field_stands_where_the_format_has_it() -> None:
    made = put(encounter(bag("a1", "10:00", "10:30")), "administrations", "a1", "hcpcs", to="J0696")
    assert list(made["administrations"][0]) == ["route", "id", "drug", "hcpcs", "start", "stop"]


@pytest.mark.parametrize(
    ("path", "value", "place", "message"),
    [
        (("administrations", "a1", "dose"), "much", "[0].dose", "'much' is not a number"),
        (("administrations", "a1", "route"), "intravenus", "[0].route", "'intravenus' is not"),
        (("administrations", "a1", "stop"), "25:00", "[0].stop", "'25:00' is not a clock time"),
        (("administrations", "a1", "stop"), "soon", "[0].stop", "'soon' is not a time"),
        (("administrations", "a9", "stop"), "10:00", "", "'a9' is not among the administrations"),
        (("administrations", "a1", "id"), "a2", "[0].id", "an id never changes"),
        (("administrations", "a1", "pauses"), [], "[0].pauses", "pauses are added"),
        (("administrations", "a1", "speed"), "1", "[0]", "no field 'speed'"),
        (("administrations", "a1", "drug"), "", "[0].drug", "administration 'a1' names no drug"),
    ],
)
def test_what_a_field_cannot_take_is_refused_at_its_place(
    path: tuple[str, ...], value: Any, place: str, message: str
) -> None:
    error = refusal(encounter(bag("a1", "10:00", "10:30")), Edit("set", path, value))
    assert error.path == f"$.administrations{place}"
    assert error.message.startswith(message)


def test_a_stop_before_the_start_needs_its_date_to_be_refused() -> None:
    document = encounter(bag("a1", "10:00", "10:30"))
    error = refusal(document, Edit("set", ("administrations", "a1", "stop"), "2025-03-03 09:59"))
    assert error.path == "$.administrations[0].stop"
    assert error.kind == "stop_before_start"


def test_a_wrong_encounter_is_mended_step_by_step() -> None:
    document = encounter(bag("a1", "10:00", "09:00"), bag("a2", "10:00", "09:00"))
    made = put(document, "administrations", "a1", "stop", to="10:30")
    assert field(made, "a1", "stop") == "2025-03-03T10:30"
    error = refusal(made, Edit("set", ("administrations", "a1", "route"), "nowhere"))
    assert error.path == "$.administrations[0].route"


def test_an_added_administration_follows_the_last_on_its_access() -> None:
    document = encounter(
        bag("a1", "10:00", "12:00", access="port"), bag("a2", "10:30", "11:00", access="arm")
    )
    made = apply(document, Edit("add", ("administrations",), {"drug": "ondansetron"}))
    new = made["administrations"][-1]
    assert new["id"] == "a3"
    assert (new["access"], new["route"]) == ("port", "intravenous")
    assert (new["start"], new["stop"]) == ("2025-03-03T12:00", "2025-03-03T12:30")


def test_the_first_administration_of_an_empty_encounter() -> None:
    made = apply(encounter(), Edit("add", ("administrations",), {"drug": "x"}), dt.date(2025, 6, 2))
    assert made["administrations"] == [
        {
            "id": "a1",
            "drug": "x",
            "route": "intravenous",
            "start": "2025-06-02T09:00",
            "stop": "2025-06-02T09:30",
        }
    ]


def test_a_removed_administration_leaves_no_reference() -> None:
    document = encounter(
        bag("a1", "10:00", "10:30"),
        bag("a2", "10:30", "11:00", same_bag_as="a1"),
        bag("a3", "11:00", "11:30", same_bag_as="a1"),
        bag("a4", "11:30", "12:00", integral_to="a1"),
        primary_reason="a1",
    )
    made = apply(document, Edit("remove", ("administrations", "a1")))
    parse_encounter(made)
    assert "primary_reason" not in made
    assert field(made, "a2", "same_bag_as") is None
    assert field(made, "a3", "same_bag_as") == "a2"
    assert field(made, "a4", "integral_to") is None


def test_the_first_listed_access_brings_the_unlisted_one_along() -> None:
    document = encounter(bag("a1", "10:00", "10:30"))
    made = apply(document, Edit("add", ("accesses",), {"kind": "port"}))
    assert made["accesses"] == [{"id": "line1"}, {"id": "line2", "kind": "port"}]
    made = put(made, "administrations", "a1", "access", to="line2")
    made = apply(made, Edit("remove", ("accesses", "line2")))
    assert field(made, "a1", "access") is None
    assert apply(made, Edit("remove", ("accesses", "line1"))) == document


def test_names_of_unlisted_accesses_are_listed_with_the_first() -> None:
    document = encounter(bag("a1", "10:00", "10:30", access="arm"))
    made = apply(document, Edit("add", ("accesses",), {"id": "port"}))
    assert ids_of(made, "accesses") == ("arm", "port")


def test_a_second_visit_makes_two() -> None:
    document = encounter(bag("a1", "10:00", "10:30"))
    made = apply(document, Edit("add", ("visits",), {"arrival": "15:00"}))
    assert made["visits"] == [{"id": "visit1"}, {"id": "visit2", "arrival": "2025-03-03T15:00"}]


def test_pauses_are_added_set_and_removed_by_their_number() -> None:
    document = encounter(bag("a1", "22:00") | {"stop": "2025-03-04T02:00"})
    list_of = ("administrations", "a1", "pauses")
    made = apply(document, Edit("add", list_of, {"start": "23:30", "stop": "00:15"}))
    assert field(made, "a1", "pauses") == [
        {"start": "2025-03-03T23:30", "stop": "2025-03-04T00:15"}
    ]
    made = put(made, *list_of, "0", "stop", to="00:30")
    assert field(made, "a1", "pauses")[0]["stop"] == "2025-03-04T00:30"
    error = refusal(made, Edit("set", (*list_of, "0", "stop"), "03:00"))
    assert error.path == "$.administrations[0].pauses[0].stop"
    assert apply(made, Edit("remove", (*list_of, "0"))) == document


def test_billed_lines_are_changed_by_their_number() -> None:
    document = encounter(bag("a1", "10:00", "10:30"))
    made = apply(document, Edit("add", ("billed",), {"code": "96365"}))
    made = put(made, "billed", "0", "units", to="2")
    made = put(made, "billed", "0", "modifiers", to="59, JZ")
    assert made["billed"] == [{"code": "96365", "units": 2, "modifiers": ["59", "JZ"]}]
    assert refusal(made, Edit("set", ("billed", "0", "units"), "0")).path == "$.billed[0].units"
    assert refusal(made, Edit("remove", ("billed", "1"))).kind == "not_there"
    assert apply(made, Edit("remove", ("billed", "0"))) == document


def test_moving_takes_the_pauses_along() -> None:
    pause = {"start": "2025-03-03T23:40", "stop": "2025-03-03T23:50"}
    document = encounter(bag("a1", "23:30", "23:55", pauses=[pause]), bag("a2", "23:30", "23:55"))
    made = apply(document, Edit("move", ("administrations", "a1"), minutes=10))
    assert field(made, "a1", "start") == "2025-03-03T23:40"
    assert field(made, "a1", "stop") == "2025-03-04T00:05"
    assert field(made, "a1", "pauses") == [
        {"start": "2025-03-03T23:50", "stop": "2025-03-04T00:00"}
    ]
    assert made["administrations"][1] is document["administrations"][1]
    far = Edit("move", ("administrations", "a1"), minutes=10**12)
    assert refusal(document, far).kind == "bad_time"


def test_one_time_is_moved_over_midnight() -> None:
    document = encounter(bag("a1", "23:30", "23:55"))
    made = apply(document, Edit("move", ("administrations", "a1", "stop"), minutes=10))
    assert field(made, "a1", "start") == "2025-03-03T23:30"
    assert field(made, "a1", "stop") == "2025-03-04T00:05"
    back = Edit("move", ("administrations", "a1", "stop"), minutes=-26)
    assert refusal(document, back).kind == "stop_before_start"
    uncharted = Edit("move", ("administrations", "a1", "last_charted"), minutes=1)
    assert refusal(document, uncharted).message == "last charted is not charted"


def test_edits_come_alone_or_in_a_list() -> None:
    one = {"op": "set", "path": ["billed", 0, "units"], "value": "2"}
    assert read_edits(json.dumps(one)) == (Edit("set", ("billed", "0", "units"), "2"),)
    assert len(read_edits(json.dumps([one, one]))) == 2


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{",
        "1",
        '{"op": "sett"}',
        '{"op": "set", "path": "x"}',
        '{"op": "set", "path": [null]}',
        '{"op": "set", "path": [true]}',
        '{"op": "move", "minutes": 1.5}',
        '{"op": "set", "other": 1}',
        '{"op": "set"} {"op": "set"}',
    ],
)
def test_what_is_no_edit_is_refused(text: str) -> None:
    with pytest.raises(InputError) as caught:
        read_edits(text)
    assert caught.value.kind == "bad_edit"


@pytest.mark.parametrize(
    "edit",
    [
        Edit("set"),
        Edit("set", ("administrations", "a1")),
        Edit("add"),
        Edit("add", ("notes",), {}),
        Edit("add", ("administrations",), "x"),
        Edit("add", ("accesses", "line1", "pauses"), {}),
        Edit("remove"),
        Edit("remove", ("billed",)),
        Edit("move", ("billed", "0"), minutes=1),
        Edit("set", ("administrations", "a1", "drug", "x"), "y"),
        Edit("set", ("drugs", "a1", "drug"), "y"),
    ],
)
def test_an_edit_that_fits_nothing_is_refused(edit: Edit) -> None:
    with pytest.raises(InputError):
        apply(encounter(bag("a1", "10:00", "10:30")), edit)
