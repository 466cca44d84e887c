"""Every reported edge changes the lines, and one minute less does not."""

import random
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from infusion_asp.coding import Coder
from infusion_asp.coding.lines import line_set
from infusion_asp.explain import Explainer
from infusion_asp.explain.variations import changed, place_of, value_at
from infusion_asp.model import Edge, Encounter, parse_encounter
from infusion_asp.rulebook import load_rulebook
from tests.support.random_encounters import random_encounter

few = settings(
    max_examples=5, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)
CODER = Coder(load_rulebook())


def moved(encounter: Encounter, edge: Edge, less: int) -> Any:
    """The value of an edge, `less` steps nearer to what is charted."""
    charted = value_at(encounter, place_of(encounter, edge.path))
    distance = edge.distance or 0
    step = distance - (less if distance > 0 else -less)
    if isinstance(charted, datetime):
        return charted + timedelta(minutes=step)
    if isinstance(charted, Decimal):
        return charted + step
    return {"true": True, "false": False}.get(str(edge.value), edge.value)


@few
@given(st.integers(0, 10**6), st.integers(1, 4))
def test_an_edge_changes_the_lines_and_one_minute_less_does_not(seed: int, size: int) -> None:
    encounter = parse_encounter(random_encounter(random.Random(seed), size))
    base = line_set(CODER.code(encounter, explain=False))
    found = Explainer(CODER).edges(encounter)
    at = [changed(encounter, {each.path: moved(encounter, each, 0)}) for each in found]
    assert all(lines != base for lines in CODER.lines_many(at))
    timed = [each for each in found if each.kind != "attribute"]
    nearer = [changed(encounter, {each.path: moved(encounter, each, 1)}) for each in timed]
    assert all(lines == base for lines in CODER.lines_many(nearer))
    for each in found[:3]:
        alone = CODER.code(changed(encounter, {each.path: moved(encounter, each, 0)}))
        assert line_set(alone) != base


@few
@given(st.integers(0, 10**6))
def test_lines_by_the_rules_behind_them_are_those_of_all_rules(seed: int) -> None:
    rng = random.Random(seed)
    encounters = [parse_encounter(random_encounter(rng)) for _ in range(8)]
    alone = [line_set(CODER.code(each, explain=False)) for each in encounters]
    assert CODER.lines_many(encounters) == alone
