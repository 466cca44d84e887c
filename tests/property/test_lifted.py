"""Many encounters solved together by the lifted rules have the results of each by itself."""

import random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from infusion_asp import code
from infusion_asp.coding import code_many
from infusion_asp.model import Result
from tests.support.random_encounters import random_encounter
from tests.support.strategies import Encounter, structured
from tests.support.transforms import lines_of

some = settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)
POLICIES: tuple[dict[str, str], ...] = (
    {},
    {"same_drug_infusions": "sequential_each", "concurrent_overlap": "any"},
    {"initial_scope": "date", "midnight_units": "date_completed"},
    {"hydration_stretches": "add", "bolus_and_drip": "report_push"},
)


def same(encounters: list[Encounter], policies: dict[str, str]) -> None:
    together = code_many(encounters, policies=policies)
    for encounter, result in zip(encounters, together, strict=True):
        alone = code(encounter, policies=policies, explain=False)
        assert isinstance(result, Result)
        assert lines_of(result) == lines_of(alone)
        assert not_reported(result) == not_reported(alone)
        assert findings(result) == findings(alone)


def not_reported(result: Result) -> list[tuple[str, str, str]]:
    return sorted((each.administration, each.kind, str(each.rule)) for each in result.not_reported)


def findings(result: Result) -> list[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    return sorted((e.rule, tuple(e.administrations), tuple(e.arguments)) for e in result.findings)


@some
@given(st.integers(0, 10**6), st.sampled_from(POLICIES))
def test_random_encounters_together(seed: int, policies: dict[str, str]) -> None:
    rng = random.Random(seed)
    same([random_encounter(rng) for _ in range(12)], policies)


@some
@given(st.lists(structured(), min_size=2, max_size=8), st.sampled_from(POLICIES))
def test_structured_encounters_together(
    encounters: list[Encounter], policies: dict[str, str]
) -> None:
    same(encounters, policies)
