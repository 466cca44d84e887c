"""Edits of the whole state: drug and table, profile and policies, billing what is derived."""

import json
from typing import Any

import pytest

from infusion_asp.model import InputError
from infusion_asp.tables import load_tables
from infusion_asp.web.editing.changes import Edited, edited
from infusion_asp.web.editing.controls import controls
from infusion_asp.web.editing.drugs import completions
from infusion_asp.web.editing.edits import Edit, read_edits
from infusion_asp.web.encounter.state import State
from tests.support.editing import bag, encounter, field

DRUG = ("administrations", "a1", "drug")


def change(state: State, edit: Edit | dict[str, Any]) -> Edited:
    edits = (edit,) if isinstance(edit, Edit) else read_edits(json.dumps(edit))
    return edited(state, edits)


def named(drug: str, **fields: Any) -> Edited:
    state = State(encounter(bag("a1", "10:00", "10:30", **fields)))
    return change(state, Edit("set", DRUG, drug))


# The drug and its table


def test_the_code_of_another_drug_gives_way_to_that_of_the_named_one() -> None:
    done = named("rituximab", hcpcs="J1745")
    assert field(dict(done.state.document), "a1", "hcpcs") == "J9312"
    assert "HCPCS is now J9312, by the drug table; it was J1745" in done.said


def test_a_code_that_fits_the_drug_stays_without_a_word() -> None:
    done = named("Remicade", hcpcs="J1745")
    assert field(dict(done.state.document), "a1", "hcpcs") == "J1745"
    assert done.said == ("drug of a1 is Remicade",)


def test_a_code_beside_a_drug_that_no_table_knows_stays_and_is_told() -> None:
    done = named("study drug 17", hcpcs="J1745")
    assert field(dict(done.state.document), "a1", "hcpcs") == "J1745"
    assert "HCPCS stays J1745: the drug table does not know the drug" in done.said


def test_an_unclassified_code_stands_for_any_drug() -> None:
    done = named("rituximab", hcpcs="J3590")
    assert field(dict(done.state.document), "a1", "hcpcs") == "J3590"


def test_nothing_is_filled_in_that_was_not_charted() -> None:
    done = named("rituximab")
    assert field(dict(done.state.document), "a1", "hcpcs") is None
    assert field(dict(done.state.document), "a1", "category") is None


def test_a_charted_category_stays_against_the_table_and_that_is_told() -> None:
    done = named("rituximab", category="therapeutic")
    assert field(dict(done.state.document), "a1", "category") == "therapeutic"
    assert any(each.startswith("category stays therapeutic as charted") for each in done.said)


def test_drugs_are_completed_by_name_brand_and_code() -> None:
    tables = load_tables()
    for begin in ("ritux", "Rituxan", "J9312"):
        assert "rituximab" in {each["name"] for each in completions(tables, begin)}
    assert completions(tables, "no such drug") == []
    names = [each["name"] for each in completions(tables)]
    assert len(names) == len(set(names)) > 300


# What is selected after an edit


def test_what_was_added_is_selected_and_what_is_gone_is_not() -> None:
    state = State(encounter(bag("a1", "10:00", "10:30")))
    done = edited(state, [Edit("add", ("administrations",), {"drug": "x"})], "a1")
    assert done.selected == "a2"
    assert done.said == ("a2 (x) added, 10:30 to 11:00",)
    assert edited(done.state, [Edit("remove", ("administrations", "a2"))], "a2").selected == ""
    assert edited(done.state, [Edit("remove", ("administrations", "a2"))], "a1").selected == "a1"


def test_of_several_edits_all_are_made_or_none() -> None:
    state = State(encounter(bag("a1", "10:00", "10:30")))
    stop = Edit("move", ("administrations", "a1", "stop"), minutes=1)
    assert field(dict(edited(state, [stop] * 5).state.document), "a1", "stop")[-5:] == "10:35"
    with pytest.raises(InputError):
        edited(state, [stop, Edit("remove", ("administrations", "a7"))])


def test_a_stop_on_the_next_day_is_told_with_its_date() -> None:
    state = State(encounter(bag("a1", "22:00", "23:00")))
    done = change(state, Edit("set", ("administrations", "a1", "stop"), "00:10"))
    assert done.said == ("stop of a1 is 00:10 on 2025-03-04",)


# Profile and policies


def policy(name: str, value: str | None) -> dict[str, Any]:
    return {"op": "set_policy", "name": name, "value": value}


def test_a_policy_is_chosen_and_given_up() -> None:
    state = State(encounter(bag("a1", "10:00", "10:30")))
    done = change(state, policy("long_push", "infusion"))
    assert done.state.policies == {"long_push": "infusion"}
    assert done.said == ("policy long push is infusion",)
    assert change(done.state, policy("long_push", None)).state.policies == {}


def test_the_value_that_the_profile_has_anyway_is_no_choice() -> None:
    state = State(encounter(), policies={"long_push": "infusion"})
    assert change(state, policy("long_push", "push")).state.policies == {}
    medicare = State(encounter(), "medicare-facility")
    assert change(medicare, policy("ncci_modifiers", "on")).state.policies == {}
    assert change(medicare, policy("ncci_modifiers", "off")).state.policies != {}


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (policy("long_pus", "push"), "unknown policy 'long_pus'"),
        (policy("long_push", "pusch"), "policy long_push has no value 'pusch'"),
        ({"op": "set_profile", "value": "medicar"}, "unknown profile 'medicar'"),
    ],
)
def test_an_unknown_choice_is_refused(edit: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError) as caught:
        change(State(encounter()), edit)
    assert caught.value.message == message
    assert caught.value.help


def test_the_profile_is_chosen_or_follows_the_payer() -> None:
    state = State(encounter(payer="medicare"))
    assert controls(state).profile.options[0].label == "by payer and setting (medicare-facility)"
    done = change(state, {"op": "set_profile", "value": "cpt"})
    assert done.state.profile == "cpt"
    assert change(done.state, {"op": "set_profile", "value": ""}).state.profile is None


# Billing


def test_what_is_derived_is_billed() -> None:
    state = State(encounter(bag("a1", "10:00", "11:31"), billed=[{"code": "96360"}]))
    done = change(state, {"op": "bill_derived"})
    lines = [(each["code"], each["units"]) for each in done.state.document["billed"]]
    assert lines == [("96365", 1), ("96366", 1)]
    assert done.said == ("2 lines billed as derived",)
    assert done.state.problems == ()


def test_nothing_is_billed_from_a_record_that_is_wrong() -> None:
    state = State(encounter(bag("a1", "10:00", "09:00")))
    with pytest.raises(InputError) as caught:
        change(state, {"op": "bill_derived"})
    assert caught.value.kind == "nothing_derived"
