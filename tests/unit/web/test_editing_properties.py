"""What holds for every edit of every shipped encounter: the way back, and all else untouched."""

import copy
import datetime as dt
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from infusion_asp.model import InputError, parse_encounter
from infusion_asp.web.editing.edits import Edit
from infusion_asp.web.editing.operations import apply, ids_of
from tests.support.editing import DOCUMENTS, administrations_of, field, put

documents = st.sampled_from(DOCUMENTS)


@st.composite
def a_document_and_an_administration(draw: st.DrawFn) -> tuple[dict[str, Any], str]:
    document = draw(documents.filter(administrations_of))
    return document, draw(st.sampled_from(administrations_of(document)))


def all_ids(document: dict[str, Any]) -> list[tuple[str, ...]]:
    return [ids_of(document, name) for name in ("accesses", "visits", "administrations")]


@settings(max_examples=60, deadline=None)
@given(a_document_and_an_administration(), st.integers(-2000, 2000))
def test_a_move_is_undone_by_the_move_back(chosen: tuple[dict[str, Any], str], far: int) -> None:
    document, name = chosen
    if not (field(document, name, "start") or field(document, name, "stop")):
        return
    there, back = (Edit("move", ("administrations", name), minutes=each) for each in (far, -far))
    kept = copy.deepcopy(document)
    assert apply(apply(document, there), back) == document == kept


FREE = {
    "notes": st.text("abc ", min_size=1).filter(str.strip),
    "dose": st.integers(0, 999),
    "category": st.sampled_from(["therapeutic", "antineoplastic", None]),
    "discontinued": st.booleans(),
}


@settings(max_examples=80, deadline=None)
@given(a_document_and_an_administration(), st.sampled_from(sorted(FREE)), st.data())
def test_setting_the_old_value_undoes_a_change_and_nothing_else_changes(
    chosen: tuple[dict[str, Any], str], key: str, data: st.DataObject
) -> None:
    document, name = chosen
    path = ("administrations", name, key)
    kept = copy.deepcopy(document)
    made = apply(document, Edit("set", path, data.draw(FREE[key])))
    assert all_ids(made) == all_ids(document)
    for before, after in zip(document["administrations"], made["administrations"], strict=True):
        changed = {each for each in {*before, *after} if before.get(each) != after.get(each)}
        assert changed <= ({key} if before["id"] == name else set())
    assert {**made, "administrations": 0} == {**document, "administrations": 0}
    assert apply(made, Edit("set", path, field(document, name, key))) == document == kept


@settings(max_examples=60, deadline=None)
@given(documents)
def test_removing_what_was_added_gives_the_document_back(document: dict[str, Any]) -> None:
    made = apply(document, Edit("add", ("administrations",), {"drug": "ondansetron"}))
    new = set(ids_of(made, "administrations")) - set(administrations_of(document))
    assert len(new) == 1
    parse_encounter(made)
    assert apply(made, Edit("remove", ("administrations", new.pop()))) == document


@settings(max_examples=80, deadline=None)
@given(a_document_and_an_administration())
def test_removing_any_administration_leaves_a_valid_encounter_and_the_others_alone(
    chosen: tuple[dict[str, Any], str],
) -> None:
    document, name = chosen
    at = administrations_of(document).index(name)
    made = apply(document, Edit("remove", ("administrations", name)))
    parse_encounter(made)
    left = [each for each in document["administrations"] if each["id"] != name]
    for before, after in zip(left, made["administrations"], strict=True):
        changed = {each for each in {*before, *after} if before.get(each) != after.get(each)}
        assert changed <= {"same_bag_as", "integral_to"}
        assert all(before[each] == name for each in changed)
    if left == made["administrations"] and document.get("primary_reason") != name:
        value = document["administrations"][at]
        assert apply(made, Edit("add", ("administrations",), value, at=at)) == document


@settings(max_examples=60, deadline=None)
@given(a_document_and_an_administration(), st.times())
def test_a_typed_stop_shows_what_was_typed_and_lies_after_its_start(
    chosen: tuple[dict[str, Any], str], typed: dt.time
) -> None:
    document, name = chosen
    try:
        made = put(document, "administrations", name, "stop", to=f"{typed:%H:%M}")
    except InputError as error:
        assert error.kind in ("pause_outside", "no_day", "span_too_long")
        return
    stop = dt.datetime.fromisoformat(field(made, name, "stop"))
    assert (stop.hour, stop.minute) == (typed.hour, typed.minute)
    if start := field(made, name, "start"):
        begun = dt.datetime.fromisoformat(start)
        assert stop.tzinfo == begun.tzinfo or begun.tzinfo is not None
        assert stop >= begun
