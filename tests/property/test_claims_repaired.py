"""For every claim: repaired it is right, and without any one edit it is not."""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator

import pytest

from benchmarks.fault_claims import Claim, own_claims, random_claims
from benchmarks.faults import faults_of
from infusion_asp.coding import Coder
from infusion_asp.model import ErrorRecord, parse_encounter
from infusion_asp.model.encounter import BilledLine, Encounter
from infusion_asp.model.verification import ClaimLine, Edit, Verification
from infusion_asp.rulebook import load_rulebook
from infusion_asp.verify import Verifier
from infusion_asp.verify.pairing import Billed
from infusion_asp.verify.repair import repaired

VERIFIER = Verifier(Coder(load_rulebook()))
MONEY = ("over", "under")
CODES = ["96360", "96361", "96365", "96366", "96367", "96368", "96372", "96374", "96375", "96376"]
CODES += ["96401", "96409", "96411", "96413", "96415", "96417", "36000", "99213"]
MODIFIERS = [[], [], [], ["59"], ["XU"], ["76"], ["25"], ["GA"]]
Edits = tuple[Edit, ...]


@pytest.fixture(scope="module")
def right() -> list[Claim]:
    rng = random.Random(29)
    own = list(own_claims(VERIFIER.coder))
    return [*random_claims(VERIFIER.coder, 6), *rng.sample(own, min(6, len(own)))]


def test_claims_with_one_fault(right: list[Claim]) -> None:
    rng = random.Random(31)
    faults = [fault for claim in right for fault in faults_of(claim, (), 1)]
    check([parse_encounter(each.record) for each in rng.sample(faults, 20)])


def test_claims_with_many_faults(right: list[Claim]) -> None:
    check(list(garbled(right, random.Random(37))))


ALONE = [
    [("96366", 1), ("96368", 1)],
    [("96413", 5), ("96365", 1), ("96415", 2)],
    [("96417", 1), ("96365", 1)],
    [("96365", 2), ("96361", 1), ("36000", 1), ("99213", 1)],
]


@pytest.mark.parametrize("lines", ALONE)
def test_claims_without_a_record(lines: list[tuple[str, int]]) -> None:
    billed = [{"code": code, "units": units} for code, units in lines]
    check([parse_encounter({"encounter_id": "alone", "billed": billed})])


def garbled(right: list[Claim], rng: random.Random) -> Iterator[Encounter]:
    """Some right lines left out, some wrong ones put in."""
    for claim in right:
        record = copy.deepcopy(claim.billed(claim.lines))
        kept = [each for each in record["billed"] if rng.random() < 0.6]
        more = [
            {
                "code": rng.choice(CODES),
                "units": rng.randint(1, 3),
                "modifiers": rng.choice(MODIFIERS),
            }
            for _ in range(rng.randint(1, 4))
        ]
        record["billed"] = rng.sample([*kept, *more], len(kept) + len(more))
        yield parse_encounter(record)


def check(encounters: list[Encounter]) -> None:
    found = VERIFIER.verify_many(encounters)
    tried: list[tuple[Encounter, Edits, Edit | None]] = []
    for encounter, each in zip(encounters, found, strict=True):
        assert isinstance(each, Verification)
        if each.verdict == "differs":
            assert each.repair
            tried.append((encounter, each.repair, None))
            tried += [(encounter, without(each.repair, edit), edit) for edit in each.repair]
    again = VERIFIER.verify_many([rebilled(encounter, edits) for encounter, edits, _ in tried])
    for (encounter, _, left_out), result in zip(tried, again, strict=True):
        told = _told(result)
        if left_out is None:
            assert not told, f"{encounter.encounter_id} repaired still has {told}"
        else:
            idle = f"{left_out.action} {left_out.before} {left_out.after}"
            assert told, f"{encounter.encounter_id}: {idle} changes nothing"


def without(edits: Edits, edit: Edit) -> Edits:
    return tuple(each for each in edits if each is not edit)


def rebilled(encounter: Encounter, edits: Edits) -> Encounter:
    lines = [
        Billed(at, ClaimLine(code=e.code, units=e.units, modifiers=e.modifiers, date=e.date))
        for at, e in enumerate(encounter.billed, 1)
    ]
    after = [
        BilledLine(code=e.code, units=e.units, modifiers=e.modifiers, date=e.date)
        for e in repaired(lines, edits)
    ]
    return encounter.model_copy(update={"billed": tuple(after)})


def _told(result: Verification | ErrorRecord) -> list[str]:
    assert isinstance(result, Verification)
    return [f"{e.rule}/{e.code}" for e in result.findings if e.risk in MONEY]
