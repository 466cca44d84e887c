"""Faults injected into right claims are found and named; the untouched claims are not blamed."""

import pytest

from benchmarks.fault_kit import BREAKERS
from benchmarks.fault_rules import RULES
from benchmarks.faults import Report, as_printed, claims_of, judged, one_of_each
from infusion_asp.rulebook import load_rulebook
from tests.support.claims import VERIFIER

EVERY = 3  # one claim in so many is looked at
RANDOM = 12


@pytest.fixture(scope="module", params=["published", "own", "random"])
def report(request: pytest.FixtureRequest) -> Report:
    claims = claims_of(VERIFIER.coder, request.param, RANDOM)
    looked_at = claims if request.param == "random" else claims[::EVERY]
    also = as_printed(claims) if request.param == "published" else []
    return judged(VERIFIER, looked_at[:RANDOM], one_of_each(looked_at), also)


def test_untouched_claims_are_not_blamed(report: Report) -> None:
    assert report.untouched == []


def test_every_fault_is_found_and_named_by_the_right_rule(report: Report) -> None:
    assert report.kinds
    wrong = [
        line
        for tally in report.kinds.values()
        for line in tally.open
        if line.startswith(("NOT", "REFUSED"))
    ]
    assert wrong == []


def test_every_kind_of_fault_has_rules_that_exist() -> None:
    assert set(BREAKERS) <= set(RULES)
    known = {rule.id for rule in load_rulebook().rules}
    assert {rule for rules in RULES.values() for rule in rules} <= known
