"""Whatever stands in a file, reading ends in records and refusals, never in another error."""

import io
import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from infusion_asp.model import Encounter, ErrorRecord, InputError, parse_encounter, read_records

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from(["a1", "iv1", "2025-03-03T10:00", "2025-03-03T09:00Z", "intravenous", "push"]),
)
KEYS = st.one_of(
    st.sampled_from([*Encounter.model_fields, "id", "drug", "start", "stop", "pauses", "route"]),
    st.text(max_size=10),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=6),
    max_leaves=20,
)


def outcome(data: Any) -> Encounter | InputError:
    try:
        return parse_encounter(data)
    except InputError as error:
        assert all(e.path.startswith("$") and e.message for e in error.all())
        ErrorRecord.of(None, error).model_dump_json().encode()
        return error


@settings(max_examples=150, deadline=None)
@given(VALUES)
def test_any_value_is_an_encounter_or_refused(data: Any) -> None:
    found = outcome(data)
    if isinstance(found, Encounter):
        assert parse_encounter(json.loads(found.model_dump_json())) == found


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(KEYS, VALUES, max_size=6))
def test_any_object_is_an_encounter_or_refused(data: dict[str, Any]) -> None:
    outcome({"encounter_id": "e1", **data})


@settings(max_examples=150, deadline=None)
@given(
    st.one_of(
        st.binary(max_size=60),
        st.text(max_size=60).map(lambda t: t.encode("utf-8", "surrogatepass")),
        st.text(alphabet="{}[]:,-&*!?|>'\"#% \n\tab1", max_size=40).map(str.encode),
    )
)
def test_any_bytes_are_records_or_refused(data: bytes) -> None:
    for begin in (b"", b"{", b"[", b"a: ", b'{"a": 1}\n'):
        for record in read_records("-", io.BytesIO(begin + data)):
            assert (record.error is None) != (record.data is None)
            if record.data is not None:
                outcome(record.data)
