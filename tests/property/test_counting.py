"""No minute is counted twice, and every encounter has one answer with one initial per scope."""

from collections import Counter

import clingo
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from infusion_asp.coding import Coder
from infusion_asp.engine import Answer, solve
from infusion_asp.facts import encounter_facts
from infusion_asp.model import parse_encounter
from infusion_asp.rulebook import load_rulebook
from tests.support.strategies import Encounter, encounters

ADDING = (
    {},
    {"hydration_stretches": "add"},
    {"hydration_stretches": "each_over_30"},
    {"hydration_min_minutes": "16"},
    {"concurrent_overlap": "deduct_then_sequential"},
    {"concurrent_overlap": "any", "initial_tie_break": "longest"},
    {"same_drug_infusions": "sequential_each"},
    {"initial_scope": "date"},
)
"""Policies under which minutes are added in other ways."""

some = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)
Segments = set[int]


def answer_for(encounter: Encounter, policies: dict[str, str]) -> Answer:
    """The one answer; solve() looks for a second one and raises TwoAnswers or NoAnswer."""
    parsed = parse_encounter(encounter)
    coder = Coder(load_rulebook(), None, policies)
    setting = coder.setting_of(parsed)
    facts = encounter_facts(parsed, coder.tables, payer_known=setting.known)
    return solve(coder.rulebook, facts, coder.shared(setting, ()))


def number(symbol: clingo.Symbol) -> int:
    return symbol.number


def segments(answer: Answer, name: str, at: int) -> dict[clingo.Symbol, Segments]:
    """The running segments of each first argument; `at` is where the segment stands."""
    found: dict[clingo.Symbol, Segments] = {}
    for atom in answer.of(name, 2):
        found.setdefault(atom.arguments[0], set()).add(number(atom.arguments[at]))
    return found


def length(answer: Answer, numbers: Segments) -> int:
    lengths = {number(s.arguments[0]): number(s.arguments[2]) for s in answer.of("segment", 3)}
    return sum(lengths[each] for each in numbers)


@some
@given(encounters(10), st.sampled_from(ADDING))
def test_one_answer_and_at_most_one_initial(encounter: Encounter, policies: dict[str, str]) -> None:
    answer = answer_for(encounter, policies)
    scope_of = {atom.arguments[0]: atom.arguments[1] for atom in answer.of("service", 4)}
    roles = Counter(atom.arguments[0] for atom in answer.of("plays", 2))
    assert roles == Counter(dict.fromkeys(scope_of, 1))
    initial = Counter(
        scope_of[atom.arguments[0]]
        for atom in answer.of("plays", 2)
        if atom.arguments[1] == clingo.Function("initial")
    )
    with_services = {atom.arguments[1] for atom in answer.of("eligible", 2)}
    assert initial == Counter(dict.fromkeys(with_services, 1))


@some
@given(encounters(10), st.sampled_from(ADDING))
def test_no_running_minute_counts_twice(encounter: Encounter, policies: dict[str, str]) -> None:
    answer = answer_for(encounter, policies)
    counted = segments(answer, "hydration_counts", 1)
    for service in answer.of("hydration_service", 2):
        scope, minutes = service.arguments
        assert number(minutes) == length(answer, counted[scope])
        assert not counted[scope] & infusing(answer, scope)
        assert not counted[scope] & pushing(answer, scope)
    runs = segments(answer, "service_runs", 1)
    for atom in answer.of("service_minutes", 2):
        service, minutes = atom.arguments
        assert number(minutes) == length(answer, runs[service])
    bags = Counter(atom.arguments[1] for atom in answer.of("service_bag", 2))
    assert max(bags.values(), default=1) == 1


def pushing(answer: Answer, scope: clingo.Symbol) -> Segments:
    """The segments of documented pushes, services of the order, on the access of a scope."""
    group = scope.arguments[1]
    here = {a.arguments[0] for a in answer.of("on_group", 2) if a.arguments[1] == group}
    methods = {a.arguments[0]: a.arguments[1].name for a in answer.of("method", 2)}
    services = {a.arguments[0] for a in answer.of("push_service", 1)}
    runs = segments(answer, "bag_runs", 1)
    pushes = [each for each in services & here if methods[each] == "push"]
    return set().union(*(runs.get(each, set()) for each in pushes))


def infusing(answer: Answer, scope: clingo.Symbol) -> Segments:
    """The segments in which an infusion service runs on the access of a scope."""
    group = scope.arguments[1]
    here = {a.arguments[0] for a in answer.of("on_group", 2) if a.arguments[1] == group}
    services = {a.arguments[0] for a in answer.of("service_bag", 2)}
    runs = segments(answer, "service_runs", 1)
    return set().union(*(runs.get(each, set()) for each in services & here))


@some
@given(encounters(10))
def test_units_never_exceed_the_minutes(encounter: Encounter) -> None:
    """Each unit of an hour rests on minutes of its own, at least one of them."""
    answer = answer_for(encounter, {})
    earned: dict[tuple[clingo.Symbol, clingo.Symbol], Counter[int]] = {}
    for atom in answer.of("earned", 7):
        code, _, _, service, count, _, _ = atom.arguments
        earned.setdefault((code, service), Counter())[number(count)] += 1
    for counts in earned.values():
        assert set(counts.values()) == {1}
