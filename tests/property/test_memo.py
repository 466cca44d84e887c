"""Answers used again are those of solving: under other ids, on other days, beside anything."""

import copy
import random
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from infusion_asp.batch.memo import HitRate, Memo
from infusion_asp.batch.shapes import shape_of
from infusion_asp.coding import Coder
from infusion_asp.model import Encounter, Result, parse_encounter
from infusion_asp.rulebook import load_rulebook
from infusion_asp.verify import Verifier
from tests.support.random_encounters import random_encounter
from tests.support.transforms import TIMES

some = settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)
few = settings(some, max_examples=2)
STYLES = ("a{}", "mar-{}-x", "row_{:03d}", "{}", "ceftriaxone{}")


@cache
def coder() -> Coder:
    return Coder(load_rulebook())


def again(encounter: dict[str, Any], rng: random.Random, days: int) -> dict[str, Any]:
    """The same encounter under other ids in the same alphabetical order, whole days later."""
    changed = copy.deepcopy(encounter)
    style = rng.choice(STYLES)
    lists = ("administrations", "accesses", "visits")
    rows = [row for name in lists for row in changed.get(name, ())]
    old = {row[key] for row in rows for key in ("id", "access", "visit") if key in row}
    numbers = sorted(rng.sample(range(100, 1000), len(old)))
    names = {each: style.format(number) for each, number in zip(sorted(old), numbers, strict=True)}
    changed["encounter_id"] = f"again-{rng.randrange(10**6)}"
    for row in rows:
        for key in ("id", "access", "visit", "same_bag_as", "integral_to", "replaces"):
            if key in row:
                row[key] = names.get(row[key], row[key])
    if "primary_reason" in changed:
        changed["primary_reason"] = names[changed["primary_reason"]]
    _shift(changed, days)
    return changed


def claims(encounters: list[dict[str, Any]], rng: random.Random) -> list[dict[str, Any]]:
    """The encounters billed as they are coded, half of them with a unit or a line too many."""
    coded = coder().code_many([parse_encounter(each) for each in encounters])
    found = []
    for encounter, result in zip(encounters, coded, strict=True):
        assert isinstance(result, Result)
        billed = [
            {"code": each.code, "units": each.units, "modifiers": list(each.modifiers)}
            | ({"date": each.date.isoformat()} if each.date else {})
            for each in result.lines
        ]
        if billed and rng.random() < 0.5:
            rng.choice(billed)["units"] += 1
        if billed and rng.random() < 0.3:
            billed.append(dict(billed[0]))
        found.append(encounter | {"billed": billed})
    return found


def _shift(part: Any, days: int) -> None:
    if isinstance(part, list):
        for each in part:
            _shift(each, days)
    elif isinstance(part, dict):
        for key, value in part.items():
            if key in TIMES and isinstance(value, str):
                moment = datetime.fromisoformat(value) + timedelta(days=days)
                part[key] = moment.isoformat(timespec="minutes")
            elif key == "date" and value is not None:
                part[key] = (date.fromisoformat(str(value)) + timedelta(days=days)).isoformat()
            else:
                _shift(value, days)


def same(encounters: list[Encounter], *, verify: bool) -> Memo:
    """Whether remembered and solved answers are equal in everything; the memory after that."""
    solve = Verifier(coder()).verify_many if verify else coder().code_many
    memo = Memo(coder())
    half = len(encounters) // 2
    found = memo.answers(encounters[:half], solve) + memo.answers(encounters[half:], solve)
    for remembered, solved in zip(found, solve(encounters), strict=True):
        assert remembered.model_dump_json() == solved.model_dump_json()
    return memo


@some
@given(st.integers(0, 10**6))
def test_remembered_is_coded(seed: int) -> None:
    rng = random.Random(seed)
    plain = [random_encounter(rng) for _ in range(4)]
    same(mixed(plain, rng), verify=False)


@few
@given(st.integers(0, 10**6))
def test_remembered_is_verified(seed: int) -> None:
    rng = random.Random(seed)
    plain = [random_encounter(rng, size) for size in (1, 2, 3)]
    same(mixed(claims(plain, rng), rng), verify=True)


def mixed(plain: list[dict[str, Any]], rng: random.Random) -> list[Encounter]:
    """The encounters and each of them again, twice, in any order."""
    more = [again(each, rng, rng.choice((0, 1, 7, 20, 40))) for each in plain for _ in range(2)]
    found = [*plain, *more]
    rng.shuffle(found)
    return [parse_encounter(each) for each in found]


PLAIN = {
    "encounter_id": "e1",
    "administrations": [
        {
            "id": "a1",
            "drug": "ceftriaxone",
            "route": "intravenous",
            "start": "2025-03-03T10:00",
            "stop": "2025-03-03T10:31",
        }
    ],
}


def varied(**changes: Any) -> Encounter:
    return parse_encounter(PLAIN | {"administrations": [PLAIN["administrations"][0] | changes]})


def key(encounter: Encounter) -> bytes | None:
    shape = shape_of(coder(), encounter)
    return shape and shape.key


@pytest.mark.parametrize(
    "changes",
    [
        {"id": "b7"},
        {"start": "2025-03-04T10:00", "stop": "2025-03-04T10:31"},
        {"notes": "anything"},
    ],
)
def test_what_makes_no_difference(changes: dict[str, Any]) -> None:
    notes = {"notes": "something"} if "notes" in changes else {}
    assert key(varied(**changes)) == key(varied(**notes))


@pytest.mark.parametrize(
    "changes",
    [
        {"drug": "cefazolin"},
        {"start": "2025-03-03T10:01"},
        {"start": "2025-04-03T10:00", "stop": "2025-04-03T10:31"},
        {"order_reason": "fever"},
        {"drug": "céfazoline"},
        {"access": "iv1"},
    ],
)
def test_what_makes_a_difference(changes: dict[str, Any]) -> None:
    assert key(varied(**changes)) not in (None, key(varied()))


@pytest.mark.parametrize(
    "changes",
    [
        {"start": None, "stop": None},
        {"start": "2025-03-03T10:00Z", "stop": "2025-03-03T10:31Z"},
        {"id": "a 1"},
        {"drug": "fluid of 2025-03-03"},
        {"drug": "\ua000"},
    ],
)
def test_what_is_solved_by_itself(changes: dict[str, Any]) -> None:
    assert key(varied(**changes)) is None


def test_an_id_that_is_a_word_of_the_answer_is_solved_by_itself() -> None:
    names = ("a1", "ceftriaxone", "31", "b7")
    memo = same([varied(id=each) for each in names], verify=False)
    assert memo.hits == 1


def test_hits_are_counted() -> None:
    memo = same([varied(id=f"a{n}") for n in range(6)], verify=True)
    assert memo.hits == 5


def test_the_rate_of_hits() -> None:
    keys = [(b"1", False), (b"1", False), (b"2", True), (b"2", True), (None, True), (None, True)]
    rate = HitRate.of(keys)
    assert (rate.records, rate.all, rate.several) == (6, 2 / 6, 1 / 4)
    assert rate.pays
    assert not HitRate.of(keys[1:4:2]).pays
    assert not HitRate.of([]).pays
