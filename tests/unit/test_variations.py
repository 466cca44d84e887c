"""A time or attribute of an encounter is changed by its path; line sets are compared."""

from datetime import datetime
from typing import Any

import pytest

from infusion_asp.coding import Coder
from infusion_asp.coding.lines import LineKey, line_set
from infusion_asp.explain.variations import (
    changed,
    difference,
    place_of,
    value_at,
    vary,
    vary_lines,
)
from infusion_asp.model import Encounter, InputError, Result, parse_encounter
from infusion_asp.rulebook import load_rulebook

DAY = "2025-03-03T"


def encounter(**more: Any) -> Encounter:
    """Vancomycin for 94 minutes, then ondansetron pushed, on one of two lines."""
    given = [
        {"id": "a1", "drug": "vancomycin", "route": "intravenous", "method": "infusion"},
        {"id": "a2", "drug": "ondansetron", "route": "intravenous", "method": "push"},
    ]
    given[0] |= {"start": f"{DAY}09:00", "stop": f"{DAY}10:34", "access": "iv1"}
    given[1] |= {"start": f"{DAY}10:40", "access": "iv1"}
    accesses = [{"id": "iv1"}, {"id": "iv2"}]
    data = {"encounter_id": "e", "accesses": accesses, "administrations": given}
    return parse_encounter({**data, **more})


def at(clock: str) -> datetime:
    return datetime.fromisoformat(f"{DAY}{clock}")


@pytest.fixture(scope="module")
def coder() -> Coder:
    return Coder(load_rulebook())


def codes(lines: Any) -> dict[str, int]:
    return {key.code: key.units for key in lines}


def test_a_path_leads_to_an_administration_an_access_or_the_encounter() -> None:
    assert value_at(encounter(), place_of(encounter(), "a1.stop")) == at("10:34")
    assert value_at(encounter(), place_of(encounter(), "iv2.kind")) == "peripheral"
    assert value_at(encounter(), place_of(encounter(), "primary_reason")) is None


@pytest.mark.parametrize(
    ("path", "said", "help"),
    [
        ("a3.stop", "'a3' is no administration, access or visit", "known are a1, a2"),
        ("a1.stp", "unknown field 'stp'", "did you mean 'stop'?"),
        ("departur", "unknown field 'departur'", "did you mean 'departure'?"),
        ("a1.pauses.0.start", "'a1.pauses.0' is no pause", ""),
    ],
)
def test_a_path_that_leads_nowhere_is_named_with_a_suggestion(
    path: str, said: str, help: str
) -> None:
    with pytest.raises(InputError) as caught:
        place_of(encounter(), path)
    assert said in caught.value.message
    assert help in caught.value.help


def test_changes_leave_the_encounter_as_it_was() -> None:
    before = encounter()
    after = changed(before, {"a1.stop": at("10:30"), "a1.access": "iv2"})
    assert after.administrations[0].stop == at("10:30")
    assert after.administrations[0].access == "iv2"
    assert before == encounter()
    assert changed(before, {"a1.stop": None}).administrations[0].stop is None


def test_a_change_that_contradicts_the_record_is_refused() -> None:
    with pytest.raises(InputError, match="stop before start"):
        changed(encounter(), {"a1.stop": at("08:59")})
    with pytest.raises(InputError, match="unknown reference"):
        changed(encounter(), {"a1.access": "iv9"})


def test_variations_are_coded_together_and_impossible_ones_stay_open(coder: Coder) -> None:
    wanted = [{"a1.stop": at("10:31")}, {"a1.stop": at("10:30")}, {"a1.stop": at("08:00")}]
    made = vary(coder, encounter(), wanted)
    assert made[2] is None
    lines = [each.lines for each in made if each is not None]
    assert codes(lines[0]) == {"96365": 1, "96366": 1, "96375": 1}
    assert codes(lines[1]) == {"96365": 1, "96375": 1}
    assert vary_lines(coder, encounter(), wanted) == [*lines, None]


def test_lines_without_the_other_rules_are_the_lines_of_the_result(coder: Coder) -> None:
    result = coder.code(encounter(), explain=False)
    assert isinstance(result, Result)
    assert coder.lines_many([encounter()]) == [line_set(result)]


def key(code: str, units: int, *modifiers: str) -> LineKey:
    return LineKey("administration", code, modifiers, "2025-03-03", units)


def test_a_difference_pairs_lines_of_one_code() -> None:
    before = frozenset({key("96365", 1), key("96366", 2), key("96375", 1)})
    after = frozenset({key("96365", 1), key("96366", 1), key("96375", 1, "59"), key("96361", 1)})
    found = [(each.before, each.after) for each in difference(before, after)]
    assert found == [
        (None, key("96361", 1)),
        (key("96366", 2), key("96366", 1)),
        (key("96375", 1), key("96375", 1, "59")),
    ]
