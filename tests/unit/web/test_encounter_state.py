"""The state: what is one, what is none, and that nothing of it is lost on the way to a browser."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infusion_asp.model import InputError
from infusion_asp.web.encounter.state import State

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(st.text(), JSON, max_size=5), st.none() | st.text(min_size=1))
def test_a_state_reads_back_what_it_writes(
    document: dict[str, object], profile: str | None
) -> None:
    state = State(document, profile, {"concurrent_overlap": "ignore"})
    assert State.parse(state.text()) == state


@pytest.mark.parametrize("number", ["0.1", "1500", "12.75", "1e3"])
def test_a_dose_is_written_as_the_number_that_it_was(number: str) -> None:
    state = State.parse('{"encounter": {"dose": ' + number + "}}")
    assert float(json.loads(state.text())["encounter"]["dose"]) == float(number)


def test_an_absurd_exponent_is_carried_as_text_and_refused_in_its_place() -> None:
    text = (
        '{"encounter": {"encounter_id": "e1", "administrations": [{"id": "a1", "dose": 1e999999}]}}'
    )
    again = State.parse(State.parse(text).text())
    assert [each.path for each in again.problems] == ["$.administrations[0].dose"]


@pytest.mark.parametrize(
    ("text", "path", "message"),
    [
        ("", "$", "line 1, column 1: expecting value at the end"),
        ("[]", "$", "a list is not a state"),
        ('{"encounter": []}', "$.encounter", "a list is not an encounter"),
        ('{"profile": null}', "$.encounter", "null is not an encounter"),
        ('{"encounter": {}, "profil": 1}', "$.profil", "unknown key 'profil'"),
        ('{"encounter": {}, "profile": 7}', "$.profile", "'7' is not a profile"),
        ('{"encounter": {}, "policies": []}', "$.policies", "a list is not an object"),
        ('{"encounter": {}, "policies": {"a": 1}}', "$.policies.a", "'1' is not a policy's value"),
        ('{"encounter": {}} more', "$", "text follows the state"),
        ('{"encounter": {}, "encounter": {}}', "$.encounter", "stands twice"),
        ('{"encounter": {"dose": NaN}}', "$.encounter.dose", "'NaN' is not a JSON number"),
    ],
)
def test_what_is_no_state_is_refused_at_its_place(text: str, path: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        State.parse(text)
    assert caught.value.path == path
    assert message in caught.value.message


def test_a_wrong_encounter_is_a_state_all_the_same() -> None:
    state = State.parse('{"encounter": {"encounter_id": "e1", "seting": "facility"}}')
    assert [each.path for each in state.problems] == ["$.seting"]
    assert state.problems[0].help == "did you mean 'setting'?"
    with pytest.raises(InputError):
        state.encounter()
