"""Random claims: order decides nothing, derived lines are right, messages can be acted on."""

import copy
import json
import random
import re
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from benchmarks.fault_claims import Claim
from benchmarks.fault_kit import Fault
from benchmarks.fault_records import bare_claim, denied_alone
from benchmarks.faults import complaints
from infusion_asp.model import ErrorRecord, parse_encounter
from infusion_asp.model.verification import ClaimFinding, Verification
from tests.support.claims import VERIFIER, Record, rewritten, right_claims, said, wrong_claims

MONEY = ("over", "under")
TIME_RULES = frozenset(
    {
        "claim_units_over_minutes",
        "claim_hydration_too_short",
        "claim_push_as_infusion",
        "claim_infusion_as_push",
    }
)
quick = settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=True,
    phases=(Phase.explicit, Phase.generate),  # to shrink a claim takes minutes
)
seeds = st.integers(0, 1000)


def verified(record: Record, *, full: bool = False) -> Verification:
    return VERIFIER.verify(parse_encounter(record), full=full)


def about_money(found: Verification) -> list[ClaimFinding]:
    return [each for each in found.findings if each.risk in MONEY]


@quick
@given(right_claims())
def test_what_code_derives_is_supported(claim: Claim) -> None:
    assert complaints(verified(claim.billed(claim.lines))) == ""


@quick
@given(right_claims(dated=False))
def test_lines_without_dates_are_supported(claim: Claim) -> None:
    found = verified(claim.billed(claim.lines))
    assert complaints(found) == ""
    assert found.verdict == "supported" and found.repair == ()


@quick
@given(right_claims())
def test_a_right_claim_without_its_record_is_blamed_for_nothing(claim: Claim) -> None:
    assume(not denied_alone(claim))
    found = verified(bare_claim(claim.billed(claim.lines)))
    assert complaints(found) == ""
    assert found.verdict == "not_evaluable" and found.not_evaluated


@quick
@given(wrong_claims(), seeds)
def test_the_order_of_billed_lines_and_modifiers_changes_no_word(fault: Fault, seed: int) -> None:
    changed, places = rewritten(fault.record, random.Random(seed))
    assert said(verified(changed, full=True), places) == said(verified(fault.record, full=True))


@quick
@given(wrong_claims(), seeds)
def test_the_order_of_administrations_changes_no_word(fault: Fault, seed: int) -> None:
    given_ = fault.record.get("administrations", [])
    starts = [row.get("start") for row in given_]
    assume(None not in starts and len(set(starts)) == len(starts))
    changed = copy.deepcopy(fault.record)
    random.Random(seed).shuffle(changed["administrations"])
    assert said(verified(changed, full=True)) == said(verified(fault.record, full=True))


@quick
@given(wrong_claims())
def test_units_over_two_equal_lines_are_judged_as_on_one(fault: Fault) -> None:
    split = copy.deepcopy(fault.record)
    wide = [line for line in split["billed"] if line["units"] > 1]
    assume(wide)
    for line in wide:
        split["billed"].append({**line, "units": line["units"] - 1})
        line["units"] = 1
    one, two = verified(fault.record), verified(split)
    assert two.verdict == one.verdict
    assert sorted(_told(two)) == sorted(_told(one))


def _told(found: Verification) -> list[tuple[str, str, str, str]]:
    return [(each.rule, each.risk, str(each.code), each.message) for each in found.findings]


@quick
@given(wrong_claims())
def test_every_message_says_what_can_be_acted_on(fault: Fault) -> None:
    rules = {rule.id for rule in VERIFIER.coder.rulebook.rules}
    found = verified(fault.record)
    for each in found.findings:
        assert each.rule in rules
    for each in about_money(found):
        assert each.code is not None and each.code in each.message, each
        for name in each.administrations:
            assert re.search(rf"\b{re.escape(name)}\b", each.message), each
        if each.rule in TIME_RULES and each.administrations:
            assert re.search(r"\d+ minute", each.message), each
        assert each.help, each


@quick
@given(wrong_claims())
def test_one_claim_alone_is_judged_as_among_many(fault: Fault) -> None:
    encounter = parse_encounter(fault.record)
    assert VERIFIER.verify_many([encounter], ask=True) == [VERIFIER.verify(encounter)]


def test_without_words_only_sentences_are_missing() -> None:
    files = sorted((Path(__file__).parents[2] / "fixtures" / "claims").glob("*.json"))
    claims = [parse_encounter(json.loads(file.read_text())) for file in files]
    silent = VERIFIER.verify_many(claims, words=False)
    for one, other in zip(VERIFIER.verify_many(claims), silent, strict=True):
        assert _wordless(one) == _wordless(other)


def _wordless(found: Verification | ErrorRecord) -> dict[str, Any]:
    said = found.model_dump()
    for each in (*said["findings"], *said["billed"], *said["missed"]):
        for text in ("message", "help", "because", "sentence", "sentences"):
            each.pop(text, None)
    return said
