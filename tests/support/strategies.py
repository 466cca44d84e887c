"""Hypothesis strategies: random encounters by seed, and small structured ones that shrink well."""

import random
from typing import Any

from hypothesis import strategies as st

from tests.support.random_encounters import clock, random_encounter

Encounter = dict[str, Any]

GRID = (0, 1, 15, 16, 30, 31, 45, 60, 61, 90, 91, 150, 151)
FIRST = 480
DRUGS = ("x", "y", "z")


def seeded(most: int = 10) -> st.SearchStrategy[Encounter]:
    """Encounters of up to `most` administrations from the generator of the baseline."""
    return st.builds(
        lambda seed, size: random_encounter(random.Random(seed), size),
        st.integers(0, 10**6),
        st.integers(1, most),
    )


@st.composite
def structured(draw: st.DrawFn, most: int = 4) -> Encounter:
    """Intravenous services on the boundary grid: one or two accesses and visits."""
    count = draw(st.integers(1, most))
    names = [f"a{number}" for number in range(1, count + 1)]
    encounter: Encounter = {
        "encounter_id": "structured",
        "setting": draw(st.sampled_from(("facility", "professional"))),
        "accesses": [{"id": "l1"}, {"id": "l2"}],
        "visits": [{"id": "v1"}, {"id": "v2"}],
        "administrations": [draw(_given(name)) for name in names],
    }
    if draw(st.booleans()):
        for access in encounter["accesses"]:
            access.update(medically_necessary=True, need="protocol", reason="by protocol")
    if draw(st.booleans()):
        encounter["primary_reason"] = draw(st.sampled_from(names))
    return encounter


@st.composite
def _given(draw: st.DrawFn, name: str) -> dict[str, Any]:
    category = draw(st.sampled_from(("therapeutic", "antineoplastic", "hydration")))
    visit = draw(st.sampled_from(("v1", "v2")))
    given: dict[str, Any] = {
        "id": name,
        "drug": draw(st.sampled_from(DRUGS)),
        "category": category,
        "route": "intravenous",
        "method": draw(st.sampled_from(("infusion", "push"))),
        "access": draw(st.sampled_from(("l1", "l2"))),
        "visit": visit,
    }
    begin = FIRST + (400 if visit == "v2" else 0) + draw(st.sampled_from(GRID))
    if draw(st.integers(0, 9)):
        given["start"] = clock(begin)
        if draw(st.integers(0, 9)):
            given["stop"] = clock(begin + draw(st.sampled_from(GRID)))
    return given


def encounters(most: int = 10) -> st.SearchStrategy[Encounter]:
    """Any encounter: small structured ones first, so that failures shrink to them."""
    return structured() | seeded(most)
