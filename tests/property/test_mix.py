"""The generated outpatient mix: valid, the same from its seed, as different as it says."""

import json
from collections import Counter
from typing import Any

from benchmarks import baseline
from benchmarks.batch_speed import differing
from benchmarks.mix import Made, made, mix
from benchmarks.mix_units import SHARES
from infusion_asp.coding import Coder
from infusion_asp.model import parse_encounter
from infusion_asp.rulebook import load_rulebook

Lines = Counter[tuple[str, tuple[str, ...], str]]


def several(count: int, **more: Any) -> list[Made]:
    """The first records of the mix."""
    return list(mix(count, **more))


def written(found: list[Made]) -> list[str]:
    """The records as they are written to a file."""
    return [json.dumps(one.record) for one in found]


def billed(record: dict[str, Any]) -> Lines:
    """Units billed by code, modifiers and date."""
    counted: Lines = Counter()
    for line in record["billed"]:
        key = (line["code"], tuple(sorted(line.get("modifiers", ()))), line.get("date", ""))
        counted[key] += line["units"]
    return counted


def derived(record: dict[str, Any]) -> Lines:
    """Units that the baseline derives by code, modifiers and date."""
    counted: Lines = Counter()
    for line in baseline.code(record).lines:
        counted[line.code, tuple(sorted(line.modifiers)), line.date or ""] += line.units
    return counted


def test_every_record_is_a_valid_encounter_with_an_id_of_its_own() -> None:
    found = several(300)
    ids = {parse_encounter(one.record).encounter_id for one in found}
    assert len(ids) == 300
    assert {one.department for one in found} == set(SHARES)


def test_a_longer_mix_begins_with_a_shorter_one() -> None:
    assert written(several(700))[:60] == written(several(60))


def test_the_seed_decides() -> None:
    assert written(several(20)) == written(several(20))
    assert written(several(20)) != written(several(20, seed=6))


def test_processes_change_nothing() -> None:
    assert written(several(600, workers=2)) == written(several(600))


def test_no_two_records_are_equal_unless_the_share_says_so() -> None:
    assert len({one.shape for one in several(800, wrong=-1)}) == 800
    found = several(800, wrong=-1, equal=0.4)
    again = [one for one in found if one.equal_to is not None]
    assert 0.3 < len(again) / 800 < 0.5
    assert {one.shape for one in again} <= {one.shape for one in found if one.equal_to is None}


def test_one_claim_in_ten_is_wrong_and_no_other_differs_from_its_record() -> None:
    found = several(600)
    wrong = [one for one in found if one.fault]
    assert 0.05 < len(wrong) / 600 < 0.15
    for one in found:
        assert (billed(one.record) == derived(one.record)) is not bool(one.fault), one.fault


def test_rulebook_and_baseline_give_the_same_lines_on_the_mix() -> None:
    records = [made(77, number, -1, 0.0).record for number in range(120)]
    encounters = [parse_encounter(record) for record in records]
    assert differing(Coder(load_rulebook()), records, encounters) == []
