"""The controls of a state: what each shows, what an empty one means, and that none is missing."""

import json
import re
from typing import Any

from infusion_asp.model import (
    Access,
    Administration,
    BilledLine,
    Encounter,
    OtherService,
    Visit,
)
from infusion_asp.web.editing import controls as groups
from infusion_asp.web.editing.controls import Controls, controls
from infusion_asp.web.encounter.state import State
from infusion_asp.web.rendering import rendered
from tests.support.editing import DOCUMENTS, administrations_of, bag, encounter


def labelled(found: Controls, name: str) -> Any:
    assert found.selected is not None
    every = (*found.selected.first, *found.selected.dose, *found.selected.particulars)
    return next(each for each in every if each.id == f"given-{name}")


def test_a_control_shows_the_clock_time_and_its_date() -> None:
    found = controls(State(encounter(bag("a1", "10:00", "10:30"))), "a1")
    stop = labelled(found, "stop")
    assert (stop.value, stop.aside, stop.label) == ("10:30", "2025-03-03", "stop")
    assert json.loads(stop.path) == ["administrations", "a1", "stop"]


def test_an_empty_category_shows_what_the_drug_table_says() -> None:
    found = controls(State(encounter(bag("a1", "10:00", "10:30", drug="rituximab"))), "a1")
    assert labelled(found, "category").empty == "antineoplastic"
    assert labelled(found, "hcpcs").empty == "J9312"


def test_a_wrong_value_stands_in_its_control_with_what_is_wrong() -> None:
    state = State(encounter(bag("a1", "10:00", "09:00", route="intravenus")))
    found = controls(state, "a1")
    route = labelled(found, "route")
    assert (route.value, route.options[-1].label) == ("intravenus", "intravenus (not known)")
    assert "not a route" in route.error
    assert not found.can_bill


def test_every_field_of_the_format_has_a_control() -> None:
    shown = {*groups.FIRST, *groups.DOSE, *groups.PARTICULARS, "pauses", "id", "origin"}
    assert shown == set(Administration.model_fields)
    assert {*groups.ACCESS, "id"} == set(Access.model_fields)
    assert {*groups.VISIT, "id"} == set(Visit.model_fields)
    assert set(groups.OTHER) == set(OtherService.model_fields)
    lists = {"accesses", "visits", "administrations", "other_services", "billed"}
    assert {*groups.ENCOUNTER, *lists, "type_of_bill"} == set(Encounter.model_fields)
    silent = {"ndc", "ndc_quantity", "ndc_unit", "origin"}
    assert {*groups.BILLED, *silent} == set(BilledLine.model_fields)


def test_changed_policies_are_marked() -> None:
    found = controls(State(encounter(), policies={"long_push": "infusion"}))
    assert [(each.name, each.usual) for each in found.changed] == [("long_push", "push")]
    assert all(each.value in each.values for each in found.policies)


def test_every_shipped_encounter_has_controls_with_ids_of_their_own() -> None:
    for document in DOCUMENTS[::10]:
        for name in administrations_of(document)[:1]:
            html = rendered("editing/controls.html.j2", controls=controls(State(document), name))
            ids = re.findall(r'\sid="([^"]+)"', html)
            assert len(ids) == len(set(ids))
            labels = set(re.findall(r'<label for="([^"]+)"', html))
            inputs = re.findall(r'<(?:input|select|textarea) id="([^"]+)"', html)
            assert set(inputs) <= labels


def test_text_of_the_record_is_never_markup() -> None:
    evil = '"><script>alert(1)</script>{{7*7}}'
    document = encounter(bag("a1", "10:00", "10:30", drug=evil, notes=evil), payer=evil)
    html = rendered("editing/controls.html.j2", controls=controls(State(document), "a1"))
    assert "<script" not in html
    assert "{{7*7}}" in html
